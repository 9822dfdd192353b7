"""A problem of the ledger itself is told without it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from alert_lab import FIVE, AlertLab

from abicart_specter.errors import AbicartSpecterError, LedgerError
from abicart_specter.flows.alerts.causes import LEDGER
from abicart_specter.flows.alerts.notes import NotedAlarm
from abicart_specter.flows.alerts.without_ledger import ledger_problem
from abicart_specter.hooks.notify import ways
from abicart_specter.ledger import Ledger, LedgerUnavailableError


def gone(tmp_path: Path) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        Ledger.open(f"sqlite:///{tmp_path / 'nowhere.db'}")
    return caught.value


def look(lab: AlertLab, kept: object, error: AbicartSpecterError | None) -> object:
    settings = lab.settings.alerts
    alarm = NotedAlarm(LEDGER, "demo", settings, ways(settings))
    note = alarm.is_over(kept, lab.now) if error is None else ledger_problem(alarm, kept, error, lab.now)
    return json.loads(json.dumps(note))


def test_missing_is_told_once_reminded_and_closed(lab: AlertLab, tmp_path: Path) -> None:
    kept: object = {}
    for _ in range(int(timedelta(hours=4) / FIVE) + 1):
        kept = look(lab, kept, gone(tmp_path))
        lab.now += FIVE
    assert len(lab.mail.mails) == len(lab.slack.texts) == 2
    assert "[demo] LARM: Liggaren går inte att använda" in lab.mail.texts()[0]
    assert "PÅMINNELSE" in lab.mail.texts()[1]
    for _ in range(3):
        kept = look(lab, kept, None)
        lab.now += FIVE
    assert kept is None
    assert len(lab.mail.mails) == len(lab.slack.texts) == 3
    assert "ÖVER" in lab.mail.texts()[2]


def test_a_database_that_restarts_is_no_alarm(lab: AlertLab) -> None:
    error = LedgerUnavailableError("The ledger cannot be reached.", remedy="Start it.")
    kept = look(lab, {}, error)
    assert lab.mail.mails == []
    lab.now += FIVE
    look(lab, kept, error)
    assert len(lab.mail.mails) == 1


def test_one_that_came_back_at_once_is_no_alarm_later(lab: AlertLab) -> None:
    error = LedgerUnavailableError("The ledger cannot be reached.")
    kept = look(lab, {}, error)
    assert look(lab, kept, None) is None


def test_a_channel_that_took_nothing_is_tried_again(lab: AlertLab, tmp_path: Path) -> None:
    lab.slack.status = 503
    kept = look(lab, {}, gone(tmp_path))
    assert (len(lab.mail.mails), len(lab.slack.texts)) == (1, 0)
    lab.slack.status = 200
    lab.now += FIVE
    kept = look(lab, kept, gone(tmp_path))
    assert (len(lab.mail.mails), len(lab.slack.texts)) == (1, 1)
    lab.slack.status = 503
    lab.now += FIVE
    kept = look(lab, kept, None)
    assert kept is not None  # slack was not told that it is over
    lab.slack.status = 200
    assert look(lab, kept, None) is None
    assert (len(lab.mail.mails), len(lab.slack.texts)) == (2, 2)


def test_it_opens_again(lab: AlertLab, tmp_path: Path) -> None:
    kept = look(lab, {}, gone(tmp_path))
    lab.now += FIVE
    kept = look(lab, kept, None)
    lab.now += FIVE
    look(lab, kept, gone(tmp_path))
    assert [one["subject"].split(":")[0] for one in lab.mail.mails] == [
        "[demo] LARM",
        "[demo] ÖVER",
        "[demo] LARM",
    ]
