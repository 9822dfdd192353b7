"""Two runs at once, runs that died, and runs that were only thought dead (rule 4, F31, F32)."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from harness import Export, demo_settings
from relay import Passing, relay_to
from scenes import article_calls, items, key, last_request, plain_articles, reprice, specter_article

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import LeaseHeldError
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.flows.prepare_products import PrepareOptions
from abicart_specter.flows.report import report
from abicart_specter.flows.send_products import lease_name
from abicart_specter.ledger import LeaseLostError, Ledger

ARTICLES = "newArticleSubmit"
SHORT = LeaseTerms(write_timeout=0.15, margin=0.1)


class Wary(LeaseTerms):
    """Renews before every write, so that a test need not wait until a renewal is due."""

    @property
    def needed(self) -> float:
        return 2 * self.seconds


WARY = Wary(write_timeout=0.15, margin=0.1)

ALL = PrepareOptions(full_resend=True)


def rows_sent(specter, *, after: int = 0) -> Counter[tuple[str, bool]]:
    """How often each number went, in each pass."""
    calls = article_calls(specter, after=after)
    return Counter(
        (number, call.force) for call in calls for number in call.numbers if "FRAKT" not in call.numbers
    )


def later(export: Export, seconds: float = 3600) -> Ledger:
    """The ledger as somebody sees it for whom it is later: every lease has run out."""
    return Ledger.open(export.ledger_url, clock=lambda: datetime.now(UTC) + timedelta(seconds=seconds))


def lease_names(chunk) -> list[str]:
    return [lease_name("demo", partition) for partition in chunk.partitions]


@pytest.fixture
def watched(small, specter_server):
    """A relay stands before Specter."""
    with relay_to(specter_server.url) as relay:
        small.specter_url = relay.url
        small.relay = relay
        yield small


@pytest.mark.parametrize("flow", ["product_export", "product_change_export"])
def test_a_second_run_is_turned_away_while_the_first_is_at_work(watched, specter_server, flow) -> None:
    """The same chunk by a second worker, or another flow over the same products."""
    ctx = watched.context("same")
    (chunk,) = watched.prepare(ctx)
    other = ctx
    if flow != "product_export":
        other = watched.context("other", flow=flow)
        watched.read(other)
        watched.validate(other)
        watched.plan(other)
    errors: list[Exception] = []
    done = threading.Event()

    def meanwhile(passing: Passing) -> None:
        if passing.action == ARTICLES and not done.is_set():
            done.set()
            second = threading.Thread(target=attempt)
            second.start()
            second.join(20)

    def attempt() -> None:
        try:
            watched.send(other, chunk)
        except LeaseHeldError as error:
            errors.append(error)

    watched.relay.before = meanwhile
    watched.send(ctx, chunk)
    assert [type(error) for error in errors] == [LeaseHeldError]
    assert 0 < errors[0].seconds_left <= watched.terms.seconds
    assert set(rows_sent(specter_server).values()) == {1}
    assert len(rows_sent(specter_server)) == 24
    # Turned away it has done nothing; tried again it finds everything done.
    watched.send(other, chunk)
    expected = Outcome.SENT if flow == "product_export" else Outcome.UNCHANGED
    assert watched.ledger.outcome_counts(other.run)[expected] == 12
    assert set(rows_sent(specter_server).values()) == {1}


def test_leases_are_given_back_whatever_happens(watched, specter_server) -> None:
    ctx = watched.context()
    (chunk,) = watched.prepare(ctx)
    specter_server.control.fault("drop_before", count=None, action=ARTICLES)
    with pytest.raises(Exception, match="Specter"):
        watched.send(ctx, chunk)
    for name in lease_names(chunk):
        watched.ledger.release_lease(watched.ledger.acquire_lease(name, "somebody", 1))


def test_all_leases_or_none(watched, specter_server) -> None:
    """One partition is taken: the others are given back at once."""
    ctx = watched.context()
    (chunk,) = watched.prepare(ctx)
    *free, taken = sorted(lease_names(chunk))
    watched.ledger.acquire_lease(taken, "somebody else", 60)
    with pytest.raises(LeaseHeldError, match="somebody else"):
        watched.send(ctx, chunk)
    for name in free:
        watched.ledger.acquire_lease(name, "somebody", 60)
    assert rows_sent(specter_server) == Counter()


def test_what_a_dead_run_held_is_taken_over_after_a_wait(watched, specter_server) -> None:
    """Its last request may still be on its way, so the new owner writes nothing before that is over."""
    watched.terms = SHORT
    ctx = watched.context()
    (chunk,) = watched.prepare(ctx)
    with later(watched, -3600) as long_ago:
        for name in lease_names(chunk):
            long_ago.acquire_lease(name, "the dead run", 60)
    arrivals: list[float] = []
    watched.relay.before = lambda passing: arrivals.append(time.monotonic())
    began = time.monotonic()
    watched.send(ctx, chunk)
    assert arrivals[0] - began >= SHORT.write_timeout + SHORT.margin
    assert report(ctx).sent == 12


def test_no_write_starts_after_the_lease_was_lost(watched, abicart_server, specter_server) -> None:
    """The answer that comes late is stored all the same, and nothing else is written."""
    watched.terms = WARY
    watched.settings = demo_settings(limits__group_rows=4)
    ctx = watched.context()
    (chunk,) = watched.prepare(ctx)

    def taken_meanwhile(passing: Passing) -> None:
        if passing.action == ARTICLES and b"FRAKT" not in passing.body and not taken:
            with later(watched) as other:
                taken.extend(other.acquire_lease(name, "another run", 3600) for name in lease_names(chunk))

    taken: list[object] = []
    watched.relay.after = taken_meanwhile
    with pytest.raises(LeaseLostError):
        watched.send(ctx, chunk)
    sent = rows_sent(specter_server)
    assert len(sent) == 4 and not any(force for _, force in sent)
    states = watched.ledger.item_states("demo", [key(one) for one in items(abicart_server)])
    created = {state.created_number for state in states.values() if state.created_number}
    assert created == {number for number, _ in sent}


def test_a_run_that_was_only_thought_dead_does_not_write_over_its_successor(
    watched, abicart_server, specter_server
) -> None:
    """It hangs in its first request, another run takes over and sends newer prices, and then it wakes up."""
    watched.run()
    item = plain_articles(abicart_server)[1]
    watched.terms = WARY
    watched.settings = demo_settings(limits__group_rows=4)
    zombie = watched.context("zombie")
    (chunk,) = watched.prepare(zombie)
    hangs, wakes = threading.Event(), threading.Event()
    ended: list[BaseException | None] = []

    def hang(passing: Passing) -> None:
        if passing.action == ARTICLES and not hangs.is_set():
            hangs.set()
            wakes.wait(20)

    def run() -> None:
        try:
            watched.send(zombie, chunk, ALL)
            ended.append(None)
        except LeaseLostError as error:
            ended.append(error)

    watched.relay.after = hang
    thread = threading.Thread(target=run)
    thread.start()
    assert hangs.wait(10)
    reprice(abicart_server, item, "4321")
    successor = watched.context("successor", flow="product_change_export")
    watched.read(successor)
    watched.validate(successor)
    watched.plan(successor)
    with later(watched) as other:
        successor.ledger = successor.staging = other
        watched.send(successor, chunk, ALL)
    price = specter_article(specter_server, item["product_number"])["price"]
    after = last_request(specter_server)
    wakes.set()
    thread.join(20)
    assert [type(error) for error in ended] == [LeaseLostError]
    assert article_calls(specter_server, after=after) == []
    assert specter_article(specter_server, item["product_number"])["price"] == price == "3456.80"
    assert watched.ledger.outcome_counts(successor.run)[Outcome.SENT] == 12


def test_a_long_chunk_keeps_its_lease(watched, specter_server) -> None:
    """It is renewed while there is work: nobody can take it over, and no write starts with too little left."""
    watched.terms = LeaseTerms(write_timeout=0.5, margin=0.0)
    watched.settings = demo_settings(limits__group_rows=2)
    ctx = watched.context()
    (chunk,) = watched.prepare(ctx)
    specter_server.control.latency(article_call_ms=200)
    left: list[float] = []

    def look(passing: Passing) -> None:
        with pytest.raises(LeaseHeldError) as held:
            watched.ledger.acquire_lease(lease_names(chunk)[0], "somebody else", 1)
        left.append(held.value.seconds_left)

    watched.relay.before = look
    began = time.monotonic()
    watched.send(ctx, chunk)
    assert time.monotonic() - began > watched.terms.seconds
    assert len(left) == 12
    assert min(left) > watched.terms.write_timeout
    assert report(ctx).sent == 12
