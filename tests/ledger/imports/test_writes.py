"""Around a write and an undo, states and pairs move together or not at all (rules 22 and 34)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from import_samples import NEXT_NIGHT, NIGHT, change, plan, records, states, writes
from ledger_samples import article_key

from abicart_specter.domain.imports.records import ImportPart, Settles
from abicart_specter.domain.masters import Master
from abicart_specter.ledger import ChangeState, Ledger, Pair, PairOrigin, PairValues

S = ChangeState


def pair(ledger: Ledger, uid: int) -> Pair | None:
    return ledger.pairs("demo", [article_key(uid)])[article_key(uid)].get("price")


def apply(ledger: Ledger, *uids: int) -> None:
    plan(ledger, [change(uid) for uid in uids])
    ledger.imports.begin_changes("demo", writes(records(ledger)))
    ledger.imports.confirm_changes("demo", writes(records(ledger)))


def test_a_write_goes_its_way(ledger: Ledger) -> None:
    ledger.settle_pairs("demo", [PairValues(article_key(1), "price", "249", "199.2")], PairOrigin.EXPORT)
    plan(ledger, [change(1)])
    (one,) = records(ledger)
    assert ledger.imports.begin_changes("demo", writes([one])) == {one.id}
    begun = pair(ledger, 1)
    assert begun is not None
    assert (begun.shop_value, begun.intended_shop_value, begun.intended_specter_value) == (
        "249",
        "250",
        "200",
    )
    assert states(ledger) == {1: S.WRITING}
    assert ledger.imports.confirm_changes("demo", writes([one])) == {one.id}
    after = pair(ledger, 1)
    assert after is not None
    assert (after.shop_value, after.specter_value, after.origin) == ("250", "200", PairOrigin.IMPORT)
    assert after.intended_at is None
    assert states(ledger) == {1: S.APPLIED}


@pytest.mark.parametrize("state", [S.WAITING, S.REFUSED, S.VOIDED])
def test_what_may_not_be_written_is_not_begun(ledger: Ledger, state: ChangeState) -> None:
    plan(ledger, [change(1), change(2)])
    first, second = records(ledger)
    ledger.imports.set_change_states([first.id], state)
    assert ledger.imports.begin_changes("demo", writes([first, second])) == {second.id}
    assert states(ledger) == {1: state, 2: S.WRITING}
    assert pair(ledger, 1) is None


def test_a_retry_begins_again_what_was_begun_or_failed_and_nothing_that_was_applied(ledger: Ledger) -> None:
    plan(ledger, [change(1), change(2), change(3)])
    first, second, third = records(ledger)
    ledger.imports.begin_changes("demo", writes([first, second, third]))
    ledger.imports.confirm_changes("demo", writes([first]))
    ledger.imports.not_written("demo", [second.id], words="The shop refused it.")
    assert ledger.imports.begin_changes("demo", writes([first, second, third])) == {second.id, third.id}


def test_another_shops_change_is_not_touched(ledger: Ledger) -> None:
    plan(ledger, [change(1)])
    found = writes(records(ledger))
    assert ledger.imports.begin_changes("other", found) == set()
    assert ledger.imports.confirm_changes("other", found) == set()
    assert ledger.pairs("other", [article_key(1)]) == {article_key(1): {}}
    assert states(ledger) == {1: S.PLANNED}


def test_a_confirmation_that_comes_twice_does_not_put_an_old_pair_over_a_newer_one(ledger: Ledger) -> None:
    apply(ledger, 1)
    ledger.settle_pairs("demo", [PairValues(article_key(1), "price", "300", "240")], PairOrigin.EXPORT)
    assert ledger.imports.confirm_changes("demo", writes(records(ledger))) == set()
    now = pair(ledger, 1)
    assert now is not None
    assert (now.shop_value, now.origin) == ("300", PairOrigin.EXPORT)


def test_a_confirmed_write_counts_whatever_was_said_of_it_meanwhile(ledger: Ledger) -> None:
    plan(ledger, [change(1)])
    (one,) = records(ledger)
    ledger.imports.begin_changes("demo", writes([one]))
    ledger.imports.set_change_states([one.id], S.VOIDED, "A newer value came.")
    assert ledger.imports.confirm_changes("demo", writes([one])) == {one.id}
    assert states(ledger) == {1: S.APPLIED}


def test_a_write_that_surely_did_not_happen_forgets_what_it_intended(ledger: Ledger) -> None:
    plan(ledger, [change(1), change(2), change(3)])
    first, second, third = records(ledger)
    ledger.imports.begin_changes("demo", writes([first, second, third]))
    ledger.intend_pairs(
        "demo", [PairValues(article_key(2), "price", "999", "799.2")]
    )  # by somebody else since
    ledger.imports.confirm_changes("demo", writes([third]))
    assert ledger.imports.not_written("demo", [first.id, second.id, third.id], S.FAILED, "No such rate.") == 2
    assert states(ledger) == {1: S.FAILED, 2: S.FAILED, 3: S.APPLIED}
    assert {one.words for one in records(ledger, NIGHT, S.FAILED)} == {"No such rate."}
    forgotten, others = pair(ledger, 1), pair(ledger, 2)
    assert forgotten is not None
    assert others is not None
    assert (forgotten.intended_shop_value, forgotten.intended_at) == (None, None)
    assert others.intended_shop_value == "999"
    with pytest.raises(ValueError, match="does not say that a change was not written"):
        ledger.imports.not_written("demo", [first.id], S.APPLIED)


def test_what_is_told_after_it_was_looked_up_is_newer_than_the_agreement(ledger: Ledger) -> None:
    agreed = {1: [Settles(article_key(1), Master.PRICE, "249", "199.2")]}
    looked_at = ledger.now() - timedelta(seconds=3)
    ledger.imports.settle_agreed("demo", agreed, looked_at)
    found = pair(ledger, 1)
    assert found is not None
    assert found.settled_at == looked_at


def test_agreed_fields_are_settled_without_a_write(ledger: Ledger) -> None:
    agreed = {1: [Settles(article_key(1), Master.PRICE, "249", "199.2")]}
    assert ledger.imports.settle_agreed("demo", agreed) == set()
    found = pair(ledger, 1)
    assert found is not None
    assert (found.shop_value, found.specter_value, found.origin) == ("249", "199.2", PairOrigin.IMPORT)
    assert ledger.imports.settle_agreed("demo", {}) == set()


def test_a_lost_write_that_is_found_in_the_shop_was_applied(ledger: Ledger) -> None:
    plan(ledger, [change(1), change(2), change(3), change(4)])
    ledger.imports.begin_changes("demo", writes(records(ledger)[:3]))
    agreed = {
        1: [Settles(article_key(1), Master.PRICE, "250.00", "200.0")],  # the same numbers
        2: [Settles(article_key(2), Master.PRICE, "249", "199.2")],  # others: somebody changed both
        3: [Settles(article_key(3), Master.NAME, "250", "200")],  # another field
        4: [Settles(article_key(4), Master.PRICE, "250", "200")],  # never begun
    }
    ledger.start_run(NEXT_NIGHT, {})
    arrived = ledger.imports.settle_agreed("demo", agreed)
    assert arrived == {records(ledger)[0].id}
    assert states(ledger) == {1: S.APPLIED, 2: S.WRITING, 3: S.WRITING, 4: S.PLANNED}
    assert "had arrived" in records(ledger)[0].words
    found = pair(ledger, 1)
    assert found is not None
    assert (found.shop_value, found.specter_value) == ("250.00", "200.0")


def test_a_lost_write_is_history_once_the_article_was_written_again(ledger: Ledger) -> None:
    plan(ledger, [change(1), change(1, part=ImportPart.VAT), change(2)])
    ledger.imports.begin_changes("demo", writes(records(ledger)))
    plan(ledger, [change(1, "300")], NEXT_NIGHT)
    ledger.imports.begin_changes("demo", writes(records(ledger, NEXT_NIGHT)))
    ledger.imports.confirm_changes("demo", writes(records(ledger, NEXT_NIGHT)))
    found = [(one.change.article_uid, one.change.part, one.state) for one in records(ledger)]
    assert found == [
        (1, ImportPart.PRICE, S.VOIDED),
        (1, ImportPart.VAT, S.WRITING),
        (2, ImportPart.PRICE, S.WRITING),
    ]


def test_an_undo_settles_the_former_value_as_agreed(ledger: Ledger) -> None:
    apply(ledger, 1, 2)
    plan(ledger, [change(3)], NEXT_NIGHT)
    (second, first) = [one for batch in ledger.imports.undoable("demo", NIGHT.run_id) for one in batch]
    assert (first.change.article_uid, second.change.article_uid) == (1, 2)
    back = [(first.id, [PairValues(article_key(1), "price", "249", "200")])]
    assert ledger.imports.begin_undo("demo", back) == {first.id}
    assert states(ledger) == {1: S.APPLIED, 2: S.APPLIED}
    begun = pair(ledger, 1)
    assert begun is not None
    assert (begun.shop_value, begun.intended_shop_value) == ("250", "249")
    assert ledger.imports.record_undone("demo", back, "Undone by bo.") == {first.id}
    after = pair(ledger, 1)
    assert after is not None
    assert (after.shop_value, after.specter_value, after.origin) == ("249", "200", PairOrigin.UNDO)
    assert states(ledger) == {1: S.UNDONE, 2: S.APPLIED}
    assert ledger.imports.record_undone("demo", back) == set()
    assert ledger.imports.begin_undo("demo", back) == set()
    assert [one.id for batch in ledger.imports.undoable("demo", NIGHT.run_id) for one in batch] == [second.id]
    assert ledger.imports.confirm_changes("demo", writes([first])) == set()


def test_only_what_was_applied_is_undone(ledger: Ledger) -> None:
    plan(ledger, [change(1)])
    found = writes(records(ledger))
    assert ledger.imports.record_undone("demo", found) == set()
    assert pair(ledger, 1) is None
    assert list(ledger.imports.undoable("demo", NIGHT.run_id)) == []


def test_undoable_changes_come_in_lists_and_by_part(ledger: Ledger) -> None:
    plan(
        ledger, [change(uid, part=part) for uid in range(1, 8) for part in (ImportPart.PRICE, ImportPart.VAT)]
    )
    ledger.imports.begin_changes("demo", writes(records(ledger)))
    ledger.imports.confirm_changes("demo", writes(records(ledger)))
    batches = list(ledger.imports.undoable("demo", NIGHT.run_id, [ImportPart.PRICE], batch=3))
    assert [len(batch) for batch in batches] == [3, 3, 1]
    assert {one.change.part for batch in batches for one in batch} == {ImportPart.PRICE}
    assert list(ledger.imports.undoable("other", NIGHT.run_id)) == []


def test_runs_that_changed_something_are_listed_newest_first(url: str) -> None:
    minute = count()
    start = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
    with Ledger.open(url, clock=lambda: start + timedelta(minutes=next(minute))) as ledger:
        apply(ledger, 1, 2)
        ledger.imports.record_undone("demo", writes(records(ledger)[:1]))
        plan(ledger, [change(3)], NEXT_NIGHT)
        (night,) = ledger.imports.import_runs("demo")
        assert (night.run, night.started_at, night.applied, night.undone) == (NIGHT, start, 1, 1)
        ledger.imports.begin_changes("demo", writes(records(ledger, NEXT_NIGHT)))
        ledger.imports.confirm_changes("demo", writes(records(ledger, NEXT_NIGHT)))
        assert [one.run for one in ledger.imports.import_runs("demo")] == [NEXT_NIGHT, NIGHT]
        assert [one.run for one in ledger.imports.import_runs("demo", limit=1)] == [NEXT_NIGHT]
        assert ledger.imports.import_runs("other") == []
