"""When the export on change runs, and which tasks a run skips before it starts a process for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from airflow.serialization.serialized_objects import DagSerialization
from tests.dags.parsing import load_dags

from abicart_specter.operators.check_changes import CheckChangesOperator
from abicart_specter.operators.read_changes import ReadChangesOperator

AFTER_READING = ["drain_article_info", "plan_chunks", "report", "send_products", "validate_numbers"]


@pytest.fixture(scope="module")
def dag():
    return load_dags().dags["product_change_export__demo"]


@pytest.mark.parametrize("night", ["2026-03-28", "2026-10-24", "2026-06-01"])
def test_every_quarter_of_an_hour_also_when_the_clocks_change(dag, night: str) -> None:
    start = datetime.fromisoformat(f"{night}T12:00+00:00")
    serialised = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    end = start + timedelta(hours=24) - timedelta(minutes=15)
    found = [info.run_after for info in serialised.iter_dagrun_infos_between(start, end)]
    assert found == [start + timedelta(minutes=15 * n) for n in range(96)]


def test_no_past_period_can_be_asked_for(dag) -> None:
    assert (dag.catchup, dag.max_active_runs) == (False, 1)
    assert set(dag.allowed_run_types) == {"scheduled", "manual"}
    assert dag.start_date == datetime(2026, 1, 1, tzinfo=UTC)


def test_what_specter_changed_is_read_before_anything_is_written(dag) -> None:
    send = dag.get_task("send_products")
    assert {"drain_article_info", "plan_chunks"} <= send.upstream_task_ids
    assert send.trigger_rule == "none_failed"


def test_the_report_waits_for_every_other_task(dag) -> None:
    report = dag.get_task("report")
    assert report.upstream_task_ids == set(dag.task_ids) - {"report"}
    assert report.trigger_rule == "all_done"


def test_setting_22_skips_everything(dag) -> None:
    check = dag.get_task("check_shop")
    assert isinstance(check, CheckChangesOperator)
    assert check.rest() == sorted([*AFTER_READING, "read_changes"])


@pytest.mark.parametrize(
    ("ended", "items", "skipped"),
    [
        (True, 0, AFTER_READING),
        (False, 0, [task for task in AFTER_READING if task != "report"]),
        (False, 3, []),
    ],
)
def test_what_a_run_skips_after_reading(dag, ended: bool, items: int, skipped: list[str]) -> None:
    read = dag.get_task("read_changes")
    assert isinstance(read, ReadChangesOperator)
    assert read.needless(ended=ended, items=items) == skipped
