"""A discount on the whole order over the VAT rates of what it discounts, in proportion (domain rules, part 2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from abicart_specter.domain.orders.lines import Case, Deduction, Line
from abicart_specter.domain.orders.ore import ZERO, ex_of, shown, to_kronor, to_ore, total
from abicart_specter.domain.orders.rates import explains, is_real
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
    told: list[RateDeduction] = []
    if deduction.rate is not None and deduction.ex is not None:
        told = [RateDeduction(deduction.name, deduction.rate, deduction.inc, deduction.ex)]
        if any(line.rate == deduction.rate for line in lines):
            return told
    splits: list[tuple[Decimal, list[RateDeduction]]] = []
    for base in (goods, lines):
        split = _split(deduction, base)
        if split is not None and split not in splits:
            splits.append(split)
    if told and is_real(told[0].rate) and explains(told[0].rate, told[0].inc, told[0].ex):
        splits.append((ZERO, told))
    best = [split for miss, split in splits if miss == min(miss for miss, _ in splits)]
    if len(best) == 1 or (best and deduction.ex is None):
        return best[0]
    if best:
        raise case.held(
            "amounts_ambiguous",
            f"the discount of {shown(deduction.inc)} on the order fits more than one way over the VAT rates of what "
            "it discounts.",
            "Enter the order in Specter by hand.",
        )
    raise case.held(
        "vat_split_impossible",
        f"the discount of {shown(deduction.inc)} on the order takes off VAT "
        f"{shown(deduction.inc - (deduction.ex or ZERO))}, which is not that of the goods in proportion.",
        "Enter the order in Specter by hand.",
    )


def _split(deduction: Deduction, base: list[Line]) -> tuple[Decimal, list[RateDeduction]] | None:
    """By how much the parts' sum without VAT misses the shop's, and the parts; ``None``: by more than an öre a rate."""
    rates = sorted({line.rate for line in base}, reverse=True)
    weights = [to_ore(total(line.inc for line in base if line.rate == rate)) for rate in rates]
    if any(weight < 0 for weight in weights) or not sum(weights):
        return None
    parts = [
        RateDeduction(deduction.name, rate, to_kronor(part), to_kronor(to_ore(ex_of(to_kronor(part), rate))))
        for rate, part in zip(rates, largest_remainder(to_ore(deduction.inc), weights), strict=True)
        if part
    ]
    miss = ZERO if deduction.ex is None else abs(deduction.ex - total(part.ex for part in parts))
    return None if miss > _PER_RATE * len(rates) else (miss, parts)
