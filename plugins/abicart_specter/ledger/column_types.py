"""Column types that keep a value exactly, and keep it alike on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Dialect, String, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

from abicart_specter.ledger import documents

_ESCAPE = "\ue000"
_UNSAFE = re.compile("[\x00\ud800-\udfff\ue000]")
_ESCAPED = re.compile(_ESCAPE + "([0-9a-f]{4})")


def escape_text(text: str) -> str:
    """Text that any database takes: NUL and lone surrogates, which may well stand in JSON, become escapes."""
    if text.isascii() and "\0" not in text:  # nearly all there is, and quickly told
        return text
    if _UNSAFE.search(text):
        return _UNSAFE.sub(lambda found: f"{_ESCAPE}{ord(found.group()):04x}", text)
    return text


def unescape_text(text: str) -> str:
    """The text that ``escape_text`` was given."""
    if _ESCAPE in text:
        return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
    return text


class AnyText(TypeDecorator[str]):
    """Any Python text. PostgreSQL refuses NUL, and neither database takes lone surrogates: they are escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else escape_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unescape_text(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, in UTC. On SQLite text of fixed width ending in ``Z``, so that order of text is order of time.

    A time without a zone is refused: nobody could say later which moment it meant.
    """

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("The ledger takes no time without a time zone")
        moment = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return moment
        return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal as the text that Python writes, with every trailing zero. Not for arithmetic in SQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Document(TypeDecorator[Any]):
    """A JSON value with exact decimals, see ``documents``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else documents.dump(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else documents.load(value)


class Word(TypeDecorator[StrEnum]):
    """A member of one ``StrEnum``, kept as its text."""

    impl = String(20)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words
        self._members: dict[str, StrEnum] = {member.value: member for member in words}

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self._members[value].value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self._members[value]
