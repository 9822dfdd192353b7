"""Runs, what they asked of each system, and the ledger of a dry run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from ledger_samples import articles, stage

from abicart_specter.errors import LedgerError
from abicart_specter.ledger import Ledger, RunKey, scratch_ledger

RUN = RunKey("demo", "product_export", "run-1")
START = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_run_keeps_its_parameters_times_and_report(url: str) -> None:
    minute = count()
    with Ledger.open(url, clock=lambda: START + timedelta(minutes=next(minute))) as ledger:
        assert ledger.get_run(RUN) is None
        ledger.start_run(RUN, {"dry_run": False, "limit": None})
        started = ledger.get_run(RUN)
        assert started is not None
        assert (started.started_at, started.finished_at, started.summary) == (START, None, None)
        ledger.finish_run(RUN, {"found": 200, "seconds": Decimal("12.5")})
        kept = ledger.get_run(RUN)
        assert kept is not None
        assert kept.params == {"dry_run": False, "limit": None}
        assert kept.summary == {"found": 200, "seconds": Decimal("12.5")}
        assert kept.finished_at == START + timedelta(minutes=1)


def test_a_cleared_run_is_opened_again_and_began_when_it_first_began(url: str) -> None:
    minute = count()
    with Ledger.open(url, clock=lambda: START + timedelta(minutes=next(minute))) as ledger:
        ledger.start_run(RUN, {"limit": 1})
        ledger.finish_run(RUN, {})
        ledger.start_run(RUN, {"limit": 2})
        kept = ledger.get_run(RUN)
        assert kept is not None
        assert (kept.started_at, kept.finished_at, kept.params) == (START, None, {"limit": 2})


def test_the_last_runs_of_a_flow_come_newest_first(ledger: Ledger) -> None:
    for number in range(5):
        ledger.start_run(RunKey("demo", "product_export", str(number)), {})
        ledger.start_run(RunKey("demo", "other", str(number)), {})
    assert [run.key.run_id for run in ledger.last_runs("demo", "product_export", 3)] == ["4", "3", "2"]
    assert ledger.last_runs("demo", "nothing") == []


def test_a_run_that_was_not_started_is_named(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="product_export of demo, run run-1"):
        ledger.finish_run(RUN, {})


def test_requests_are_summed_over_tasks_and_tries(ledger: Ledger, run: RunKey) -> None:
    once = {"requests": 3, "retries": 1, "writes": 0, "connections_opened": 1}
    assert ledger.request_counts(run) == {}
    ledger.add_requests(run, "abicart", "read", once)
    ledger.add_requests(run, "abicart", "read", once)
    ledger.add_requests(run, "abicart", "send 0", {**once, "writes": 5})
    ledger.add_requests(run, "specter", "send 0", once)
    assert ledger.request_counts(run) == {
        "abicart": {"requests": 9, "retries": 3, "writes": 5, "connections_opened": 3},
        "specter": once,
    }


def test_a_dry_run_stages_in_a_ledger_that_is_thrown_away() -> None:
    with scratch_ledger() as one, scratch_ledger() as other:
        assert one.id != other.id
        stage(one, RUN, [articles([1, 2])])
        assert sum(one.partition_counts(RUN).values()) == 2
        assert other.get_run(RUN) is None
