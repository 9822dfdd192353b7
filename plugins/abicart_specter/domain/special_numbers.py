"""The article rows by which the special product numbers are ensured in Specter (rule 26)."""

from __future__ import annotations

from abicart_specter.settings.special_numbers import SpecialNumber

__all__ = ["SpecialNumber", "special_row"]


def special_row(special: SpecialNumber) -> dict[str, str]:
    """A row for ``newArticleSubmit``: no price of its own, and no stock (Specter reference 5.2)."""
    return {
        "articleNo": special.number,
        "name": special.name,
        "priceExclVAT": "0.00",
        "vatPercent": special.vat_percent,
        "createArticleStock": "0",
    }
