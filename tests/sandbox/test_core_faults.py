"""Every kind of fault, as a client's socket really sees it, and the rules of whom it hits."""

from __future__ import annotations

import socket
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
import requests

from shop_sandbox.core.errors import UsageError


def raw_exchange(specter, number: str) -> tuple[bytes, str]:
    """Send one article over a bare socket; what came back, and how the connection ended."""
    body = f"articleNo_1={number}&name_1=x"
    query = f"action=newArticleSubmit&sbmId=1000&apiUserId=12&key={specter.call.key(number)}"
    address = urlsplit(specter.call.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = f"POST /putInfo.asp?{query} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall((head + body).encode())
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionResetError:
            return received, "reset"
    return received, "closed"


def test_refuse(specter) -> None:
    specter.control.fault("refuse", count=2)
    assert raw_exchange(specter, "A-1") == (b"", "reset")
    with pytest.raises(requests.ConnectionError):
        specter.call.article("A-1")
    assert specter.numbers() == []
    counters = specter.control.counters()
    assert (counters["requests"], counters["refused"], counters["faults"]) == (0, 2, {"refuse": 2})
    assert specter.call.article("A-1")[0] == "1"


@pytest.mark.parametrize(("how", "ending"), [("close", "closed"), ("reset", "reset")])
def test_drop_before_the_work(specter, how: str, ending: str) -> None:
    specter.control.fault("drop_before", how=how)
    assert raw_exchange(specter, "A-1") == (b"", ending)
    counters = specter.control.counters()
    assert (counters["requests"], counters["handled"], counters["answers"]) == (1, 0, {})
    assert specter.numbers() == [] and specter.control.requests()[0]["fault"] == "drop_before"


@pytest.mark.parametrize(("how", "ending"), [("close", "closed"), ("reset", "reset")])
def test_drop_after_the_work(specter, how: str, ending: str) -> None:
    specter.control.fault("drop_after", how=how)
    assert raw_exchange(specter, "A-1") == (b"", ending)
    counters = specter.control.counters()
    assert (counters["requests"], counters["handled"], counters["answers"]) == (1, 1, {})
    assert specter.numbers() == ["A-1"] and specter.control.requests()[0]["status"] is None


@pytest.mark.parametrize("kind", ["refuse", "drop_before", "drop_after"])
def test_a_kept_connection_is_dropped_too(specter, kind: str) -> None:
    specter.call.article("A-0")
    specter.control.fault(kind)
    with pytest.raises(requests.ConnectionError):
        specter.call.article("A-1")
    assert specter.call.article("A-2")[0] == "1"
    assert specter.numbers() == (["A-0", "A-1", "A-2"] if kind == "drop_after" else ["A-0", "A-2"])
    assert specter.control.counters()["connections"] == 2


def test_cut_short_of_the_promised_length(specter) -> None:
    whole = len("1;1;Artiklarna är sparade")
    specter.control.fault("cut", keep=0.2)
    received, ending = raw_exchange(specter, "A-1")
    head, _, body = received.partition(b"\r\n\r\n")
    assert f"content-length: {whole}".encode() in head and body == b"1;1;A" and ending == "closed"
    assert specter.numbers() == ["A-1"]
    specter.control.fault("cut")
    with pytest.raises(requests.RequestException):
        specter.call.article("A-2")


def test_cut_inside_chunks(specter) -> None:
    specter.control.fault("cut", how="chunked", keep=0.2)
    received, ending = raw_exchange(specter, "A-1")
    assert (
        b"transfer-encoding: chunked" in received
        and received.endswith(b"5\r\n1;1;A\r\n")
        and ending == "closed"
    )
    specter.control.fault("cut", how="chunked")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        specter.call.article("A-2")


def test_cut_in_a_way_that_http_does_not_notice(specter) -> None:
    specter.control.fault("cut", how="clean", keep=0.2)
    body = {"articleNo_1": "A-1", "name_1": "x"}
    answer = specter.call.send("putInfo.asp", "newArticleSubmit", "A-1", body)
    assert (answer.status_code, answer.content) == (200, b"1;1;A")
    assert specter.call.article("A-2")[0] == "1"
    assert specter.control.counters()["connections"] == 1


@pytest.mark.parametrize(("work", "stored"), [("before", ["A-1"]), ("after", [])])
def test_slow(specter, work: str, stored: list[str]) -> None:
    """The client gives up first; whether the work was done by then is the fault's choice."""
    specter.control.fault("slow", seconds=1.5, work=work)
    body = {"articleNo_1": "A-1", "name_1": "x", "key": specter.call.key("A-1")}
    query = "action=newArticleSubmit&sbmId=1000&apiUserId=12"
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{specter.call.url}/putInfo.asp?{query}", body, timeout=0.7)
    assert specter.numbers() == stored
    deadline = time.monotonic() + 5
    while specter.numbers() != ["A-1"] and time.monotonic() < deadline:
        specter.control.health()
    assert specter.numbers() == ["A-1"]


def test_slow_answers_arrive(specter) -> None:
    specter.control.fault("slow", seconds=0.2)
    started = time.monotonic()
    assert specter.call.article("A-1")[0] == "1"
    assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize(("work", "stored"), [("none", []), ("before", ["A-1"])])
def test_html_500(specter, work: str, stored: list[str]) -> None:
    specter.control.fault("html_500", work=work)
    body = {"articleNo_1": "A-1", "name_1": "x"}
    answer = specter.call.send("putInfo.asp", "newArticleSubmit", "A-1", body)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html")
    assert answer.content.startswith(b"<html>") and specter.numbers() == stored


@pytest.mark.parametrize(("kind", "status"), [("too_many", 429), ("unavailable", 503)])
def test_retry_later(specter, kind: str, status: int) -> None:
    body = {"articleNo_1": "A-1", "name_1": "x"}
    specter.control.fault(kind, seconds=1.2)
    specter.control.fault(kind, seconds=60, how="date")
    answers = [specter.call.send("putInfo.asp", "newArticleSubmit", "A-1", body) for _ in range(3)]
    assert [one.status_code for one in answers] == [status, status, 200]
    assert answers[0].headers["retry-after"] == "2"
    wait = parsedate_to_datetime(answers[1].headers["retry-after"]).timestamp() - time.time()
    assert 55 < wait < 62
    assert specter.control.counters()["answers"] == {str(status): 2, "200": 1}


def test_unavailable_without_retry_after(specter) -> None:
    specter.control.fault("unavailable", seconds=0)
    assert "retry-after" not in specter.call.send("getInfo.asp", "checkAccountSettings", "", {}).headers


def test_unplugged_port_refuses_and_comes_back(specter) -> None:
    specter.call.article("A-1")
    specter.control.unplug(2.0)
    with pytest.raises(requests.ConnectionError):
        specter.call.article("A-2")
    with pytest.raises(requests.ConnectionError, match="refused"):
        requests.get(specter.call.url, timeout=1)
    deadline = time.monotonic() + 5
    answered = False
    while not answered and time.monotonic() < deadline:
        try:
            answered = specter.call.article("A-3")[0] == "1"
        except requests.ConnectionError:
            continue
    assert answered and specter.numbers()[-1] == "A-3"


def hit(specter, count: int) -> list[int]:
    """Which of ``count`` calls, counted from 1, were answered with status 500."""
    statuses = [
        specter.call.send(
            "putInfo.asp", "newArticleSubmit", f"A-{index}", {"articleNo_1": f"A-{index}"}
        ).status_code
        for index in range(1, count + 1)
    ]
    return [index for index, status in enumerate(statuses, 1) if status == 500]


def test_by_count_and_position(specter) -> None:
    specter.control.fault("html_500", count=2, after=3)
    assert hit(specter, 8) == [4, 5]
    assert specter.control.faults() == []


def test_until_cleared(specter) -> None:
    specter.control.fault("html_500", count=None)
    assert hit(specter, 5) == [1, 2, 3, 4, 5]
    armed = specter.control.faults()[0]
    assert (armed["seen"], armed["hits"]) == (5, 5)
    specter.control.clear_faults()
    assert hit(specter, 2) == []


def test_by_action_and_text(specter) -> None:
    specter.control.fault("html_500", count=None, action="newcustomer*")
    specter.control.fault("html_500", count=None, action="newArticleSubmit", text="A-3")
    assert hit(specter, 4) == [3]
    assert specter.call.send("putInfo.asp", "newCustomerSubmit", "Eva", {"name": "Eva"}).status_code == 500
    specter.control.clear_faults()
    specter.control.fault("html_500", text="Skål & fat")
    assert hit(specter, 1) == []
    with pytest.raises(AssertionError, match="500"):
        specter.call.article("A-1", name="En Skål & fat")
    specter.control.fault("html_500", text="action=newOrderSubmit")
    assert hit(specter, 1) == []
    assert specter.call.send("putInfo.asp", "newOrderSubmit", "1", {}).status_code == 500


def test_by_seeded_probability(specter) -> None:
    def drawn(seed: int) -> list[int]:
        specter.control.clear_faults()
        specter.control.fault("html_500", count=None, probability=0.3, seed=seed)
        return hit(specter, 60)

    first = drawn(5)
    assert 8 < len(first) < 30
    assert drawn(5) == first != drawn(6)


def test_two_faults_strike_one_after_the_other(specter) -> None:
    specter.control.fault("too_many")
    specter.control.fault("html_500")
    assert hit(specter, 3) == [2]
    assert specter.control.counters()["faults"] == {"too_many": 1, "html_500": 1}


def test_a_fault_on_99_for_writes(specter) -> None:
    specter.control.fault("error_99", words="B-77")
    answer = specter.call.article("A-1")
    assert answer[:2] == ("0", "99") and "'B-77'" in answer[2] and specter.numbers() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "earthquake"},
        {"kind": "cut", "how": "reset"},
        {"kind": "slow", "work": "none"},
        {"kind": "html_500", "probability": 2},
        {"kind": "html_500", "count": 0},
        {"kind": "html_500", "count": "x"},
        {"kind": "html_500", "when": 1},
    ],
)
def test_impossible_faults(specter, wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="fault"):
        specter.control.fault(**wrong)
    assert specter.control.faults() == []
