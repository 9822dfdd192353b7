"""Request text: form decoding as Classic ASP does it, numbers as texts, texts as numbers."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from urllib.parse import unquote_to_bytes


def _keep_undefined(error: UnicodeError) -> tuple[str | bytes, int]:
    """Windows-1252 leaves five bytes undefined; as characters they are kept as ISO-8859-1 has them."""
    if isinstance(error, UnicodeDecodeError):
        return error.object[error.start : error.end].decode("latin-1"), error.end
    if isinstance(error, UnicodeEncodeError):
        return error.object[error.start : error.end].encode("latin-1"), error.end
    raise error


codecs.register_error("sandbox_undefined", _keep_undefined)


def decode(raw: bytes, charset: str) -> str:
    return raw.decode(charset, "sandbox_undefined")


def encode(text: str, charset: str) -> bytes:
    """The bytes ``decode`` made the text from."""
    return text.encode(charset, "sandbox_undefined")


def form_pairs(raw: bytes, charset: str) -> Iterator[tuple[str, str]]:
    """Names in lower case (reference 1: compared without case) and values; empty parts are skipped."""
    for part in raw.split(b"&"):
        if not part:
            continue
        name, _, value = part.partition(b"=")
        yield decode(_unquoted(name), charset).lower(), decode(_unquoted(value), charset)


def _unquoted(raw: bytes) -> bytes:
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    return unquote_to_bytes(raw) if b"%" in raw else raw


def form_fields(raw: bytes, charset: str) -> dict[str, str]:
    """One value per name; a name sent twice gives both values with a comma, as Classic ASP does."""
    fields: dict[str, str] = {}
    for name, value in form_pairs(raw, charset):
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields


_NUMBER = re.compile(r"-?\d{1,15}([.,]\d{1,10})?")


@lru_cache(maxsize=65536)
def number_from(text: str, comma: bool) -> Decimal | None:
    """A decimal number without thousands separator or exponent; ``None`` if it is not one (Q21)."""
    text = text.strip()
    if not _NUMBER.fullmatch(text) or ("," in text and not comma):
        return None
    return Decimal(text.replace(",", "."))


def number_text(value: Decimal, *, comma: bool, decimals: int | None = None) -> str:
    """Without exponent; as short as possible, or rounded half up to ``decimals``."""
    if decimals is not None:
        text = format(value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), "f")
    else:
        text = format(value.normalize(), "f")
    return text.replace(".", ",") if comma else text


def collapsed(text: str) -> str:
    """Doubled blanks made one, none at the edges (reference 2: the name in a customer's key)."""
    return " ".join(text.split())
