"""A probe that reads queues leaves them to the next import: nothing lost, nothing doubled, nothing acknowledged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.flows.imports.queues.queue_lab import ACCOUNT, SEED, QueueLab, lab_at
from tests.flows.probe.specter_probes import QUICK, connection, only_reads

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.clients.specter_probe import probe_specter
from abicart_specter.domain.probe.records import Answer
from abicart_specter.errors import LeaseHeldError
from abicart_specter.flows.leases import hold_leases
from abicart_specter.flows.probe.specter_queues import queue_reads, queues_of
from abicart_specter.ledger import BatchState

READ = [queue.read_action for queue in Queue]
DONE = [queue.acknowledge_action for queue in Queue]


@pytest.fixture
def lab(specter_server, ledger_folder: Path) -> Iterator[QueueLab]:
    """Changes wait on all three queues."""
    specter_server.control.reset(seed=SEED)
    with lab_at(specter_server.control, specter_server.url, ledger_folder) as running:
        running.fill()
        yield running


def probe(lab: QueueLab) -> dict[str, Answer]:
    """One task of the probe."""
    ctx = lab.export.context(flow="connection_probe")
    ctx.begin()
    account = connection(lab.export.specter_url)
    with queue_reads(ctx, account, lab.journal(), lab.export.terms) as reads:
        return {one.name: one for one in probe_specter(account, QUICK, None, reads)}


def standing(lab: QueueLab, queue: Queue) -> list[BatchState]:
    return [one.state for one in lab.export.ledger.in_flight(ACCOUNT, queue.value)]


def drained_rows(lab: QueueLab) -> Any:
    return {queue: lab.inbox(queue) for queue in Queue}


def truth(lab: QueueLab) -> Any:
    return {queue: lab.truth(queue) for queue in Queue}


def nothing_was_closed(lab: QueueLab) -> None:
    assert not any(lab.batches_asked(action) for action in DONE)
    assert all(lab.specter.inspect("queues")[queue.value] for queue in Queue)


@pytest.mark.parametrize("scope", ["user_function", "account_function", "account"])
@pytest.mark.parametrize("reread", ["frozen", "grown"])
@pytest.mark.parametrize("limit", [2, 500])
def test_the_next_import_reads_it_all_and_closes_it(
    lab: QueueLab, scope: str, reread: str, limit: int
) -> None:
    lab.specter.switches(batch_scope=scope, batch_reread=reread, response_limit=limit, limit_scope="all")
    probe(lab)
    nothing_was_closed(lab)
    lab.specter.edit("article.change", number="Å-2", price="1000.01")
    lab.specter.edit("article.stock", number="Å-2", available=77, site=2)
    lab.specter.edit("order.status", number=lab.orders[0], status_id=9)
    for queue in Queue:
        lab.drain(queue)
    assert drained_rows(lab) == truth(lab)
    assert lab.nothing_is_open()


def test_two_probes_read_the_same_batches(lab: QueueLab) -> None:
    class Server:
        control = lab.specter

    first, second = probe(lab), probe(lab)
    only_reads(Server, queues=True)
    for queue in Queue:
        assert first[queue.value].body == second[queue.value].body
        assert first[f"{queue.value}_again"].body == first[queue.value].body
        assert len(set(lab.batches_asked(queue.read_action))) == 2, "one batch, one other id"
    assert len(lab.specter.inspect("batches")) == 3


def test_what_was_read_is_kept_even_if_specter_should_forget_it(lab: QueueLab) -> None:
    """The inbox has the rows and the journal the answers, before anything is known of an import."""
    answers = probe(lab)
    assert drained_rows(lab) == truth(lab)
    entries = list(lab.journal().entries())
    assert sorted(one.function for one in entries) == sorted(queue.value for queue in Queue)
    assert [lab.journal().read(one.reference) for one in entries] == [
        answers[one.function].body for one in entries
    ]
    assert all(standing(lab, queue) == [BatchState.READ, BatchState.IN_FLIGHT] for queue in Queue)


def test_an_answer_that_is_lost_leaves_its_id_in_the_ledger(lab: QueueLab) -> None:
    for action in READ:
        lab.specter.fault("drop_after", count=None, action=action)
    answers = probe(lab)
    assert [answers[queue.value].status for queue in Queue] == [0, 0, 0]
    assert all(standing(lab, queue) == [BatchState.IN_FLIGHT] for queue in Queue)
    asked = {queue: lab.batches_asked(queue.read_action) for queue in Queue}
    lab.specter.clear_faults()
    for queue in Queue:
        lab.drain(queue)
        assert lab.batches_asked(queue.read_action)[1] == asked[queue][0]
    assert drained_rows(lab) == truth(lab) and lab.nothing_is_open()


def test_an_id_that_is_in_flight_is_read_again(lab: QueueLab) -> None:
    lab.export.ledger.set_in_flight(ACCOUNT, "stock", "begun-before")
    probe(lab)
    assert lab.batches_asked(Queue.STOCK.read_action)[0] == "begun-before"


def test_another_readers_batch_is_neither_followed_nor_closed(lab: QueueLab) -> None:
    lab.specter.edit("queue.open_batch", queue="stock", batch="theirs", api_user=12)
    answers = probe(lab)
    nothing_was_closed(lab)
    assert "theirs" not in lab.batches_asked(Queue.STOCK.read_action)
    assert "stock_plain" not in answers and "article_info_plain" in answers


def test_while_an_import_reads_no_queue_is_touched(lab: QueueLab) -> None:
    ctx = lab.export.context()
    names = [f"queue/{ACCOUNT}/stock"]
    with hold_leases(lab.export.ledger, names, ctx.owner, lab.export.terms), pytest.raises(LeaseHeldError):
        probe(lab)
    assert lab.specter.counters()["requests"] == 0
    probe(lab)


def test_only_queues_that_an_import_empties_are_read(lab: QueueLab) -> None:
    settings = lab.export.settings
    assert queues_of(settings) == tuple(Queue)
    imports = settings.imports.model_copy(update={"stock": False, "price": False})
    status = settings.status.model_copy(update={"read_orders": False})
    assert queues_of(settings.model_copy(update={"imports": imports})) == (Queue.ORDERS,)
    lab.export.settings = settings.model_copy(update={"status": status})
    answers = probe(lab)
    assert {"stock", "article_info"} <= set(answers) and "orders" not in answers
