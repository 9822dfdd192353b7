"""Rule 5: one outcome per run and item, and found against outcomes as sets (fault F40)."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import product
from typing import Any
from uuid import uuid4

import ledger_workers
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_samples import article_key, articles, item, stage, variant_key

from abicart_specter.domain.records import Kind, Outcome
from abicart_specter.errors import LedgerError
from abicart_specter.ledger import (
    GapRecord,
    Ledger,
    OutcomeGaps,
    OutcomeRecord,
    RunKey,
    StagedArticle,
    may_replace,
)
from abicart_specter.ledger.outcome_rules import survives_new_read

FINAL = {Outcome.SENT, Outcome.UNCHANGED, Outcome.LINKED, Outcome.HELD, Outcome.EXCLUDED}
ONE = article_key(1)


@pytest.mark.parametrize(("old", "new"), list(product(Outcome, Outcome)))
def test_what_may_replace_what(old: Outcome, new: Outcome) -> None:
    if old in FINAL:
        expected = False
    elif old is Outcome.FAILED:
        expected = True
    else:
        expected = new in {Outcome.SENT, Outcome.UNCHANGED, Outcome.LINKED, Outcome.HELD}
    assert may_replace(old, new) is expected


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(st.sampled_from(Outcome), min_size=1, max_size=5), min_size=1, max_size=8))
def test_the_databases_decide_as_the_rule_says(ledger: Ledger, tries: list[list[Outcome]]) -> None:
    run = RunKey("demo", "product_export", uuid4().hex)  # an example may come twice
    ledger.start_run(run, {})
    for step in range(5):
        records = [
            OutcomeRecord(article_key(uid), f"A-{uid}", outcomes[step], reason=f"try {step}")
            for uid, outcomes in enumerate(tries)
            if step < len(outcomes)
        ]
        ledger.record_outcomes(run, records)
    found = {row.record.key.uid: row.record.outcome for row in ledger.iter_outcomes(run)}
    assert found == {
        uid: reduce(lambda old, new: new if may_replace(old, new) else old, outcomes)
        for uid, outcomes in enumerate(tries)
    }


def test_sent_stays_sent_when_a_retry_finds_the_product_up_to_date(ledger: Ledger, run: RunKey) -> None:
    ledger.record_outcomes(run, [OutcomeRecord(ONE, "A-1", Outcome.SENT, "first")])
    ledger.record_outcomes(run, [OutcomeRecord(ONE, "A-1", Outcome.UNCHANGED, "second")])
    (row,) = ledger.iter_outcomes(run)
    assert (row.record.outcome, row.record.reason) == (Outcome.SENT, "first")


def test_a_retry_improves_what_failed_with_all_its_words(ledger: Ledger, run: RunKey) -> None:
    ledger.record_outcomes(run, [OutcomeRecord(ONE, None, Outcome.FAILED, "no answer", "transport")])
    better = OutcomeRecord(ONE, "A-1", Outcome.HELD, "Specter refuses the name", "refused")
    ledger.record_outcomes(run, [better])
    (row,) = ledger.iter_outcomes(run)
    assert row.record == better


def test_every_outcome_is_counted_also_those_there_are_none_of(ledger: Ledger, run: RunKey) -> None:
    assert ledger.outcome_counts(run) == dict.fromkeys(Outcome, 0)
    ledger.record_outcomes(
        run,
        [OutcomeRecord(article_key(uid), None, Outcome.HELD) for uid in (1, 2)]
        + [OutcomeRecord(variant_key(1), None, Outcome.SENT)],
    )
    counts = ledger.outcome_counts(run)
    assert (counts[Outcome.HELD], counts[Outcome.SENT], sum(counts.values())) == (2, 1, 3)


def test_runs_share_no_outcomes(ledger: Ledger, run: RunKey) -> None:
    other = RunKey("demo", "product_export", "run-2")
    ledger.start_run(other, {})
    ledger.record_outcomes(run, [OutcomeRecord(ONE, None, Outcome.SENT)])
    ledger.record_outcomes(other, [OutcomeRecord(ONE, None, Outcome.UNCHANGED)])
    assert ledger.outcome_counts(run)[Outcome.SENT] == ledger.outcome_counts(other)[Outcome.UNCHANGED] == 1


def test_outcomes_need_a_started_run(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="knows no flow of demo, run 7"):
        ledger.record_outcomes(RunKey("demo", "flow", "7"), [OutcomeRecord(ONE, None, Outcome.SENT)])


def test_found_and_outcomes_are_compared_as_sets(ledger: Ledger, run: RunKey) -> None:
    sizes = [item(uid, Kind.VARIANT, 9) for uid in (1, 2)]
    stage(ledger, run, [articles([1, 2]), [StagedArticle(9, sizes)]])
    done = [article_key(1), variant_key(2), article_key(77)]  # as many as were found, but not the same
    ledger.record_outcomes(run, [OutcomeRecord(key, f"N-{key.uid}", Outcome.SENT) for key in done])
    assert ledger.outcome_gaps(run) == OutcomeGaps(missing=2, unexpected=1)
    assert ledger.missing_outcomes(run) == [
        GapRecord(article_key(2), "A-2"),
        GapRecord(variant_key(1), "V-1"),
    ]
    assert ledger.missing_outcomes(run, limit=1) == [GapRecord(article_key(2), "A-2")]
    assert ledger.unexpected_outcomes(run) == [GapRecord(article_key(77), "N-77")]
    assert sum(ledger.open_partition_counts(run).values()) == 2
    assert list(ledger.open_items(run)) == [(article_key(2), "A-2"), (variant_key(1), "V-1")]
    ledger.record_outcomes(
        run, [OutcomeRecord(key, None, Outcome.HELD) for key in (article_key(2), variant_key(1))]
    )
    assert ledger.outcome_gaps(run) == OutcomeGaps(missing=0, unexpected=1)
    assert ledger.missing_outcomes(run) == []
    assert ledger.open_partition_counts(run) == {}


def test_outcomes_are_listed_over_many_batches_with_their_names(ledger: Ledger, run: RunKey) -> None:
    stage(ledger, run, [articles([1])])
    ledger.record_outcomes(
        run,
        [
            OutcomeRecord(article_key(uid), None, Outcome.HELD if uid % 2 else Outcome.SENT)
            for uid in range(1, 2501)
        ],
    )
    rows = list(ledger.iter_outcomes(run))
    assert [row.record.key.uid for row in rows] == list(range(1, 2501))
    assert [row.name for row in rows[:2]] == ["Tröja", None]
    held = list(ledger.iter_outcomes(run, Outcome.HELD))
    assert [row.record.key.uid for row in held] == list(range(1, 2501, 2))


def test_open_items_are_listed_over_many_batches(ledger: Ledger, run: RunKey) -> None:
    stage(ledger, run, [articles(range(start, start + 500)) for start in range(1, 2501, 500)])
    ledger.record_outcomes(
        run, [OutcomeRecord(article_key(uid), None, Outcome.HELD) for uid in range(1, 2501, 3)]
    )
    assert [key.uid for key, _ in ledger.open_items(run)] == [uid for uid in range(1, 2501) if uid % 3 != 1]


def test_two_processes_that_decide_at_once_leave_one_outcome(
    url: str, ledger: Ledger, run: RunKey, worker: Callable[..., Any]
) -> None:
    uids = list(range(1, 101))
    ledger.record_outcomes(run, [OutcomeRecord(article_key(uid), None, Outcome.FAILED) for uid in uids])
    racing = [
        worker(ledger_workers.record_outcomes, url, outcome, order)
        for outcome, order in (
            (Outcome.SENT, uids),
            (Outcome.UNCHANGED, uids[::-1]),
            (Outcome.SENT, uids[::-1]),
        )
    ]
    for each in racing:
        assert each.pipe.recv() == "ready"
    for each in racing:
        each.pipe.send("go")
    for each in racing:
        each.end()
    counts = ledger.outcome_counts(run)
    assert counts[Outcome.SENT] + counts[Outcome.UNCHANGED] == 100
    assert counts[Outcome.FAILED] == 0


def test_what_was_written_outlives_a_new_reading() -> None:
    assert {outcome for outcome in Outcome if survives_new_read(outcome)} == {
        Outcome.SENT,
        Outcome.LINKED,
        Outcome.UNCONFIRMED,
    }
