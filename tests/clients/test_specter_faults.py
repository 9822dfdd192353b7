"""The Specter client against every fault of the sandbox, once and for good."""

from __future__ import annotations

import pytest
from tests.clients.raw_server import RawServer, http, in_turn
from tests.clients.specter_cases import (
    IMPATIENT,
    ROWS,
    SPECTER_FAULT_NAMES,
    SPECTER_FAULTS,
    WANTED,
    stored,
)

from abicart_specter.clients.specter_batches import (
    Queue,
)
from abicart_specter.errors import (
    RateLimitedError,
    ServerFaultError,
    TransportError,
    UnconfirmedError,
    UnreadableAnswerError,
)


@pytest.mark.parametrize("fault", SPECTER_FAULTS, ids=SPECTER_FAULT_NAMES)
def test_one_fault_of_each_kind_doubles_nothing(specter_server, opening, fault):
    control = specter_server.control
    control.fault(**fault)
    client = opening.specter(specter_server.url, IMPATIENT)
    client.submit_articles(ROWS, force=False)
    assert stored(control) == WANTED
    assert client.counts.retries == 1
    counters = control.counters()
    assert sum(counters["faults"].values()) == 1
    assert client.counts.requests == counters["requests"] + counters["refused"]


@pytest.mark.parametrize("fault", SPECTER_FAULTS, ids=SPECTER_FAULT_NAMES)
def test_a_fault_that_stays_leaves_a_write_unconfirmed_unless_it_surely_was_not_done(
    specter_server, opening, fault
):
    specter_server.control.fault(**fault, count=None)
    client = opening.specter(specter_server.url, IMPATIENT)
    kind = RateLimitedError if fault["kind"] == "too_many" else UnconfirmedError
    with pytest.raises(kind, match="after 3 tries") as caught:
        client.submit_articles(ROWS, force=False)
    assert type(caught.value) is kind
    assert "newArticleSubmit" in str(caught.value)


def test_one_lost_try_is_enough_for_doubt(specter_server, opening):
    specter_server.control.fault("drop_after")
    specter_server.control.fault("too_many", count=None)
    with pytest.raises(UnconfirmedError):
        opening.specter(specter_server.url, IMPATIENT).submit_articles(ROWS, force=False)
    assert stored(specter_server.control) == WANTED


def test_a_server_that_is_not_there_was_surely_not_sent_anything(opening):
    with RawServer(in_turn(http())) as server:
        url = server.url
    client = opening.specter(url, IMPATIENT)
    with pytest.raises(TransportError, match="no connection could be made, after 3 tries"):
        client.submit_articles(ROWS, force=False)
    assert client.counts.requests == 0


@pytest.mark.parametrize("fault", SPECTER_FAULTS, ids=SPECTER_FAULT_NAMES)
def test_a_batch_survives_one_fault_of_each_kind(specter_server, opening, fault):
    control = specter_server.control
    control.edit("article.new", number="A", name="Blå", price="10.50", available="3")
    client = opening.specter(specter_server.url, IMPATIENT)
    control.fault(**fault)
    assert [row.article_no for row in client.read_batch(Queue.STOCK, "B1").rows] == ["A"]
    control.fault(**fault)
    client.acknowledge(Queue.STOCK, "B1")
    assert client.counts.retries == 2
    assert control.inspect("queues")["stock"] == []
    assert control.inspect("batches") == []


READ_ERRORS = {"too_many": RateLimitedError, "html_500": ServerFaultError}


@pytest.mark.parametrize("fault", SPECTER_FAULTS, ids=SPECTER_FAULT_NAMES)
def test_a_fault_that_stays_ends_a_read_with_its_own_error(specter_server, opening, fault):
    specter_server.control.edit("article.new", number="A", available="3")
    specter_server.control.fault(**fault, count=None)
    kind = READ_ERRORS.get(fault["kind"], TransportError)
    if fault.get("how") == "clean":
        kind = UnreadableAnswerError
    if fault["kind"] == "unavailable":
        kind = RateLimitedError if fault["seconds"] else ServerFaultError
    with pytest.raises(kind) as caught:
        opening.specter(specter_server.url, IMPATIENT).read_batch(Queue.STOCK, "B1")
    assert type(caught.value) is kind
