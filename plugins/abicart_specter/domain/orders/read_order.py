"""An order as the shop answers it, read strictly into :class:`ShopOrder`.

Abicart reference 6.1 to 6.4 (partly official, partly seen in client code); every shape that reference 10 holds
possible is read the same. The rows are in ``read_items``, the buyer in ``read_buyer``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from abicart_specter.domain.orders.info_names import InfoNames
from abicart_specter.domain.orders.order_costs import read_cost, read_discount
from abicart_specter.domain.orders.order_values import UNREADABLE, OrderReader
from abicart_specter.domain.orders.read_buyer import read_buyer
from abicart_specter.domain.orders.read_items import read_items
from abicart_specter.domain.orders.records import Cost, ShopOrder, ShopPayment
from abicart_specter.domain.raw_values import uid_of
from abicart_specter.domain.records import ItemKey, Kind

__all__ = ["UNREADABLE", "named_in_messages", "read_order"]

ZERO = Decimal(0)
_EMPTY_COST = Cost(ZERO, ZERO, ZERO, ZERO)


def read_order(document: Mapping[str, Any], names: InfoNames | None = None) -> ShopOrder:
    """Read one whole order, rows, payments and articles expanded.

    A value that cannot be read is an error; what can be read and yet contradicts itself is a flag in
    ``ShopOrder.problems`` or ``OrderItem.problems``, of which an error holds the order too.

    :param names: where ``customer.info`` keeps what; ``None``: the usual names.
    :raises RecordError: rule ``order_unreadable``; the text names the field, never its value.
    """
    reader = OrderReader(named_in_messages(document))
    uid = reader.uid(document.get("uid"), "uid")
    number = reader.text(document.get("orderNumber"), "orderNumber")
    ordered = reader.time(document.get("ordered"), "ordered")
    if uid is None:
        raise reader.refusal("uid", "it is missing")
    if ordered is None:
        raise reader.refusal("ordered", "it has no time, so it is a cart and no order")
    if not number:
        raise reader.refusal("orderNumber", "it is missing")
    currency = reader.text(document.get("currency"), "currency").upper()
    if not currency:
        raise reader.refusal("currency", "it is missing")
    costs = reader.mapping(document.get("costs"), "costs")
    discount = read_discount(reader, document.get("discount"), "discount")
    has_vat = reader.flag(document.get("hasVat"), "hasVat")
    return ShopOrder(
        uid=uid,
        number=number,
        ordered=ordered,
        changed=reader.time(document.get("changed"), "changed") or ordered,
        currency=currency,
        exchange_rate=reader.number(document.get("exchangeRate"), "exchangeRate"),
        language=reader.text(document.get("language"), "language").lower(),
        has_vat=True if has_vat is None else has_vat,
        discarded=bool(reader.flag(document.get("discarded"), "discarded")),
        note=reader.text(document.get("note"), "note"),
        external_number=reader.text(document.get("externalOrderNumber"), "externalOrderNumber"),
        payment_status=reader.text(document.get("paymentStatus"), "paymentStatus").lower(),
        delivery_status=reader.text(document.get("deliveryStatus"), "deliveryStatus").lower(),
        delivery_method_uid=_delivery_method(reader, document.get("delivery")),
        items=read_items(reader, ItemKey(Kind.ORDER, uid), document.get("items"), currency),
        payments=_payments(reader, document.get("payments")),
        cart=_sum_of_costs(reader, costs, "cart", currency),
        shipment=read_cost(reader, costs.get("shipment"), "costs.shipment", currency) or _EMPTY_COST,
        fee=read_cost(reader, costs.get("payment"), "costs.payment", currency) or _EMPTY_COST,
        total=_sum_of_costs(reader, costs, "total", currency),
        discount=discount,
        buyer=read_buyer(reader, document.get("customer"), names or InfoNames()),
        document=document,
    )


def named_in_messages(document: Mapping[str, Any]) -> str:
    """How messages call an order: ``Order 10023 (uid 50023)``."""
    uid, number = uid_of(document.get("uid")), document.get("orderNumber")
    shown = f"uid {uid}" if uid is not None else "without a readable uid"
    readable = isinstance(number, int | str) and not isinstance(number, bool) and str(number).strip()
    return f"Order {str(number).strip()[:40]!r} ({shown})" if readable else f"Order with {shown}"


def _sum_of_costs(reader: OrderReader, costs: Mapping[str, Any], name: str, currency: str) -> Cost:
    cost = read_cost(reader, costs.get(name), f"costs.{name}", currency, is_sum=True)
    if cost is None:
        raise reader.refusal(f"costs.{name}", "it is missing")
    return cost


def _delivery_method(reader: OrderReader, value: object) -> int | None:
    """From the object ``{"method": uid or object}``, or from a bare uid."""
    if isinstance(value, Mapping):
        return reader.uid(value.get("method"), "delivery.method")
    if isinstance(value, list | tuple):
        reader.mapping(value, "delivery")
        return None
    return reader.uid(value, "delivery")


def _payments(reader: OrderReader, value: object) -> tuple[ShopPayment, ...]:
    payments: list[ShopPayment] = []
    seen: set[int] = set()
    for index, one in enumerate(reader.sequence(value, "payments"), 1):
        field = f"payment {index}"
        if not isinstance(one, Mapping):
            raise reader.refusal(field, "it came as a uid only, without its amount")
        uid = reader.uid(one.get("uid"), f"{field}, uid")
        method = reader.uid(one.get("method"), f"{field}, method")
        amount = reader.number(one.get("amount"), f"{field}, amount")
        status = reader.text(one.get("status"), f"{field}, status").lower()
        if uid is None:
            raise reader.refusal(f"{field}, uid", "it is missing")
        if method is None:
            raise reader.refusal(f"{field}, method", "it is missing")
        if amount is None:
            raise reader.refusal(f"{field}, amount", "it is missing")
        if uid in seen:
            raise reader.refusal(field, f"the uid {uid} occurs twice")
        seen.add(uid)
        reference = reader.text(one.get("externalRef"), f"{field}, externalRef")
        payments.append(ShopPayment(uid, method, status, amount, reference))
    return tuple(payments)
