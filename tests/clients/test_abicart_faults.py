"""The Abicart client against every fault of the sandbox, once and for good."""

from __future__ import annotations

import pytest
from tests.clients.abicart_cases import (
    ABICART_FAULT_NAMES,
    ABICART_FAULTS,
    FACTS,
    IMPATIENT,
    outline,
    read_all,
)
from tests.clients.raw_server import RawServer, http, in_turn

from abicart_specter.errors import (
    AbicartSpecterError,
    RateLimitedError,
    ServerFaultError,
    TransportError,
    UnconfirmedError,
    UnreadableAnswerError,
)


@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
def test_one_fault_of_each_kind_is_got_over(abicart_server, opening, plain_outline, fault):
    abicart_server.control.fault(**fault, after=1)
    client = opening.abicart(abicart_server.url, IMPATIENT)
    assert outline(read_all(client)) == plain_outline
    assert client.counts.retries == 1
    counters = abicart_server.control.counters()
    assert sum(counters["faults"].values()) == 1
    assert client.counts.requests == counters["requests"] + counters["refused"]
    assert len(opening.waits) == 1
    assert opening.waits[0] >= fault.get("seconds", 0) or fault["kind"] == "slow"


READ_ERRORS = {
    "too_many": RateLimitedError,
    "html_500": ServerFaultError,
    "rpc_internal": ServerFaultError,
    "rpc_server": ServerFaultError,
    "cut": TransportError,
}


@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
def test_a_fault_that_stays_ends_a_read_with_its_own_error(abicart_server, opening, fault):
    abicart_server.control.fault(**fault, count=None)
    client = opening.abicart(abicart_server.url, IMPATIENT)
    kind = READ_ERRORS.get(fault["kind"], TransportError)
    if fault == {"kind": "cut", "how": "clean"}:
        kind = UnreadableAnswerError
    if fault["kind"] == "unavailable":
        kind = RateLimitedError if fault["seconds"] else ServerFaultError
    with pytest.raises(kind, match="after 3 tries") as caught:
        next(client.iter_article_pages(["uid"]))
    assert type(caught.value) is kind
    assert client.counts.retries == 2
    if kind is RateLimitedError:
        assert caught.value.retry_after == 1.0


@pytest.mark.parametrize("idempotent", [True, False])
@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
def test_a_fault_that_stays_ends_a_write_with_what_is_known_of_it(abicart_server, opening, fault, idempotent):
    abicart_server.control.fault(**fault, count=None)
    client = opening.abicart(abicart_server.url, IMPATIENT)
    kind = RateLimitedError if fault["kind"] == "too_many" else UnconfirmedError
    with pytest.raises(kind) as caught:
        client.call("Article.set", [1001, {"ean": "1"}, ["uid"]], idempotent=idempotent)
    assert type(caught.value) is kind
    assert client.counts.retries == (2 if idempotent else 0)


def test_a_write_to_a_server_that_is_not_there_was_surely_not_sent(opening):
    with RawServer(in_turn(http())) as server:
        url = server.url
    client = opening.abicart(url, IMPATIENT)
    with pytest.raises(TransportError, match="no connection could be made, after 1 try"):
        client.call("Article.set", [1, {}, ["uid"]], idempotent=False)
    with pytest.raises(TransportError, match="after 3 tries"):
        client.call("Article.set", [1, {}, ["uid"]], idempotent=True)
    assert client.counts.requests == 0


def test_a_server_that_wants_hours_is_not_waited_for(abicart_server, opening):
    abicart_server.control.fault("too_many", seconds=7200)
    client = opening.abicart(abicart_server.url)
    with pytest.raises(RateLimitedError) as caught:
        client.webshop()
    assert caught.value.retry_after == 7200
    assert opening.waits == []


def test_waits_grow_and_every_retry_is_one_line_in_the_log(abicart_server, opening, caplog):
    abicart_server.control.fault("html_500", count=4)
    assert opening.abicart(abicart_server.url).webshop() == FACTS
    assert opening.waits == [0.5, 1.0, 2.0, 4.0]
    lines = [one.getMessage() for one in caplog.records if one.name == "abicart_specter.clients.tries"]
    assert len(lines) == 4
    assert lines[1] == (
        "Shop demo: Abicart Webshop.get: try 2 of 5 failed: the server failed (HTTP 500); next try in 1.0 s"
    )


def test_before_each_try_the_caller_is_asked(abicart_server, opening):
    abicart_server.control.fault("drop_before", count=2)
    client = opening.abicart(abicart_server.url)
    asked = []
    client.call(
        "Article.count", [{}], idempotent=True, before_try=lambda: asked.append(client.counts.requests)
    )
    assert asked == [0, 1, 2]

    def stop():
        raise AbicartSpecterError("lease lost")

    with pytest.raises(AbicartSpecterError, match="lease lost"):
        client.call("Article.count", [{}], idempotent=True, before_try=stop)
    assert client.counts.requests == 3
