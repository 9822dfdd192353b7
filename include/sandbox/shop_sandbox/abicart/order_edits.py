"""What people do to orders in the admin pages after they were placed: rows, buyer, costs, money given back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from shop_sandbox.abicart.money import ZERO, to_cent
from shop_sandbox.abicart.order_changes import move_stock, set_payment_status, settle
from shop_sandbox.abicart.order_costs import Mix, cost_of
from shop_sandbox.abicart.order_discounts import Off
from shop_sandbox.abicart.order_model import Amount, Order, OrderItem, Payment, Person
from shop_sandbox.abicart.order_rows import Terms, build_row, decimal_of, resized
from shop_sandbox.abicart.ordering import add_row
from shop_sandbox.abicart.times import whole_second
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import as_uid, tidy
from shop_sandbox.core.errors import UnknownRecordError, UsageError

Wanted = Mapping[str, Any]

EDIT_SETTINGS = {
    "uid": "the order's",
    "add": "list of rows to add, like those of place_order",
    "quantity": "{uid of a row: its quantity from now on}",
    "remove": "list of uids of rows to take out; one row stays",
    "shipping, fee": "like those of place_order",
    "delivery_method": "uid",
    "customer": "{info, address, deliveryAddress}: what is named changes, in the order's own copy",
    "custom": "[{name, value}]",
}
_EDIT_NAMES = frozenset(name for names in EDIT_SETTINGS for name in names.split(", "))
REFUND_SETTINGS = {
    "uid": "the order's",
    "amount": "with VAT; default: all that was not given back yet",
}


def edit_order(view: View, order: Order, wanted: Wanted) -> None:
    """``EDIT_SETTINGS``. Stock follows; a payment that is not paid becomes what is left to pay, a paid one stays.

    Discounts stay as they are: a row added later is not discounted, a row whose quantity changes keeps its share.
    """
    unknown = set(wanted) - _EDIT_NAMES
    if unknown:
        raise UsageError(f"edit_order has no {', '.join(sorted(unknown))}; it has {', '.join(EDIT_SETTINGS)}")
    if order.ordered is None or order.discarded:
        raise UsageError(f"order {order.uid} is a cart or cancelled, so it cannot be edited")
    shop = view.shop
    terms = Terms(order.uid, order.currency, order.language, order.has_vat)
    new_rows = [row for one in wanted.get("add", []) for row in build_row(view, terms, one)]
    sizes = {
        _item(view, order, uid).uid: decimal_of({"quantity": value}, "quantity", ZERO)
        for uid, value in wanted.get("quantity", {}).items()
    }
    gone = [_item(view, order, uid).uid for uid in wanted.get("remove", [])]
    if any(one <= 0 for one in sizes.values()):
        raise UsageError("a quantity is more than 0; a row is taken out with remove")
    if len(set(gone)) >= len(order.items) + len(new_rows):
        raise UsageError("one row has to stay")
    person = _person(order.person, wanted)
    _costs(view, terms, order, wanted)  # whatever is wrong is told before anything is changed

    for uid in {*sizes, *gone}:
        move_stock(view, order, 1, only=shop.order_items.rows[uid])
    for uid, size in sizes.items():
        shop.order_items.rows[uid] = row = resized(shop.order_items.rows[uid], size)
        row.changed = whole_second(view.now)
        if uid not in gone:
            move_stock(view, order, -1, only=row)
    order.items = tuple(uid for uid in order.items if uid not in gone)
    for uid in set(gone):
        shop.remove("order_items", uid)
    for row in new_rows:
        order.items = (*order.items, add_row(view, row))
        move_stock(view, order, -1, only=row)
    order.person = person
    order.delivery_method, order.shipment, order.fee = _costs(view, terms, order, wanted)
    settle(view, order)
    _follow(view, order)


def _item(view: View, order: Order, uid: Any) -> OrderItem:
    item = view.shop.order_items.get(as_uid(uid))
    if item is None or item.uid not in order.items:
        raise UnknownRecordError(f"order {order.uid} has no row {uid!r}")
    return item


def _costs(view: View, terms: Terms, order: Order, wanted: Wanted) -> tuple[int | None, Amount, Amount]:
    """Delivery method, what it costs, and the fee."""
    shop = view.shop
    uid = wanted.get("delivery_method", order.delivery_method)
    method = shop.delivery_methods.get(uid)
    if method is None:
        raise UnknownRecordError(f"there is no delivery method {uid!r}")
    off = None if order.discount is None else Off(order.discount.inc, False, order.discount.name)
    mix = Mix.of([shop.order_items.rows[one] for one in order.items], off)
    shipment, fee = order.shipment, order.fee
    if "shipping" in wanted:
        shipment = cost_of(terms, mix, wanted["shipping"], "shipping", method.vat_rate)
    if "fee" in wanted:
        fee = cost_of(terms, mix, wanted["fee"], "fee", Decimal("0.25"))
    return method.uid, shipment, fee


def _person(person: Person, wanted: Wanted) -> Person:
    given = wanted.get("customer", {})
    if not isinstance(given, Mapping) or set(given) - {"info", "address", "deliveryAddress"}:
        raise UsageError("customer is {info, address, deliveryAddress}")
    return replace(
        person,
        info={**person.info, **given.get("info", {})},
        address={**person.address, **given.get("address", {})},
        delivery_address={**person.delivery_address, **given.get("deliveryAddress", {})},
        custom=tuple(wanted.get("custom", person.custom)),
    )


def _payments(view: View, order: Order) -> list[Payment]:
    return [view.shop.payments.rows[uid] for uid in order.payments]


def _is_card(view: View, payment: Payment) -> bool:
    method = view.shop.payment_methods.get(payment.method)
    return method is not None and method.gift_card


def _follow(view: View, order: Order) -> None:
    """What is left to pay goes onto the first payment that waits and is no gift card."""
    payments = _payments(view, order)
    waiting = [one for one in payments if one.status not in ("paid", "cancelled") and not _is_card(view, one)]
    if waiting:
        others = sum((one.amount for one in payments if one is not waiting[0]), ZERO)
        waiting[0].amount = tidy(order.total.inc - others)
        view.shop.stamp(waiting[0], view.now)


def refund(view: View, order: Order, wanted: Wanted) -> None:
    """Give money back (``REFUND_SETTINGS``). How that shows is unknown; all of ``refund_shape`` is made up.

    ``negative_payment``: one more payment, paid, of less than nothing. ``cancelled_payment``: the payment is cancelled,
    and of a part given back a paid one of the rest joins it. ``lowered_amount``: the payment's amount is lower.
    """
    unknown = set(wanted) - set(REFUND_SETTINGS)
    if unknown:
        raise UsageError(f"refund has no {', '.join(sorted(unknown))}")
    living = [one for one in _payments(view, order) if one.status not in ("cancelled", "error")]
    paid = sum((one.amount for one in living), ZERO)
    left = to_cent(decimal_of(wanted, "amount", paid))
    if not 0 < left <= paid:
        raise UsageError(f"amount lies between 0 and the {paid} that can be given back")
    # Gift cards last: money goes back where money came from.
    for payment in sorted(living, key=lambda one: _is_card(view, one)):
        part = min(left, payment.amount)
        if part > 0:
            _give_back(view, order, payment, tidy(part))
            left -= part
    view.shop.stamp(order, view.now)


def _give_back(view: View, order: Order, payment: Payment, part: Decimal) -> None:
    shape, shop = view.switch["refund_shape"], view.shop
    now = whole_second(view.now)
    rest = tidy(payment.amount - part)
    more = None
    if shape == "negative_payment":
        more = Payment(0, order.uid, payment.method, "paid", -part, now)
    elif shape == "lowered_amount":
        payment.amount = rest
    elif rest:
        more = Payment(0, order.uid, payment.method, payment.status, rest, now)
    if more is not None:
        more.uid = shop.payments.new_uid()
        shop.add("payments", more)
        order.payments = (*order.payments, more.uid)
    if shape == "cancelled_payment":
        set_payment_status(view, payment, "cancelled")
    shop.stamp(payment, view.now)
