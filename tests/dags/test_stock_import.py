"""When the stock import runs, which tasks wait for which, and what its question shows."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from airflow.sdk import CronTriggerTimetable, DeltaTriggerTimetable
from airflow.serialization.serialized_objects import DagSerialization
from tests.dags.parsing import REPO, load_dags

from abicart_specter.dag_docs import stock_minutes
from abicart_specter.operators.stock_schedule import stock_schedule


@pytest.fixture(scope="module")
def dag():
    return load_dags().dags["stock_import__demo"]


def runs(dag, start: datetime, end: datetime) -> list[datetime]:
    """When the scheduler would start runs between two moments."""
    serialised = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    return [run.run_after.astimezone(UTC) for run in serialised.iter_dagrun_infos_between(start, end)]


@pytest.mark.parametrize(
    ("evening", "expected"),
    [
        ("2026-03-28", "2026-03-29T01:30"),  # the clock jumps from 02:00 to 03:00: 03:30 summer time
        ("2026-10-24", "2026-10-25T01:30"),  # 02:30 comes twice; it runs at the second, once
        ("2026-06-01", "2026-06-02T00:30"),
    ],
)
def test_once_a_night_also_when_the_clocks_change(dag, evening: str, expected: str) -> None:
    start = datetime.fromisoformat(f"{evening}T12:00+00:00")
    assert runs(dag, start, start + timedelta(hours=24)) == [datetime.fromisoformat(expected + "+00:00")]


def test_one_run_at_a_time_and_never_for_a_past_day(dag) -> None:
    assert dag.max_active_runs == 1
    assert dag.catchup is False
    assert {str(getattr(kind, "value", kind)) for kind in dag.allowed_run_types} == {"scheduled", "manual"}


@pytest.mark.parametrize(
    ("minutes", "kind"),
    [
        (None, CronTriggerTimetable),
        (5, CronTriggerTimetable),
        (60, CronTriggerTimetable),
        (45, DeltaTriggerTimetable),
    ],
)
def test_every_so_many_minutes_where_the_shop_says_so(
    tmp_path: Path, minutes: int | None, kind: type
) -> None:
    text = (REPO / "include/shops/demo.yaml").read_text("utf-8")
    shop = tmp_path / "demo.yaml"
    shop.write_text(text.replace("  every_minutes:\n", f"  every_minutes: {minutes or ''}\n"), "utf-8")
    assert stock_minutes(shop) == minutes
    assert isinstance(stock_schedule(shop), kind)


def test_a_broken_shop_file_runs_at_night(tmp_path: Path) -> None:
    shop = tmp_path / "demo.yaml"
    shutil.copy(REPO / "include/shops/demo.yaml", shop)
    shop.write_text(shop.read_text("utf-8") + "\nnonsense: true\n", "utf-8")
    assert stock_minutes(shop) is None


def test_the_queue_is_read_after_the_orders_and_before_the_plan(dag) -> None:
    order = ["check_shop", "scan_orders", "drain_stock", "plan_stock", "approve", "release"]
    for before, after in pairwise(order):
        assert dag.get_task(after).upstream_task_ids == {before}
    assert dag.get_task("apply").upstream_task_ids == {"plan_stock"}
    assert dag.get_task("apply_approved").upstream_task_ids == {"release"}


def test_a_rejection_does_not_skip_the_report(dag) -> None:
    """Airflow skips what follows a rejected question directly, whatever the trigger rule."""
    assert dag.get_task("approve").downstream_task_ids == {"release"}
    report = dag.get_task("report")
    assert report.upstream_task_ids == set(dag.task_ids) - {"report", "approve"}
    assert report.trigger_rule == "all_done"


def test_while_stock_is_off_everything_is_skipped(dag) -> None:
    assert dag.get_task("check_shop").get_flat_relative_ids(upstream=False) == set(dag.task_ids) - {
        "check_shop"
    }
