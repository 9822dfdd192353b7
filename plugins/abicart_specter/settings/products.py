"""Settings of products on their way to Specter: their numbers, which go, and prices (settings 20, 22, 24–27)."""

from __future__ import annotations

import string
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, field_validator

from abicart_specter.settings.numbers import DEFAULT_SIGNS, NEVER_ALLOWED, NumberRules
from abicart_specter.settings.special_numbers import SpecialNumberSettings
from abicart_specter.settings.types import Amount, Latin1, Settings


class ProductNumberSettings(Settings):
    """What a product number may look like, and the numbers that no product may have."""

    characters: Literal["letters_and_digits", "any_but_blanks"] = "letters_and_digits"
    also_allowed: Latin1 = DEFAULT_SIGNS
    max_length: int = Field(default=50, ge=1, le=200)
    twins: Literal["warn", "hold"] = "warn"
    special: SpecialNumberSettings = SpecialNumberSettings()

    @field_validator("also_allowed")
    @classmethod
    def _no_blanks(cls, value: str) -> str:
        for char in value:
            if char.isspace() or char in NEVER_ALLOWED:
                shown = "a blank" if char.isspace() else f"“{char}”"
                raise ValueError(f"{shown} can never be allowed in a product number")
        return value

    def rules(self, usual_vat_rates: tuple[Decimal, ...]) -> NumberRules:
        """The rule as the validation uses it."""
        allowed = frozenset(string.ascii_letters + string.digits + self.also_allowed)
        return NumberRules(
            allowed=allowed if self.characters == "letters_and_digits" else None,
            max_length=self.max_length,
            hold_twins=self.twins == "hold",
            usual_vat_rates=usual_vat_rates,
        )


class ProductSettings(Settings):
    """Which products are exported besides the rules that nobody can switch off."""

    hidden: Literal["export", "exclude"] = "export"
    drafts: Literal["export", "exclude"] = "export"
    opening_stock: bool = True


Percent = Annotated[Amount, Field(ge=0, le=100)]


class PriceSettings(Settings):
    """Decimals and rounding. Rounding limits can be lowered, never raised."""

    article_decimals: int = Field(default=2, ge=2, le=4)
    order_decimals: int = Field(default=3, ge=2, le=4)
    vat_rounding: Literal["rate", "row"] = "rate"
    rounding_limit_per_row: Amount = Field(default=Decimal("0.01"), ge=0, le=Decimal("0.01"))
    rounding_limit: Amount = Field(default=Decimal("0.05"), ge=0, le=Decimal("0.05"))
    rounding_limit_whole_kronor: Amount = Field(default=Decimal("0.50"), ge=0, le=Decimal("0.50"))
    usual_vat_percents: list[Percent] = Field(
        default_factory=lambda: [Decimal(25), Decimal(12), Decimal(6), Decimal(0)]
    )

    def usual_rates(self) -> tuple[Decimal, ...]:
        """VAT rates that need no second look, as fractions."""
        return tuple(percent.scaleb(-2) for percent in self.usual_vat_percents)
