"""Exactly once: an order or a new customer is sent one time, and what came of it is told as it is.

Lost is always ``UnconfirmedError``, whether it arrived or not; surely not sent is never.
"""

from __future__ import annotations

import pytest
from tests.clients.raw_server import CLOSE, RawServer, http, in_turn
from tests.clients.specter_cases import IMPATIENT, SPECTER_FAULT_NAMES, SPECTER_FAULTS
from tests.clients.specter_order_cases import (
    ALWAYS_NEW,
    CUSTOMER,
    FIELDS,
    MATCHED,
    ROWS,
    orders,
    wanted,
    with_articles,
)

from abicart_specter.clients.options import HttpOptions
from abicart_specter.clients.transport import LONGEST_IDLE
from abicart_specter.errors import (
    RateLimitedError,
    RecordError,
    RefusedError,
    TransportError,
    UnconfirmedError,
)


def arrived(fault: dict) -> bool:
    """Whether the sandbox does the work under this fault."""
    return fault["kind"] in ("drop_after", "cut", "slow") or fault.get("work") == "before"


@pytest.fixture
def ready(specter_server, opening):
    """A client with its customer's number, nothing asked yet about orders."""
    with_articles(specter_server.control)
    client = opening.specter(specter_server.url, IMPATIENT)
    number = client.submit_customer(CUSTOMER, **MATCHED).number
    return specter_server.control, client, number


@pytest.mark.parametrize("fault", SPECTER_FAULTS, ids=SPECTER_FAULT_NAMES)
def test_an_order_is_sent_once_whatever_happens(ready, fault):
    control, client, number = ready
    control.fault(**fault)
    kind = RateLimitedError if fault["kind"] == "too_many" else UnconfirmedError
    with pytest.raises(kind, match=r"newOrderSubmit of order W-10023: .*, after 1 try") as caught:
        client.submit_order(number, FIELDS, ROWS)
    assert type(caught.value) is kind
    assert caught.value.__cause__ is None
    counters = control.counters()
    assert client.counts.requests == counters["requests"] + counters["refused"] == 2
    assert client.counts.retries == 0
    assert orders(control) == ([wanted(number)] if arrived(fault) else [])
    # The next one goes through as if nothing had been.
    answer = client.submit_order(number, FIELDS | {"externalOrderNo": "W-10024"}, ROWS)
    assert answer.number
    assert [one[0] for one in orders(control)][-1] == "W-10024"


@pytest.mark.parametrize("fault", SPECTER_FAULTS, ids=SPECTER_FAULT_NAMES)
def test_a_customer_that_is_always_new_is_sent_once(specter_server, opening, fault):
    control = specter_server.control
    client = opening.specter(specter_server.url, IMPATIENT)
    control.fault(**fault)
    kind = RateLimitedError if fault["kind"] == "too_many" else UnconfirmedError
    with pytest.raises(kind, match=r"newCustomerSubmit: .*, after 1 try"):
        client.submit_customer(CUSTOMER, **ALWAYS_NEW)
    assert client.counts.requests == 1
    assert len(control.inspect("customers")) == (1 if arrived(fault) else 0)


@pytest.mark.parametrize("fault", SPECTER_FAULTS, ids=SPECTER_FAULT_NAMES)
@pytest.mark.parametrize("ignored", ["ignore_email", "ignore_organisation_number", None])
@pytest.mark.parametrize("force", [False, True])
def test_a_customer_that_is_matched_is_tried_again_and_not_doubled(
    specter_server, opening, fault, ignored, force
):
    control = specter_server.control
    client = opening.specter(specter_server.url, IMPATIENT)
    control.fault(**fault)
    flags = MATCHED | {"force": force} | ({ignored: True} if ignored else {})
    answer = client.submit_customer(CUSTOMER, **flags)
    assert [one["number"] for one in control.inspect("customers")] == [answer.number]
    assert client.counts.retries == 1


def test_a_customer_whose_answers_are_all_lost_is_unconfirmed(specter_server, opening):
    specter_server.control.fault("drop_after", count=None)
    client = opening.specter(specter_server.url, IMPATIENT)
    with pytest.raises(UnconfirmedError, match="after 3 tries"):
        client.submit_customer(CUSTOMER, **MATCHED)
    assert len(specter_server.control.inspect("customers")) == 1


def test_a_server_that_is_not_there_was_surely_sent_nothing(opening):
    with RawServer(in_turn(http())) as server:
        url = server.url
    client = opening.specter(url, IMPATIENT)
    with pytest.raises(
        TransportError, match="of order W-10023: no connection could be made, after 1 try"
    ) as caught:
        client.submit_order(4, FIELDS, ROWS)
    assert type(caught.value) is TransportError
    with pytest.raises(TransportError):
        client.submit_customer(CUSTOMER, **ALWAYS_NEW)
    assert client.counts.requests == 0


def test_a_name_that_is_not_known_was_surely_sent_nothing(opening):
    client = opening.specter("http://specter.invalid", IMPATIENT)
    with pytest.raises(TransportError, match="name could not be resolved"):
        client.submit_order(4, FIELDS, ROWS)


@pytest.mark.parametrize(
    "steps",
    [
        [CLOSE],
        [b"HTTP/1.1 200 OK\r\n", CLOSE],
        [http("1;5001;Sparad", length=500), CLOSE],
        [http("1;5001;Sparad")[:-9], CLOSE],
        [b"HTTP/1.1 200 OK\r\n\r\n", CLOSE],
        [b"HTTP/1.1 200 OK\r\n\r\n1;5", CLOSE],
        [2.0],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 2.0],
        [b"skrap\r\n\r\n", CLOSE],
    ],
    ids=range(9),
)
def test_any_way_to_lose_an_answer_is_unconfirmed(opening, steps):
    with RawServer(lambda _: steps) as server:
        with pytest.raises(UnconfirmedError):
            opening.specter(server.url, IMPATIENT).submit_order(4, FIELDS, ROWS)
        assert len(server.received) == 1


@pytest.mark.parametrize("kept", [0.0, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("how", ["clean", "length", "chunked"])
@pytest.mark.parametrize("use_xml_1", ["text", "xml"])
def test_a_cut_answer_is_the_number_or_nothing(ready, kept, how, use_xml_1):
    """Half a number must never be taken for the order's."""
    control, client, number = ready
    control.switches(use_xml_1=use_xml_1)
    control.fault("cut", how=how, keep=kept)
    told = None
    try:
        told = client.submit_order(number, FIELDS, ROWS).number
    except UnconfirmedError:
        assert client.counts.retries == 0
    (order,) = control.inspect("orders")
    assert told in (None, order["number"])
    # Only plain text that ends early after the number can still be read.
    assert (told is not None) == (how == "clean" and use_xml_1 == "text" and kept >= 0.5)


def test_a_connection_that_the_server_said_it_closes_is_not_used(opening):
    """What is sent into such a connection would be lost."""
    answer = http("1;5001;Sparad", headers=["Connection: close"])
    with RawServer(lambda _: [answer, CLOSE]) as server:
        client = opening.specter(server.url)
        for _ in range(5):
            assert client.submit_order(4, FIELDS, ROWS).number == 5001
        assert client.counts.connections_opened == server.connections == 5


def test_what_is_sent_once_does_not_go_over_an_idle_connection(opening):
    now = [0.0]
    with RawServer(in_turn(http("1;5001;Sparad"))) as server:
        client = opening.specter(server.url, clock=lambda: now[0])
        client.submit_order(4, FIELDS, ROWS)
        now[0] += LONGEST_IDLE
        client.submit_order(4, FIELDS, ROWS)
        assert client.counts.connections_opened == 1
        now[0] += LONGEST_IDLE + 0.1
        client.submit_customer(CUSTOMER, **MATCHED)
        assert client.counts.connections_opened == 1
        now[0] += LONGEST_IDLE + 0.1
        client.submit_customer(CUSTOMER, **ALWAYS_NEW)
        assert client.counts.connections_opened == 2
        now[0] += LONGEST_IDLE + 0.1
        client.submit_order(4, FIELDS, ROWS)
        assert client.counts.connections_opened == 3
        assert len(server.received) == 5


def test_a_thousand_faults_double_and_invent_nothing(specter_server, opening):
    """Every order either went as told, or nobody claims to know, or it is surely not there."""
    control = specter_server.control
    with_articles(control)
    client = opening.specter(specter_server.url, HttpOptions(connect_timeout=0.5, read_timeout=0.3))
    number = client.submit_customer(CUSTOMER, **MATCHED).number
    faults = [
        {"kind": kind, "probability": 0.12, "seed": seed, "count": None, **more}
        for seed, (kind, more) in enumerate(
            [
                ("refuse", {}),
                ("drop_before", {"how": "reset"}),
                ("drop_after", {}),
                ("cut", {"how": "clean", "keep": 0.3}),
                ("cut", {"how": "chunked", "keep": 0.9}),
                ("html_500", {}),
                ("html_500", {"work": "before"}),
                ("too_many", {"seconds": 0.0}),
                ("unavailable", {"seconds": 0.0}),
                ("refusal", {"words": "9100 Nej"}),
            ],
            start=20,
        )
    ]
    for fault in faults:
        control.fault(**fault)
    told: dict[str, object] = {}
    for place in range(1000):
        external = f"T-{place}"
        try:
            told[external] = client.submit_order(
                number, FIELDS | {"externalOrderNo": external}, ROWS[:1]
            ).number
        except (UnconfirmedError, TransportError, RateLimitedError, RefusedError, RecordError) as error:
            told[external] = type(error)
    control.clear_faults()
    stored: dict[str, list[int]] = {}
    for one in control.inspect("orders"):
        stored.setdefault(one["external_number"], []).append(one["number"])
    assert all(len(numbers) == 1 for numbers in stored.values())
    for external, outcome in told.items():
        if isinstance(outcome, int):
            assert stored[external] == [outcome]
        elif outcome is not UnconfirmedError:
            assert external not in stored
    kinds = {outcome if isinstance(outcome, type) else "sent" for outcome in told.values()}
    assert kinds == {"sent", UnconfirmedError, RateLimitedError, RefusedError}
    lost = [external for external, outcome in told.items() if outcome is UnconfirmedError]
    assert 0 < sum(external in stored for external in lost) < len(lost)
    assert client.counts.retries == 0
