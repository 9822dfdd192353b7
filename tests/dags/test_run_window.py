"""What a run reads follows from what Airflow itself says of it, in Airflow's own records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.sdk.api.datamodels._generated import DagRun, DagRunState, DagRunType

from abicart_specter.flows.orders.window import RunKind
from abicart_specter.ledger import Ledger
from abicart_specter.ledger.migrate import upgrade
from abicart_specter.operators.run_window import run_window
from abicart_specter.settings import load_shop_by_name

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
END = START + timedelta(minutes=10)
NOW = START + timedelta(hours=1)


@pytest.fixture
def ctx(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    upgrade(url)
    with Ledger.open(url) as ledger:
        ledger.orders.move_scanned_to("demo", START - timedelta(days=1))
        yield SimpleNamespace(
            settings=load_shop_by_name("demo"), shop="demo", ledger=ledger, clock=lambda: NOW
        )


def airflows_run(run_type: DagRunType, start: datetime | None, end: datetime | None) -> DagRun:
    return DagRun(
        dag_id="order_export__demo",
        run_id="r",
        logical_date=start,
        data_interval_start=start,
        data_interval_end=end,
        run_after=NOW,
        start_date=NOW,
        end_date=None,
        run_type=run_type,
        state=DagRunState.RUNNING,
        consumed_asset_events=[],
        partition_key=None,
    )


@pytest.mark.parametrize("run_type", list(DagRunType))
def test_every_type_of_airflow_is_known(ctx, run_type: DagRunType) -> None:
    window = run_window(ctx, {"dag_run": airflows_run(run_type, START, END)})
    expected = {DagRunType.SCHEDULED: RunKind.SCHEDULED, DagRunType.BACKFILL: RunKind.BACKFILL}
    assert window.kind is expected.get(run_type, RunKind.MANUAL)


def test_a_backfill_reads_its_own_interval(ctx) -> None:
    window = run_window(ctx, {"dag_run": airflows_run(DagRunType.BACKFILL, START, END)})
    assert (window.since, window.until, window.follows_on) == (START, END, False)


def test_a_scheduled_run_closes_up_to_the_last_one(ctx) -> None:
    window = run_window(ctx, {"dag_run": airflows_run(DagRunType.SCHEDULED, START, END)})
    assert window.since < START - timedelta(days=1)
    assert window.until == END


def test_a_manual_run_without_an_interval_reads_up_to_now(ctx) -> None:
    window = run_window(ctx, {"dag_run": airflows_run(DagRunType.MANUAL, None, None)})
    assert window.until == NOW
