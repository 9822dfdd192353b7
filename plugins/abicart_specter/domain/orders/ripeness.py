"""When an order may go: placed, reserved or paid, by its payment methods (rule 8)."""

from __future__ import annotations

from decimal import Decimal

from abicart_specter.domain.orders.order_mapping import alive
from abicart_specter.domain.orders.records import ShopOrder, ShopPayment
from abicart_specter.settings.orders import Ripe
from abicart_specter.settings.shop import ShopSettings

AWAITING_PAYMENT = "awaiting_payment"

_PAID = ("paid", "captured", "completed")
_RESERVED = ("reserved", "authorized", "authorised")
_ORDER: dict[Ripe, int] = {"placed": 0, "reserved": 1, "paid": 2}


def not_ripe(order: ShopOrder, settings: ShopSettings) -> str:
    """Why the order may not go yet, in words; empty if it may.

    Every living payment must have come as far as its method's setting asks (Abicart reference 6.4: prepared,
    planned, unpaid, pending, reserved, paid, cancelled, error). An order that the shop calls paid is paid, and so is
    one that costs nothing or whose payments, gift cards among them, are all paid. Where every payment was cancelled
    or failed, the order waits unless "placed" is enough.
    """
    if order.payment_status in _PAID:
        return ""
    living = alive(order.payments)
    if not living:
        return _without_payment(order, settings)
    short = [one for one in living if _reached(order, one) < _ORDER[_wanted(one, settings)]]
    if not short:
        return ""
    one = short[0]
    return (
        f"awaiting payment: payment method {one.method_uid} is {one.status or 'without status'}, and its orders go "
        f"when they are {_wanted(one, settings)}"
    )


def _without_payment(order: ShopOrder, settings: ShopSettings) -> str:
    """An order with nothing left to pay is paid; else what its methods ask for was not reached."""
    if order.total.inc <= Decimal(0):
        return ""
    wanted = [_wanted(one, settings) for one in order.payments] or [settings.orders.ripe.otherwise]
    strictest = max(wanted, key=lambda one: _ORDER[one])
    if strictest == "placed":
        return ""
    why = "every payment was cancelled or failed" if order.payments else "it has no payment"
    return f"awaiting payment: {why}, and such orders go when they are {strictest}"


def _wanted(payment: ShopPayment, settings: ShopSettings) -> Ripe:
    return settings.orders.ripe.payment_methods.get(payment.method_uid, settings.orders.ripe.otherwise)


def _reached(order: ShopOrder, payment: ShopPayment) -> int:
    if payment.status in _PAID or not payment.amount:
        return _ORDER["paid"]
    if payment.status in _RESERVED or (order.payment_status in _RESERVED and not payment.status):
        return _ORDER["reserved"]
    return _ORDER["placed"]
