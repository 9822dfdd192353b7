"""The changes that a person should see first."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from decimal import Decimal

from abicart_specter.domain.imports.guard import signed_percent
from abicart_specter.domain.imports.records import FieldChange, PlannedChange, WorstChange
from abicart_specter.domain.imports.sizes import UNMEASURABLE, changed_fields, not_positive, price_steps
from abicart_specter.domain.masters import Master
from abicart_specter.domain.money import fixed, shortest
from abicart_specter.domain.prices import percent
from abicart_specter.domain.text import clean_line

_LONGEST_TEXT = 60
_WORDS = {
    Master.PRICE: "regular price",
    Master.EXTRA_PRICE: "campaign price",
    Master.VAT: "VAT rate",
    Master.NAME: "name",
    Master.DESCRIPTION: "description",
}


def worst_changes(changes: Iterable[PlannedChange], limit: int = 20) -> list[WorstChange]:
    """The worst lines, worst first: prices of zero or less, then the largest price changes, then the rest.

    Memory does not grow with the plan. The same plan gives the same lines, whatever its order.
    """
    return [line for _, line in heapq.nsmallest(limit, _ranked(changes), key=lambda pair: pair[0])]


def _ranked(changes: Iterable[PlannedChange]) -> Iterator[tuple[tuple[Decimal, int, str], WorstChange]]:
    for change in changes:
        sizes = {step.field: step.percents for step in price_steps(change)}
        free = {one.field for one in not_positive(change)}
        for one in changed_fields(change):
            size = Decimal("-Infinity") if one.field in free else -abs(sizes.get(one.field, Decimal(0)))
            yield (size, change.article_uid, one.field.value), _line(change, one, sizes.get(one.field))


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
