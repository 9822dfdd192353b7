"""When the order export runs, what its form takes, and which tasks a run skips before it starts a process for them."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from airflow.sdk.exceptions import ParamValidationError
from airflow.serialization.serialized_objects import DagSerialization
from tests.dags.parsing import load_dags

TEN = timedelta(minutes=10)


@pytest.fixture(scope="module")
def dags():
    return load_dags().dags


@pytest.fixture(scope="module")
def order_export(dags):
    return dags["order_export__demo"]


def intervals(dag, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The data intervals of the runs between two moments, as the scheduler would make them."""
    serialised = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    return [
        (run.data_interval.start, run.data_interval.end)
        for run in serialised.iter_dagrun_infos_between(start, end)
    ]


@pytest.mark.parametrize("night", ["2026-03-28", "2026-10-24", "2026-06-01"])
def test_every_ten_minutes_without_a_gap_also_when_the_clocks_change(order_export, night: str) -> None:
    start = datetime.fromisoformat(f"{night}T12:00+00:00")
    found = intervals(order_export, start, start + timedelta(hours=24) - TEN)
    assert len(found) == 144
    assert found[0][0] == start
    assert {(end - begin).total_seconds() for begin, end in found} == {600.0}
    assert all(one[1] == next_one[0] for one, next_one in pairwise(found))


def test_one_run_at_a_time_and_no_run_for_what_was_missed(order_export) -> None:
    assert order_export.max_active_runs == 1
    assert order_export.catchup is False
    assert order_export.start_date == datetime(2020, 1, 1, tzinfo=UTC)


def test_any_kind_of_run_is_allowed(order_export) -> None:
    assert order_export.allowed_run_types is None


def test_the_schedule_sends(order_export) -> None:
    """A scheduled run has the form's defaults."""
    defaults = {name: order_export.params[name] for name in order_export.params}
    assert defaults == {"dry_run": False, "send_manual": False, "sweep": False, "orders_in_log": 50}


def test_the_report_waits_for_every_other_task(order_export, dags) -> None:
    for dag in (order_export, dags["order_export_single__demo"]):
        report = dag.get_task("report")
        assert report.upstream_task_ids == set(dag.task_ids) - {"report", "preview"}
        assert report.trigger_rule == "all_done"


@pytest.mark.parametrize(
    ("off", "dry_run", "skipped"),
    [
        (False, False, ["preview"]),
        (
            False,
            True,
            [
                "ensure_special_numbers",
                "find_changes",
                "plan_orders",
                "report",
                "scan_orders",
                "send_orders",
                "sweep_orders",
                "write_back",
            ],
        ),
        (
            True,
            False,
            [
                "ensure_special_numbers",
                "find_changes",
                "plan_orders",
                "preview",
                "report",
                "scan_orders",
                "send_orders",
                "sweep_orders",
                "write_back",
            ],
        ),
    ],
)
def test_what_is_skipped_from_the_start(order_export, off: bool, dry_run: bool, skipped: list[str]) -> None:
    check = order_export.get_task("check_shop")
    assert check._needless(off=off, dry_run=dry_run, special=True) == skipped


@pytest.mark.parametrize(
    ("dry_run", "special", "skipped"),
    [
        (True, True, ["ensure_special_numbers"]),
        (False, False, ["ensure_special_numbers"]),
        (False, True, []),
    ],
)
def test_what_a_run_by_number_skips(dags, dry_run: bool, special: bool, skipped: list[str]) -> None:
    check = dags["order_export_single__demo"].get_task("check_shop")
    assert check._needless(off=False, dry_run=dry_run, special=special) == skipped


def test_the_single_order_form_wants_a_number(dags) -> None:
    params = deepcopy(dags["order_export_single__demo"].params)
    with pytest.raises(ParamValidationError):
        params.validate()
    params["numbers"] = "10023"
    assert params.validate()["dry_run"] is True


def test_the_duplicate_check_can_be_filled_in_and_says_no_until_somebody_says_yes(dags) -> None:
    """What has a constant value is a hidden field in Airflow's form: its button *Trigger* stays grey for ever."""
    params = deepcopy(dags["order_duplicate_check__demo"].params)
    params["number"] = "10023"
    assert params.validate()["may_send_twice"] is False
    params["may_send_twice"] = True
    assert params.validate()["may_send_twice"] is True


def test_no_form_has_a_field_that_airflow_hides(dags) -> None:
    schemas = {
        (name, field): dag.params.get_param(field).schema
        for name, dag in dags.items()
        for field in dag.params
    }
    assert schemas
    assert [where for where, schema in schemas.items() if "const" in schema] == []


def test_by_hand_never_waits_behind_the_schedule(dags) -> None:
    single = dags["order_export_single__demo"]
    assert single.schedule is None
    assert single.max_active_runs > 1
    assert {task.pool for task in single.tasks} == {"default_pool"}
