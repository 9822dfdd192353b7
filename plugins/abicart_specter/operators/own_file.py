"""The alerts' settings of a shop; if its file cannot be used, the people that it names are told first."""

from __future__ import annotations

from datetime import datetime

from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.alerts.causes import SHOP_FILE
from abicart_specter.flows.alerts.notes import Note, NotedAlarm
from abicart_specter.flows.context import utc_now
from abicart_specter.hooks.notify import ways
from abicart_specter.operators.base import ShopOperator
from abicart_specter.operators.kept_note import KeptNote
from abicart_specter.settings import alerts_alone
from abicart_specter.settings.alerts import AlertSettings


def settings_or_tell(task: ShopOperator) -> tuple[AlertSettings, datetime | None]:
    """The settings; and if people were told that the file is broken and this is the first look since, when that began.

    :raises ConfigurationError: the file cannot be used. Nobody was told if its part ``alerts`` is not in order."""
    note = KeptNote(f"abicart_specter_file_alarm__{task.shop}")
    try:
        settings = task.shop_settings().alerts
    except ConfigurationError as error:
        problem = error
        if (alone := alerts_alone(task.shop)) is not None:
            alarm = NotedAlarm(SHOP_FILE, task.shop, alone, ways(alone))
            note.change(lambda kept: alarm.lasts(kept, problem, utc_now()))
        raise
    alarm = NotedAlarm(SHOP_FILE, task.shop, settings, ways(settings))
    was = Note.read(note.change(lambda kept: alarm.is_over(kept, utc_now())))
    told = bool(was.told) and not was.closed_at  # where nobody was told of the file, its red runs are told
    return settings, datetime.fromisoformat(was.since) if told else None
