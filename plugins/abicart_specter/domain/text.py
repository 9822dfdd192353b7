"""Text on its way to Specter, which takes ISO-8859-1: nothing is lost without being reported.

Specter reference 4: seen in client code, which turns what does not fit into "?". Here € becomes EUR, curly
quotes and dashes their plain forms, other letters their nearest; only what has no likeness becomes "?".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from unidecode import unidecode

_SPECIAL = {
    "€": "EUR",
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "…": "...", "•": "*", "™": "(TM)", "‹": "<", "›": ">",
}  # fmt: skip

_BLANKS = re.compile(r"\s+")
_BLANKS_IN_LINE = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029\v\f]")
_MANY_LINES = re.compile(r"\n{3,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_PLAIN = re.compile(r"[\x20-\x7e\xa1-\xac\xae-\xff]*")
INVISIBLE = frozenset({"Cc", "Cf", "Mn", "Me", "Mc"})
"""Unicode categories without a glyph of their own: control, format, combining."""


@dataclass(frozen=True, slots=True)
class Latin1Text:
    """Text that fits ISO-8859-1, and every character that was replaced or dropped to get there, each once."""

    text: str
    replaced: tuple[str, ...] = ()


def to_latin1(text: str) -> Latin1Text:
    """Make text fit ISO-8859-1.

    Letters written with combining marks are composed first (a + ring → å), which loses nothing and is not
    reported. Control characters are dropped and reported; blanks and line ends are left as they are.
    """
    if _PLAIN.fullmatch(text):
        return Latin1Text(text)
    out: list[str] = []
    replaced: dict[str, None] = {}
    for char in unicodedata.normalize("NFC", text):
        if char < "\u0100" and not _CONTROL.match(char) and char != "\u00ad":
            out.append(char)
            continue
        out.append(_nearest(char))
        replaced.setdefault(char)
    return Latin1Text("".join(out), tuple(replaced))


def _nearest(char: str) -> str:
    special = _SPECIAL.get(char)
    if special is not None:
        return special
    category = unicodedata.category(char)
    if category == "Cs":
        return "?"
    if category[0] == "Z":
        return " "
    likeness = unidecode(char)
    if category in INVISIBLE:
        likeness = likeness.strip()
    if likeness and not _CONTROL.search(likeness):
        return likeness
    return "" if category in INVISIBLE else "?"


def clean_line(text: str) -> str:
    """One line: runs of blanks and line ends become one space, edges are cut."""
    return _BLANKS.sub(" ", text).strip()


def clean_lines(text: str) -> str:
    """Several lines: blanks inside a line become one space, at most one empty line in a row, edges are cut."""
    lines = _BLANKS_IN_LINE.sub(" ", _LINE_ENDS.sub("\n", text)).split("\n")
    return _MANY_LINES.sub("\n\n", "\n".join(line.strip() for line in lines)).strip()


def cut(text: str, length: int) -> tuple[str, bool]:
    """At most ``length`` characters, and whether anything was cut off."""
    if len(text) <= length:
        return text, False
    return text[:length].rstrip(), True


def describe_character(char: str) -> str:
    """A character in words that tell it from every other: ``"å" (U+00E5 LATIN SMALL LETTER A WITH RING ABOVE)``."""
    name = unicodedata.name(char, _CONTROL_NAMES.get(char, "no name"))
    shown = char if char.isprintable() and unicodedata.category(char) not in INVISIBLE else ""
    return (f'"{shown}" ' if shown else "") + f"(U+{ord(char):04X} {name})"


_CONTROL_NAMES = {
    "\t": "TAB",
    "\n": "LINE FEED",
    "\r": "CARRIAGE RETURN",
    "\v": "VERTICAL TAB",
    "\f": "FORM FEED",
    "\x00": "NULL",
    "\x7f": "DELETE",
    "\x85": "NEXT LINE",
}
