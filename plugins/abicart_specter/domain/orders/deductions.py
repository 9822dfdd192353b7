"""A discount on the whole order over the VAT rates of what it discounts, in proportion (domain rules, part 2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from abicart_specter.domain.orders.lines import Case, Deduction, Line
from abicart_specter.domain.orders.ore import ZERO, ex_of, shown, to_kronor, to_ore, total
from abicart_specter.domain.orders.records import RowRole
from abicart_specter.domain.orders.splits import largest_remainder

_PER_RATE = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class RateDeduction:
    """What is taken off at one rate, in positive kronor."""

    name: str
    rate: Decimal
    inc: Decimal
    ex: Decimal


def deductions_by_rate(case: Case, deductions: Iterable[Deduction], lines: list[Line]) -> list[RateDeduction]:
    """Every discount on the whole order at its rate, or split over the rates.

    :raises RecordError: a split does not give the VAT that the shop took off, or two do.
    """
    found: list[RateDeduction] = []
    for one in deductions:
        found.extend(_by_rate(case, one, lines))
    return found


def _by_rate(case: Case, deduction: Deduction, lines: list[Line]) -> list[RateDeduction]:
    if not deduction.inc:
        return []
    goods = [line for line in lines if line.role is not RowRole.GIFT_CARD_SOLD]
    if deduction.rate is not None and any(line.rate == deduction.rate for line in lines):
        ex = deduction.inc if deduction.ex is None else deduction.ex
        return [RateDeduction(deduction.name, deduction.rate, deduction.inc, ex)]
    splits = []
    for base in (goods, lines):
        split = _split(deduction, base)
        if split is not None and split not in splits:
            splits.append(split)
    if len(splits) == 1 or (splits and deduction.ex is None):
        return splits[0]
    if splits:
        raise case.held(
            "amounts_ambiguous",
            f"the discount of {shown(deduction.inc)} on the order may or may not cover the gift cards sold.",
            "Enter the order in Specter by hand.",
        )
    raise case.held(
        "vat_split_impossible",
        f"the discount of {shown(deduction.inc)} on the order takes off VAT "
        f"{shown(deduction.inc - (deduction.ex or ZERO))}, which is not that of the goods in proportion.",
        "Enter the order in Specter by hand.",
    )


def _split(deduction: Deduction, base: list[Line]) -> list[RateDeduction] | None:
    rates = sorted({line.rate for line in base}, reverse=True)
    weights = [to_ore(total(line.inc for line in base if line.rate == rate)) for rate in rates]
    if any(weight < 0 for weight in weights) or not sum(weights):
        return None
    parts = [
        RateDeduction(deduction.name, rate, to_kronor(part), to_kronor(to_ore(ex_of(to_kronor(part), rate))))
        for rate, part in zip(rates, largest_remainder(to_ore(deduction.inc), weights), strict=True)
        if part
    ]
    if deduction.ex is not None:
        rest = deduction.ex - total(part.ex for part in parts)
        if abs(rest) > _PER_RATE * len(rates):
            return None
    return parts
