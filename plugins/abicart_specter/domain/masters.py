"""Who is master of a field: while its import is on, Specter (rule 24).

Every write to Specter is a complete record, since fields left out may be cleared there. So for the fields that
Specter is master of, an export sends what Specter itself said last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Protocol

from abicart_specter.domain.money import fixed, parse_amount, shortest
from abicart_specter.domain.records import CatalogueItem, Flag, Severity
from abicart_specter.domain.text import clean_line
from abicart_specter.settings.imports import Master

__all__ = [
    "SHOP_EDIT_OVERRULED",
    "WIRE_FIELDS",
    "Master",
    "PairOfValues",
    "as_written",
    "readable",
    "replace_by_master",
    "same_value",
    "shop_value",
]

SHOP_EDIT_OVERRULED = "shop_edit_overruled"
"""Flag rule: somebody changed a field in the shop that Specter is master of."""

WIRE_FIELDS: dict[Master, str] = {
    Master.NAME: "name",
    Master.PRICE: "priceExclVAT",
    Master.VAT: "vatPercent",
}
"""The field of ``newArticleSubmit`` that each master stands for. Description and extra price have no public one."""

_NUMBERS = frozenset({Master.PRICE, Master.VAT, Master.EXTRA_PRICE})


class PairOfValues(Protocol):
    """What both systems held at the last confirmed write: the shop's value as :func:`shop_value` writes it, and
    Specter's text.
    """

    @property
    def shop_value(self) -> str | None: ...

    @property
    def specter_value(self) -> str | None: ...


def shop_value(item: CatalogueItem, master: Master) -> str | None:
    """The shop's value of a field as text, as it is kept in a pair: kronor as stored, the rate as a fraction."""
    if master is Master.NAME:
        return item.name or None
    number = {
        Master.PRICE: item.price_regular,
        Master.EXTRA_PRICE: item.price_campaign,
        Master.VAT: item.vat_rate,
    }.get(master)
    return None if number is None else shortest(number)


def readable(master: Master, specters: str) -> bool:
    """Whether Specter's text of a field is of the form that the field has: a number where it is one."""
    return master not in _NUMBERS or _number(specters) is not None


def replace_by_master(
    item: CatalogueItem,
    row: Mapping[str, str],
    pairs: Mapping[str, PairOfValues],
    masters: Iterable[Master],
) -> tuple[dict[str, str], list[Flag]]:
    """Put Specter's last known values into a row, for the fields that it is master of.

    Where nothing is known from Specter, the shop's value stays. Equal numbers count as equal however they are
    written, and the row keeps its own writing.

    :param pairs: the item's pairs by ``Master`` value ("name", "price", "vat").
    :returns: the row, and a flag for each field that was edited in the shop since its pair was settled.
    """
    out = dict(row)
    flags: list[Flag] = []
    for master in masters:
        wire, pair = WIRE_FIELDS.get(master), pairs.get(master.value)
        if wire is None or wire not in out or pair is None or pair.specter_value is None:
            continue
        shops, specters = out[wire], pair.specter_value
        if same_value(master, shops, specters):
            continue
        out[wire] = as_written(master, specters, shops)
        now = shop_value(item, master)
        if pair.shop_value is not None and (now is None or not same_value(master, now, pair.shop_value)):
            flags.append(_overruled(item, master, now, out[wire]))
    return out, flags


def _overruled(item: CatalogueItem, master: Master, shops: str | None, specters: str) -> Flag:
    field = master.value.replace("_", " ")
    return Flag(
        key=item.key,
        rule=SHOP_EDIT_OVERRULED,
        severity=Severity.WARNING,
        message=f"The {field} was changed in the shop to {shops!r}, but Specter is master of it: "
        f"{specters!r} is sent.",
        remedy=f"Change it in Specter, or switch imports.{master.value} off.",
        product_number=item.product_number,
    )


def _number(text: str) -> Decimal | None:
    try:
        return parse_amount(text)
    except ValueError:
        return None


def same_value(master: Master, left: str, right: str) -> bool:
    """Whether two texts of a field say the same: as numbers where it is one, else without regard to blanks."""
    if master in _NUMBERS:
        first, second = _number(left), _number(right)
        if first is not None and second is not None:
            return first == second
    return clean_line(left) == clean_line(right)


def as_written(master: Master, specters: str, shops: str) -> str:
    """Specter's value in the form in which a write wants it."""
    number = _number(specters) if master in _NUMBERS else None
    if number is None:
        return specters
    if master is Master.VAT:
        return shortest(number)
    decimals = max(len(text.partition(".")[2]) for text in (shops, shortest(number)))
    return fixed(number, min(decimals, 6))
