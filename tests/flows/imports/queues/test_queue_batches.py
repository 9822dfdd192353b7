"""Batches of ours and of others: none is lost, none stays open, and what cannot be right is an alarm (F3, rule 29)."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from harness import Export
from queue_lab import ACCOUNT, QueueLab
from relay import relay_to

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.errors import FatalError, LeaseHeldError, RefusedError, UnconfirmedError
from abicart_specter.flows.drain_queue import drain_queue
from abicart_specter.flows.imports.queue_rows import ARTICLE_FIELDS
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.ledger import BatchState, LeaseLostError, ShopBinding
from abicart_specter.settings import include_dir

every_queue = pytest.mark.parametrize("queue", Queue)


def open_here(lab: QueueLab, queue: Queue) -> list[tuple[str, BatchState]]:
    return [(one.batch_no, one.state) for one in lab.export.ledger.in_flight(ACCOUNT, queue.value)]


def stop_before_acknowledging(lab: QueueLab, queue: Queue) -> str:
    """A task that died between storing a batch and acknowledging it; returns the batch's id."""
    lab.specter.fault("drop_before", count=None, action=queue.acknowledge_action)
    with pytest.raises(UnconfirmedError):
        lab.drain(queue)
    lab.specter.clear_faults()
    [(batch_no, state)] = open_here(lab, queue)
    assert state is BatchState.READ
    return batch_no


def change_everything(lab: QueueLab) -> None:
    lab.specter.edit("article.change", number="Å-2", price="1000.01")
    lab.specter.edit("article.stock", number="Å-2", available=77, site=2)
    lab.specter.edit("order.status", number=lab.orders[0], status_id=9)


@every_queue
@pytest.mark.parametrize("reread", ["frozen", "grown"])
@pytest.mark.parametrize("limit", [1, 500])
def test_our_own_batch_that_stayed_open(lab: QueueLab, queue: Queue, reread: str, limit: int) -> None:
    """What changed meanwhile comes with it or after it (reference, questions 14 and 15)."""
    lab.specter.switches(batch_reread=reread, response_limit=limit, limit_scope="all")
    batch_no = stop_before_acknowledging(lab, queue)
    change_everything(lab)
    asked = len(lab.batches_asked(queue.read_action))
    lab.drain(queue)
    assert lab.batches_asked(queue.read_action)[asked] == batch_no
    assert lab.inbox(queue) == lab.truth(queue)
    assert open_here(lab, queue) == [] and lab.specter.inspect("batches") == []


@every_queue
def test_our_own_batch_after_the_ledger_was_lost(lab: QueueLab, queue: Queue, migrated_ledger: Path) -> None:
    """99 quotes an id that nobody here knows any more."""
    batch_no = stop_before_acknowledging(lab, queue)
    lab.export.ledger.close()
    for path in lab.export.folder.glob("ledger.db*"):
        path.unlink()
    (lab.export.folder / "ledger.db").write_bytes(migrated_ledger.read_bytes())
    lab.export = Export(lab.export.abicart_url, lab.export.specter_url, lab.export.folder)
    assert lab.drain(queue).reported == len(lab.truth(queue))
    assert lab.inbox(queue) == lab.truth(queue)
    assert lab.batches_asked(queue.acknowledge_action)[-3] == batch_no
    assert open_here(lab, queue) == []


@every_queue
def test_the_batch_of_another_reader(lab: QueueLab, queue: Queue, caplog) -> None:
    lab.specter.edit("queue.open_batch", queue=queue.value, batch="deras/1 å", api_user=12)
    drained = lab.drain(queue)
    assert drained.reported == len(lab.truth(queue))
    assert lab.inbox(queue) == lab.truth(queue)
    assert f"batch deras/1 å of {queue.value} was still open" in caplog.text
    # Theirs, then the one of ours that was refused, which is empty by now.
    assert lab.batches_asked(queue.acknowledge_action)[0] == "deras/1 å"
    assert drained.batches == 2
    assert open_here(lab, queue) == [] and lab.specter.inspect("batches") == []


@every_queue
def test_the_batch_of_another_api_user_where_the_account_has_one_for_both(
    lab: QueueLab, queue: Queue
) -> None:
    """Question 16: acknowledging it takes it from them, but it is in our inbox and in the journal."""
    lab.specter.switches(batch_scope="account_function")
    lab.specter.edit("queue.open_batch", queue=queue.value, batch="user-13", api_user=13)
    lab.drain(queue)
    assert lab.inbox(queue) == lab.truth(queue)
    assert lab.specter.inspect("batches") == []


@every_queue
def test_the_batch_of_another_api_user_that_is_none_of_ours(lab: QueueLab, queue: Queue) -> None:
    lab.specter.edit("queue.open_batch", queue=queue.value, batch="user-13", api_user=13)
    lab.drain(queue)
    assert lab.inbox(queue) == lab.truth(queue)
    assert [one["number"] for one in lab.specter.inspect("batches")] == ["user-13"]


def test_a_foreign_batch_of_another_queue_is_in_the_way(lab: QueueLab) -> None:
    """One batch at a time for the whole account, and somebody else has it: stop and say so (question 16)."""
    lab.specter.switches(batch_scope="account")
    lab.specter.edit("queue.open_batch", queue="orders", batch="deras-7", api_user=13)
    with pytest.raises(RefusedError, match="batch deras-7 is in the way") as caught:
        lab.drain(Queue.STOCK)
    assert "another queue, another API user or another program" in caught.value.message
    assert "who reads this Specter account" in caught.value.remedy
    # Only the id of ours waits; theirs was not acknowledged, least of all unread.
    [(ours, state)] = open_here(lab, Queue.STOCK)
    assert state is BatchState.IN_FLIGHT and ours != "deras-7"
    assert lab.batches_asked(Queue.STOCK.read_action) == [ours, "deras-7"]
    assert lab.batches_asked(Queue.STOCK.acknowledge_action) == []
    assert [one["number"] for one in lab.specter.inspect("batches")] == ["deras-7"]
    # They acknowledge it: the next run is as if nothing had been.
    lab.specter.edit("queue.clear", queue="orders")
    lab.drain(Queue.STOCK)
    assert lab.inbox(Queue.STOCK) == lab.truth(Queue.STOCK)


def test_our_own_batch_of_another_queue_is_emptied_first(lab: QueueLab, caplog) -> None:
    """A task for orders died; one batch at a time for the account: the stock task would be stuck for ever."""
    lab.specter.switches(batch_scope="account", response_limit=2, limit_scope="all")
    batch_no = stop_before_acknowledging(lab, Queue.ORDERS)
    lab.drain(Queue.STOCK)
    assert f"our own batch {batch_no} of orders is in the way of stock" in caplog.text
    assert lab.inbox(Queue.STOCK) == lab.truth(Queue.STOCK)
    assert lab.inbox(Queue.ORDERS) == lab.truth(Queue.ORDERS)
    assert open_here(lab, Queue.ORDERS) == open_here(lab, Queue.STOCK) == []
    assert lab.specter.inspect("batches") == []


def test_another_task_of_ours_is_in_the_middle_of_another_queue(lab: QueueLab) -> None:
    """Not stuck, only busy: try again later, and leave its batch alone."""
    lab.specter.switches(batch_scope="account")
    seen: list[LeaseHeldError] = []

    def meanwhile(passing) -> None:
        if passing.action == Queue.ORDERS.acknowledge_action and passing.nth == 1:
            with pytest.raises(LeaseHeldError) as caught:
                lab.drain(Queue.STOCK)
            seen.append(caught.value)

    with relay_to(lab.specter.url, before=meanwhile) as relay:
        lab.export.specter_url = relay.url
        assert lab.drain(Queue.ORDERS).reported == 4
    assert "queue/1000/12/orders" in str(seen[0])
    lab.export.specter_url = lab.specter.url
    lab.drain(Queue.STOCK)
    assert lab.inbox(Queue.STOCK) == lab.truth(Queue.STOCK)


@every_queue
def test_the_same_batch_three_times_is_an_alarm(lab: QueueLab, queue: Queue) -> None:
    """Our acknowledgement is answered and has no effect. What the batch held is kept, every time."""

    def swallow(passing) -> None:
        if passing.action == queue.acknowledge_action:
            passing.answer = b"1;0;OK"

    with relay_to(lab.specter.url, before=swallow) as relay:
        lab.export.specter_url = relay.url
        with pytest.raises(FatalError, match="again and again") as caught:
            lab.drain(queue)
        assert relay.seen[queue.acknowledge_action] == 2
    assert "another program" in caught.value.remedy
    assert lab.inbox(queue) == lab.truth(queue)
    [batch_no] = [name for name, state in open_here(lab, queue) if state is BatchState.READ]
    # Once Specter closes it, the next run goes on by itself.
    lab.export.specter_url = lab.specter.url
    change_everything(lab)
    lab.drain(queue)
    assert batch_no in lab.batches_asked(queue.acknowledge_action)
    assert lab.inbox(queue) == lab.truth(queue)
    assert open_here(lab, queue) == []


@every_queue
def test_batches_that_expire_while_we_read_them_are_an_alarm_in_the_end(lab: QueueLab, queue: Queue) -> None:
    """No 99 and no progress: every acknowledgement comes too late (question 19)."""
    lab.specter.switches(batch_expiry_minutes=5)

    def too_late(passing) -> None:
        if passing.action == queue.acknowledge_action:
            lab.specter.advance_clock(600)

    with relay_to(lab.specter.url, before=too_late) as relay:
        lab.export.specter_url = relay.url
        with pytest.raises(FatalError, match="hold the same rows"):
            lab.drain(queue)
        assert relay.seen[queue.read_action] == 10
    assert lab.inbox(queue) == lab.truth(queue)


@every_queue
@pytest.mark.parametrize("unknown", ["success", "error"])
def test_a_batch_that_expired_before_it_was_acknowledged(lab: QueueLab, queue: Queue, unknown: str) -> None:
    lab.specter.switches(batch_expiry_minutes=5, ack_unknown=unknown, response_limit=2, limit_scope="all")
    stop_before_acknowledging(lab, queue)
    lab.specter.advance_clock(600)
    change_everything(lab)
    lab.drain(queue)
    assert lab.inbox(queue) == lab.truth(queue)
    assert open_here(lab, queue) == [] and lab.specter.inspect("batches") == []


@every_queue
def test_an_acknowledgement_that_is_refused_once(lab: QueueLab, queue: Queue, caplog) -> None:
    """Question 17: taken for closed, and if it is not, the next read says so."""
    lab.specter.fault("refusal", count=1, action=queue.acknowledge_action, words="9500 Försök igen")
    lab.drain(queue)
    assert "Försök igen" in caplog.text
    assert lab.inbox(queue) == lab.truth(queue)
    asked = lab.batches_asked(queue.acknowledge_action)
    assert asked[0] == asked[1]
    assert open_here(lab, queue) == [] and lab.specter.inspect("batches") == []


def test_readers_that_come_and_go(lab: QueueLab) -> None:
    """Another program opens a new batch each time we look; it is followed a few times, then named."""
    numbers = count(1)

    def other_reader(passing) -> None:
        if passing.action == Queue.STOCK.read_action:
            asked = parse_qs(urlsplit(passing.path).query)["batchNo"][0]
            passing.answer = f"0;99;Batchen 'deras-{next(numbers)}' är inte avslutad ({asked})".encode(
                "cp1252"
            )

    with relay_to(lab.specter.url, before=other_reader) as relay:
        lab.export.specter_url = relay.url
        with pytest.raises(RefusedError, match="batch deras-4 is in the way"):
            lab.drain(Queue.STOCK)
    assert [state for _, state in open_here(lab, Queue.STOCK)] == [BatchState.IN_FLIGHT]


def test_a_99_without_an_id(lab: QueueLab) -> None:
    def nameless(passing) -> None:
        if passing.action == Queue.STOCK.read_action:
            passing.answer = b"0;99;En annan batch"

    with relay_to(lab.specter.url, before=nameless) as relay:
        lab.export.specter_url = relay.url
        with pytest.raises(RefusedError, match="En annan batch") as caught:
            lab.drain(Queue.STOCK)
    assert caught.value.remedy


def test_two_shops_of_one_account_read_one_queue(lab: QueueLab) -> None:
    """Rule 29: one reader at a time, and what either reads is in the inbox of the account."""
    seen: list[str] = []

    def meanwhile(passing) -> None:
        if passing.action == Queue.STOCK.read_action and passing.nth == 1:
            other = lab.export.context()
            other.run = replace(other.run, shop="second")
            other.begin()
            try:
                drain_queue(other, lab.journal(), lab.export.terms, Queue.STOCK)
            except LeaseHeldError as error:
                seen.append(str(error))

    with relay_to(lab.specter.url, before=meanwhile) as relay:
        lab.export.specter_url = relay.url
        lab.drain(Queue.STOCK)
    assert len(seen) == 1 and "queue/1000/12/stock" in seen[0]
    assert lab.inbox(Queue.STOCK) == lab.truth(Queue.STOCK)


def test_the_second_shop_waits_a_moment_for_the_first(lab: QueueLab) -> None:
    """Both begin at the same time every night; a retry would come minutes later, and in the UI look like a fault."""
    ledger, terms = lab.export.ledger, replace(lab.export.terms, patience=60.0)
    lease = ledger.acquire_lease(f"queue/{ACCOUNT}/stock", "the other shop", 600)
    with pytest.raises(LeaseHeldError):
        lab.drain(Queue.STOCK)
    assert lab.inbox(Queue.STOCK) == {}
    lab.export.terms = terms
    ends = threading.Timer(0.3, ledger.release_lease, [lease])
    ends.start()
    lab.drain(Queue.STOCK)
    ends.join()
    assert lab.inbox(Queue.STOCK) == lab.truth(Queue.STOCK)


@pytest.mark.parametrize(
    ("second", "kept"),
    [
        ("mappings: {article_import: second.yaml}", {"webshoplongtext", "articletype", *ARTICLE_FIELDS}),
        ("mappings: {article_import: gone.yaml}", "everything"),
        ("nonsense: 1", "everything"),
    ],
)
def test_the_reader_keeps_what_the_other_shops_of_the_account_look_for(
    lab: QueueLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: str, kept: set[str] | str
) -> None:
    """Rule 29: Specter tells a change once, to whoever reads first."""
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(tmp_path))
    (tmp_path / "second.yaml").write_text(
        f"orders: {{orders_from: 2026-01-01}}\n{second}\n", encoding="utf-8"
    )
    (tmp_path / "mappings").mkdir()
    mapping = (include_dir() / "mappings/article_import.yaml").read_text(encoding="utf-8")
    (tmp_path / "mappings/second.yaml").write_text(
        mapping.replace("from: [name]", "from: [articleType]"), encoding="utf-8"
    )
    lab.export.ledger.bind(ShopBinding("second", 44444, 1000, 13))
    lab.specter.switches(description_name="webShopLongText")
    lab.specter.edit("article.change", number="Å-4", description="<p>Fyra</p>")
    lab.drain(Queue.ARTICLE_INFO)
    told = set(lab.inbox(Queue.ARTICLE_INFO)["Å-4"])
    assert (
        (told == kept)
        if kept != "everything"
        else (told > {"webshoplongtext", "articletype", *ARTICLE_FIELDS})
    )


def test_a_reader_whose_lease_ran_out_stores_nothing(lab: QueueLab) -> None:
    """It was thought dead, and another one has read newer values since: its old ones must not pass for the newest."""
    lab.export.terms = LeaseTerms(write_timeout=0.05, margin=0.0)

    def held_up(passing) -> None:
        if passing.action == Queue.ARTICLE_INFO.read_action and passing.nth == 1:
            change_everything(lab)
            lab.export.specter_url = lab.specter.url
            lab.drain_when_free(Queue.ARTICLE_INFO)

    with relay_to(lab.specter.url, after=held_up) as relay:
        lab.export.specter_url = relay.url
        ctx = lab.export.context()
        ctx.begin()
        with pytest.raises(LeaseLostError):
            drain_queue(ctx, lab.journal(), lab.export.terms, Queue.ARTICLE_INFO)
    assert lab.inbox(Queue.ARTICLE_INFO) == lab.truth(Queue.ARTICLE_INFO)
    assert lab.inbox(Queue.ARTICLE_INFO)["Å-2"]["priceexclvat"] == "1000.01"
