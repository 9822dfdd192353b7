"""Which product numbers are allowed. A setting, since the two languages of Abicart's own article disagree."""

from __future__ import annotations

import string
from dataclasses import dataclass
from decimal import Decimal

DEFAULT_SIGNS = "-_./"
NEVER_ALLOWED = frozenset(";")
"""Stays forbidden whatever the setting: it parts the columns of Specter's plain answers."""


@dataclass(frozen=True, slots=True)
class NumberRules:
    """The rule for product numbers.

    :param allowed: permitted characters; ``None`` permits every visible character of ISO-8859-1 except blanks
        and :data:`NEVER_ALLOWED`.
    :param max_length: most characters. Specter's own limit is not public; 50 is our assumption.
    :param hold_twins: whether products whose numbers differ only in case, leading zeros or edge blanks are held
        (else they are only pointed out).
    :param usual_vat_rates: rates that need no second look, as fractions.
    """

    allowed: frozenset[str] | None = frozenset(string.ascii_letters + string.digits + DEFAULT_SIGNS)
    max_length: int = 50
    hold_twins: bool = False
    usual_vat_rates: tuple[Decimal, ...] = (Decimal("0.25"), Decimal("0.12"), Decimal("0.06"), Decimal(0))

    def allows(self, char: str) -> bool:
        """Whether a product number may hold the character."""
        if self.allowed is not None:
            return char in self.allowed
        return (
            ("!" <= char <= "~" or "\u00a1" <= char <= "\u00ff")
            and char != "\u00ad"
            and char not in NEVER_ALLOWED
        )

    def accepts(self, number: str) -> bool:
        """Whether the number as a whole follows the rule."""
        if not 0 < len(number) <= self.max_length:
            return False
        if self.allowed is not None:
            return self.allowed.issuperset(number)
        return all(self.allows(char) for char in number)

    def in_words(self) -> str:
        """The rule as a sentence part: what a number may hold."""
        if self.allowed is None:
            return f"no blanks and none of {' '.join(sorted(NEVER_ALLOWED))}"
        signs = "".join(sorted(self.allowed - frozenset(string.ascii_letters + string.digits)))
        return "letters A–Z and a–z, digits" + (
            f" and the signs {' '.join(signs)} only" if signs else " only"
        )


def fold(number: str) -> str:
    """What twins have in common: the number without edge blanks, case and leading zeros."""
    folded = number.strip().casefold()
    return folded.lstrip("0") or folded[:1]
