"""The proof: the shop's amounts beside those sent, worked out from the rows alone (rule 21).

It shares nothing with the rooms that made the rows but the rows themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal

from abicart_specter.domain.money import EXACT, round_half_up, shortest
from abicart_specter.domain.orders.lines import Charged
from abicart_specter.domain.orders.ore import ZERO, total
from abicart_specter.domain.orders.records import Proof, RateProof, RowRole, SpecterRow

NOT_TAXED = frozenset({RowRole.GIFT_CARD_USED, RowRole.ROUNDING})
"""Rows that are no sale: they stand beside the rates."""


def row_kronor(row: SpecterRow) -> Decimal:
    """A row's amount without VAT as Specter rounds it."""
    exact = row.quantity * row.price * (100 - row.discount_percent) / 100
    return exact.quantize(Decimal("0.01"), "ROUND_HALF_UP", EXACT)


def vat_per_percent(
    rows: Iterable[SpecterRow], vat_rounding: Literal["rate", "row"]
) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """Percent → what the rows come to without VAT, and their VAT under the account's way of rounding it."""
    amounts: dict[Decimal, list[Decimal]] = {}
    for row in rows:
        amounts.setdefault(row.vat_percent, []).append(row_kronor(row))
    found: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for percent, here in amounts.items():
        if vat_rounding == "row":
            vat = total(round_half_up(amount * percent / 100, 2) for amount in here)
        else:
            vat = round_half_up(total(here) * percent / 100, 2)
        found[percent] = (total(here), vat)
    return found


def prove(
    rows: Sequence[SpecterRow],
    charged: Iterable[Charged],
    *,
    shop_total: Decimal,
    cards_used: Decimal,
    cards_not_rows: Decimal,
    vat_rounding: Literal["rate", "row"],
    decimals: int,
    reading: str,
) -> Proof:
    """The proof of an order.

    :param charged: the shop's own amounts per rate.
    :param shop_total: kronor that the buyer pays after gift cards.
    :param cards_not_rows: gift cards used that the settings keep from the rows; taken off what was sent.
    """
    sent = vat_per_percent((row for row in rows if row.role not in NOT_TAXED), vat_rounding)
    shop: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for one in charged:
        percent = one.rate * 100
        ex, vat = shop.get(percent, (ZERO, ZERO))
        shop[percent] = (ex + one.ex, vat + one.vat)
    rates = tuple(
        RateProof(_plain(percent), *shop.get(percent, (ZERO, ZERO)), *sent.get(percent, (ZERO, ZERO)))
        for percent in sorted({*shop, *sent}, reverse=True)
        if any(shop.get(percent, ())) or any(sent.get(percent, ()))
    )
    whole = vat_per_percent(rows, vat_rounding)
    sent_total = total(ex + vat for ex, vat in whole.values()) - cards_not_rows
    return Proof(
        rates=rates,
        shop_total=shop_total,
        sent_total=sent_total,
        difference=sent_total - shop_total,
        rounding=total(row_kronor(row) for row in rows if row.role is RowRole.ROUNDING),
        gift_cards_used=cards_used,
        gift_cards_sold=total(row_kronor(row) for row in rows if row.role is RowRole.GIFT_CARD_SOLD),
        model=f"{vat_rounding}, {decimals} decimals",
        reading=reading,
    )


def _plain(percent: Decimal) -> Decimal:
    return Decimal(shortest(percent))
