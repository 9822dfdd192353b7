"""Rule 22: what an import wrote into the shop goes back to Specter as Specter itself has it, or not at all.

By rounding there and back, one price in five with 25 % VAT would return to Specter with other öre. The pair of both
systems' values, kept at each confirmed write, says which of Specter's belongs to the shop's, whether the import is
still on or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from abicart_specter.domain.masters import (
    WIRE_FIELDS,
    Master,
    PairOfValues,
    as_written,
    readable,
    same_value,
    shop_value,
)
from abicart_specter.domain.money import EXACT, QUOTIENT, fixed, parse_amount, round_half_up, shortest
from abicart_specter.domain.prices import SHOP_DECIMALS
from abicart_specter.domain.records import CatalogueItem

OLD_PRICE, SHOW_OLD_PRICE = "standardOldPrice", "showStandardOldPrice"
SALE_FIELDS = (OLD_PRICE, SHOW_OLD_PRICE)
"""Specter's former price and whether a sale shows it (Specter reference 6.2, third-party documentation of a read).
That a write takes the same names is inferred. A complete record without them might end a sale that the shop knows
nothing of.
"""

_BY_WIRE = {wire: master for master, wire in WIRE_FIELDS.items()}


def put_agreed(
    item: CatalogueItem, row: Mapping[str, str], agreed: Mapping[str, PairOfValues], vat: PairOfValues | None
) -> tuple[dict[str, str], set[Master]]:
    """Put Specter's value into a row where the shop still has the value that belongs to it.

    :param agreed: by ``Master`` value the pairs that an import or its undo settled, of fields that the shop is master
        of (for the others see ``replace_by_master``).
    :param vat: the item's pair of VAT rates, whoever settled it: at another rate a price means another one.
    :returns: the row, and the fields in which Specter's value goes.
    """
    out, taken = dict(row), set[Master]()
    for master, wire in WIRE_FIELDS.items():
        pair, now = agreed.get(master.value), shop_value(item, master)
        if wire not in out or now is None or pair is None:
            continue
        shops, specters = pair.shop_value, pair.specter_value
        if shops is None or specters is None or not readable(master, specters):
            continue
        if not same_value(master, now, shops):
            continue  # somebody changed it since, be it back to what Specter had before: the shop's own goes
        if master is Master.PRICE and not _at_the_same_rate(item, specters, vat):
            continue
        taken.add(master)
        if not same_value(master, out[wire], specters):
            out[wire] = as_written(master, specters, out[wire])
    return out, taken


def put_sale(row: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """Add what Specter told last of a sale of its own; what was never told, or is no number, is left out.

    :param told: Specter's texts by wire name.
    """
    out = dict(row)
    for name in SALE_FIELDS:
        try:
            number = parse_amount(told[name])
        except (KeyError, ValueError):
            continue
        text = shortest(number)
        out[name] = text if name == SHOW_OLD_PRICE else fixed(number, max(2, len(text.partition(".")[2])))
    return out


def as_specter_has_it(
    sent: Mapping[str, str], row: Mapping[str, str], newer: Mapping[str, str]
) -> dict[str, str]:
    """The row that was sent last, with what Specter has said since, written as ``row`` writes it where that is equal.

    :param newer: wire name → Specter's text, learnt after the row was sent.
    """
    out = dict(sent)
    for wire, value in newer.items():
        mine = row.get(wire)
        out[wire] = mine if mine is not None and _same(wire, mine, value) else value
    return out


def _same(wire: str, left: str, right: str) -> bool:
    return same_value(_BY_WIRE.get(wire, Master.EXTRA_PRICE), left, right)


def _at_the_same_rate(item: CatalogueItem, specters: str, vat: PairOfValues | None) -> bool:
    if vat is not None and vat.shop_value is not None:
        now = shop_value(item, Master.VAT)
        return now is not None and same_value(Master.VAT, now, vat.shop_value)
    return _belongs_to(item, parse_amount(specters))


def _belongs_to(item: CatalogueItem, specters: Decimal) -> bool:
    """Whether the shop's price is what Specter's becomes at the shop's rate of today."""
    if not item.price_regular or not item.price_ex_vat:
        return item.price_regular == specters
    factor = QUOTIENT.divide(item.price_regular, item.price_ex_vat)
    return (
        round_half_up(EXACT.multiply(specters, round_half_up(factor, 6)), SHOP_DECIMALS) == item.price_regular
    )
