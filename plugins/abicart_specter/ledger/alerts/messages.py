"""Reading the messages that people were, or will be, told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from abicart_specter.ledger.alerts.models import MessageRow
from abicart_specter.ledger.alerts.records import Message
from abicart_specter.ledger.engine import Database


def select_messages() -> Select[Any]:
    """What ``read_messages`` reads."""
    return select(
        MessageRow.cause,
        MessageRow.kind,
        MessageRow.words,
        MessageRow.at,
        MessageRow.facts,
        MessageRow.id,
    )


def read_messages(db: Database, wanted: Select[Any]) -> list[Message]:
    """Messages as records, in the order that is asked for."""
    with db.read() as connection:
        return [
            Message(row.cause, row.kind, row.words, row.at, row.facts or {}, row.id)
            for row in connection.execute(wanted)
        ]
