"""What is wrong with one product number by itself, each character named."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from abicart_specter.domain.number_rule_table import (
    NUMBER_BLANK,
    NUMBER_FORBIDDEN_CHARACTER,
    NUMBER_LOOKALIKE,
    NUMBER_MISSING,
    NUMBER_SPACE,
    NUMBER_TOO_LONG,
)
from abicart_specter.domain.text import INVISIBLE, describe_character
from abicart_specter.settings.numbers import NumberRules

_SHOWN_CHARACTERS = 4

_DASHES = (
    "\u00ad\u02d7\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2796\u2cba\u30fc\ufe58\ufe63\uff0d\u06d4"
)
_LOOKALIKES = {
    **dict.fromkeys(_DASHES, "-"),
    "\u2024": ".", "\u06d4": ".", "\u3002": ".", "\uff61": ".", "\u00b7": ".",
    "\u2044": "/", "\u2215": "/", "\u29f8": "/", "\u2571": "/",
    "\u02cd": "_", "\u2017": "_", "\ufe4d": "_", "\ufe4e": "_", "\ufe4f": "_",
    # Cyrillic
    "А": "A", "В": "B", "Е": "E", "Ѕ": "S", "І": "I", "Ј": "J", "К": "K", "М": "M", "Н": "H", "О": "O", "Р": "P",
    "С": "C", "Т": "T", "У": "Y", "Х": "X", "а": "a", "е": "e", "ѕ": "s", "і": "i", "ј": "j", "о": "o", "р": "p",
    "с": "c", "у": "y", "х": "x", "З": "3",
    # Greek
    "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O", "Ρ": "P",
    "Τ": "T", "Υ": "Y", "Χ": "X", "ο": "o", "ν": "v",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a number."""

    rule: str
    message: str
    remedy: str


def lookalike_of(char: str) -> str | None:
    """The plain character that this one is easily taken for; a blank's look-alikes give a space."""
    if char.isascii():
        return None
    known = _LOOKALIKES.get(char)
    if known is not None:
        return known
    if unicodedata.category(char)[0] == "Z":
        return " "
    plain = unicodedata.normalize("NFKC", char)
    return plain if plain != char and len(plain) == 1 and plain.isascii() and plain.isprintable() else None


def is_blank(number: str) -> bool:
    """Whether nothing in it can be seen: blanks, control and formatting characters only."""
    return all(char.isspace() or unicodedata.category(char) in INVISIBLE for char in number)


def check_number(number: str | None, rules: NumberRules) -> list[Finding]:
    """Everything that is wrong with a number by itself; empty if it may be used."""
    if number is None:
        return [Finding(NUMBER_MISSING, "The product has no product number.", "Give it one in the shop.")]
    if is_blank(number):
        what = "empty" if not number else "made of blanks only"
        return [Finding(NUMBER_BLANK, f"The product number is {what}.", "Give it one in the shop.")]
    blanks: list[tuple[int, str]] = []
    lookalikes: list[tuple[int, str]] = []
    others: list[tuple[int, str]] = []
    for position, char in enumerate(number, 1):
        if char in " \t\n\r\v\f":
            blanks.append((position, char))
        elif not rules.allows(char):
            plain = lookalike_of(char)
            known = plain is not None and (plain == " " or rules.allows(plain))
            (lookalikes if known else others).append((position, char))
    findings: list[Finding] = []
    if blanks:
        findings.append(_blank_finding(number, blanks))
    if lookalikes:
        findings.append(_lookalike_finding(lookalikes))
    if others:
        findings.append(
            Finding(
                NUMBER_FORBIDDEN_CHARACTER,
                f"The product number holds what is not allowed: {_places(others)}.",
                f"Use {rules.in_words()}."
                if rules.allowed is not None
                else f"Allowed is: {rules.in_words()}.",
            )
        )
    if len(number) > rules.max_length:
        findings.append(
            Finding(
                NUMBER_TOO_LONG,
                f"The product number is {len(number)} characters long; at most {rules.max_length} are allowed.",
                f"Shorten it by {len(number) - rules.max_length}.",
            )
        )
    return findings


def _blank_finding(number: str, blanks: Sequence[tuple[int, str]]) -> Finding:
    core = number.strip(" \t\n\r\v\f")
    start = len(number) - len(number.lstrip(" \t\n\r\v\f"))
    inside = any(start < position <= start + len(core) for position, _ in blanks)
    at_start, at_end = start > 0, len(number) > start + len(core)
    where = " and ".join(
        words
        for words, there in (("at its beginning", at_start), ("inside", inside), ("at its end", at_end))
        if there
    )
    remedy = "Write a hyphen or an underscore instead." if inside else "Remove it; it is easily overlooked."
    return Finding(NUMBER_SPACE, f"The product number holds a blank {where}: {_places(blanks)}.", remedy)


def _lookalike_finding(found: Sequence[tuple[int, str]]) -> Finding:
    parts: list[str] = []
    for position, char in found[:_SHOWN_CHARACTERS]:
        plain = lookalike_of(char) or ""
        shown = "a blank" if plain == " " else f'"{plain}"'
        parts.append(f"{describe_character(char)} at position {position}, easily taken for {shown}")
    more = len(found) - _SHOWN_CHARACTERS
    if more > 0:
        parts.append(f"and {more} more")
    return Finding(
        NUMBER_LOOKALIKE,
        f"The product number holds a look-alike: {'; '.join(parts)}.",
        "Type the number anew on the keyboard; it was probably pasted from a document.",
    )


def _places(found: Sequence[tuple[int, str]]) -> str:
    by_char: dict[str, list[int]] = {}
    for position, char in found:
        by_char.setdefault(char, []).append(position)
    parts = [
        f"{describe_character(char)} at position{'s' if len(positions) > 1 else ''} "
        + ", ".join(str(position) for position in positions[:_SHOWN_CHARACTERS])
        + (" …" if len(positions) > _SHOWN_CHARACTERS else "")
        for char, positions in list(by_char.items())[:_SHOWN_CHARACTERS]
    ]
    if len(by_char) > _SHOWN_CHARACTERS:
        parts.append(f"and {len(by_char) - _SHOWN_CHARACTERS} more characters")
    return "; ".join(parts)
