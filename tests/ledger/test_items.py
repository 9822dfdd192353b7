"""What Specter has of an item: intent before the write, result right after, kept over all runs (rules 3, 4, 24)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import ledger_workers
import pytest
from ledger_samples import article_key, articles, stage, variant_key

from abicart_specter.domain.records import ItemKey, Outcome
from abicart_specter.ledger import Created, Intent, ItemState, Ledger, RunKey, Sent

ONE = article_key(1)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that goes on a minute with each look."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def state(ledger: Ledger, key: ItemKey = ONE) -> ItemState:
    return ledger.item_states("demo", [key])[key]


def test_an_item_never_written_has_an_empty_state(ledger: Ledger) -> None:
    assert ledger.item_states("demo", [ONE]) == {ONE: ItemState()}
    assert ledger.item_states("demo", []) == {}


def test_an_intent_stays_open_until_its_row_is_confirmed(url: str) -> None:
    with Ledger.open(url, clock=Clock()) as ledger:
        ledger.record_intent("demo", [Intent(ONE, "h1")])
        assert (state(ledger).intent_hash, state(ledger).sent_hash) == ("h1", None)
        ledger.record_created("demo", [Created(ONE, "A-1")])
        assert (state(ledger).intent_hash, state(ledger).created_number) == ("h1", "A-1")
        ledger.record_sent("demo", [Sent(ONE, "A-1", "h1", {"name": "Tröja"})])
        assert state(ledger) == ItemState(
            created_in_specter_at=START + timedelta(minutes=2),
            created_number="A-1",
            sent_at=START + timedelta(minutes=3),
            sent_number="A-1",
            sent_hash="h1",
            sent_values={"name": "Tröja"},
        )


def test_a_late_answer_is_stored_and_leaves_the_newer_intent_open(ledger: Ledger) -> None:
    ledger.record_intent("demo", [Intent(ONE, "old")])
    ledger.record_intent("demo", [Intent(ONE, "new")])
    ledger.record_sent("demo", [Sent(ONE, "A-1", "old")])
    after = state(ledger)
    assert (after.sent_hash, after.intent_hash) == ("old", "new")
    assert after.intent_at is not None


def test_the_time_of_creation_is_the_first_of_its_number(url: str) -> None:
    with Ledger.open(url, clock=Clock()) as ledger:
        for number in ("A-1", "A-1", "B-1"):
            ledger.record_created("demo", [Created(ONE, number)])
            seen = state(ledger)
            minutes = {"A-1": 1, "B-1": 3}[number]
            assert (seen.created_number, seen.created_in_specter_at) == (
                number,
                START + timedelta(minutes=minutes),
            )


def test_every_write_may_be_repeated(ledger: Ledger) -> None:
    ledger.record_intent("demo", [Intent(ONE, "h1")])
    ledger.record_sent("demo", [Sent(ONE, "A-1", "h1")])
    before = state(ledger)
    ledger.record_sent("demo", [Sent(ONE, "A-1", "h1")])
    after = state(ledger)
    assert after.sent_at is not None
    assert before.sent_at is not None
    assert after.sent_at >= before.sent_at
    assert (after.sent_hash, after.intent_hash) == ("h1", None)


def test_article_and_variant_of_the_same_uid_are_two_items(ledger: Ledger) -> None:
    ledger.record_sent("demo", [Sent(article_key(5), "A-5", "a"), Sent(variant_key(5), "V-5", "v")])
    found = ledger.item_states("demo", [article_key(5), variant_key(5)])
    assert [found[article_key(5)].sent_hash, found[variant_key(5)].sent_hash] == ["a", "v"]


def test_shops_share_no_items(ledger: Ledger) -> None:
    ledger.record_sent("demo", [Sent(ONE, "A-1", "h1")])
    assert ledger.item_states("other", [ONE]) == {ONE: ItemState()}


def test_thousands_of_items_are_asked_for_at_once(ledger: Ledger) -> None:
    ledger.record_sent("demo", [Sent(article_key(uid), f"A-{uid}", "h") for uid in range(1, 1301)])
    found = ledger.item_states("demo", [article_key(uid) for uid in range(1, 1501)])
    assert sum(known.sent_hash == "h" for known in found.values()) == 1300
    assert len(found) == 1500


def test_a_confirmed_row_and_its_outcome_are_one(ledger: Ledger, run: RunKey) -> None:
    stage(ledger, run, [articles([1])])
    ledger.record_intent("demo", [Intent(ONE, "h1")])
    ledger.record_sent_in_run(run, [Sent(ONE, "A-1", "h1")])
    assert (state(ledger).sent_hash, state(ledger).intent_hash) == ("h1", None)
    assert ledger.outcome_counts(run)[Outcome.SENT] == 1
    ledger.record_sent_in_run(run, [])


def test_a_number_that_belonged_to_another_product_found_is_named(ledger: Ledger, run: RunKey) -> None:
    stage(ledger, run, [articles([1, 2, 3])])
    ledger.record_created("demo", [Created(article_key(uid), f"A-{uid}") for uid in (1, 2, 9)])
    taken = ledger.numbers_taken_over(
        run, {article_key(1): "A-2", article_key(2): "A-9", article_key(3): "A-3", variant_key(1): "A-1"}
    )
    # A-9 was the number of a product that the shop no longer has.
    assert taken == {article_key(1): article_key(2), variant_key(1): article_key(1)}


@pytest.mark.parametrize("steps", [1, 4, 9])
def test_a_sender_killed_at_any_point_leaves_only_open_intents(
    url: str, ledger: Ledger, run: RunKey, worker: Callable[..., Any], steps: int
) -> None:
    stage(ledger, run, [articles(range(1, 61))])
    killed = worker(ledger_workers.send_chunk, url, 5)
    confirmed: set[ItemKey] = set()
    for _ in range(steps):
        step, keys = killed.pipe.recv()
        if step == "sent":
            confirmed |= set(keys)
    killed.kill()
    states = ledger.item_states("demo", [article_key(uid) for uid in range(1, 61)])
    sent = {key for key, known in states.items() if known.sent_hash}
    # What was told to be stored is stored; at most the group after it is as well.
    assert confirmed <= sent
    assert len(sent - confirmed) <= 5
    assert {row.record.key for row in ledger.iter_outcomes(run, Outcome.SENT)} == sent

    second = worker(ledger_workers.send_chunk, url, 5)
    second.end()
    states = ledger.item_states("demo", [article_key(uid) for uid in range(1, 61)])
    assert all(known.sent_hash == "h" and known.intent_hash is None for known in states.values())
    assert ledger.outcome_counts(run)[Outcome.SENT] == 60
    assert ledger.outcome_counts(run)[Outcome.UNCHANGED] == 0
