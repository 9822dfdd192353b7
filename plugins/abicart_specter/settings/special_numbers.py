"""The product numbers of an order's rows that are no products (settings 14–19), and what they are called."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from abicart_specter.settings.types import Latin1, Settings


@dataclass(frozen=True, slots=True)
class SpecialNumber:
    """An article that must exist in Specter before the first order uses it.

    :param role: what its rows stand for, in words.
    :param name: what the article is called in Specter when we create it.
    :param vat_percent: VAT of the article itself; order rows carry their own.
    """

    number: str
    role: str
    name: str
    vat_percent: str


ROLES: dict[str, tuple[str, str, str]] = {
    "gift_card": ("gift card", "Presentkort", "0"),
    "discount": ("discount", "Rabatt", "25"),
    "payment_fee": ("payment fee", "Betalningsavgift", "25"),
    "delivery": ("delivery", "Frakt", "25"),
    "cash_on_delivery": ("cash on delivery", "Postförskott", "25"),
    "rounding": ("rounding", "Öresavrundning", "0"),
}
"""Key in the shop file → role in words, name and VAT percent in Specter."""


class SpecialNumberSettings(Settings):
    """Product numbers for rows that are no products. One left out is not used: an order that needs it is held."""

    gift_card: Latin1 | None = Field(default=None, min_length=1)
    discount: Latin1 | None = Field(default=None, min_length=1)
    payment_fee: Latin1 | None = Field(default=None, min_length=1)
    delivery: Latin1 | None = Field(default=None, min_length=1)
    cash_on_delivery: Latin1 | None = Field(default=None, min_length=1)
    rounding: Latin1 | None = Field(default=None, min_length=1)
    create: bool = True

    def in_use(self) -> list[SpecialNumber]:
        """Those that are set, in the order of the settings page."""
        found: list[SpecialNumber] = []
        for key, (role, name, vat) in ROLES.items():
            number = getattr(self, key)
            if number is not None:
                found.append(SpecialNumber(number, role, name, vat))
        return found
