"""When the nightly import runs, and which of its tasks wait for which."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from airflow.sdk import TriggerRule
from airflow.serialization.serialized_objects import DagSerialization
from tests.dags.parsing import load_dags


@pytest.fixture(scope="module")
def dags():
    return load_dags().dags


@pytest.fixture(scope="module")
def dag(dags):
    return dags["nightly_import__demo"]


def runs(dag, start: datetime, end: datetime) -> list[datetime]:
    """When the scheduler would start runs between two moments."""
    serialised = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    return [run.run_after.astimezone(UTC) for run in serialised.iter_dagrun_infos_between(start, end)]


@pytest.mark.parametrize(
    ("evening", "expected"),
    [
        ("2026-03-28", "2026-03-29T01:30"),  # 02:30 does not exist: 03:30 summer time
        ("2026-10-24", "2026-10-25T01:30"),  # 02:30 comes twice: the second
        ("2027-03-27", "2027-03-28T01:30"),
        ("2026-06-01", "2026-06-02T00:30"),
        ("2026-12-01", "2026-12-02T01:30"),
    ],
)
@pytest.mark.parametrize("flow", ["nightly_import", "stock_import"])
def test_once_a_night_also_when_the_clocks_change(dags, flow: str, evening: str, expected: str) -> None:
    start = datetime.fromisoformat(f"{evening}T12:00+00:00")
    assert runs(dags[f"{flow}__demo"], start, start + timedelta(hours=24)) == [
        datetime.fromisoformat(expected + "+00:00")
    ]


@pytest.mark.parametrize("flow", ["nightly_import", "stock_import"])
def test_every_night_of_a_year_has_one_run(dags, flow: str) -> None:
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert len(runs(dags[f"{flow}__demo"], start, start + timedelta(days=365))) == 365


@pytest.mark.parametrize("flow", ["nightly_import", "stock_import", "product_change_export"])
def test_one_run_at_a_time_and_never_for_a_past_day(dags, flow: str) -> None:
    """A backfill is refused: Specter holds only the present."""
    dag = dags[f"{flow}__demo"]
    assert dag.max_active_runs == 1
    assert dag.catchup is False
    assert {str(getattr(kind, "value", kind)) for kind in dag.allowed_run_types} == {"scheduled", "manual"}


def test_nothing_is_planned_before_the_queue_is_empty_and_nothing_applied_before_the_plan(dag) -> None:
    assert dag.get_task("plan_import").upstream_task_ids == {"drain_article_info", "read_catalogue"}
    assert dag.get_task("plan_import").trigger_rule == TriggerRule.NONE_FAILED
    assert dag.get_task("apply_changes").upstream_task_ids == {"plan_import"}


@pytest.mark.parametrize("part", ["price", "vat", "text"])
def test_what_is_beyond_the_limits_is_applied_only_after_its_own_yes(dag, part: str) -> None:
    assert dag.get_task(f"apply_{part}").upstream_task_ids == {f"release_{part}"}
    assert dag.get_task(f"release_{part}").upstream_task_ids == {f"approve_{part}"}
    for task in (f"apply_{part}", f"release_{part}", f"approve_{part}"):
        assert dag.get_task(task).trigger_rule == TriggerRule.ALL_SUCCESS


@pytest.mark.parametrize("part", ["price", "vat", "text"])
def test_a_rejection_does_not_skip_the_report(dag, part: str) -> None:
    """Airflow skips what follows a rejected question directly, whatever the trigger rule."""
    assert dag.get_task(f"approve_{part}").downstream_task_ids == {f"release_{part}"}
    report = dag.get_task("report")
    assert report.trigger_rule == TriggerRule.ALL_DONE
    assert report.upstream_task_ids == set(dag.task_ids) - {
        "report",
        "preview",
        "approve_price",
        "approve_vat",
        "approve_text",
    }
