"""Discounts in Specter: in percent on each row, or as negative rows, one for each VAT rate (setting 12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from abicart_specter.domain.money import round_half_up, shortest
from abicart_specter.domain.orders.deductions import RateDeduction
from abicart_specter.domain.orders.lines import Case, Line
from abicart_specter.domain.orders.ore import to_ore, total
from abicart_specter.domain.orders.planned import Planned, of_line
from abicart_specter.domain.orders.records import RowRole
from abicart_specter.domain.orders.splits import split_kronor
from abicart_specter.settings.special_numbers import ROLES

ONE = Decimal(1)
ROUNDING = Decimal("0.02")
"""How far gross less percent may lie from the shop's amount: rounding, never a percentage that is merely near."""


def plan_goods(case: Case, lines: list[Line], deductions: list[RateDeduction]) -> list[Planned]:
    """The rows of the goods, and after them the rows of their discounts."""
    if case.settings.orders.discount_in_percent:
        lines, deductions = _into_lines(lines, deductions)
    planned: list[Planned] = []
    left: list[Line] = []
    decimals = case.settings.prices.order_decimals
    for line in lines:
        row = _in_percent(line, decimals) if case.settings.orders.discount_in_percent else None
        if row is None:
            row = of_line(line, inc=line.inc + line.off_inc, ex=to_ore(line.ex + line.off_ex))
            if line.off_inc or line.off_ex:
                left.append(line)
        planned.append(row)
    if left and case.settings.orders.discount_in_percent:
        case.warn(
            "discount_not_in_percent",
            f"the discount of row {', '.join(sorted({str(line.place) for line in left}, key=int))} is no percentage "
            "that gives the shop's amount to the öre; it went as a row of its own.",
            "Nothing needs to be done; the amounts are the shop's.",
        )
    planned.extend(_negative_rows(case, left, deductions))
    return planned


def _into_lines(
    lines: list[Line], deductions: Iterable[RateDeduction]
) -> tuple[list[Line], list[RateDeduction]]:
    """The order's discounts put into the lines they discount; back comes what no line can carry."""
    found, rest = list(lines), []
    for one in deductions:
        places = [
            n
            for n, line in enumerate(found)
            if line.rate == one.rate and line.inc > 0 and line.role is not RowRole.GIFT_CARD_SOLD
        ]
        weights = [to_ore(found[n].inc) for n in places]
        if not sum(weights) or one.inc > total(found[n].inc for n in places):
            rest.append(one)
            continue
        incs, exs = split_kronor(one.inc, weights), split_kronor(one.ex, weights)
        for n, inc, ex in zip(places, incs, exs, strict=True):
            line = found[n]
            found[n] = replace(
                line,
                inc=line.inc - inc,
                ex=line.ex - ex,
                off_inc=line.off_inc + inc,
                off_ex=line.off_ex + ex,
                off_name=line.off_name or one.name,
                percent=None,
            )
    return found, rest


def _in_percent(line: Line, decimals: int) -> Planned | None:
    """The row with its discount in percent; ``None`` if there is none, or no percentage gives the amount."""
    gross_inc, gross_ex = line.inc + line.off_inc, line.ex + line.off_ex
    if line.off_inc <= 0 or gross_inc <= 0 or gross_ex <= 0:
        return None
    for percent in _percents(line, gross_inc):
        if abs(gross_ex * (100 - percent) / 100 - line.ex) > ROUNDING:
            continue
        row = of_line(line, inc=line.inc, ex=to_ore(line.ex), gross=to_ore(gross_ex), percent=percent)
        if row.cut(row.ex, decimals) is not None:
            return row
    return None


def _percents(line: Line, gross_inc: Decimal) -> list[Decimal]:
    """Percentages to try, at most two decimals: the shop's own first, then the amounts' from short to long."""
    found: list[Decimal] = []
    if line.percent is not None and line.percent == round_half_up(line.percent, 2):
        found.append(_plain(line.percent))
    for exact in (line.off_inc / gross_inc * 100, line.off_ex / (line.ex + line.off_ex) * 100):
        found.extend(_plain(round_half_up(exact, decimals)) for decimals in (0, 1, 2))
    return [percent for percent in dict.fromkeys(found) if 0 < percent <= 100]


def _plain(percent: Decimal) -> Decimal:
    return Decimal(shortest(percent))


def _negative_rows(case: Case, lines: list[Line], deductions: list[RateDeduction]) -> list[Planned]:
    off = [RateDeduction(line.off_name, line.rate, line.off_inc, line.off_ex) for line in lines]
    off.extend(deductions)
    rows: list[Planned] = []
    for rate in sorted({one.rate for one in off}, reverse=True):
        here = [one for one in off if one.rate == rate]
        names = dict.fromkeys(one.name for one in here if one.name)
        rows.append(
            Planned(
                role=RowRole.DISCOUNT,
                product_number=case.special_number("discount"),
                name=", ".join(names) or ROLES["discount"][1],
                quantity=ONE,
                rate=rate,
                inc=-total(one.inc for one in here),
                ex=-to_ore(total(one.ex for one in here)),
            )
        )
    return [row for row in rows if row.inc or row.ex]
