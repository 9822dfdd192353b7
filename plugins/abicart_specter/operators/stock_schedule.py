"""How often a shop's stock is imported."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from airflow.sdk import CronTriggerTimetable, DeltaTriggerTimetable

from abicart_specter.dag_docs import stock_minutes

AT_NIGHT = "30 2 * * *"


def stock_schedule(shop_file: Path) -> CronTriggerTimetable | DeltaTriggerTimetable:
    """At night by the clock in Stockholm, or every so many minutes as the shop says; on round times where it can be.

    A shop file that cannot be used gets the night; its runs stop at their first task and say why.
    """
    minutes = stock_minutes(shop_file)
    if minutes is None:
        return CronTriggerTimetable(AT_NIGHT, timezone="Europe/Stockholm")
    if 60 % minutes == 0:
        return CronTriggerTimetable(f"*/{minutes} * * * *" if minutes < 60 else "0 * * * *", timezone="UTC")
    return DeltaTriggerTimetable(timedelta(minutes=minutes))
