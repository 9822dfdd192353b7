"""Text without its content: the shape stays, what could name a person or a key goes."""

from __future__ import annotations

import re
from collections.abc import Sequence

SHORTEST_SECRET = 8
"""Characters. A shorter text would be found in places where it is no secret; texts are masked in any case."""

_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_DAY = "2000-01-01"
_E_MAIL = re.compile(r"[^\s@\"'<>]+@[^\s@\"'<>]+")


def mask_text(text: str) -> str:
    """The text's shape: letters become x, X or (beyond ASCII) å, digits become 0; the rest stays.

    A time keeps its form and its zone, and stays a time.
    """
    if _TIME.fullmatch(text):
        return _DAY + "".join("0" if one.isdigit() else one for one in _clock(text)) + _zone(text)
    return "".join(map(_letter, text))


def mask_words(text: str) -> str:
    """A system's own words: digits become 0, e-mail addresses are masked, the words stay."""
    text = _E_MAIL.sub(lambda found: mask_text(found[0]), text)
    return "".join("0" if letter.isnumeric() else letter for letter in text)


def without_secrets(body: bytes, secrets: Sequence[str]) -> bytes:
    """The body with every secret blotted out wherever it stands, by as many letters x."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) < SHORTEST_SECRET:
            continue
        for encoding in ("utf-8", "iso-8859-1"):
            try:
                found = secret.encode(encoding)
            except UnicodeEncodeError:
                continue
            body = body.replace(found, b"x" * len(found))
    return body


def _clock(text: str) -> str:
    rest = text[len(_DAY) :]
    return rest[: len(rest) - len(_zone(text))]


def _zone(text: str) -> str:
    match = re.search(r"(?<=:\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)$", text[len(_DAY) :])
    return match[1] if match else ""


def _letter(letter: str) -> str:
    if letter.isalpha():
        if not letter.isascii():
            return "å"
        return "X" if letter.isupper() else "x"
    return "0" if letter.isnumeric() else letter
