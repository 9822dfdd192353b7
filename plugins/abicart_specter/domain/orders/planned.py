"""Rows as they are meant, before they are fitted to the account's way of rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from abicart_specter.domain.money import round_half_up, shortest
from abicart_specter.domain.orders.lines import Line
from abicart_specter.domain.orders.ore import ZERO
from abicart_specter.domain.orders.pieces import Piece, cut, cut_discounted
from abicart_specter.domain.orders.records import RowRole, SpecterRow


@dataclass(frozen=True, slots=True)
class Planned:
    """A row as meant. ``inc`` is what the shop takes for it with VAT (kronor), ``ex`` the shop's own figure without
    (öre). With a discount in percent, ``gross`` is the price before it (öre) and ``inc`` and ``ex`` are after it.
    """

    role: RowRole
    product_number: str
    name: str
    quantity: Decimal
    rate: Decimal
    inc: Decimal
    ex: int
    gross: int = 0
    percent: Decimal = ZERO
    comment: str = field(default="", repr=False)
    item_uid: int | None = None
    article_uid: int | None = None
    variant_uid: int | None = None

    def cut(self, amount: int, decimals: int) -> tuple[Piece, ...] | None:
        """Prices and quantities that come to ``amount`` öre without VAT; ``None`` if the percent allows none."""
        if self.percent:
            return cut_discounted(self.quantity, self.gross, amount, self.percent, decimals)
        return cut(self.quantity, amount, decimals)

    def as_rows(self, pieces: Sequence[Piece], decimals: int) -> list[SpecterRow]:
        """The rows for Specter; what the buyer wrote stands on the first."""
        return [
            SpecterRow(
                role=self.role,
                product_number=self.product_number,
                name=self.name,
                quantity=piece.quantity,
                price=round_half_up(piece.price, decimals),
                vat_percent=_percent(self.rate),
                discount_percent=self.percent,
                comment=self.comment if n == 0 else "",
                item_uid=self.item_uid,
                article_uid=self.article_uid,
                variant_uid=self.variant_uid,
            )
            for n, piece in enumerate(pieces)
        ]


def of_line(line: Line, *, inc: Decimal, ex: int, gross: int = 0, percent: Decimal = ZERO) -> Planned:
    """A line of the shop as a row."""
    return Planned(
        role=line.role,
        product_number=line.product_number,
        name=line.name,
        quantity=line.quantity,
        rate=line.rate,
        inc=inc,
        ex=ex,
        gross=gross,
        percent=percent,
        comment=line.comment,
        item_uid=line.item_uid,
        article_uid=line.article_uid,
        variant_uid=line.variant_uid,
    )


def _percent(rate: Decimal) -> Decimal:
    return Decimal(shortest(rate * 100))
