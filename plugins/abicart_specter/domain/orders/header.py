"""What ``newOrderSubmit`` gets for an order: the fields of its head by mapping, and its rows."""

from __future__ import annotations

import json

from abicart_specter.domain.money import fixed, shortest
from abicart_specter.domain.orders.mapped_fields import changed_flag, named_order
from abicart_specter.domain.orders.order_mapping import OrderMapping, main_reference, settings_for_mapping
from abicart_specter.domain.orders.order_view import order_view, payment_view
from abicart_specter.domain.orders.records import (
    OrderRows,
    OrderWrite,
    PaymentMethodFacts,
    PaymentRole,
    ShopOrder,
    SpecterRow,
)
from abicart_specter.domain.records import Flag, ItemKey, Kind, Severity
from abicart_specter.domain.row_hash import row_hash
from abicart_specter.domain.text import clean_line, to_latin1
from abicart_specter.errors import RecordError
from abicart_specter.settings.shop import ShopSettings

NUMBER_UNFIT = "product_number_unfit"
PAYMENT_UNMAPPED = "payment_method_unmapped"


def order_write(
    order: ShopOrder,
    rows: OrderRows,
    payment: PaymentMethodFacts,
    settings: ShopSettings,
    mapping: OrderMapping,
    external_no: str,
    *,
    address_in_comment: bool = False,
) -> OrderWrite:
    """The order as Specter gets it, without ``customerId``.

    :param payment: the order's main means of payment (:func:`main_payment`).
    :param external_no: prefix and order number as frozen at the first intent.
    :param address_in_comment: name the delivery address in the order, because the customer's record in Specter is
        left as it is (``customers.update_matched`` off, or a record that several customers share).
    :raises RecordError: a rule of the field mapping, or a product number that Specter cannot take.
    """
    key = ItemKey(Kind.ORDER, order.uid)
    named = named_order(order.number, order.uid)
    flags: list[Flag] = []
    in_comment = address_in_comment or not settings.customers.update_matched
    data = {
        "order": order_view(order, settings, external_no, address_in_comment=in_comment),
        "payment": payment_view(payment, main_reference(order, payment)),
        "document": order.document,
        **settings_for_mapping(settings),
    }
    fields = mapping.order_fields.apply(
        data, named, key, flags, price_decimals=settings.prices.order_decimals
    )
    if payment.uid and not payment.code and payment.role is not PaymentRole.GIFT_CARD:
        flags.append(_unmapped(key, payment))
    wire = tuple(
        _wire_row(row, place, named, key, settings.prices.order_decimals, flags)
        for place, row in enumerate(rows.rows, 1)
    )
    return OrderWrite(fields=fields, rows=wire, hash=_hash(fields, wire), flags=tuple(flags))


def _wire_row(
    row: SpecterRow, place: int, named: str, key: ItemKey, decimals: int, flags: list[Flag]
) -> dict[str, str]:
    """Wire names without the row's number (Specter reference 5.3, seen in client code)."""
    if to_latin1(row.product_number).text != row.product_number:
        raise RecordError(
            f"{named}: the product number of row {place} to Specter holds characters that Specter cannot take.",
            rule=NUMBER_UNFIT,
            remedy="Give the product a number that follows the shop's rule for product numbers.",
        )
    wire = {
        "articleNo": row.product_number,
        "articleName": _line(row.name, "articleName", place, key, flags),
        "noOfItems": shortest(row.quantity),
        "priceExclVAT": fixed(row.price, decimals),
        "vatPercent": shortest(row.vat_percent),
    }
    comment = _line(row.comment, "articleComment", place, key, flags)
    if comment:
        wire["articleComment"] = comment
    if row.discount_percent:
        wire["discount"] = shortest(row.discount_percent)
    return wire


def _line(text: str, field: str, place: int, key: ItemKey, flags: list[Flag]) -> str:
    fitting = to_latin1(clean_line(text))
    if fitting.replaced:
        flags.append(changed_flag(key, f"{field} of row {place}", len(fitting.replaced)))
    return clean_line(fitting.text)


def _unmapped(key: ItemKey, payment: PaymentMethodFacts) -> Flag:
    return Flag(
        key=key,
        rule=PAYMENT_UNMAPPED,
        severity=Severity.WARNING,
        message=f"The shop's payment method {payment.uid} has no code of Specter's; the order goes without one.",
        remedy=f"Give method {payment.uid} or its type a code in payment_methods.yaml, and set it on the order in "
        "Specter.",
    )


def _hash(fields: dict[str, str], rows: tuple[dict[str, str], ...]) -> str:
    return row_hash({**fields, "\0rows": json.dumps([row_hash(row) for row in rows])})
