"""A staged catalogue is read only when it is whole and the newest: a lost one never looks like an empty one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ledger_samples import article_key, articles, stage

from abicart_specter.domain.records import ItemKey, Outcome
from abicart_specter.errors import LedgerError
from abicart_specter.ledger import PARTITIONS, Ledger, OutcomeRecord, RunKey, StagingGoneError

EVERYTHING = range(PARTITIONS)
SECOND = RunKey("demo", "product_export", "run-2")


def keys(ledger: Ledger, run: RunKey) -> set[ItemKey]:
    return {found.item.key for part in ledger.iter_chunk(run, EVERYTHING) for found in part}


READS: list[Callable[[Ledger, RunKey], Any]] = [
    lambda ledger, run: list(ledger.iter_chunk(run, EVERYTHING)),
    lambda ledger, run: ledger.validation_columns(run),
    lambda ledger, run: ledger.partition_counts(run),
    lambda ledger, run: ledger.open_partition_counts(run),
    lambda ledger, run: list(ledger.open_items(run)),
    lambda ledger, run: ledger.outcome_gaps(run),
    lambda ledger, run: ledger.missing_outcomes(run),
    lambda ledger, run: ledger.unexpected_outcomes(run),
]


@pytest.mark.parametrize("read", READS)
def test_a_reading_that_did_not_end_is_not_read(
    ledger: Ledger, run: RunKey, read: Callable[[Ledger, RunKey], Any]
) -> None:
    with pytest.raises(StagingGoneError, match="not read to its end"):
        read(ledger, run)
    ledger.reset_staging(run)
    ledger.stage_articles(run, articles([1]))
    with pytest.raises(StagingGoneError, match="not read to its end"):
        read(ledger, run)
    ledger.set_counts(run, 1, 1)
    read(ledger, run)


@pytest.mark.parametrize("read", READS)
def test_a_catalogue_that_a_later_run_replaced_is_not_taken_for_an_empty_one(
    ledger: Ledger, run: RunKey, read: Callable[[Ledger, RunKey], Any]
) -> None:
    stage(ledger, run, [articles([1, 2])])
    stage(ledger, SECOND, [articles([2, 3])])
    with pytest.raises(StagingGoneError, match="a later run"):
        read(ledger, run)
    assert keys(ledger, SECOND) == {article_key(2), article_key(3)}


def test_a_reader_that_was_overtaken_stages_no_further_page(ledger: Ledger, run: RunKey) -> None:
    ledger.reset_staging(run)
    stage(ledger, SECOND, [articles([2])])
    with pytest.raises(StagingGoneError, match="a later run"):
        ledger.stage_articles(run, articles([1]))
    with pytest.raises(StagingGoneError):
        ledger.set_counts(run, 0, 0)
    ledger.reset_staging(run)  # reading anew is allowed, and takes nothing from the later run
    ledger.stage_articles(run, articles([1]))
    assert keys(ledger, SECOND) == {article_key(2)}


def test_other_shops_and_flows_keep_their_catalogue(ledger: Ledger, run: RunKey) -> None:
    others = [RunKey("other", "product_export", "run-1"), RunKey("demo", "validation", "run-1")]
    for other in (run, *others):
        stage(ledger, other, [articles([1])])
    stage(ledger, SECOND, [articles([2])])
    for other in others:
        assert keys(ledger, other) == {article_key(1)}


def test_a_retry_finds_the_catalogue_and_a_new_reading_begins_from_nothing(
    ledger: Ledger, run: RunKey
) -> None:
    stage(ledger, run, [articles([1, 2])])
    ledger.start_run(run, {})  # a retry, or a cleared task
    assert keys(ledger, run) == {article_key(1), article_key(2)}
    stage(ledger, run, [articles([2, 3])])
    assert keys(ledger, run) == {article_key(2), article_key(3)}


def test_a_new_reading_forgets_what_only_described_the_old_one(ledger: Ledger, run: RunKey) -> None:
    stage(ledger, run, [articles(range(1, 8))])
    outcomes = dict(zip(range(1, 8), Outcome, strict=True))
    ledger.record_outcomes(
        run, [OutcomeRecord(article_key(uid), f"A-{uid}", outcome) for uid, outcome in outcomes.items()]
    )
    ledger.reset_staging(run)
    kept = {row.record.outcome for row in ledger.iter_outcomes(run)}
    assert kept == {Outcome.SENT, Outcome.LINKED, Outcome.UNCONFIRMED}


def test_staging_needs_a_started_run(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="knows no product_export of demo, run run-2"):
        ledger.reset_staging(SECOND)
