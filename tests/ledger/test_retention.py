"""Clean-up removes detail of old runs, and never what says that an item went (rule 3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ledger_samples import article_key, articles, flag, stage

from abicart_specter.domain.records import Outcome
from abicart_specter.ledger import (
    Intent,
    Ledger,
    OutcomeRecord,
    PairOrigin,
    PairValues,
    Pruned,
    RunKey,
    Sent,
    SpecialState,
    StagingGoneError,
)

START = datetime(2026, 3, 1, tzinfo=UTC)


def a_run(ledger: Ledger, number: int, flow: str = "product_export", shop: str = "demo") -> RunKey:
    run = RunKey(shop, flow, f"run-{number}")
    stage(ledger, run, [articles([1, 2])])
    ledger.record_outcomes(run, [OutcomeRecord(article_key(uid), None, Outcome.SENT) for uid in (1, 2)])
    ledger.record_flags(run, [flag(article_key(1))], complete=True)
    ledger.finish_run(run, {"found": 2})
    return run


def has_detail(ledger: Ledger, run: RunKey) -> bool:
    found = (ledger.outcome_counts(run)[Outcome.SENT], sum(ledger.flag_counts(run).values()))
    assert found in ((2, 1), (0, 0))
    return found == (2, 1)


def test_the_last_runs_of_each_flow_keep_their_detail(ledger: Ledger) -> None:
    exports = [a_run(ledger, number) for number in range(5)]
    validations = [a_run(ledger, number, "validation") for number in range(2)]
    foreign = [a_run(ledger, number, shop="other") for number in range(3)]
    assert ledger.prune("demo", keep_runs=2) == Pruned(outcomes=6, run_flags=3)
    assert [has_detail(ledger, run) for run in exports] == [False, False, False, True, True]
    assert [has_detail(ledger, run) for run in (*validations, *foreign)] == [True] * 5
    for run in exports:
        kept = ledger.get_run(run)
        assert kept is not None
        assert kept.summary == {"found": 2}
    assert ledger.prune("demo", keep_runs=2) == Pruned()


def test_staging_left_behind_by_a_killed_run_goes(ledger: Ledger) -> None:
    first = a_run(ledger, 1)
    second = a_run(ledger, 2, "validation")
    # A run that staged, and a later one that was killed before its old rows were all deleted, look like this:
    third = RunKey("demo", "product_export", "run-3")
    ledger.start_run(third, {})
    assert ledger.prune("demo") == Pruned()  # it has started, but replaced nothing yet
    assert ledger.staged_counts(first).items == 2
    ledger.reset_staging(third)
    with pytest.raises(StagingGoneError):
        ledger.staged_counts(first)
    assert ledger.staged_counts(second).items == 2


def test_an_older_reading_beside_a_newer_one_is_dropped(ledger: Ledger) -> None:
    old, new = a_run(ledger, 1), a_run(ledger, 2)
    stage(ledger, old, [articles([1, 2])])  # cleared and read again after the newer run
    assert ledger.prune("demo") == Pruned(staged_articles=2, staged_items=2)
    with pytest.raises(StagingGoneError):
        ledger.staged_counts(old)
    assert ledger.staged_counts(new).items == 2


def test_what_outlives_runs_is_never_pruned(ledger: Ledger) -> None:
    key = article_key(1)
    ledger.record_sent("demo", [Sent(key, "A-1", "h1")])
    ledger.record_intent("demo", [Intent(key, "h2")])
    ledger.settle_pairs("demo", [PairValues(key, "price", "1", "1")], PairOrigin.EXPORT)
    ledger.record_special_number("demo", "FRAKT", "delivery", SpecialState.CREATED)
    lease = ledger.acquire_lease("chunk 0", "owner", 60)
    before = (ledger.item_states("demo", [key]), ledger.pairs("demo", [key]), ledger.special_numbers("demo"))
    for number in range(3):
        a_run(ledger, number)
    ledger.prune("demo", keep_runs=1, resolved_flag_days=0)
    after = (ledger.item_states("demo", [key]), ledger.pairs("demo", [key]), ledger.special_numbers("demo"))
    assert after == before
    assert ledger.lease_seconds_left(lease) > 0
    assert len(list(ledger.iter_open_flags("demo"))) == 1


def test_flags_resolved_long_ago_go(url: str) -> None:
    now = [START]
    with Ledger.open(url, clock=lambda: now[0]) as ledger:
        first, second = RunKey("demo", "validation", "1"), RunKey("demo", "validation", "2")
        ledger.start_run(first, {})
        ledger.start_run(second, {})
        ledger.record_flags(first, [flag(article_key(1)), flag(article_key(2))], complete=True)
        ledger.record_flags(second, [flag(article_key(2))], complete=True)
        now[0] = START + timedelta(days=365)
        assert ledger.prune("demo").resolved_flags == 0
        now[0] += timedelta(seconds=1)
        assert ledger.prune("demo").resolved_flags == 1
        assert [row.flag.key for row in ledger.iter_open_flags("demo")] == [article_key(2)]


def test_the_last_run_is_always_kept(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="always kept"):
        ledger.prune("demo", keep_runs=0)


def test_a_large_catalogue_is_dropped_in_slices(ledger: Ledger) -> None:
    run = RunKey("demo", "product_export", "run-1")
    stage(ledger, run, (articles(range(start, start + 500)) for start in range(1, 4501, 500)))
    later = RunKey("demo", "product_export", "run-2")
    ledger.start_run(later, {})
    ledger.reset_staging(later)
    assert ledger.prune("demo") == Pruned()  # nothing was left to do
