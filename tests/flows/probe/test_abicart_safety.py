"""A probe of a shop changes nothing, asks nothing that is not on the list, and lets no person and no key out."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.clients.raw_server import RawServer, http, in_turn
from tests.flows.probe.probe_shop import AT_ONCE, TOKEN, ask, by_switch, stock_the_shop

from abicart_specter.clients.abicart_probe import MOST_ORDERS, ProbedShop, probe_abicart
from abicart_specter.clients.options import HttpOptions
from abicart_specter.clients.probe_allowed import ABICART_METHODS
from abicart_specter.domain.probe.abicart import findings
from abicart_specter.domain.probe.records import Answer, Verdict
from abicart_specter.flows.probe.files import document

NOW = datetime(2026, 1, 12, 7, 0, tzinfo=UTC)

NONSENSE = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b"7",
    b'{"result": 5}',
    b'{"result": true}',
    b'{"result": [1, null, [], "a"]}',
    b"[1]",
    b'{"result": [{"uid": {}, "price": [], "items": 3, "costs": 4, "content": 5, "choices": 1}]}',
    b'{"result": [{"uid": 1, "price": 5, "items": [{"costs": 1, "choices": [], "article": {"content": 3}}],'
    b' "costs": {"cart": 7, "total": {"incVat": "x"}}, "payments": [{}], "customer": {"info": 1, "custom": 2}}]}',
    b'{"error": {"code": "x"}}',
    b'{"error": {"code": [1], "data": {}}}',
    b'{"error": 3}',
    b"<html></html>",
    b"\xff\xfe",
]


def test_it_reads_and_nothing_else(abicart_server) -> None:
    control = abicart_server.control
    stock_the_shop(control)
    ask(abicart_server.url)
    counters = control.counters()
    assert counters["writes"] == 0
    assert set(counters["calls"]) <= ABICART_METHODS
    assert counters["connections"] == 1
    assert counters["refused"] == 0


def test_without_a_token_only_what_visitors_may_read_is_asked(abicart_server) -> None:
    stock_the_shop(abicart_server.control)
    probed = ask(abicart_server.url, token="")
    asked = {one for one in abicart_server.control.counters()["calls"] if not one.endswith(".getSchema")}
    assert {one.partition(".")[0] for one in asked} == {"Article", "NoSuchThing", "PaymentMethod", "Webshop"}
    found = by_switch(probed)
    assert found["order_expansion"].verdict is Verdict.NOT_ASKED
    assert "needs the auth token" in found["order_expansion"].why
    assert found["time_format"].value == "offset"


def test_no_more_orders_are_read_than_it_says(abicart_server) -> None:
    control = abicart_server.control
    control.reset(seed={"items": 50, "orders": MOST_ORDERS + 30})
    probed = ask(abicart_server.url)
    answers = {one.name: one for one in probed.probe.answers}
    assert len(json.loads(answers["order_list"].body)["result"]) == MOST_ORDERS


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _texts(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, key)
    elif isinstance(value, str):
        yield key, value


@pytest.mark.parametrize("draw", range(4))
def test_no_person_no_product_text_and_no_key_is_in_the_file(abicart_server, draw: int) -> None:
    chance = random.Random(draw)
    control = abicart_server.control
    stock_the_shop(
        control,
        order_customer=chance.choice(("embedded", "uid")),
        customer_info=chance.choice(("plain", "other_names")),
        custom_shape=chance.choice(("list", "object")),
        order_expansion=chance.choice(("inline", "uids")),
    )
    probed = ask(abicart_server.url)
    written = document("demo", NOW, [probed]).decode()
    assert TOKEN not in written
    customers = [one for page in range(2) for one in control.inspect("Customer", offset=page * 100)]
    secret = {
        text
        for customer in customers
        for key, text in _texts(
            {name: customer[name] for name in ("info", "address", "deliveryAddress", "custom")}
        )
        if len(text) >= 5 and key not in ("type", "country")
    }
    articles = control.inspect("Article")
    secret |= {text for one in articles for _key, text in _texts(one.get("name"))}
    numbers = {one["articleNumber"] for one in articles if len(one["articleNumber"] or "") > 5}
    orders = {one["orderNumber"] for one in control.inspect("Order") if one["orderNumber"]}
    assert len(secret) > 50
    raw = b"".join(one.body for one in probed.probe.answers).decode()
    assert sum(text in raw for text in secret) > 20, "the answers hold what must not be in the file"
    # Letters and digits of a text may be chance; a whole text is none.
    assert [text for text in secret if any(one.isalpha() for one in text) and text in written] == []
    assert [
        one for one in secret if not any(map(str.isalpha, one)) and f'"{one}' in written.replace("\\", "")
    ] == []
    assert [one for one in orders if f'\\"orderNumber\\":\\"{one}\\"' in written] == []
    assert len([one for one in numbers if f'\\"{one}\\"' in written]) == 0


def test_what_was_answered_is_not_asked_again() -> None:
    with RawServer(in_turn(http("<html>busy</html>", 503, headers=["Retry-After: 7"]))) as server:
        answers = probe_abicart(ProbedShop("demo", server.url, 1, TOKEN), AT_ONCE)
        assert len(server.received) == len(answers)
    assert {one.status for one in answers} == {503}
    assert {one.headers["retry-after"] for one in answers} == {"7"}
    assert all(one.verdict is not Verdict.TOLD for one in findings({one.name: one for one in answers}))


def test_nobody_there_is_an_answer_too() -> None:
    with RawServer(in_turn(http("x"))) as server:
        url = server.url
    quick = HttpOptions(connect_timeout=0.5, read_timeout=0.5, rate_per_second=10_000)
    answers = probe_abicart(ProbedShop("demo", url, 1, TOKEN), quick)
    assert {one.status for one in answers} == {0}
    assert {one.problem for one in answers} == {"no connection could be made"}
    told = [one for one in findings({one.name: one for one in answers}) if one.verdict is Verdict.TOLD]
    assert told == []


@pytest.mark.parametrize("draw", range(40))
def test_answers_that_are_missing_cut_or_nonsense_leave_questions_open(abicart_server, draw: int) -> None:
    """No answer, whatever it is, may stop the findings; and one question's answer is none for another."""
    chance = random.Random(draw)
    if draw == 0:
        stock_the_shop(abicart_server.control)
    good = {one.name: one for one in ask(abicart_server.url).probe.answers}
    spoilt: dict[str, Answer] = {}
    for name, answer in good.items():
        kind = chance.randrange(6)
        if kind:
            spoilt[name] = _spoilt(answer, kind, chance)
    assert len(findings(spoilt)) == len(findings(good))


@pytest.mark.parametrize("body", NONSENSE, ids=repr)
def test_a_server_that_answers_nonsense_does_not_stop_a_probe(body: bytes) -> None:
    with RawServer(in_turn(http(body.decode("latin-1")))) as server:
        answers = probe_abicart(ProbedShop("demo", server.url, 1, TOKEN), AT_ONCE)
    assert {one.status for one in answers} == {200}
    assert {one.verdict for one in findings({one.name: one for one in answers})} >= {Verdict.NOT_ASKED}


def _spoilt(answer: Answer, kind: int, chance: random.Random) -> Answer:
    if kind == 1:
        return Answer(answer.name, answer.call, answer.asked, 0, problem="no answer")
    if kind == 2:
        return Answer(answer.name, answer.call, answer.asked, 200, answer.headers, chance.choice(NONSENSE))
    if kind == 3:
        cut = answer.body[: chance.randrange(len(answer.body))]
        return Answer(answer.name, answer.call, answer.asked, 200, answer.headers, cut)
    return answer
