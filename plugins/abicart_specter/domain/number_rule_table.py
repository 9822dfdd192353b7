"""The rules of the product number validation: what each means and what it does to a product."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from abicart_specter.domain.records import Severity

NUMBER_MISSING = "number_missing"
NUMBER_BLANK = "number_blank"
NUMBER_FORBIDDEN_CHARACTER = "number_forbidden_character"
NUMBER_SPACE = "number_space"
NUMBER_LOOKALIKE = "number_lookalike"
NUMBER_TOO_LONG = "number_too_long"
NUMBER_DUPLICATE = "number_duplicate"
NUMBER_TWIN = "number_twin"
NUMBER_RESERVED = "number_reserved"
VARIANT_WITHOUT_NUMBER = "variant_without_number"
PACKAGE = "package"
STOCK_NOT_MANAGED = "stock_not_managed"
STOCK_MANAGEMENT_UNKNOWN = "stock_management_unknown"
PRICE_MISSING = "price_missing"
VAT_RATE_MISSING = "vat_rate_missing"
VAT_RATE_UNUSUAL = "vat_rate_unusual"


class Effect(StrEnum):
    """What a flag of the rule does to the product's export."""

    HELD = "held"
    GOES = "goes"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``severity`` error holds the product, warning lets it go."""

    name: str
    severity: Severity
    meaning: str

    @property
    def effect(self) -> Effect:
        """Whether a product with this flag is held or goes."""
        return Effect.HELD if self.severity is Severity.ERROR else Effect.GOES


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(NUMBER_MISSING, _ERROR, "The product has no number."),
        Rule(NUMBER_BLANK, _ERROR, "The number is empty or holds nothing but blanks."),
        Rule(
            NUMBER_FORBIDDEN_CHARACTER, _ERROR, "The number holds a character that the shop's rule forbids."
        ),
        Rule(NUMBER_SPACE, _ERROR, "The number holds a blank, inside or at an edge."),
        Rule(NUMBER_LOOKALIKE, _ERROR, "The number holds a character that only looks like a permitted one."),
        Rule(NUMBER_TOO_LONG, _ERROR, "The number is longer than the shop's rule allows."),
        Rule(NUMBER_DUPLICATE, _ERROR, "Several products or variants have the number; all of them are held."),
        Rule(
            NUMBER_TWIN,
            _WARNING,
            "Numbers differ only in case, leading zeros or edge blanks (setting: hold).",
        ),
        Rule(NUMBER_RESERVED, _ERROR, "The number belongs to fees, discounts, deliveries or rounding."),
        Rule(VARIANT_WITHOUT_NUMBER, _ERROR, "The variant has no number of its own."),
        Rule(PACKAGE, _ERROR, "Product packages are not exported."),
        Rule(STOCK_NOT_MANAGED, _WARNING, "Inventory management is off, so no stock can come back."),
        Rule(STOCK_MANAGEMENT_UNKNOWN, _WARNING, "The shop does not say whether inventory management is on."),
        Rule(PRICE_MISSING, _ERROR, "The product has no price in the shop's currency."),
        Rule(VAT_RATE_MISSING, _ERROR, "The product has no VAT rate."),
        Rule(VAT_RATE_UNUSUAL, _WARNING, "The VAT rate is none of the usual ones."),
    )
}
"""Every rule by name. With the setting ``twins: hold``, twins are errors too."""

ERROR_RULES = frozenset(name for name, rule in RULES.items() if rule.severity is Severity.ERROR)
NUMBER_RULES = frozenset(name for name in RULES if name.startswith("number_")) | {VARIANT_WITHOUT_NUMBER}
"""Rules that another number would mend: their flags carry a suggestion."""
