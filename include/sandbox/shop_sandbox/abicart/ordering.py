"""Placing an order as the shop does: rows, delivery, fee, discount, gift cards, payments, stock, all to the öre."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from shop_sandbox.abicart import order_model
from shop_sandbox.abicart.money import ZERO, from_ex, from_inc, share_out, to_cent, total_of, without_vat
from shop_sandbox.abicart.order_changes import move_stock
from shop_sandbox.abicart.order_model import Amount, Discount, Order, OrderItem, Payment, Person
from shop_sandbox.abicart.order_rows import Terms, build_row, by_vat_rate, decimal_of, discounted, plain_row
from shop_sandbox.abicart.times import parse_time, whole_second
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import tidy
from shop_sandbox.core.errors import UnknownRecordError, UsageError

SETTINGS = {
    "rows": "list of {article or variant: uid, quantity: 1, discount_percent: 0}",
    "customer": "uid of a Customer, or {info, address, deliveryAddress, custom}; default: the first customer",
    "delivery_method": "uid; default: the first",
    "shipping": "what the delivery costs with VAT; default: by the method's rates",
    "payment_method": "uid; default: the first that is active",
    "fee": "the payment's fee with VAT; default: the method's",
    "paid": "true: all payments are paid",
    "discount": "{name, percent} or {name, amount}: a discount on the whole order",
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
    terms = Terms(shop.orders.new_uid(), currency, language, bool(wanted.get("has_vat", True)))
    rows = [row for one in wanted.get("rows", []) for row in build_row(view, terms, one)]
    if not rows:
        raise UsageError("an order has at least one row")

    off, name = _whole_discount(wanted.get("discount"), total_of([row.total for row in rows]))
    discount = _as_property(view, rows, off, name)
    if off:
        rows = discounted(view, terms, rows, off, name)
    cards = [
        to_cent(decimal_of({"gift card": card}, "gift card", ZERO)) for card in wanted.get("gift_cards", [])
    ]
    if view.switch["gift_card"] == "negative_item":
        rows += [plain_row(view, terms, "Presentkort", from_ex(-card, ZERO)) for card in cards]

    delivery = _pick(shop.delivery_methods, wanted.get("delivery_method"), "delivery method")
    method = _payment_method(view, wanted.get("payment_method"))
    shipment = _shipping(view, terms, wanted, delivery, rows)
    fee = _cost(terms, decimal_of(wanted, "fee", method.fee.get(currency, ZERO)), method.fee_vat_rate)
    cart = total_of([row.total for row in rows])
    total = _total(view, cart, shipment, fee, discount, cards)

    ordered = _time(view, wanted)
    order = Order(
        uid=terms.order,
        number=None,
        created=ordered or whole_second(view.now),
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
    )
    order.customer_uid, order.person = _buyer(view, wanted.get("customer"))
    order.items = tuple(_add_row(view, row) for row in rows)
    if not wanted.get("cart"):
        shop.last_order_number += 1
        order.number = str(shop.last_order_number)
        _add_payments(view, order, method, cards, paid=bool(wanted.get("paid")))
    shop.add("orders", order)
    if not wanted.get("cart"):
        move_stock(view, order, -1)
    return order


def _time(view: View, wanted: Mapping[str, Any]) -> datetime:
    given = wanted.get("ordered")
    at = view.now if given is None else parse_time(str(given))
    if at is None:
        raise UsageError(f"ordered is a time, not {given!r}")
    return whole_second(at)


def _whole_discount(wanted: Any, cart: Amount) -> tuple[Decimal, str]:
    if wanted is None:
        return ZERO, ""
    if not isinstance(wanted, Mapping) or not {"percent", "amount"} & set(wanted):
        raise UsageError("discount is {name, percent} or {name, amount}")
    share = decimal_of(wanted, "percent", ZERO) / 100
    off = decimal_of(wanted, "amount", to_cent(cart.inc * share))
    if not 0 <= off <= cart.inc:
        raise UsageError("a discount lies between 0 and the price of the goods")
    return to_cent(off), str(wanted.get("name", "Rabattkod"))


def _as_property(view: View, rows: list[OrderItem], off: Decimal, name: str) -> Discount | None:
    """Open question 14: the discount as a property of the order, its VAT shared over the rates."""
    if not off or view.switch["order_discount"] != "property":
        return None
    by_rate = by_vat_rate(rows)
    shares = share_out(off, [amount.inc for amount in by_rate])
    ex = sum((without_vat(share, amount.rate) for amount, share in zip(by_rate, shares, strict=True)), ZERO)
    whole = sum((amount.inc for amount in by_rate), ZERO)
    return Discount(802, name, tidy((off / whole).quantize(Decimal("0.0001"))), tidy(off), tidy(ex))


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


def _cost(terms: Terms, inc: Decimal, rate: Decimal) -> Amount:
    return from_inc(inc, rate) if terms.has_vat else from_ex(without_vat(inc, rate), ZERO)


def _shipping(
    view: View,
    terms: Terms,
    wanted: Mapping[str, Any],
    method: order_model.DeliveryMethod,
    rows: list[OrderItem],
) -> Amount:
    """By weight in grams, free from the method's limit."""
    if "shipping" in wanted:
        return _cost(terms, decimal_of(wanted, "shipping", ZERO), method.vat_rate)
    goods = sum((row.total.inc for row in rows if row.takes_stock), ZERO)
    limit = method.free_from.get(terms.currency)
    price = ZERO
    if limit is None or goods < limit:
        articles = view.shop.articles.rows
        weight = sum((articles[row.article].weight * row.quantity for row in rows if row.article), ZERO)
        fitting = [
            one for one in method.intervals if one.low <= weight and (one.high is None or weight < one.high)
        ]
        price = fitting[0].price.get(terms.currency, ZERO) if fitting else ZERO
    return _cost(terms, price, method.vat_rate)


def _total(
    view: View, cart: Amount, shipment: Amount, fee: Amount, discount: Discount | None, cards: list[Decimal]
) -> Amount:
    total = total_of([cart, shipment, fee])
    if discount is not None:
        total.inc, total.ex = tidy(total.inc - discount.inc), tidy(total.ex - discount.ex)
        total.vat = tidy(total.inc - total.ex)
    if view.switch["gift_card"] == "total_reduced":
        used = sum(cards, ZERO)
        total.inc, total.ex = tidy(total.inc - used), tidy(total.ex - used)
    if view.switch["order_rounding"] == "whole_kronor":
        total.inc = tidy(total.inc.quantize(Decimal(1), ROUND_HALF_UP))
        total.ex = tidy(total.inc - total.vat)
    return total


def _buyer(view: View, wanted: Any) -> tuple[int | None, Person]:
    customers = view.shop.customers
    if isinstance(wanted, Mapping):
        info = {"type": "private", "email": None, "nin": None, "vatNumber": None, "companyNumber": None}
        person = Person(
            {**info, **wanted.get("info", {})},
            dict(wanted.get("address", {})),
            dict(wanted.get("deliveryAddress", {"copyAddress": True})),
            tuple(wanted.get("custom", ())),
        )
        uid = customers.new_uid()
        now = whole_second(view.now)
        view.shop.add("customers", order_model.Customer(uid, now, now, person))
        return uid, person
    customer = _pick(customers, wanted, "customer")
    return customer.uid, customer.person


def _add_row(view: View, row: OrderItem) -> int:
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
