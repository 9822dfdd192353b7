"""One message per cause: opened, a reminder every few hours, closed (rule 12)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from abicart_specter.ledger.alerts.models import AlarmRow, MessageRow
from abicart_specter.ledger.alerts.records import Message, OpenAlarm
from abicart_specter.ledger.engine import Database, upsert


def raise_alarm(
    db: Database, shop: str, cause: str, words: str, now: datetime, reminder_hours: float
) -> Literal["opened", "reminder"] | None:
    """Says that a cause is there. Returns what to say about it now, if anything; see ``OrderLedger.raise_alarm``."""
    made = upsert(db.backend, AlarmRow).values(
        shop=shop, cause=cause, words=words, opened_at=now, reminders=0, closed_at=now
    )
    this = (AlarmRow.shop == shop, AlarmRow.cause == cause)
    said: Literal["opened", "reminder"] | None = None
    with db.write() as connection:
        # A new row is born closed, so that one of several writers opens it, as it opens one that is over.
        connection.execute(made.on_conflict_do_nothing())
        row = connection.execute(
            select(AlarmRow.opened_at, AlarmRow.reminders, AlarmRow.closed_at).where(*this).with_for_update()
        ).one()
        values: dict[str, Any] = {"words": words}
        if row.closed_at is not None:
            said = "opened"
            values |= {"opened_at": now, "reminders": 0, "closed_at": None}
        # Counted from the opening, so that reminders do not drift when runs come late.
        elif (passed := int((now - row.opened_at) / timedelta(hours=reminder_hours))) > row.reminders:
            said = "reminder"
            values |= {"reminders": passed}
        if said is not None:
            connection.execute(update(AlarmRow).where(*this).values(**values))
            _say(connection, shop, cause, said, words, now)
    return said


def close_alarm(db: Database, shop: str, cause: str, words: str, now: datetime) -> bool:
    """Says that a cause is over. Returns whether it was open, so that it is said once."""
    with db.write() as connection:
        closed = connection.execute(
            update(AlarmRow)
            .where(AlarmRow.shop == shop, AlarmRow.cause == cause, AlarmRow.closed_at.is_(None))
            .values(closed_at=now)
        ).rowcount
        if closed:
            _say(connection, shop, cause, "closed", words, now)
    return bool(closed)


def open_alarms(db: Database, shop: str) -> list[OpenAlarm]:
    """The causes that are not over, by name."""
    wanted = select(AlarmRow.cause, AlarmRow.words, AlarmRow.opened_at, AlarmRow.reminders)
    with db.read() as connection:
        rows = connection.execute(
            wanted.where(AlarmRow.shop == shop, AlarmRow.closed_at.is_(None)).order_by(AlarmRow.cause)
        )
        return [OpenAlarm(*row) for row in rows]


def messages(db: Database, shop: str, limit: int) -> list[Message]:
    """The last messages, oldest first."""
    wanted = (
        select(MessageRow.cause, MessageRow.kind, MessageRow.words, MessageRow.at)
        .where(MessageRow.shop == shop)
        .order_by(MessageRow.id.desc())
        .limit(limit)
    )
    with db.read() as connection:
        return [Message(*row) for row in connection.execute(wanted)][::-1]


def _say(connection: Connection, shop: str, cause: str, kind: str, words: str, now: datetime) -> None:
    connection.execute(insert(MessageRow).values(shop=shop, cause=cause, kind=kind, words=words, at=now))
