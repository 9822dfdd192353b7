"""Suggests product numbers: valid by the shop's rule, unlike every other number in the catalogue, predictable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from unidecode import unidecode

from abicart_specter.domain.number_check import lookalike_of
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.settings.numbers import NumberRules, fold

_MOST_TRIES = 1_000_000
_SIGNS = "-_./"
_ROOM_FOR_COUNT = 7


class Suggester:
    """Hands out numbers, each once.

    The same questions in the same order get the same answers. No suggestion equals, or is a twin of, another
    item's number, a reserved one, or another suggestion.

    :param folded: every number of the catalogue, folded, as often as it occurs.
    :param reserved: numbers that no product may have.
    """

    def __init__(self, rules: NumberRules, folded: Iterable[str], reserved: Iterable[str]) -> None:
        self._rules = rules
        self._owners = Counter(folded)
        for number in reserved:
            self._owners[fold(number)] += 2
        self._next: dict[str, int] = {}
        self._sign = next((sign for sign in _SIGNS if rules.allows(sign)), "")
        self._can_count = all(rules.allows(digit) for digit in "0123456789")

    def suggest(self, key: ItemKey, number: str | None, *, own: bool = True) -> str | None:
        """A number for the item, as close as can be to the one it has.

        :param own: false for a variant that only inherits its article's number.
        :returns: ``None`` where the rule leaves no number that could be built.
        """
        base = self._cleaned(number or "")
        if base and own and number is not None and self._take(base, instead_of=number):
            return base
        if base:
            return self._numbered(base)
        base = self._cleaned(f"{'V' if key.kind is Kind.VARIANT else 'A'}{key.uid}")
        return base if base and self._take(base) else self._numbered(base)

    def _cleaned(self, number: str) -> str:
        """The number's permitted part: plain letters for others, one sign for a run of blanks."""
        out: list[str] = []
        for char in number.strip():
            if self._rules.allows(char):
                out.append(char)
                continue
            for letter in _plain(char):
                if self._rules.allows(letter):
                    out.append(letter)
                elif letter.isspace() and out and out[-1] != self._sign:
                    out.append(self._sign)
        return "".join(out)[: self._rules.max_length].strip(_SIGNS)

    def _take(self, number: str, instead_of: str | None = None) -> bool:
        if not self._rules.accepts(number):
            return False
        folded = fold(number)
        owners = self._owners.get(folded, 0)
        if owners == 1 and instead_of is not None and fold(instead_of) == folded and number != instead_of:
            # The only owner is the item itself, with edge blanks: it may have its number without them.
            self._owners[folded] = 2
            return True
        if owners:
            return False
        self._owners[folded] = 1
        return True

    def _numbered(self, base: str) -> str | None:
        """``base-2``, ``base-3`` …, the base cut so that it fits."""
        if not self._can_count:
            return None
        stem = base[: max(0, self._rules.max_length - _ROOM_FOR_COUNT)]
        for count in range(self._next.get(stem, 2), _MOST_TRIES):
            ending = f"{self._sign}{count}"
            room = self._rules.max_length - len(ending)
            if room < 0:
                return None
            candidate = base[:room].rstrip(_SIGNS) + ending
            if self._take(candidate):
                self._next[stem] = count + 1
                return candidate
        return None


def _plain(char: str) -> str:
    if char.isspace():
        return " "
    if "\ud800" <= char <= "\udfff":
        return ""
    return lookalike_of(char) or unidecode(char)
