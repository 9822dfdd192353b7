"""What must be true of an order before its amounts are looked at (F12, rule 18)."""

from __future__ import annotations

from abicart_specter.domain.orders.lines import Case
from abicart_specter.domain.records import Flag, Severity
from abicart_specter.errors import RecordError


def check_order(case: Case) -> None:
    """Take over what was found while the order was read.

    :raises RecordError: an error was found then, the currency is not SEK, or a quantity is not above zero.
    """
    order = case.order
    for flag in (*order.problems, *(flag for item in order.items for flag in item.problems)):
        _take(case, flag)
    if order.currency != case.settings.base_currency:
        raise case.held(
            "currency_not_sek",
            f"it is in {order.currency}, and Specter's books are in {case.settings.base_currency}.",
            "Enter the order in Specter by hand, in kronor by the day's rate.",
        )
    for item in order.items:
        if item.quantity <= 0:
            raise case.held(
                "quantity_unclear",
                f"{case.row_name(item)} has a quantity that is not above zero.",
                "Returns and exchanges are credited by hand in Specter; correct the row in the shop.",
            )


def _take(case: Case, flag: Flag) -> None:
    if flag.severity is Severity.ERROR:
        raise RecordError(f"Order {case.order.number}: {flag.message}", rule=flag.rule, remedy=flag.remedy)
    case.flags.append(flag)
