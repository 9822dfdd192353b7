"""Flags: first seen, last seen, resolved, opened again; the same counts however often a task is tried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_samples import article_key, flag, variant_key

from abicart_specter.domain.records import Flag, ItemKey, Severity
from abicart_specter.ledger import FlagChange, FlagChanges, Ledger, RunKey
from abicart_specter.ledger.flags import MAX_OWNERS

START = datetime(2026, 3, 1, tzinfo=UTC)


def runs(ledger: Ledger, count: int) -> list[RunKey]:
    made = [RunKey("demo", "product_number_validation", f"run-{number}") for number in range(count)]
    for run in made:
        ledger.start_run(run, {})
    return made


def open_keys(ledger: Ledger, shop: str = "demo") -> set[tuple[ItemKey, str]]:
    return {(row.flag.key, row.flag.rule) for row in ledger.iter_open_flags(shop)}


def test_a_flag_comes_back_as_it_was_found(ledger: Ledger) -> None:
    (run,) = runs(ledger, 1)
    made = Flag(
        article_key(1),
        "number_duplicate",
        Severity.ERROR,
        "Två produkter har numret A-1.",
        "Byt det ena.",
        product_number="A-1",
        suggestion="A-1-2",
        owners=(article_key(1), variant_key(7)),
    )
    assert ledger.record_flags(run, [made], complete=True) == FlagChanges(new=1)
    (row,) = ledger.iter_flags(run)
    assert row.flag == made
    assert (row.change, row.resolved_at) == (FlagChange.NEW, None)
    assert row.first_seen == row.last_seen
    assert ledger.flag_counts(run) == {"number_duplicate": 1}


def test_a_flags_life_over_runs(url: str) -> None:
    now = [START]
    with Ledger.open(url, clock=lambda: now[0]) as ledger:
        first, second, third, fourth = runs(ledger, 4)
        changes = []
        for day, (run, found) in enumerate(
            [(first, [flag(article_key(1))]), (second, [flag(article_key(1))]), (third, []), (fourth, [])]
        ):
            now[0] = START + timedelta(days=day)
            changes.append(ledger.record_flags(run, found, complete=True))
        assert changes == [FlagChanges(new=1), FlagChanges(still=1), FlagChanges(resolved=1), FlagChanges()]
        assert open_keys(ledger) == set()
        (row,) = ledger.iter_flags(second)
        assert (row.first_seen, row.last_seen, row.resolved_at) == (
            START,
            START + timedelta(days=1),
            START + timedelta(days=2),
        )
        now[0] = START + timedelta(days=9)
        fifth = RunKey("demo", "product_number_validation", "again")
        ledger.start_run(fifth, {})
        assert ledger.record_flags(fifth, [flag(article_key(1))], complete=True) == FlagChanges(reopened=1)
        (row,) = ledger.iter_open_flags("demo")
        assert (row.first_seen, row.last_seen, row.resolved_at) == (START, START + timedelta(days=9), None)


def test_a_retry_within_the_run_changes_no_count(ledger: Ledger) -> None:
    before, run = runs(ledger, 2)
    ledger.record_flags(before, [flag(article_key(1)), flag(article_key(2))], complete=True)
    found = [flag(article_key(2)), flag(article_key(3))]
    expected = FlagChanges(new=1, still=1, resolved=1)
    for _ in range(3):
        assert ledger.record_flags(run, iter(found), complete=True) == expected
    assert ledger.flag_changes(run) == expected
    assert ledger.flag_counts(run) == {"number_missing": 2}


def test_a_new_reading_in_the_same_run_counts_what_holds_at_its_end(ledger: Ledger) -> None:
    (run,) = runs(ledger, 1)
    ledger.record_flags(run, [flag(article_key(1)), flag(article_key(2))], complete=True)
    ledger.record_flags(run, [flag(article_key(2))], complete=True)
    assert ledger.flag_counts(run) == {"number_missing": 1}
    assert open_keys(ledger) == {(article_key(2), "number_missing")}


def test_an_incomplete_check_resolves_nothing(ledger: Ledger) -> None:
    first, second = runs(ledger, 2)
    ledger.record_flags(first, [flag(article_key(1))], complete=True)
    assert ledger.record_flags(second, [flag(article_key(2))]) == FlagChanges(new=1)
    assert open_keys(ledger) == {(article_key(1), "number_missing"), (article_key(2), "number_missing")}


def test_a_check_of_some_items_resolves_theirs_alone(ledger: Ledger) -> None:
    first, second = runs(ledger, 2)
    keys = [article_key(1), variant_key(1), article_key(2)]
    ledger.record_flags(first, [flag(key) for key in keys], source="mapping")
    changes = ledger.record_flags(
        second, [flag(article_key(2))], checked=[article_key(1), article_key(2)], source="mapping"
    )
    assert changes == FlagChanges(still=1, resolved=1)
    assert open_keys(ledger) == {(variant_key(1), "number_missing"), (article_key(2), "number_missing")}


def test_one_finder_does_not_resolve_the_flags_of_another(ledger: Ledger) -> None:
    first, second = runs(ledger, 2)
    ledger.record_flags(first, [flag(article_key(1), "text_replaced")], source="mapping")
    ledger.record_flags(first, [flag(article_key(1))], complete=True)
    assert ledger.record_flags(second, [], complete=True) == FlagChanges(resolved=1)
    assert open_keys(ledger) == {(article_key(1), "text_replaced")}
    assert ledger.flag_changes(first, source="mapping") == FlagChanges(new=1)


def test_shops_share_no_flags(ledger: Ledger) -> None:
    (run,) = runs(ledger, 1)
    other = RunKey("other", "product_number_validation", "run-0")
    ledger.start_run(other, {})
    ledger.record_flags(run, [flag(article_key(1))], complete=True)
    assert ledger.record_flags(other, [flag(article_key(1))], complete=True) == FlagChanges(new=1)
    ledger.record_flags(other, [], complete=True)
    assert open_keys(ledger) == {(article_key(1), "number_missing")}
    assert open_keys(ledger, "other") == set()


def test_of_several_for_one_item_and_rule_the_first_is_kept(ledger: Ledger) -> None:
    (run,) = runs(ledger, 1)
    many = [flag(article_key(uid)) for uid in range(2, 1500)]
    twice = [flag(article_key(1), message="first"), *many, flag(article_key(1), message="last")]
    assert ledger.record_flags(run, twice, complete=True) == FlagChanges(new=1499)
    assert next(row.flag.message for row in ledger.iter_flags(run)) == "first"


def test_flags_are_listed_over_many_batches(ledger: Ledger) -> None:
    (run,) = runs(ledger, 1)
    made = [
        flag(article_key(uid), rule) for uid in range(1, 801) for rule in ("number_missing", "price_missing")
    ]
    ledger.record_flags(run, made, complete=True)
    assert [(row.flag.key.uid, row.flag.rule) for row in ledger.iter_flags(run)] == [
        (each.key.uid, each.rule) for each in made
    ]
    assert len(open_keys(ledger)) == 1600
    assert ledger.flag_counts(run) == {"number_missing": 800, "price_missing": 800}


def test_a_number_shared_by_thousands_does_not_fill_the_ledger(ledger: Ledger) -> None:
    (run,) = runs(ledger, 1)
    owners = tuple(article_key(uid) for uid in range(3000))
    shared = Flag(article_key(1), "number_duplicate", Severity.ERROR, "m", "r", owners=owners)
    ledger.record_flags(run, [shared])
    assert next(ledger.iter_flags(run)).flag.owners == owners[:MAX_OWNERS]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sets(st.integers(1, 6)), min_size=1, max_size=6))
def test_any_history_of_complete_checks_is_counted_right(ledger: Ledger, history: list[set[int]]) -> None:
    shop = uuid4().hex
    ever: set[int] = set()
    before: set[int] = set()
    for number, found in enumerate(history):
        run = RunKey(shop, "validation", str(number))
        ledger.start_run(run, {})
        changes = ledger.record_flags(run, (flag(article_key(uid)) for uid in found), complete=True)
        assert changes == FlagChanges(
            new=len(found - ever),
            still=len(found & before),
            reopened=len(found & ever - before),
            resolved=len(before - found),
        )
        assert open_keys(ledger, shop) == {(article_key(uid), "number_missing") for uid in found}
        ever |= found
        before = found


def test_a_recording_that_was_cut_off_is_completed_by_its_retry(ledger: Ledger) -> None:
    before, run = runs(ledger, 2)
    ledger.record_flags(before, [flag(article_key(uid)) for uid in range(1, 4)], complete=True)

    def breaks_off() -> object:
        for uid in range(3, 1500):
            yield flag(article_key(uid))
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        ledger.record_flags(run, breaks_off(), complete=True)  # type: ignore[arg-type]
    assert (article_key(1), "number_missing") in open_keys(ledger)  # nothing is resolved by half a check
    found = [flag(article_key(uid)) for uid in range(3, 1500)]
    assert ledger.record_flags(run, found, complete=True) == FlagChanges(new=1496, still=1, resolved=2)
