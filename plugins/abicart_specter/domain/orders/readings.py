"""Which reading of the shop's amounts is the right one: the one under which they add up, or none (rule 18)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from abicart_specter.domain.orders.candidates import Reading, candidates, leading_without_vat
from abicart_specter.domain.orders.lines import Case
from abicart_specter.domain.orders.ore import ZERO, is_whole, shown, total
from abicart_specter.errors import RecordError

ORE = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class _Level:
    """How exactly amounts must add up: the leading amounts by ``tolerance``, the total perhaps to whole kronor."""

    tolerance: Decimal
    whole_krona: bool
    by_ex: bool = False


def read_amounts(
    case: Case,
    cards_paid: Decimal,
    gift_card_row_names: Collection[str],
    discount_row_names: Collection[str],
) -> Reading:
    """The reading that adds up. The first level at which any does decides: exactly; exactly but for a total rounded
    to whole kronor; by an öre a row; and the same by the amounts without VAT, for a shop whose rows with VAT are
    for show.

    :param cards_paid: kronor of gift cards among the payments.
    :raises RecordError: no reading adds up, or two do and give different rows.
    """
    readings = list(candidates(case, bool(cards_paid), (gift_card_row_names, discount_row_names)))
    slack = ORE * (len(case.order.items) + 2)
    for level in (
        _Level(ZERO, False),
        _Level(ZERO, True),
        _Level(slack, True),
        _Level(ZERO, True, by_ex=True),
    ):
        tried = leading_without_vat(readings) if level.by_ex else readings
        fitting = [one for one in tried if _adds_up(case, one, cards_paid, level, slack)]
        different = {(one.lines, one.whole, one.total_is_reduced) for one in fitting}
        if len(different) > 1:
            raise case.held(
                "amounts_ambiguous",
                f"the shop's amounts add up in more than one way ({'; '.join(one.words for one in fitting)}).",
                "Compare the order with its receipt and enter it in Specter by hand.",
            )
        if fitting:
            return fitting[0]
    raise _does_not_add_up(case, readings)


def _adds_up(case: Case, reading: Reading, cards_paid: Decimal, level: _Level, slack: Decimal) -> bool:
    """Rows against the goods' sum, everything against the total, and the VAT of everything against the total's."""
    if not _goods_add_up(case, reading, level, slack):
        return False
    order = case.order
    cards = total(reading.cards_as_rows) + (cards_paid if reading.total_is_reduced else ZERO)
    rest = order.total.inc - (reading.sum_inc(case) - cards)
    tolerance = slack if level.by_ex else level.tolerance
    if abs(rest) > tolerance and not (level.whole_krona and _is_whole_krona(case, rest, cards)):
        return False
    vat = total(line.inc - line.ex for line in reading.lines)
    vat += order.shipment.inc - order.shipment.ex + order.fee.inc - order.fee.ex
    deductions = reading.deductions
    unsure = any(one.ex is None for one in deductions)
    vat -= total(one.inc - one.ex for one in deductions if one.ex is not None)
    return unsure or _near(order.total.inc - order.total.ex, vat, slack) or _near(order.total.vat, vat, slack)


def _goods_add_up(case: Case, reading: Reading, level: _Level, slack: Decimal) -> bool:
    """The rows, with or without those that are negative, with or without the order's discount, are the goods' sum."""
    inc, ex = total(line.inc for line in reading.lines), total(line.ex for line in reading.lines)
    all_inc = inc + total(one.inc for one in reading.negative)
    all_ex = ex + total(one.ex for one in reading.negative)
    sums = [(all_inc, all_ex), (inc, ex)]
    whole = reading.whole
    if whole is not None:
        sums.append((all_inc - whole.inc, all_ex - (whole.inc if whole.ex is None else whole.ex)))
    with_vat, without_vat = (slack, level.tolerance) if level.by_ex else (level.tolerance, slack)
    cart = case.order.cart
    return any(_near(cart.inc, one, with_vat) and _near(cart.ex, other, without_vat) for one, other in sums)


def _near(one: Decimal, other: Decimal, tolerance: Decimal) -> bool:
    return abs(one - other) <= tolerance


def _is_whole_krona(case: Case, rest: Decimal, cards: Decimal) -> bool:
    """The shop rounds totals to whole kronor, before or after gift cards (Abicart reference 10 #36; rule 19)."""
    limit = case.settings.prices.rounding_limit_whole_kronor
    return abs(rest) <= limit and is_whole(case.order.total.inc, cards)


def _does_not_add_up(case: Case, readings: list[Reading]) -> RecordError:
    order = case.order
    best = min(readings, key=lambda one: abs(order.total.inc - one.sum_inc(case)))
    cards = total(best.cards_as_rows)
    rows, together = total(line.inc for line in best.lines), best.sum_inc(case) - cards
    return case.held(
        "amounts_do_not_add_up",
        f"the shop's amounts do not add up: rows {shown(rows)} (the shop's sum of goods: {shown(order.cart.inc)}), "
        f"discounts on the order {shown(-total(one.inc for one in best.deductions))}, "
        f"gift cards {shown(-cards)}, delivery {shown(order.shipment.inc)}, fee {shown(order.fee.inc)}; "
        f"together {shown(together)}, but the shop's total is {shown(order.total.inc)} "
        f"(difference {shown(order.total.inc - together)}), or their VAT differs.",
        "Look at the order in the shop: a discount or gift card that no row or payment shows may be in the total. "
        "Enter the order in Specter by hand, or correct it in the shop and export it again.",
    )
