"""Settings of the alerts: who is told, in which language, and of what."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from abicart_specter.settings.types import Settings

_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]{2,}")
_CONNECTION = re.compile(r"[A-Za-z0-9_.-]{1,250}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("expected an e-mail address such as owner@example.com")
    return value


def _connection(value: str) -> str:
    if not _CONNECTION.fullmatch(value):
        raise ValueError("expected the id of an Airflow connection, and no address or secret")
    return value


def _clock(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        raise ValueError('expected a time of day in quotes, such as "06:00"')
    return value


ConnectionId = Annotated[str, AfterValidator(_connection)]
"""Id of an Airflow connection."""


class EmailAlerts(Settings):
    """Alerts by e-mail; nobody in ``to`` means none."""

    connection: ConnectionId = "smtp_default"
    to: list[Annotated[str, AfterValidator(_address)]] = Field(default_factory=list)


class SlackAlerts(Settings):
    """Alerts to a Slack channel; without a connection there are none."""

    connection: ConnectionId | None = None


class AlertSettings(Settings):
    """Of what people are told (a switch per cause), how, and how often."""

    language: Literal["sv", "en"] = "sv"
    email: EmailAlerts = EmailAlerts()
    slack: SlackAlerts = SlackAlerts()
    reminder_hours: int = Field(default=4, ge=1, le=168)
    unconfirmed_after_minutes: int = Field(default=60, ge=5, le=1440)
    import_done_by: Annotated[str, AfterValidator(_clock)] = "06:00"
    red_runs: bool = True
    flagged_products: bool = True
    held_orders: bool = True
    questions: bool = True
    unconfirmed_orders: bool = True
    unsent_orders: bool = True
    late_orders: bool = True
    missed_import: bool = True
    doubled_orders: bool = True
    no_answer: bool = True
    silent_queues: bool = True
    ledger_problems: bool = True
    failing_channels: bool = True
    broken_shop_files: bool = True

    @property
    def import_deadline(self) -> time:
        """When the nightly import has to be done, in Stockholm."""
        return time.fromisoformat(self.import_done_by)
