"""Placing an order as the shop does: rows, delivery, fee, discount, gift cards, payments, stock, all to the öre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from shop_sandbox.abicart import order_model
from shop_sandbox.abicart.money import ZERO, from_ex, to_cent, total_of
from shop_sandbox.abicart.order_changes import move_stock
from shop_sandbox.abicart.order_costs import Mix, by_weight, cost_of, whole
from shop_sandbox.abicart.order_discounts import as_property, discounted, off_from, plain_row
from shop_sandbox.abicart.order_model import Order, OrderItem, Payment, Person
from shop_sandbox.abicart.order_rows import Terms, build_row, decimal_of
from shop_sandbox.abicart.times import parse_time, whole_second
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import tidy
from shop_sandbox.core.errors import UnknownRecordError, UsageError

SETTINGS = {
    "rows": "list of rows, see below",
    "customer": "uid of a Customer, or {info, address, deliveryAddress, custom}; default: the first customer",
    "custom": "[{name, value}]: what the checkout asked for beside; default: the customer's",
    "delivery_method": "uid; default: the first",
    "shipping": "what the delivery costs with VAT, or {inc or ex: amount, vat_rate, split: true}, split over the "
    "rates of the goods; default: by the method's rates",
    "payment_method": "uid; default: the first that is active",
    "fee": "the payment's fee, like shipping; default: the method's",
    "paid": "true: all payments are paid",
    "discount": "{name, percent} or {name, amount}: a discount on the whole order; `without_vat`: true: reckoned on "
    "prices without VAT",
    "gift_cards": "list of amounts paid by gift card",
    "currency": "default: the shop's base currency",
    "exchange_rate": "units of the currency for one of the base currency; default: the shop's",
    "language": "default: the shop's",
    "has_vat": "false: sold without VAT",
    "ordered": "time; default: now",
    "cart": "true: not placed, a cart",
    "note": "the administrator's note",
}


def place_order(view: View, wanted: Mapping[str, Any]) -> Order:
    """Place an order (``SETTINGS``). Stock of what is in it falls; a cart leaves stock alone."""
    unknown = set(wanted) - set(SETTINGS)
    if unknown:
        raise UsageError(f"place_order has no {', '.join(sorted(unknown))}; it has {', '.join(SETTINGS)}")
    shop = view.shop
    currency = str(wanted.get("currency", shop.webshop.base_currency))
    if currency not in shop.webshop.currencies:
        raise UsageError(f"{currency} is not active in the shop")
    language = str(wanted.get("language", shop.webshop.default_language))
    terms = Terms(shop.orders.next_uid, currency, language, bool(wanted.get("has_vat", True)))
    rows = [row for one in wanted.get("rows", []) for row in build_row(view, terms, one)]
    if not rows:
        raise UsageError("an order has at least one row")

    off = off_from(wanted.get("discount"), rows)
    discount = as_property(view, rows, off)
    if off.amount:
        rows = discounted(view, terms, rows, off)
    cards = [
        to_cent(decimal_of({"gift card": card}, "gift card", ZERO)) for card in wanted.get("gift_cards", [])
    ]
    delivery = _pick(shop.delivery_methods, wanted.get("delivery_method"), "delivery method")
    method = _payment_method(view, wanted.get("payment_method"))
    mix = Mix.of(rows, None if discount is None else off)
    shipping = wanted["shipping"] if "shipping" in wanted else by_weight(view, terms, delivery, rows)
    shipment = cost_of(terms, mix, shipping, "shipping", delivery.vat_rate)
    fee = cost_of(terms, mix, wanted.get("fee", method.fee.get(currency, ZERO)), "fee", method.fee_vat_rate)
    if view.switch["gift_card"] == "negative_item":
        rows += [
            plain_row(view, terms, "Presentkort", from_ex(-card, ZERO), is_goods=False) for card in cards
        ]
    reduction = sum(cards, ZERO) if view.switch["gift_card"] == "total_reduced" else ZERO
    cart = total_of([row.total for row in rows])
    total = whole(view, [cart, shipment, fee], discount, reduction)

    ordered = _time(view, wanted)
    order = Order(
        uid=shop.orders.new_uid(),
        number=None,
        created=ordered,
        changed=whole_second(view.now),
        ordered=None if wanted.get("cart") else ordered,
        customer_uid=None,
        person=Person({}, {}, {}),
        currency=currency,
        exchange_rate=decimal_of(
            wanted, "exchange_rate", shop.webshop.exchange_rates.get(currency, Decimal(1))
        ),
        shipment=shipment,
        fee=fee,
        cart=cart,
        total=total,
        language=language,
        has_vat=terms.has_vat,
        delivery_method=delivery.uid,
        note=str(wanted.get("note", "")),
        discount=discount,
        reduction=reduction,
    )
    order.customer_uid, order.person = _buyer(view, wanted)
    order.items = tuple(add_row(view, row) for row in rows)
    if not wanted.get("cart"):
        shop.last_order_number += 1
        order.number = str(shop.last_order_number)
        _add_payments(view, order, method, cards, paid=bool(wanted.get("paid")))
    shop.add("orders", order)
    if not wanted.get("cart"):
        move_stock(view, order, -1)
    return order


def place_orders(view: View, wanted: Mapping[str, Any]) -> list[Order]:
    """``orders``: a list of what ``place_order`` takes, ``defaults``: what holds where one says nothing.

    One that cannot be placed raises ``UsageError`` with its place in the list; those before it are placed.
    """
    unknown = set(wanted) - {"orders", "defaults"}
    orders, defaults = wanted.get("orders"), wanted.get("defaults", {})
    if unknown or not isinstance(orders, list) or not isinstance(defaults, Mapping):
        raise UsageError("place_orders takes orders, a list, and defaults, an object")
    placed = []
    for place, one in enumerate(orders):
        try:
            placed.append(place_order(view, {**defaults, **one}))
        except UsageError as error:
            raise UsageError(f"order {place} of {len(orders)}: {error}") from error
    return placed


def _time(view: View, wanted: Mapping[str, Any]) -> datetime:
    given = wanted.get("ordered")
    at = view.now if given is None else parse_time(str(given))
    if at is None:
        raise UsageError(f"ordered is a time, not {given!r}")
    return whole_second(at)


def _pick(table: Any, uid: Any, what: str) -> Any:
    row = table.get(table.uids[0] if uid is None and table.uids else uid)
    if row is None:
        raise UnknownRecordError(f"there is no {what} {uid!r}")
    return row


def _payment_method(view: View, uid: Any) -> order_model.PaymentMethod:
    methods = view.shop.payment_methods
    if uid is None:
        usable = [row.uid for row in methods.rows.values() if row.active and not row.gift_card]
        uid = min(usable, default=None)
    found: order_model.PaymentMethod = _pick(methods, uid, "payment method")
    return found


def _buyer(view: View, wanted: Mapping[str, Any]) -> tuple[int | None, Person]:
    customers, given = view.shop.customers, wanted.get("customer")
    if isinstance(given, Mapping):
        info = {"type": "private", "email": None, "nin": None, "vatNumber": None, "companyNumber": None}
        person = Person(
            {**info, **given.get("info", {})},
            dict(given.get("address", {})),
            dict(given.get("deliveryAddress", {"copyAddress": True})),
            tuple(given.get("custom", ())),
        )
        uid = customers.new_uid()
        now = whole_second(view.now)
        view.shop.add("customers", order_model.Customer(uid, now, now, person))
    else:
        customer = _pick(customers, given, "customer")
        uid, person = customer.uid, customer.person
    if "custom" in wanted:
        person = replace(person, custom=tuple(wanted["custom"]))
    return uid, person


def add_row(view: View, row: OrderItem) -> int:
    """Give the row its uid and keep it."""
    row.uid = view.shop.order_items.new_uid()
    view.shop.add("order_items", row)
    return row.uid


def _add_payments(
    view: View, order: Order, method: order_model.PaymentMethod, cards: list[Decimal], *, paid: bool
) -> None:
    """A payment for what is left to pay and, where gift cards are payments, one for each card."""
    shop, left = view.shop, order.total.inc
    payments: list[Payment] = []
    now = whole_second(view.now)
    if cards and view.switch["gift_card"] == "payment":
        card_method = next((row for row in shop.payment_methods.rows.values() if row.gift_card), None)
        if card_method is None:
            raise UsageError("the shop has no payment method for gift cards")
        for card in cards:
            used = min(card, left)
            left -= used
            payments.append(Payment(0, order.uid, card_method.uid, "paid", tidy(used), now))
    if left > 0 or not payments:
        status = "paid" if paid else method.first_status
        payments.insert(0, Payment(0, order.uid, method.uid, status, tidy(left), now))
    for payment in payments:
        payment.uid = shop.payments.new_uid()
        shop.add("payments", payment)
    order.payments = tuple(payment.uid for payment in payments)
    order.paid = all(payment.status == "paid" for payment in payments)
