"""What a connection probe may ask, and that whatever else never leaves."""

from __future__ import annotations

import json
import socket

import pytest
from tests.clients.raw_server import CLOSE, RawServer, http, in_turn

from abicart_specter.clients.abicart_probe import ProbedShop
from abicart_specter.clients.options import HttpOptions
from abicart_specter.clients.probe_allowed import (
    ABICART_METHODS,
    ABICART_PATH,
    SPECTER_ACTIONS,
    SPECTER_QUEUE_ACTIONS,
    NotAllowedError,
    abicart_gate,
    specter_gate,
)
from abicart_specter.clients.probe_transport import MOST_UNREACHED, RawTransport
from abicart_specter.clients.specter_batches import Queue
from abicart_specter.clients.transport import HttpRequest
from abicart_specter.errors import ConfigurationError
from shop_sandbox.abicart.methods import WRITES
from shop_sandbox.abicart.registry import CLASSES

QUICK = HttpOptions(connect_timeout=0.5, read_timeout=0.5, rate_per_second=10_000)


def call(*methods: str, path: str = ABICART_PATH, batch: bool = False, **more) -> HttpRequest:
    calls = [{"jsonrpc": "2.0", "id": 1, "method": one, "params": []} for one in methods]
    body = json.dumps(calls if batch else calls[0]).encode()
    return HttpRequest("POST", path, "webshop=1", body, "application/json", **more)


def action(name: str, path: str = "/getInfo.asp", **more) -> HttpRequest:
    return HttpRequest("GET", path, f"action={name}&sbmId=1&key=0", **more)


def test_every_method_on_the_list_passes_alone_and_in_a_batch() -> None:
    for method in ABICART_METHODS:
        abicart_gate(call(method))
    abicart_gate(call(*sorted(ABICART_METHODS), batch=True))


def test_no_method_on_the_list_can_write() -> None:
    assert {one.partition(".")[2] for one in ABICART_METHODS} <= {
        "get",
        "list",
        "count",
        "getSchema",
        "noSuchMethod",
    }


@pytest.mark.parametrize("verb", sorted(WRITES))
def test_no_writing_method_of_any_class_passes(verb: str) -> None:
    for name in CLASSES:
        for request in (call(f"{name}.{verb}"), call("Article.list", f"{name}.{verb}", batch=True)):
            with pytest.raises(NotAllowedError, match=f"may not call Abicart's {name}.{verb}"):
                abicart_gate(request)


@pytest.mark.parametrize(
    "request_",
    [
        call("Context.get"),
        call("AuthToken.list"),
        call("article.list"),
        call("Article.list", path="/backend/jsonrpc/v2/"),
        call("Article.list", writes=1),
        HttpRequest("GET", ABICART_PATH, "webshop=1", call("Article.list").body),
        HttpRequest("POST", ABICART_PATH, "webshop=1", b"[]"),
        HttpRequest("POST", ABICART_PATH, "webshop=1", b"nonsense"),
        HttpRequest("POST", ABICART_PATH, "webshop=1", b"[3]"),
        HttpRequest("POST", ABICART_PATH, "webshop=1"),
    ],
    ids=lambda one: (one.body or b"-").decode(),
)
def test_nothing_else_passes_to_abicart(request_: HttpRequest) -> None:
    with pytest.raises(NotAllowedError):
        abicart_gate(request_)


def test_queues_pass_only_when_they_may_be_read() -> None:
    assert {one.read_action for one in Queue} == SPECTER_QUEUE_ACTIONS
    for name in SPECTER_ACTIONS:
        specter_gate(queues=False)(action(name))
        specter_gate(queues=True)(action(name))
    for name in SPECTER_QUEUE_ACTIONS:
        specter_gate(queues=True)(action(name))
        with pytest.raises(NotAllowedError, match=name):
            specter_gate(queues=False)(action(name))


@pytest.mark.parametrize(
    "request_",
    [
        *(action(one.acknowledge_action) for one in Queue),
        action("checkAccountSettings", path="/putInfo.asp"),
        action("checkAccountSettings", body=b"action=newArticles"),
        action("checkAccountSettings", writes=1),
        action("checkAccountSettings&action=updateOrdersFromBatch"),
        action("checkAccountSettings&Action=updateOrdersFromBatch"),
        action(""),
        HttpRequest("GET", "/getInfo.asp", "sbmId=1"),
    ],
    ids=lambda one: one.query,
)
def test_nothing_else_passes_to_specter_not_even_with_queues(request_: HttpRequest) -> None:
    with pytest.raises(NotAllowedError):
        specter_gate(queues=True)(request_)


def test_what_does_not_pass_is_not_sent() -> None:
    with RawServer(in_turn(http("{}"))) as server:
        raw = RawTransport(server.url, QUICK, abicart_gate)
        with pytest.raises(NotAllowedError):
            raw.get("one", "Article.set", {}, call("Article.set"))
        raw.get("two", "Article.list", {}, call("Article.list"))
        raw.close()
        assert len(server.received) == 1


def test_an_answer_is_kept_as_it_came() -> None:
    head = ["Content-Type: text/plain; charset=iso-8859-1", "Retry-After: 3", "Set-Cookie: a=b"]
    with RawServer(in_turn(http("å".encode("iso-8859-1"), 418, headers=head))) as server:
        raw = RawTransport(server.url, QUICK, abicart_gate)
        answer = raw.get("one", "Article.list", {"limit": 1}, call("Article.list"))
        raw.close()
    assert (answer.status, answer.body, answer.problem) == (418, b"\xe5", "")
    assert answer.headers == {"content-type": "text/plain; charset=iso-8859-1", "retry-after": "3"}
    assert (answer.name, answer.call, answer.asked) == ("one", "Article.list", {"limit": 1})


def test_a_request_that_left_is_not_sent_again() -> None:
    with RawServer(in_turn([CLOSE])) as server:
        raw = RawTransport(server.url, QUICK, abicart_gate)
        answer = raw.get("one", "Article.list", {}, call("Article.list"))
        raw.close()
        assert len(server.received) == 1
    assert (answer.status, answer.body) == (0, b"")
    assert answer.problem == "the connection broke before the answer was complete"


def test_two_requests_a_second_unless_told_otherwise() -> None:
    waits: list[float] = []
    with RawServer(in_turn(http("{}"))) as server:
        slow = HttpOptions(connect_timeout=0.5, read_timeout=0.5)
        raw = RawTransport(server.url, slow, abicart_gate, sleep=waits.append, clock=lambda: 0.0)
        for _ in range(3):
            raw.get("one", "Article.list", {}, call("Article.list"))
        raw.close()
    assert waits == [0.5, 1.0]


@pytest.mark.parametrize(
    "address", ["shop.textalk.se", "ftp://shop.textalk.se", "https://me@shop.textalk.se", ""]
)
def test_an_address_that_is_none_is_refused_before_anything(address: str) -> None:
    with pytest.raises(ConfigurationError, match="address of Abicart"):
        ProbedShop("demo", address, 1)


@pytest.mark.parametrize("host", ["shop.textalk.se", "0.0.0.0", "127.0.0.2", "localhost.example.com"])  # noqa: S104
def test_plain_http_to_other_machines_is_refused_before_a_call(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABICART_SPECTER_PLAIN_HTTP_HOSTS", "sandbox-abicart")
    with pytest.raises(ConfigurationError, match=f"is plain http to {host}, but keys travel in it"):
        RawTransport(f"http://{host}:8080", QUICK, abicart_gate)
    for good in (f"https://{host}", "http://sandbox-abicart:1", "http://localhost:1", "http://[::1]:1"):
        RawTransport(good, QUICK, abicart_gate).close()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def test_a_closed_port_is_tried_by_three_calls_and_no_more() -> None:
    """Each try but the first waits for its turn, so that the waits tell how many there were."""
    waits: list[float] = []
    url = f"http://127.0.0.1:{closed_port()}"
    raw = RawTransport(url, QUICK, abicart_gate, sleep=waits.append, clock=lambda: 0.0)
    answers = [raw.get(f"{n}", "Article.list", {}, call("Article.list")) for n in range(20)]
    raw.close()
    assert len(waits) + 1 == 2 * MOST_UNREACHED == 6
    assert {(one.status, one.problem) for one in answers} == {(0, "no connection could be made")}
    assert [one.name for one in answers] == [f"{n}" for n in range(20)]


def test_a_server_that_comes_back_in_time_is_asked_on_and_one_too_late_is_not() -> None:
    port = closed_port()
    raw = RawTransport(f"http://127.0.0.1:{port}", QUICK, abicart_gate)

    def get() -> int:
        return raw.get("one", "Article.list", {}, call("Article.list")).status

    for _ in range(3):
        assert [get() for _ in range(MOST_UNREACHED - 1)] == [0, 0]
        with RawServer(lambda _request: [http("{}"), CLOSE], port=port) as server:
            assert get() == 200
            assert server.connections == 1
    assert [get() for _ in range(MOST_UNREACHED)] == [0, 0, 0]
    with RawServer(lambda _request: [http("{}")], port=port) as server:
        assert get() == 0
        assert server.connections == 0
    raw.close()


def test_answers_that_were_lost_do_not_end_the_asking() -> None:
    with RawServer(lambda _request: [CLOSE]) as server:
        raw = RawTransport(server.url, QUICK, abicart_gate)
        for _ in range(5):
            raw.get("one", "Article.list", {}, call("Article.list"))
        raw.close()
        assert len(server.received) == 5
