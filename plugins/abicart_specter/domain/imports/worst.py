"""The changes that a person should see first."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal

from abicart_specter.domain.imports.guard import signed_percent
from abicart_specter.domain.imports.records import FieldChange, PlannedChange, WorstChange
from abicart_specter.domain.imports.sizes import (
    UNMEASURABLE,
    changed_fields,
    new_rate,
    not_positive,
    price_steps,
)
from abicart_specter.domain.masters import Master
from abicart_specter.domain.money import fixed, shortest
from abicart_specter.domain.prices import USUAL_RATES, percent
from abicart_specter.domain.text import clean_line

_LONGEST_TEXT = 60
_WORDS = {
    Master.PRICE: "regular price",
    Master.EXTRA_PRICE: "campaign price",
    Master.VAT: "VAT rate",
    Master.NAME: "name",
    Master.DESCRIPTION: "description",
}


def worst_changes(
    changes: Iterable[PlannedChange], limit: int = 20, usual_rates: Collection[Decimal] = USUAL_RATES
) -> list[WorstChange]:
    """The worst lines, worst first: prices of zero or less, unusual VAT rates, then the largest price changes.

    All lines of an article stand together. Memory does not grow with the plan. The same plan gives the same lines,
    whatever its order.
    """
    ranked = heapq.nsmallest(limit, _ranked(changes, usual_rates), key=lambda pair: pair[0])
    return [line for _, line in ranked]


_Rank = tuple[int, Decimal, int, int]


def _ranked(
    changes: Iterable[PlannedChange], usual_rates: Collection[Decimal]
) -> Iterator[tuple[_Rank, WorstChange]]:
    for change in changes:
        sizes = {step.field: step.percents for step in price_steps(change)}
        rate = new_rate(change)
        first = 0 if not_positive(change) else 1 if rate is not None and rate not in usual_rates else 2
        largest = -max((abs(size) for size in sizes.values()), default=Decimal(0))
        for place, one in enumerate(changed_fields(change)):
            yield (first, largest, change.article_uid, place), _line(change, one, sizes.get(one.field))


def _line(change: PlannedChange, one: FieldChange, size: Decimal | None) -> WorstChange:
    numbers = [number for _, number in change.keys if number]
    more = len(numbers) - 1
    number = (numbers[0] if numbers else "") + (f" and {more} more" if more > 0 else "")
    words = "" if size is None or abs(size) == UNMEASURABLE else signed_percent(size)
    name = one_line(change.name)
    return WorstChange(
        number,
        name,
        _WORDS[one.field],
        value_in_words(one.field, one.before),
        value_in_words(one.field, one.after),
        words,
    )


def value_in_words(master: Master, value: str | None) -> str:
    """A field's value for people: 199.00 kr, 25 %, a text cut short; "none" where there is none."""
    if value is None:
        return "none"
    if master in (Master.PRICE, Master.EXTRA_PRICE):
        amount = Decimal(value)
        exponent = amount.as_tuple().exponent
        return f"{fixed(amount, max(2, -exponent if isinstance(exponent, int) else 2))} kr"
    if master is Master.VAT:
        return f"{shortest(percent(Decimal(value)))} %"
    return one_line(value)


def one_line(text: str) -> str:
    """A text as one short line."""
    line = clean_line(text)
    return line if len(line) <= _LONGEST_TEXT else line[: _LONGEST_TEXT - 1].rstrip() + "…"
