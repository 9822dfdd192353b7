"""One message per cause: opened, a reminder every few hours, closed (rule 12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from abicart_specter.ledger.alerts.messages import read_messages, select_messages
from abicart_specter.ledger.alerts.models import AlarmRow, MessageRow
from abicart_specter.ledger.alerts.records import Message, OpenAlarm
from abicart_specter.ledger.engine import Database, upsert


def raise_alarm(
    db: Database,
    shop: str,
    cause: str,
    words: str,
    now: datetime,
    reminder_hours: float | None,
    facts: Mapping[str, Any],
) -> Literal["opened", "reminder"] | None:
    """Says that a cause is there. Returns what to say about it now, if anything; see ``OrderLedger.raise_alarm``."""
    made = upsert(db.backend, AlarmRow).values(
        shop=shop, cause=cause, words=words, opened_at=now, reminders=0, closed_at=now, facts={}
    )
    this = (AlarmRow.shop == shop, AlarmRow.cause == cause)
    said: Literal["opened", "reminder"] | None = None
    with db.write() as connection:
        # A new row is born closed, so that one of several writers opens it, as it opens one that is over.
        connection.execute(made.on_conflict_do_nothing())
        row = connection.execute(
            select(AlarmRow.opened_at, AlarmRow.reminders, AlarmRow.closed_at).where(*this).with_for_update()
        ).one()
        opened_at = now if row.closed_at is not None else row.opened_at
        told = {**facts, "opened_at": opened_at.isoformat()}
        values: dict[str, Any] = {"words": words, "facts": told}
        if row.closed_at is not None:
            said = "opened"
            values |= {"opened_at": now, "reminders": 0, "closed_at": None}
        # Counted from the opening, so that reminders do not drift when runs come late.
        elif (
            reminder_hours
            and (passed := int((now - row.opened_at) / timedelta(hours=reminder_hours))) > row.reminders
        ):
            said = "reminder"
            values |= {"reminders": passed}
        connection.execute(update(AlarmRow).where(*this).values(**values))
        if said is not None:
            _say(connection, shop, cause, said, words, now, told)
    return said


def close_alarm(
    db: Database, shop: str, cause: str, words: str, now: datetime, facts: Mapping[str, Any] | None = None
) -> bool:
    """Says that a cause is over. Returns whether it was open, so that it is said once.

    :param facts: what is known of its end, besides the facts that it was last told with.
    """
    this = (AlarmRow.shop == shop, AlarmRow.cause == cause, AlarmRow.closed_at.is_(None))
    with db.write() as connection:
        row = connection.execute(
            select(AlarmRow.opened_at, AlarmRow.facts).where(*this).with_for_update()
        ).first()
        if row is None:
            return False
        connection.execute(update(AlarmRow).where(*this).values(closed_at=now))
        told = {**(row.facts or {}), **(facts or {}), "opened_at": row.opened_at.isoformat()}
        _say(connection, shop, cause, "closed", words, now, told)
    return True


def tell_news(
    db: Database, shop: str, cause: str, words: str, now: datetime, facts: Mapping[str, Any]
) -> None:
    """Says something that is over as soon as it is said: it has neither reminders nor an end."""
    with db.write() as connection:
        _say(connection, shop, cause, "opened", words, now, {**facts, "opened_at": now.isoformat()})


def open_alarms(db: Database, shop: str) -> list[OpenAlarm]:
    """The causes that are not over, by name."""
    wanted = select(AlarmRow.cause, AlarmRow.words, AlarmRow.opened_at, AlarmRow.reminders, AlarmRow.facts)
    with db.read() as connection:
        rows = connection.execute(
            wanted.where(AlarmRow.shop == shop, AlarmRow.closed_at.is_(None)).order_by(AlarmRow.cause)
        )
        return [
            OpenAlarm(row.cause, row.words, row.opened_at, row.reminders, row.facts or {}) for row in rows
        ]


def messages(db: Database, shop: str, limit: int) -> list[Message]:
    """The last messages, oldest first."""
    wanted = select_messages().where(MessageRow.shop == shop).order_by(MessageRow.id.desc()).limit(limit)
    return read_messages(db, wanted)[::-1]


def _say(
    connection: Connection,
    shop: str,
    cause: str,
    kind: str,
    words: str,
    now: datetime,
    facts: Mapping[str, Any],
) -> None:
    connection.execute(
        insert(MessageRow).values(shop=shop, cause=cause, kind=kind, words=words, at=now, facts=facts)
    )
