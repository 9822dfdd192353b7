"""What Specter holds of a field as far as we know: its newest word, or the pair that was settled last.

A value is *pending* when it was told after the pair was settled and differs from the pair's Specter value, or when a
write of the field was begun whose end is not known; nothing else decides (rule 22). Numbers are compared as numbers,
texts without regard to blanks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from abicart_specter.domain.imports.records import ItemTold, SettledPair, Told
from abicart_specter.domain.masters import Master
from abicart_specter.domain.money import EXACT, parse_amount
from abicart_specter.domain.text import clean_line, clean_lines

TOLD_FIELDS: Mapping[Master, tuple[str, ...]] = {
    Master.NAME: ("name",),
    Master.DESCRIPTION: ("description",),
    Master.PRICE: ("price", "former_price", "show_former_price"),
    Master.EXTRA_PRICE: ("price", "former_price", "show_former_price"),
    Master.VAT: ("vat",),
}
"""Which told fields decide about a field of the shop."""

UNKNOWN_WORDS = frozenset({"", "noitemsavailable"})
"""What stands for "not known" as a value, in lower case; it is never zero and never "empty this" (rule 31)."""

_NUMBERS = frozenset({Master.PRICE, Master.EXTRA_PRICE, Master.VAT})
_LARGEST = 9
_MOST_DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Known:
    """A field's last known value in Specter.

    :param text: as it came.
    :param pending: it is news, see the module.
    """

    text: str
    pending: bool


@lru_cache(maxsize=1024)  # an article's plan asks for each of its few numbers some ten times
def number(text: str | None) -> Decimal | None:
    """A number as Specter tells it, with decimal point or comma; ``None`` for anything else and for absurd ones."""
    if text is None:
        return None
    try:
        found = parse_amount(text)
    except ValueError:
        return None
    exponent = found.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_MOST_DECIMALS or found.adjusted() > _LARGEST:
        return None
    return found


def fraction(text: str | None) -> Decimal | None:
    """A VAT rate told in percent, as a fraction; ``None`` for what is no rate from 0 to 100 %."""
    percents = number(text)
    if percents is None or not 0 <= percents <= 100:
        return None
    return EXACT.divide(percents, Decimal(100))


def same(master: Master, left: str | None, right: str | None) -> bool:
    """Whether two texts of a field mean the same."""
    if left is None or right is None:
        return left is right
    if master in _NUMBERS:
        first, second = number(left), number(right)
        if first is not None and second is not None:
            return first == second
    clean = clean_lines if master is Master.DESCRIPTION else clean_line
    return clean(left) == clean(right)


def is_newer(told: Told, pair: SettledPair | None) -> bool:
    """Whether it was told after the pair was settled. In doubt yes: a difference then still decides."""
    return pair is None or pair.settled_at is None or told.seen_at >= pair.settled_at


def told_value(one: ItemTold, name: str) -> Told | None:
    """The newest row of a told field that says something."""
    told = one.told.get(name)
    return None if told is None or told.value.strip().lower() in UNKNOWN_WORDS else told


def known(one: ItemTold, name: str, master: Master) -> Known | None:
    """A field's last known value; ``None`` where nothing is known of it."""
    told, pair = told_value(one, name), one.pairs.get(master.value)
    if told is not None and is_newer(told, pair):
        # Where a write's answer was lost, Specter may have gone back to what was settled before and the shop not.
        sure = pair is not None and pair.settled_at is not None and not pair.begun
        old = pair.specter_value if pair is not None and sure else None
        return Known(told.value, not same(master, told.value, old))
    if pair is not None and pair.settled_at is not None and pair.specter_value is not None:
        return Known(pair.specter_value, False)
    return None


def rests_on(one: ItemTold, *masters: Master) -> dict[str, int]:
    """The newest inbox row of every field that decides, as ``PlannedChange.row_ids`` holds them; 0 where none is."""
    found: dict[str, int] = {}
    for master in masters:
        for name in TOLD_FIELDS[master]:
            told = one.told.get(name)
            found[f"{one.item.product_number or ''}/{name}"] = 0 if told is None else told.row_id
    return found
