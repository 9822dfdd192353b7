"""Form bodies as Specter takes them: ISO-8859-1, url-encoded, rows numbered ``_1 … _n`` (Specter reference 4, seen
in client code)."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from urllib.parse import quote_from_bytes

from abicart_specter.clients.specter_key import CHARSET
from abicart_specter.errors import RecordError

CONTENT_TYPE = "application/x-www-form-urlencoded"
LARGEST_BODY = 100_000
"""Bytes. Classic ASP's own limit is 200 kB (Specter reference 10, inferred)."""

_UNTOUCHED = (string.ascii_letters + string.digits + "_.-~").encode()


def encode_pairs(pairs: Sequence[tuple[str, str]]) -> str:
    """Names and values for a query or a body.

    :raises UnicodeEncodeError: a value does not fit ISO-8859-1.
    """
    return "&".join(f"{_quote(name)}={_quote(value)}" for name, value in pairs)


def encode_rows(rows: Sequence[Mapping[str, str]], extra: Sequence[tuple[str, str]] = ()) -> bytes:
    """The body for article rows.

    :param extra: un-numbered fields.
    :raises RecordError: a value does not fit ISO-8859-1, or a single row is too large.
    :raises ValueError: the rows together are too large, or a row has no number: the caller's mistake.
    """
    parts: list[str] = [encode_pairs(extra)] if extra else []
    for index, row in enumerate(rows, start=1):
        _check(row)
        parts.extend(f"{_quote(name)}_{index}={_quote(value)}" for name, value in row.items())
    body = "&".join(parts).encode("ascii")
    if len(body) > LARGEST_BODY:
        if len(rows) == 1:
            raise RecordError(
                f"Product number {rows[0]['articleNo']}: its texts are too long for one call to Specter "
                f"({len(body)} of {LARGEST_BODY} bytes).",
                rule="row_too_large",
                remedy="Shorten the product's texts in the shop.",
            )
        raise ValueError(f"{len(rows)} rows make {len(body)} bytes; at most {LARGEST_BODY} go in one call")
    return body


def encoded_size(row: Mapping[str, str], index: int) -> int:
    """How many bytes a row takes in the body as number ``index``, with the ``&`` that joins it to the next."""
    suffix = len(str(index)) + 1
    return sum(_quoted_size(name) + suffix + 1 + _quoted_size(value) + 1 for name, value in row.items())


def _check(row: Mapping[str, str]) -> None:
    number = row.get("articleNo", "")
    if not number:
        raise ValueError("a row without articleNo")
    check_latin1(f"Product number {number}", row)


def check_latin1(what: str, fields: Mapping[str, str]) -> None:
    """See to it that every text can be sent.

    :param what: names the record in the message.
    :raises RecordError: one cannot; the message names its field and the character.
    """
    for name, value in fields.items():
        if value.isascii():
            continue
        wrong = next((char for char in value if ord(char) > 0xFF), None)
        if wrong is not None:
            raise RecordError(
                f"{what}: field {name} holds U+{ord(wrong):04X}, which Specter cannot take.",
                rule="text_outside_latin1",
                remedy="Use letters that exist in ISO-8859-1, or a mapping that replaces the others.",
            )


def _quote(text: str) -> str:
    """As form fields are written; a blank is ``+``."""
    return quote_from_bytes(text.encode(CHARSET), safe=" ").replace(" ", "+")


def _quoted_size(text: str) -> int:
    """Length of :func:`_quote` without making it: called for every field of every product."""
    raw = text.encode(CHARSET, "replace")
    escaped = raw.translate(None, _UNTOUCHED)
    return len(raw) + 2 * (len(escaped) - escaped.count(b" "))
