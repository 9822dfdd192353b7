"""Questions about orders as a whole and their customers (Abicart reference 10, 18 to 20, 29, 30, 36, 37)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from abicart_specter.domain.probe.abicart.material import Material, Row, amount, rows_of
from abicart_specter.domain.probe.abicart.product_questions import only_a_write
from abicart_specter.domain.probe.verdicts import Outcome, Question, not_told, told, unexpected

LISTS = ("order_list",)
PLAIN_INFO = frozenset({"nin", "vatNumber", "companyNumber"})
OTHER_INFO = frozenset({"personalNumber", "vatNo", "orgNumber"})
CERTAIN_INFO = frozenset({"type", "email"})


def _status_words(material: Material) -> Outcome:
    orders = material.need_orders()
    seen = {str(one[key]) for one in orders for key in ("paymentStatus", "deliveryStatus") if one.get(key)}
    plain = {"paid", "unpaid", "sent", "unsent"}
    extra = {"reserved", "partlySent", "shipped"}
    if not seen:
        return not_told("No order came with a status.")
    strange = sorted(seen - plain - extra - {word.capitalize() for word in plain})
    if strange:
        return unexpected(f"Orders came with the status words {', '.join(sorted(seen))}.")
    if seen <= {word.capitalize() for word in plain}:
        return told("capitalised", f"Orders came with the status words {', '.join(sorted(seen))}.")
    if seen & extra and seen <= (plain | extra) - {"sent"}:
        return told("extra", f"Orders came with the status words {', '.join(sorted(seen))}.")
    if seen <= plain and "sent" in seen:
        return told("plain", f"Orders came with the status words {', '.join(sorted(seen))}.")
    if seen <= plain:
        return not_told(
            "Orders came only as paid, unpaid and unsent: no sent order was read, which would tell."
        )
    return unexpected(f"Orders came with the status words {', '.join(sorted(seen))}.")


def _customers(material: Material) -> list[Row]:
    return [one["customer"] for one in material.need_orders() if isinstance(one.get("customer"), dict)]


def _customer_info(material: Material) -> Outcome:
    names = {key for one in _customers(material) if isinstance(one.get("info"), dict) for key in one["info"]}
    if not names:
        return not_told("No order came with its customer's details.")
    strange = sorted(names - PLAIN_INFO - OTHER_INFO - CERTAIN_INFO)
    words = f"Customers' details came under the names {', '.join(sorted(names))}."
    if strange or (names & PLAIN_INFO and names & OTHER_INFO) or "email" not in names:
        return unexpected(words)
    if names & PLAIN_INFO:
        return told("plain", words)
    if names & OTHER_INFO:
        return told("other_names", words)
    return not_told(f"{words} No personal, company or VAT number was among them.")


def _custom_shape(material: Material) -> Outcome:
    values = [one["custom"] for one in _customers(material) if one.get("custom")]
    if not values:
        return not_told("No order came with details asked for at the checkout.")
    if all(isinstance(one, dict) for one in values):
        return told("object", "Details asked for at the checkout came as an object.")
    if all(isinstance(one, list) and all(map(_is_named, one)) for one in values):
        return told("list", "Details asked for at the checkout came as a list of names and values.")
    return unexpected("Details asked for at the checkout came in another form.")


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and {"name", "value"} <= value.keys()


def _order_rounding(material: Material) -> Outcome:
    exact = rounded = 0
    for order in material.need_orders():
        parts = [amount(order, "costs", name, "incVat") for name in ("cart", "shipment", "payment")]
        total = amount(order, "costs", "total", "incVat")
        if total is None or None in parts or order.get("currency") != "SEK":
            continue
        rest = total - sum((one for one in parts if one is not None), Decimal(0))
        if total % 1:
            exact += 1
        elif rest % 1 and abs(rest) <= Decimal("0.5"):
            rounded += 1
    if exact and not rounded:
        return told("ore", f"The totals of {exact} orders came with öre.")
    if rounded and not exact:
        return told("whole_kronor", f"The totals of {rounded} orders were rounded to whole kronor.")
    if exact:
        return unexpected(
            f"The totals of {exact} orders came with öre, those of {rounded} rounded to kronor."
        )
    return not_told("The amounts of all orders were whole kronor by themselves.")


def _refund_shape(material: Material) -> Outcome:
    seen = set()
    for order in material.need_orders():
        payments = rows_of(order, "payments")
        if any((amount(one, "amount") or 0) < 0 for one in payments):
            seen.add("negative_payment")
        states = [str(one.get("status")).lower() for one in payments]
        if "cancelled" in states and "paid" in states and not order.get("discarded"):
            seen.add("cancelled_payment")
    if len(seen) == 1:
        value = seen.pop()
        words = (
            "a payment of a negative amount"
            if value == "negative_payment"
            else "a cancelled payment beside a paid one"
        )
        return told(value, f"Among the orders was {words}.")
    if not seen:
        return not_told("No order came from which money was seen to be given back; look at one that was.")
    return unexpected("Money given back showed both as negative and as cancelled payments.")


def _order_customer(material: Material) -> Outcome:
    values = [one["customer"] for one in material.rows("order_customers") if one.get("customer") is not None]
    if not values:
        return not_told("No order came with a customer.")
    if all(isinstance(one, dict) for one in values):
        return told("embedded", "Asked for with true, an order's customer came as an object.")
    if all(isinstance(one, int | str) for one in values):
        return told("uid", "Asked for with true, an order's customer came as a uid.")
    return unexpected("Asked for with true, customers of some orders came as objects and of some as uids.")


ORDER_QUESTIONS: tuple[Question[Material], ...] = (
    Question("18", "status_words", "Words for the state of orders", _status_words, LISTS),
    Question(
        "19",
        "sent_by",
        "What makes an order sent",
        only_a_write("marking an order as sent", "Order", "deliveryStatus"),
    ),
    Question(
        "20",
        "order_marks",
        "Whether number, note and tags can be written",
        only_a_write("a write of them", "Order", "externalOrderNumber"),
    ),
    Question("29", "customer_info", "Names of a customer's details", _customer_info, LISTS),
    Question("30", "custom_shape", "Details asked for at the checkout", _custom_shape, LISTS),
    Question("36", "order_rounding", "Totals in öre or in whole kronor", _order_rounding, LISTS),
    Question("6.4", "refund_shape", "Money given back", _refund_shape, LISTS),
    Question(
        "37",
        "order_customer",
        "An order's customer asked for with true",
        _order_customer,
        ("order_customers",),
    ),
)
