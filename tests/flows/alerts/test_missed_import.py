"""The night's deadline, by the clock on the wall in Stockholm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from alert_lab import BOTH, AlertLab

from abicart_specter.flows.alerts.causes import MISSED
from abicart_specter.flows.alerts.missed_import import last_deadline
from abicart_specter.ledger import RunKey

ON = BOTH | {"imports__price": True}
SIX = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
"""06:00 in Stockholm in winter."""


def done(lab: AlertLab, at: datetime, *, finished: bool = True, **params: object) -> RunKey:
    before, lab.now = lab.now, at
    run = RunKey("demo", "nightly_import", f"scheduled {at}")
    lab.ledger.start_run(run, params)
    if finished:
        lab.ledger.finish_run(run, {})
    lab.now = before
    return run


@pytest.mark.parametrize(
    ("now", "deadline"),
    [
        ("2026-11-25T04:59+00:00", "2026-11-24T06:00+01:00"),
        ("2026-11-25T05:00+00:00", "2026-11-25T06:00+01:00"),
        ("2026-07-01T04:00+00:00", "2026-07-01T06:00+02:00"),
        ("2026-03-29T03:59+00:00", "2026-03-28T06:00+01:00"),  # the clocks went forward that night
        ("2026-03-29T04:00+00:00", "2026-03-29T06:00+02:00"),
        ("2026-10-25T04:59+00:00", "2026-10-24T06:00+02:00"),  # and back
        ("2026-10-25T05:00+00:00", "2026-10-25T06:00+01:00"),
    ],
)
def test_the_deadline_follows_the_wall_clock(now: str, deadline: str) -> None:
    assert last_deadline(datetime.fromisoformat(now), "06:00") == datetime.fromisoformat(deadline)


def test_missed_then_done_is_one_message_and_its_end(lab: AlertLab) -> None:
    lab.use(**ON)
    done(lab, SIX - timedelta(days=1, hours=3))
    lab.now = SIX - timedelta(minutes=10)
    lab.look()
    assert lab.kinds(MISSED) == []
    lab.pass_(timedelta(hours=2))
    assert lab.kinds(MISSED) == ["opened"]
    text = lab.mail.texts()[0]
    assert "Nattens import är inte klar" in text
    assert "var inte klar 25 november kl. 06.00. Den har inte startat." in text
    done(lab, lab.now)
    lab.pass_(timedelta(minutes=5))
    assert lab.kinds(MISSED) == ["opened", "closed"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("paused", "Den är pausad."),
        ("running", "Den har börjat men är inte klar."),
        ("red", "Den senaste körningen misslyckades."),
    ],
)
def test_it_says_why(lab: AlertLab, state: str, words: str) -> None:
    lab.use(**ON)
    if state == "paused":
        lab.airflow.pauses.add("nightly_import")
    else:
        done(lab, SIX - timedelta(hours=3), finished=state == "red")
    if state == "red":
        lab.ledger.alerts.note_red_run("demo", "nightly_import", "r", "")
    lab.now = SIX + timedelta(minutes=1)
    lab.look()
    assert words in lab.mail.texts()[0]


def test_a_dry_run_does_not_count(lab: AlertLab) -> None:
    lab.use(**ON)
    done(lab, SIX - timedelta(hours=1), dry_run=True)
    lab.now = SIX + timedelta(minutes=1)
    lab.look()
    assert lab.kinds(MISSED) == ["opened"]


@pytest.mark.parametrize("changes", [{"alerts__missed_import": False}, {"imports__price": False}])
def test_switched_off_is_quiet(lab: AlertLab, changes: dict[str, object]) -> None:
    lab.use(**(ON | changes))
    lab.airflow.pauses.add("nightly_import")
    lab.now = SIX + timedelta(hours=1)
    lab.look()
    assert lab.kinds(MISSED) == []


def test_another_hour(lab: AlertLab) -> None:
    lab.use(**ON, alerts__import_done_by="04:30")
    done(lab, SIX - timedelta(days=1, hours=3))
    lab.now = SIX - timedelta(minutes=89)
    lab.look()
    assert lab.kinds(MISSED) == ["opened"]
