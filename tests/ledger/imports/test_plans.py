"""A run's plan: kept by article and part, made anew without losing what was written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from import_samples import NEXT_NIGHT, NIGHT, change, plan, records, states, writes
from ledger_samples import article_key, variant_key

from abicart_specter.domain.imports.documents import plan_hash
from abicart_specter.domain.imports.records import HeldImport, ImportPart
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.ledger import ChangeState, Ledger, partition_of

PRICE, VAT = ImportPart.PRICE, ImportPart.VAT
S = ChangeState


def test_changes_come_back_as_they_were_planned(ledger: Ledger) -> None:
    planned = [change(2), change(1, keys=[variant_key(7), variant_key(8)]), change(2, part=ImportPart.TEXT)]
    plan(ledger, planned)
    found = records(ledger)
    assert [one.change for one in found] == [planned[1], planned[0], planned[2]]
    assert {(one.state, one.words) for one in found} == {(S.PLANNED, "")}
    assert ledger.imports.change_hashes(NIGHT, PRICE) == sorted(one.hash for one in planned[:2])


def test_lists_are_short_whole_and_safe_to_work_on(ledger: Ledger) -> None:
    plan(ledger, [change(uid, part=part) for uid in range(1, 40) for part in ImportPart])
    seen = []
    for batch in ledger.imports.iter_changes(NIGHT, states=[S.PLANNED], batch=10):
        assert len(batch) <= 12
        seen += [(one.change.article_uid, one.change.part) for one in batch]
        ledger.imports.set_change_states([one.id for one in batch], S.WAITING)
    assert seen == [
        (uid, part) for uid in range(1, 40) for part in sorted(ImportPart, key=lambda part: part.value)
    ]
    assert records(ledger, NIGHT, S.PLANNED) == []


def test_partitions_divide_the_changes(ledger: Ledger) -> None:
    plan(ledger, [change(uid) for uid in range(1, 101)])
    counts = ledger.imports.change_partitions(NIGHT, PRICE, [S.PLANNED])
    assert sum(counts.values()) == 100
    assert ledger.imports.change_partitions(NIGHT, VAT, [S.PLANNED]) == {}
    for partition, changes in counts.items():
        found = [
            one.change.article_uid
            for batch in ledger.imports.iter_changes(
                NIGHT, PRICE, [S.PLANNED], partitions=[partition], batch=3
            )
            for one in batch
        ]
        assert len(found) == changes
        assert {partition_of(ItemKey(Kind.ARTICLE, uid)) for uid in found} == {partition}


def test_a_new_plan_replaces_what_was_not_written(ledger: Ledger) -> None:
    plan(ledger, [change(uid) for uid in range(1, 6)])
    by_uid = {one.change.article_uid: one for one in records(ledger)}
    assert ledger.imports.begin_changes("demo", writes([by_uid[1], by_uid[2]])) == {
        by_uid[1].id,
        by_uid[2].id,
    }
    ledger.imports.confirm_changes("demo", writes([by_uid[1]]))
    ledger.imports.set_change_states([by_uid[3].id], S.REFUSED, "Anna said no.")
    plan(ledger, [change(1, "300"), change(3, "300"), change(6)])
    assert states(ledger) == {1: S.APPLIED, 2: S.WRITING, 3: S.PLANNED, 6: S.PLANNED}
    found = {one.change.article_uid: one for one in records(ledger)}
    assert found[1].change == change(1)
    assert found[3].change == change(3, "300")
    # What may have been written is planned again only when the plan still asks for it.
    ledger.imports.plan_changes(NIGHT, [change(2, "300")])
    assert states(ledger)[2] is S.PLANNED


def test_the_hash_is_of_what_still_asks_to_be_written(ledger: Ledger) -> None:
    plan(ledger, [change(1), change(2)])
    before = plan_hash(ledger.imports.change_hashes(NIGHT, PRICE))
    ledger.imports.move_part(NIGHT, PRICE, [S.PLANNED], S.WAITING)
    assert plan_hash(ledger.imports.change_hashes(NIGHT, PRICE)) == before
    plan(ledger, [change(2), change(1)])
    assert plan_hash(ledger.imports.change_hashes(NIGHT, PRICE)) == before
    plan(ledger, [change(2), change(1, row=2)])  # the same price, but told once more
    assert plan_hash(ledger.imports.change_hashes(NIGHT, PRICE)) != before


def test_states_are_counted_by_part(ledger: Ledger) -> None:
    plan(ledger, [change(1), change(2), change(2, part=VAT)])
    ledger.imports.move_part(NIGHT, PRICE, [S.PLANNED], S.WAITING, "Beyond the guard's limits.")
    counts = ledger.imports.change_counts(NIGHT)
    assert {part: {s: n for s, n in found.items() if n} for part, found in counts.items()} == {
        PRICE: {S.WAITING: 2},
        VAT: {S.PLANNED: 1},
        ImportPart.TEXT: {},
    }
    assert {one.words for one in records(ledger, NIGHT, S.WAITING)} == {"Beyond the guard's limits."}


@pytest.mark.parametrize("state", [S.WRITING, S.APPLIED, S.UNDONE])
def test_states_that_belong_to_pairs_are_not_set_without_them(ledger: Ledger, state: ChangeState) -> None:
    plan(ledger, [change(1)])
    ids = [one.id for one in records(ledger)]
    with pytest.raises(ValueError, match="together with its pairs"):
        ledger.imports.set_change_states(ids, state)
    with pytest.raises(ValueError, match="not moved as a whole"):
        ledger.imports.move_part(NIGHT, PRICE, [S.PLANNED], state)
    with pytest.raises(ValueError, match="not moved as a whole"):
        ledger.imports.move_part(NIGHT, PRICE, [S.APPLIED], S.PLANNED)
    assert states(ledger) == {1: S.PLANNED}


def test_what_was_applied_keeps_its_state(ledger: Ledger) -> None:
    plan(ledger, [change(1), change(2)])
    first, second = records(ledger)
    ledger.imports.begin_changes("demo", writes([first]))
    ledger.imports.confirm_changes("demo", writes([first]))
    assert ledger.imports.set_change_states([first.id, second.id], S.VOIDED, "newer") == 1
    assert states(ledger) == {1: S.APPLIED, 2: S.VOIDED}


def test_the_guard_looks_back_over_all_runs(url: str) -> None:
    now = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
    with Ledger.open(url, clock=lambda: now) as ledger:
        plan(ledger, [change(1), change(2), change(3, part=VAT), change(4)])
        written = [one for one in records(ledger) if one.change.article_uid != 4]
        ledger.imports.begin_changes("demo", writes(written))
        ledger.imports.confirm_changes("demo", writes(written[:1]))  # of the others the answers were lost
        yesterday, now = now, now + timedelta(hours=24)
        plan(ledger, [change(5, keys=[variant_key(51), variant_key(52)])], NEXT_NIGHT)
        ledger.imports.begin_changes("demo", writes(records(ledger, NEXT_NIGHT)))
        ledger.imports.confirm_changes("demo", writes(records(ledger, NEXT_NIGHT)))
        since = {hours: now - timedelta(hours=hours) for hours in (1, 24)}
        assert ledger.imports.recent_items("demo", PRICE, since[24]) == {
            article_key(1),
            article_key(2),
            variant_key(51),
            variant_key(52),
        }
        assert ledger.imports.recent_items("demo", PRICE, since[1]) == {variant_key(51), variant_key(52)}
        assert ledger.imports.recent_items("demo", VAT, yesterday) == {article_key(3)}
        assert ledger.imports.recent_items("other", PRICE, yesterday) == set()


def held(uid: int, number: str, rule: str = "number_unknown", words: str = "Not in the shop.") -> HeldImport:
    return HeldImport(ItemKey(Kind.ARTICLE, uid), number, Master.PRICE, rule, words, "Look.", "249", None)


def test_held_values_are_kept_per_run_and_none_hides_another(ledger: Ledger) -> None:
    plan(ledger, [])
    numbers = [f"N-{n}" for n in range(1200)]
    ledger.imports.record_held(NIGHT, [held(0, number) for number in numbers])
    ledger.imports.record_held(NIGHT, [held(5, "A-5", "vat_differs", "first")])
    ledger.imports.record_held(NIGHT, [held(5, "A-5", "vat_differs", "second")])
    assert ledger.imports.held_counts(NIGHT) == {"number_unknown": 1200, "vat_differs": 1}
    assert list(ledger.imports.iter_held(NIGHT, "vat_differs")) == [held(5, "A-5", "vat_differs", "second")]
    assert {one.product_number for one in ledger.imports.iter_held(NIGHT)} == {*numbers, "A-5"}
    assert len(list(ledger.imports.iter_held(NIGHT))) == 1201
    ledger.imports.clear_plan(NIGHT)
    assert ledger.imports.held_counts(NIGHT) == {}
