"""How large a change is: what the guard measures and what a person is shown first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from abicart_specter.domain.imports.records import FieldChange, PlannedChange
from abicart_specter.domain.imports.told_values import same
from abicart_specter.domain.masters import Master
from abicart_specter.domain.money import QUOTIENT

UNMEASURABLE = Decimal("Infinity")
"""From no price, or from a price of zero: no percentage tells how large that is."""


@dataclass(frozen=True, slots=True)
class PriceStep:
    """A price that changes: kronor as the shop stores them, and by how many percent."""

    field: Master
    before: Decimal | None
    after: Decimal | None
    percents: Decimal


def changed_fields(change: PlannedChange) -> list[FieldChange]:
    """The fields whose value changes; a change also names some that stay, so that they are written along."""
    return [one for one in change.fields if not same(one.field, one.before, one.after)]


def price_steps(change: PlannedChange) -> list[PriceStep]:
    """The regular price, and where a campaign begins, ends or changes, what the buyer pays."""
    fields: Mapping[Master, FieldChange] = {one.field: one for one in change.fields}
    regular = fields.get(Master.PRICE)
    extra = fields.get(Master.EXTRA_PRICE)
    found: list[PriceStep] = []
    if regular is not None and not same(Master.PRICE, regular.before, regular.after):
        found.append(_step(Master.PRICE, amount(regular.before), amount(regular.after)))
    if extra is not None and not same(Master.EXTRA_PRICE, extra.before, extra.after):
        before = extra.before if extra.before is not None or regular is None else regular.before
        after = extra.after if extra.after is not None or regular is None else regular.after
        found.append(_step(Master.EXTRA_PRICE, amount(before), amount(after)))
    return found


def not_positive(change: PlannedChange) -> list[FieldChange]:
    """Prices that would be zero or less."""
    return [
        one
        for one in changed_fields(change)
        if one.field in (Master.PRICE, Master.EXTRA_PRICE)
        and one.after is not None
        and Decimal(one.after) <= 0
    ]


def new_rate(change: PlannedChange) -> Decimal | None:
    """The VAT rate that is to be written, as a fraction; ``None`` if it stays."""
    for one in changed_fields(change):
        if one.field is Master.VAT and one.after is not None:
            return Decimal(one.after)
    return None


def amount(text: str | None) -> Decimal | None:
    """Kronor of a field's text."""
    return None if text is None else Decimal(text)


def _step(master: Master, before: Decimal | None, after: Decimal | None) -> PriceStep:
    if before == after:
        return PriceStep(master, before, after, Decimal(0))
    if before is None or after is None or before <= 0:
        return PriceStep(master, before, after, UNMEASURABLE)
    return PriceStep(master, before, after, QUOTIENT.divide((after - before) * 100, before))
