"""Whether a part of a plan may be applied, or a person must look at it first (rule 31)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from abicart_specter.domain.imports.records import GuardReason, GuardVerdict, ImportPart, PlannedChange
from abicart_specter.domain.imports.sizes import UNMEASURABLE, PriceStep, new_rate, not_positive, price_steps
from abicart_specter.domain.money import fixed, shortest
from abicart_specter.domain.prices import percent
from abicart_specter.domain.records import ItemKey
from abicart_specter.settings.shop import ShopSettings

SHARE = "share"
PRICE_CHANGE = "price_change"
PRICE_NOT_POSITIVE = "price_not_positive"
VAT_RATE_UNKNOWN = "vat_rate_unknown"


@dataclass(slots=True)
class _Worst:
    """How many changes have a finding, and the one that shows it best."""

    count: int = 0
    size: Decimal = Decimal(-1)
    words: str = ""

    def add(self, size: Decimal, words: str) -> None:
        self.count += 1
        if size > self.size:
            self.size, self.words = size, words


@dataclass(slots=True)
class _Findings:
    keys: set[ItemKey] = field(default_factory=set)
    large: _Worst = field(default_factory=_Worst)
    free: _Worst = field(default_factory=_Worst)
    odd: _Worst = field(default_factory=_Worst)


def guard(
    part: ImportPart,
    changes: Iterable[PlannedChange],
    catalogue_items: int,
    recent: Collection[ItemKey],
    settings: ShopSettings,
) -> GuardVerdict:
    """What speaks against applying a part unseen. Changes are looked at once, in any order.

    :param catalogue_items: how many items the shop has.
    :param recent: items that the same part changed within ``import_guard.look_back_hours``.
    """
    limits, usual = settings.import_guard, frozenset(settings.prices.usual_rates())
    found = _Findings()
    for change in changes:
        found.keys.update(key for key, _ in change.keys)
        _look(change, found, limits.largest_price_change_percent, usual)
    reasons = [*_share(part, found.keys, catalogue_items, recent, settings), *_single(found, settings)]
    return GuardVerdict(part, len(found.keys), catalogue_items, tuple(reasons))


def _look(change: PlannedChange, found: _Findings, limit: Decimal, usual: Collection[Decimal]) -> None:
    who = _who(change)
    beyond = [step for step in price_steps(change) if abs(step.percents) > limit]
    if beyond:
        worst = max(beyond, key=lambda step: abs(step.percents))
        found.large.add(abs(worst.percents), f"{who} {_in_words(worst)}")
    free = not_positive(change)
    if free:
        lowest = min(Decimal(one.after or 0) for one in free)
        found.free.add(-lowest, f"{who} to {fixed(lowest, 2)} kr")
    rate = new_rate(change)
    if rate is not None and rate not in usual:
        found.odd.add(rate, f"{who} to {shortest(percent(rate))} %")


def _share(
    part: ImportPart,
    keys: Collection[ItemKey],
    catalogue_items: int,
    recent: Collection[ItemKey],
    settings: ShopSettings,
) -> Iterable[GuardReason]:
    limits = settings.import_guard
    # A plan without changes has nothing to ask for, whatever was changed before.
    if not keys:
        return
    together = len(set(keys) | set(recent))
    if together < limits.smallest_number:
        return
    share = Decimal(100) if catalogue_items <= 0 else Decimal(together * 100) / Decimal(catalogue_items)
    if share <= limits.largest_share_percent:
        return
    earlier = together - len(keys)
    before = f", {earlier} of them in the last {limits.look_back_hours} hours" if earlier else ""
    yield GuardReason(
        SHARE,
        f"{_fields_of(part)} of {together} of {catalogue_items} products would have changed{before}: "
        f"{fixed(share, 1)} %, and the limit is {shortest(limits.largest_share_percent)} %.",
    )


def _single(found: _Findings, settings: ShopSettings) -> Iterable[GuardReason]:
    if found.free.count:
        yield GuardReason(
            PRICE_NOT_POSITIVE,
            f"{_products(found.free.count)} would cost nothing or less; {found.free.words}.",
        )
    if found.large.count:
        limit = shortest(settings.import_guard.largest_price_change_percent)
        yield GuardReason(
            PRICE_CHANGE,
            f"{_products(found.large.count)} would change in price by more than {limit} %; the largest: "
            f"{found.large.words}.",
        )
    if found.odd.count:
        usual = ", ".join(shortest(one) for one in settings.prices.usual_vat_percents)
        yield GuardReason(
            VAT_RATE_UNKNOWN,
            f"{_products(found.odd.count)} would get a VAT rate that is none of the usual ones ({usual} %); "
            f"{found.odd.words}.",
        )


def _who(change: PlannedChange) -> str:
    return next((number for _, number in change.keys if number), f"article {change.article_uid}")


def _in_words(step: PriceStep) -> str:
    before = "no price" if step.before is None else f"{fixed(step.before, 2)} kr"
    after = "no price" if step.after is None else f"{fixed(step.after, 2)} kr"
    size = "" if abs(step.percents) == UNMEASURABLE else f" ({signed_percent(step.percents)})"
    return f"from {before} to {after}{size}"


def signed_percent(percents: Decimal) -> str:
    """A change with its sign and one decimal: +3.2 %, −50.0 %."""
    text = fixed(abs(percents), 1)
    return f"{'−' if percents < 0 else '+'}{text} %"


def _fields_of(part: ImportPart) -> str:
    return {ImportPart.PRICE: "Prices", ImportPart.VAT: "VAT rates", ImportPart.TEXT: "Texts"}[part]


def _products(count: int) -> str:
    return "1 product" if count == 1 else f"{count} products"
