"""A problem of the ledger itself: it cannot be remembered there, so that this is told from a note kept elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from abicart_specter.errors import AbicartSpecterError, RetriableError
from abicart_specter.flows.alerts.causes import LEDGER
from abicart_specter.flows.alerts.deliver import ChannelError, Way
from abicart_specter.flows.alerts.digest import digest
from abicart_specter.ledger.alerts.records import Channel, Message, Said
from abicart_specter.settings.alerts import AlertSettings

log = logging.getLogger(__name__)

UNREACHABLE_FOR = timedelta(minutes=4)
"""A database that restarts is back sooner; at the second look in a row that it is not, people are told."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is kept between runs, as plain JSON. Times are ISO 8601 with their offset.

    ``since``: when the problem was first seen; ``said``: opened and reminded so often; ``told``: what each channel has
    taken: how many were said then, or ``closed``.
    """

    since: str = ""
    said: int = 0
    words: str = ""
    remedy: str = ""
    closed_at: str = ""
    told: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, kept: Any) -> Note:
        """From what was kept; anything else is as good as nothing."""
        known = {name: kept[name] for name in cls.__dataclass_fields__ if name in kept} if kept else {}
        return cls(**known)


def ledger_problem(
    error: AbicartSpecterError,
    shop: str,
    settings: AlertSettings,
    kept: Any,
    ways: Mapping[Channel, Way],
    now: datetime,
) -> dict[str, Any]:
    """The ledger does not serve. Tells people, reminds them, and returns what to keep."""
    note = Note.read(kept)
    if not note.since or note.closed_at:
        note = Note(since=now.isoformat())
    note = replace(note, words=error.message, remedy=error.remedy)
    passed = now - datetime.fromisoformat(note.since)
    if isinstance(error, RetriableError) and passed < UNREACHABLE_FOR and not note.said:
        return asdict(note)
    note = replace(note, said=max(note.said, 1 + int(passed / timedelta(hours=settings.reminder_hours))))
    log.error("Shop %s: the ledger cannot be used since %s: %s", shop, note.since, error.message)
    return _tell(note, shop, settings, ways, now)


def ledger_serves(
    shop: str, settings: AlertSettings, kept: Any, ways: Mapping[Channel, Way], now: datetime
) -> dict[str, Any] | None:
    """The ledger serves. Says that it is over, if it was said that it had begun; ``None``: nothing is left to keep."""
    note = Note.read(kept)
    if not note.said:
        return None
    if not note.closed_at:
        note = replace(note, closed_at=now.isoformat())
        log.warning("Shop %s: the ledger can be used again.", shop)
    # Only a channel that was told that it began needs to be told that it is over.
    concerned = {channel: way for channel, way in ways.items() if channel.value in note.told}
    kept = _tell(note, shop, settings, concerned, now)
    return None if all(kept["told"].get(one.value) == "closed" for one in concerned) else kept


def _tell(
    note: Note, shop: str, settings: AlertSettings, ways: Mapping[Channel, Way], now: datetime
) -> dict[str, Any]:
    kind = Said.CLOSED if note.closed_at else Said.OPENED if note.said == 1 else Said.REMINDER
    mark = "closed" if note.closed_at else str(note.said)
    told = dict(note.told)
    at = datetime.fromisoformat(note.closed_at) if note.closed_at else now
    message = Message(LEDGER, kind.value, note.words, at, {"opened_at": note.since, "remedy": note.remedy})
    text = digest([message], shop, settings.language)
    for channel, way in ways.items():
        if not settings.ledger_problems or told.get(channel.value) == mark:
            continue
        try:
            way.send(text)
            told[channel.value] = mark
        except ChannelError as error:
            log.error("Shop %s: %s took no message: %s", shop, channel.value, error.words)
    return asdict(replace(note, told=told))
