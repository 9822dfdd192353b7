"""Red runs: noticed by the callback's note, by Airflow's counts, or both; over with the next green one."""

from __future__ import annotations

from datetime import timedelta

from alert_lab import FIVE, AlertLab

from abicart_specter.flows.alerts.airflow_runs import DRY_RUN, Ended
from abicart_specter.flows.alerts.alerts import alerts
from abicart_specter.flows.alerts.red_runs import look_at_runs
from abicart_specter.hooks.notify import ways

RED = "run_red:order_export"


def test_noted_and_counted_is_one_message_and_the_next_green_run_ends_it(lab: AlertLab) -> None:
    lab.look()
    lab.airflow.red["order_export"] = [Ended("scheduled__1", lab.now)]
    lab.ledger.alerts.note_red_run("demo", "order_export", "scheduled__1", "task_failure")
    lab.now += FIVE
    lab.look()
    lab.pass_(timedelta(hours=1))
    assert lab.kinds(RED) == ["opened"]
    text = lab.mail.texts()[0]
    assert "[demo] LARM: En körning misslyckades: orderexport" in text
    assert "Röd uppgift: send_orders." in text
    assert "https://airflow.example/dags/order_export__demo/runs/scheduled__1" in text
    lab.airflow.green["order_export"] = [Ended("scheduled__2", lab.now)]
    lab.now += FIVE
    lab.look()
    assert lab.kinds(RED) == ["opened", "closed"]
    lab.pass_(timedelta(hours=5))
    assert lab.kinds(RED) == ["opened", "closed"]
    assert len(lab.mail.mails) == 2


def test_the_report_is_named_where_nothing_else_is_red(lab: AlertLab) -> None:
    lab.airflow.tasks = ["report"]
    lab.look()
    lab.ledger.alerts.note_red_run("demo", "order_export", "scheduled__1", "task_failure")
    lab.look()
    assert "Röd uppgift: report." in lab.mail.texts()[-1]


def test_a_run_whose_callback_was_lost_is_counted(lab: AlertLab) -> None:
    """Its worker, its scheduler or its time limit ended it, or the callback could not reach the ledger."""
    lab.airflow.red["stock_import"] = [Ended("old", lab.now - timedelta(days=30))]
    lab.look()
    assert lab.kinds("run_red:stock_import") == []  # red before anybody looked
    lab.airflow.red["stock_import"].append(Ended("scheduled__9", lab.now))
    lab.now += FIVE
    lab.look()
    assert lab.kinds("run_red:stock_import") == ["opened"]
    assert "scheduled__9" in lab.mail.texts()[0]


def test_a_note_before_the_first_look_counts(lab: AlertLab) -> None:
    lab.ledger.alerts.note_red_run("demo", "nightly_import", "manual__1", "timed_out")
    lab.look()
    assert lab.kinds("run_red:nightly_import") == ["opened"]
    lab.look()
    assert lab.kinds("run_red:nightly_import") == ["opened"]


def test_red_and_green_between_two_looks_is_told_as_over(lab: AlertLab) -> None:
    lab.look()
    lab.airflow.red["order_export"] = [Ended("red", lab.now + timedelta(minutes=1))]
    lab.airflow.green["order_export"] = [Ended("green", lab.now + timedelta(minutes=3))]
    lab.now += FIVE
    lab.look()
    assert lab.kinds(RED) == ["opened", "closed"]
    (text,) = lab.mail.texts()
    assert "ÖVER" in text


def test_more_red_runs_change_the_reminder_not_the_number_of_messages(lab: AlertLab) -> None:
    lab.look()
    for number in range(1, 25):
        lab.airflow.red.setdefault("order_export", []).append(Ended(f"run{number}", lab.now))
        lab.now += timedelta(minutes=10)
        lab.look()
    assert lab.kinds(RED) == ["opened"]
    lab.pass_(timedelta(minutes=15))
    assert lab.kinds(RED) == ["opened", "reminder"]
    assert "runs/run24" in lab.mail.texts()[-1]


def test_runs_cleaned_out_of_airflow_are_no_news(lab: AlertLab) -> None:
    lab.airflow.red["order_export"] = [Ended(f"r{n}", lab.now) for n in range(5)]
    lab.look()
    lab.airflow.red["order_export"] = []
    lab.now += FIVE
    lab.look()
    lab.airflow.red["order_export"] = [Ended("new", lab.now)]
    lab.now += FIVE
    lab.look()
    assert lab.kinds(RED) == ["opened"]


def test_a_cleared_run_that_succeeds_ends_it(lab: AlertLab) -> None:
    lab.look()
    lab.airflow.red["order_export"] = [Ended("r", lab.now)]
    lab.now += FIVE
    lab.look()
    lab.airflow.red["order_export"] = []
    lab.airflow.green["order_export"] = [Ended("r", lab.now)]
    lab.now += FIVE
    lab.look()
    assert lab.kinds(RED) == ["opened", "closed"]


def test_a_look_that_is_cut_off_tells_it_once(lab: AlertLab) -> None:
    lab.look()
    lab.ledger.alerts.note_red_run("demo", "order_export", "r", "")
    taken = lab.ledger.alerts.red_runs("demo")
    lab.now += FIVE
    lab.look()
    for one in taken:  # as if the look had died before it forgot them
        lab.ledger.alerts.note_red_run("demo", one.flow, one.run_id, one.reason)
    lab.now += FIVE
    lab.look()
    assert lab.kinds(RED) == ["opened"]


def test_a_counted_run_waits_a_moment_for_its_note(lab: AlertLab) -> None:
    """Runs without a logical date are counted, but Airflow does not tell which they are."""
    lab.look()
    lab.airflow.red["order_export_single"] = [Ended("old", lab.now - timedelta(days=9))]
    lab.now += FIVE
    waits: list[float] = []

    def note(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            lab.ledger.alerts.note_red_run("demo", "order_export_single", "manual__7", "task_failure")

    look_at_runs(lab.context(), lab.airflow, {}, sleep=note)
    assert len(waits) == 3
    (alarm,) = lab.ledger.orders.open_alarms("demo")
    assert alarm.facts["run_id"] == "manual__7"
    assert lab.ledger.alerts.red_runs("demo") == []


def test_a_counted_run_that_nobody_notes_is_told_without_its_name(lab: AlertLab) -> None:
    lab.look()
    lab.airflow.red["order_export_single"] = [Ended("old", lab.now - timedelta(days=9))]
    lab.now += FIVE
    look_at_runs(lab.context(), lab.airflow, {}, sleep=lambda _: None)
    (alarm,) = lab.ledger.orders.open_alarms("demo")
    assert alarm.facts["run_id"] == alarm.facts["link"] == ""
    lab.look()
    assert "En körning misslyckades: enstaka ordrar" in lab.mail.texts()[0]


def test_a_red_dry_run_is_nobodys_trouble_and_a_green_one_ends_nothing(lab: AlertLab) -> None:
    single = "run_red:order_export_single"
    lab.look()
    runs = lab.airflow.red.setdefault("order_export_single", [])
    runs.append(Ended("typo", lab.now, dry=True))
    lab.ledger.alerts.note_red_run("demo", "order_export_single", "typo", DRY_RUN)
    lab.pass_(timedelta(minutes=15))
    assert lab.kinds(single) == []
    runs.append(Ended("real", lab.now))
    lab.ledger.alerts.note_red_run("demo", "order_export_single", "real", "task_failure")
    lab.pass_(FIVE)
    assert lab.kinds(single) == ["opened"]
    green = lab.airflow.green.setdefault("order_export_single", [])
    green.append(Ended("look first", lab.now, dry=True))
    lab.pass_(timedelta(minutes=15))
    assert lab.kinds(single) == ["opened"]
    green.append(Ended("sent", lab.now))
    lab.pass_(FIVE)
    assert lab.kinds(single) == ["opened", "closed"]


def test_runs_that_were_red_only_while_the_shops_file_was_broken(lab: AlertLab) -> None:
    lab.look()
    broken = lab.now + timedelta(minutes=2)
    runs = lab.airflow.red.setdefault("order_export", [])
    for number in range(3):
        lab.now += timedelta(minutes=10)
        runs.append(Ended(f"run{number}", lab.now))
        lab.ledger.alerts.note_red_run("demo", "order_export", f"run{number}", "task_failure")
    alerts(lab.context(), lab.airflow, ways(lab.settings.alerts), told_since=broken)
    lab.pass_(timedelta(minutes=15))
    assert lab.kinds(RED) == []
    runs.append(Ended("later", lab.now))
    lab.ledger.alerts.note_red_run("demo", "order_export", "later", "task_failure")
    lab.pass_(FIVE)
    assert lab.kinds(RED) == ["opened"]


def test_one_that_was_red_before_the_file_broke_is_told(lab: AlertLab) -> None:
    lab.look()
    lab.airflow.red["order_export"] = [Ended("before", lab.now)]
    lab.ledger.alerts.note_red_run("demo", "order_export", "before", "task_failure")
    lab.now += timedelta(minutes=10)
    alerts(lab.context(), lab.airflow, ways(lab.settings.alerts), told_since=lab.now - FIVE)
    assert lab.kinds(RED) == ["opened"]


def test_a_dry_run_whose_note_comes_late_is_none_either(lab: AlertLab) -> None:
    """Airflow finds it by its count before the callback has noted it, and knows no logical date of it."""
    lab.look()
    ctx = lab.context()

    def note(_: float) -> None:
        lab.ledger.alerts.note_red_run("demo", "order_export_single", "typo", DRY_RUN)

    lab.airflow.red["order_export_single"] = [Ended("typo", None)]
    look_at_runs(ctx, lab.airflow, {}, note)
    assert lab.ledger.orders.open_alarms("demo") == []
    lab.pass_(timedelta(minutes=15))
    assert lab.kinds("run_red:order_export_single") == []
