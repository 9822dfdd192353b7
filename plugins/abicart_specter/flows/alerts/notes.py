"""Alarms that the ledger cannot remember, as it or the shop's settings cannot be had: a note elsewhere does."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from abicart_specter.errors import AbicartSpecterError
from abicart_specter.flows.alerts.causes import is_wanted
from abicart_specter.flows.alerts.deliver import ChannelError, Way
from abicart_specter.flows.alerts.digest import digest
from abicart_specter.flows.alerts.texts import cut_short
from abicart_specter.ledger.alerts.records import Channel, Message, Said
from abicart_specter.settings.alerts import AlertSettings

log = logging.getLogger(__name__)

AT_ONCE = timedelta(0)


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


@dataclass(frozen=True, slots=True)
class NotedAlarm:
    """One cause of one shop. What its methods return is to be kept, and given to the next call."""

    cause: str
    shop: str
    settings: AlertSettings
    ways: Mapping[Channel, Way]

    def lasts(
        self, kept: Any, error: AbicartSpecterError, now: datetime, patience: timedelta = AT_ONCE
    ) -> dict[str, Any]:
        """It is there. Tells people, unless it may be over within ``patience``, and reminds them."""
        note = Note.read(kept)
        if not note.since or note.closed_at:
            note = Note(since=now.isoformat())
        note = replace(note, words=error.message, remedy=error.remedy)
        passed = now - datetime.fromisoformat(note.since)
        if passed < patience and not note.said:
            return asdict(note)
        reminders = int(passed / timedelta(hours=self.settings.reminder_hours))
        return self._tell(replace(note, said=max(note.said, 1 + reminders)), now)

    def is_over(self, kept: Any, now: datetime) -> dict[str, Any] | None:
        """It is not there. Says so, if it was said that it had begun; ``None``: nothing is left to keep."""
        note = Note.read(kept)
        if not note.said:
            return None
        if not note.closed_at:
            note = replace(note, closed_at=now.isoformat())
        # Only a channel that was told that it began needs to be told that it is over.
        concerned = {channel: way for channel, way in self.ways.items() if channel.value in note.told}
        kept = replace(self, ways=concerned)._tell(note, now)
        return None if all(kept["told"].get(one.value) == "closed" for one in concerned) else kept

    def _tell(self, note: Note, now: datetime) -> dict[str, Any]:
        kind = Said.CLOSED if note.closed_at else Said.OPENED if note.said == 1 else Said.REMINDER
        mark = "closed" if note.closed_at else str(note.said)
        told = dict(note.told)
        at = datetime.fromisoformat(note.closed_at) if note.closed_at else now
        facts = {
            "opened_at": note.since,
            "remedy": note.remedy,
            "broken": self.shop,
            "problem": cut_short(f"{note.words} {note.remedy}".strip()),
        }
        text = digest(
            [Message(self.cause, kind.value, note.words, at, facts)], self.shop, self.settings.language
        )
        for channel, way in self.ways.items():
            if not is_wanted(self.cause, self.settings) or told.get(channel.value) == mark:
                continue
            try:
                way.send(text)
                told[channel.value] = mark
                log.info("Shop %s: people were told by %s (%s).", self.shop, channel.value, kind.value)
            except ChannelError as error:
                log.error("Shop %s: %s took no message: %s", self.shop, channel.value, error.words)
        return asdict(replace(note, told=told))
