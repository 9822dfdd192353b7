"""Abicart's answers without their content. What the questions look at stays; the rest keeps only its shape.

All answers of a probe are masked together: the same uid or product number is the same again afterwards, and different
ones stay different, so that rows still belong to their products.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from abicart_specter.domain.probe.masking import mask_text, mask_words, without_secrets
from abicart_specter.domain.probe.records import Answer

LONGEST_UNKNOWN = 2000
"""Bytes that are kept of an answer that is no JSON."""

LONGEST_AMOUNT = 8
"""Digits before the decimal mark from which a number is no amount."""

UIDS = frozenset(
    {
        "article",
        "articlegroup",
        "attributes",
        "choiceOptionPrices",
        "choiceOptions",
        "choices",
        "content",
        "customer",
        "definedBy",
        "discount",
        "items",
        "method",
        "order",
        "payments",
        "shipmentMethod",
        "showInArticlegroups",
        "uid",
        "uids",
        "variants",
    }
)
NUMBERS = frozenset({"articleNumber", "sku", "ean", "orderNumber", "externalOrderNumber", "number"})
WORDS = frozenset(
    {
        "activeCurrencies",
        "baseCurrency",
        "currency",
        "defaultLanguage",
        "deliveryStatus",
        "jsonrpc",
        "language",
        "paymentStatus",
        "status",
        "type",
        "vatCountry",
    }
)
"""Keys whose values are words of the system, if they look like one."""
OURS = frozenset({"query", "sort"})
"""Parts of what we asked that are names of properties."""
SCHEMA = frozenset(
    {"$ref", "$schema", "description", "enum", "format", "pattern", "required", "title", "type"}
)
PERSONAL = frozenset({"customer", "externalData", "params", "address", "deliveryAddress", "info", "custom"})
"""Below these even numbers may tell who it is."""

_A_WORD = re.compile(r"[A-Za-z][A-Za-z_ .-]{0,23}|2\.0")
_FIRST_UID = 1001

Path = tuple[str, ...]


class _Number(str):
    """A number as it was written."""


def mask_abicart(answers: Sequence[Answer], secrets: Sequence[str]) -> tuple[Answer, ...]:
    """The answers of one probe, without content.

    :param secrets: what must not be in them in any case.
    """
    masker = _Masker()
    return tuple(masker.answer(one, secrets) for one in answers)


class _Masker:
    """Remembers what became of which uid and number."""

    def __init__(self) -> None:
        self._uids: dict[int, int] = {}
        self._numbers: dict[str, dict[str, str]] = {}

    def answer(self, answer: Answer, secrets: Sequence[str]) -> Answer:
        asked = self._masked(dict(answer.asked), ())
        body = answer.body
        try:
            content = json.loads(body.decode("utf-8-sig"), parse_float=_Number)
        except (ValueError, RecursionError):
            body = mask_text(body[:LONGEST_UNKNOWN].decode("iso-8859-1")).encode("iso-8859-1")
        else:
            kept = (
                self._schema(content, ()) if answer.call.endswith(".getSchema") else self._masked(content, ())
            )
            body = _text(kept).encode()
        return replace(answer, asked=asked, body=without_secrets(body, secrets))

    def _masked(self, value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {
                self._key(key, path): self._masked(one, (*path, *_names(key))) for key, one in value.items()
            }
        if isinstance(value, list):
            return [self._masked(one, path) for one in value]
        if isinstance(value, bool) or value is None or path[:1] == ("query",):
            return value
        name = next((one for one in reversed(path) if not one.isdecimal() and one not in _CONDITIONS), "")
        if isinstance(value, int) and name in UIDS:
            return self._uid(value)
        if isinstance(value, int | _Number):
            return _number(value, personal=bool(PERSONAL & set(path)))
        return self._string(value, name, path)

    def _string(self, value: str, name: str, path: Path) -> str:
        if path[:1] == ("error",):
            return mask_words(value)
        if name in OURS or (name in WORDS and _A_WORD.fullmatch(value)):
            return value
        if name in NUMBERS:
            return self._number(value)
        if name in UIDS and value.isascii() and value.isdecimal() and str(int(value[:18])) == value:
            return str(self._uid(int(value)))
        return mask_text(value)

    def _schema(self, value: Any, path: Path) -> Any:
        """The description of a class is the system's own; only what is no description is masked."""
        if isinstance(value, dict):
            return {key: self._schema(one, (*path, key)) for key, one in value.items()}
        if isinstance(value, list):
            return [self._schema(one, path) for one in value]
        if isinstance(value, str) and not isinstance(value, _Number):
            if path[:1] == ("error",) or (path and path[-1] in SCHEMA):
                return mask_words(value)
            return value if path == ("jsonrpc",) else mask_text(value)
        return value

    def _key(self, key: str, path: Path) -> str:
        if "custom" in path and key not in ("name", "value"):
            return mask_text(key)  # the shop's own words
        if key.isascii() and key.isdecimal() and str(int(key[:18])) == key:
            return str(self._uid(int(key)))
        return mask_text(key) if "@" in key else key

    def _uid(self, uid: int) -> int:
        return self._uids.setdefault(uid, _FIRST_UID + len(self._uids))

    def _number(self, number: str) -> str:
        """Another of the same shape: A and 0 all through, then counted up."""
        known = self._numbers.setdefault(mask_text(number), {})
        if number not in known:
            known[number] = _counted(number, len(known))
        return known[number]


_CONDITIONS = frozenset({"min", "max", "equals", "in"})


def _names(key: str) -> Path:
    """A filter's key is a path: ``/price/current``."""
    return tuple(part for part in key.split("/") if part) if key.startswith("/") else (key,)


def _number(value: int | _Number, *, personal: bool) -> int | _Number:
    """Amounts stay; what is as long as a telephone number, or stands where persons are described, becomes 0."""
    if not personal and len(str(value).lstrip("-").partition(".")[0]) < LONGEST_AMOUNT:
        return value
    return 0 if isinstance(value, int) else _Number("0.0")


def _counted(shape: str, place: int) -> str:
    letters = []
    for letter in reversed(shape):
        if letter.isascii() and letter.isalpha():
            place, digit = divmod(place, 26)
            letter = chr(ord("A" if letter.isupper() else "a") + digit)
        elif letter.isdigit():
            place, digit = divmod(place, 10)
            letter = str(digit)
        elif letter.isalpha():
            letter = "å"
        letters.append(letter)
    return "".join(reversed(letters))


def _text(value: Any) -> str:
    """JSON; numbers with a fraction as they were written."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(key)}:{_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
