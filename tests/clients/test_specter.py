"""The Specter client writing articles: on the wire, under every switch, and refused."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qs

import pytest
from tests.clients.raw_server import RawServer, http, in_turn
from tests.clients.specter_cases import (
    ROWS,
    WANTED,
    drained,
    stored,
)

from abicart_specter.clients.specter_batches import (
    Queue,
)
from abicart_specter.errors import (
    AbicartSpecterError,
    RecordError,
    RefusedError,
)
from shop_sandbox.specter.switches import ANSWERS, ARTICLES, BATCHES, REQUESTS


def test_what_goes_over_the_wire(specter_server, opening):
    client = opening.specter(specter_server.url)
    answer = client.submit_articles(ROWS, force=False)
    assert answer.number == 2
    assert answer.words == "Artiklarna är sparade"
    client.submit_articles(ROWS, force=True)
    first, second = specter_server.control.requests()
    assert (first["method"], first["path"]) == ("POST", "/putInfo.asp")
    assert parse_qs(first["query"]) == {
        "action": ["newArticleSubmit"],
        "sbmId": ["1000"],
        "apiUserId": ["12"],
        "useXML": ["1"],
        "key": parse_qs(first["query"])["key"],
    }
    assert parse_qs(second["query"])["forceArticleUpdate"] == ["1"]
    assert dict(first["headers"])["content-type"] == "application/x-www-form-urlencoded"
    assert first["body"].startswith(
        "articleNo_1=BLA-1&name_1=Bl%E5+%22m%F6ssa%22+%26+vante+-+%E9&priceExclVAT_1=159.20"
    )
    assert "articleNo_2=ROD-2" in first["body"]
    assert stored(specter_server.control) == WANTED
    assert len(opening.secrets) == 3
    assert opening.secrets[-1] == parse_qs(first["query"])["key"][0]


def test_supplier_fields_are_announced(specter_server, opening):
    opening.specter(specter_server.url).submit_articles([ROWS[0] | {"supplierNo": "7"}], force=False)
    assert specter_server.control.requests()[0]["body"].startswith("addSupplier=1&articleNo_1=")


def test_version_1_goes_without_api_user(specter_server, opening):
    client = opening.specter(specter_server.url, version=1, api_user_id=12)
    assert client.check_account().recognised
    client.submit_articles(ROWS, force=False)
    assert all("apiUserId" not in one["query"] for one in specter_server.control.requests())
    assert len(specter_server.control.inspect("articles", account=1001)) == 2


def test_a_hundred_rows_go_in_one_call_over_one_connection(specter_server, opening):
    client = opening.specter(specter_server.url)
    for start in range(0, 300, 100):
        rows = [ROWS[0] | {"articleNo": f"A-{number}"} for number in range(start, start + 100)]
        client.submit_articles(rows, force=False)
    counters = specter_server.control.counters()
    assert client.counts.as_dict() == {
        "requests": counters["requests"],
        "retries": 0,
        "writes": counters["writes"],
        "connections_opened": counters["connections"],
    }
    assert (counters["requests"], counters["article_rows"], counters["connections"]) == (3, 300, 1)


def test_the_size_of_a_row_is_what_it_takes_in_the_body(specter_server, opening):
    client = opening.specter(specter_server.url)
    client.submit_articles(ROWS, force=False)
    body = specter_server.control.requests()[0]["body"]
    assert sum(client.encoded_size(row, place) for place, row in enumerate(ROWS, 1)) == len(body) + 1


def alternatives():
    for switch in (*ANSWERS, *REQUESTS, *ARTICLES, *BATCHES):
        for value in switch.choices:
            if value != switch.default:
                yield switch.name, value
    yield "xml_root", "Svar"
    yield "max_article_rows", 0
    yield "stock_site_names", "SiteID"
    yield "stock_site_names", "nr,namn"


@pytest.mark.parametrize(("switch", "value"), list(alternatives()))
def test_articles_are_written_and_read_back_the_same_under_every_switch(
    specter_server, opening, switch, value
):
    control = specter_server.control
    control.switches(**{switch: value})
    client = opening.specter(specter_server.url)
    client.check_account()
    answer = client.submit_articles(ROWS, force=False)
    if (switch, value) == ("article_answer_id", "none"):
        assert answer.number is None
    else:
        assert answer.number is not None
    client.submit_articles(ROWS, force=True)
    assert stored(control) == WANTED
    control.edit("article.change", number="ROD-2", price="1234.50", old_price="1500", show_old_price=True)
    for number, available in (("BLA-1", "12"), ("ROD-2", "2.5")):
        control.edit("article.stock", number=number, available=available)

    stock = drained(client, Queue.STOCK)
    quantities = {}
    for row in stock:
        quantities[row.article_no] = quantities.get(row.article_no, 0) + (row.quantity or 0)
    assert quantities == {"BLA-1": Decimal(12), "ROD-2": Decimal("2.5")}
    info = {row.article_no: row for row in drained(client, Queue.ARTICLE_INFO)}
    assert (info["ROD-2"].price_ex_vat, info["ROD-2"].former_price) == (Decimal("1234.50"), Decimal(1500))
    assert (info["ROD-2"].vat_percent, info["ROD-2"].show_former_price) == (Decimal(12), True)
    assert info["ROD-2"].name == "Röd vante"
    assert all(row.unreadable == () for row in info.values())


@pytest.mark.parametrize("mode", ["lenient", "chaos"])
def test_articles_are_written_in_every_mode(specter_server, opening, mode):
    specter_server.control.mode(mode)
    client = opening.specter(specter_server.url)
    for number in range(30):
        client.submit_articles([ROWS[0] | {"articleNo": f"A-{number}"}], force=True)
    assert len(specter_server.control.inspect("articles")) == 30
    counters = specter_server.control.counters()
    assert client.counts.requests == counters["requests"]
    assert client.counts.retries == sum(
        count for kind, count in counters["faults"].items() if kind in ("cut", "html_500")
    )


@pytest.mark.parametrize("status", ["200", "500"])
@pytest.mark.parametrize("use_xml_1", ["text", "xml"])
def test_a_refusal_carries_code_and_words_and_is_not_repeated(specter_server, opening, status, use_xml_1):
    specter_server.control.switches(error_status=status, use_xml_1=use_xml_1, refused_numbers=["ROD-2"])
    client = opening.specter(specter_server.url)
    with pytest.raises(RefusedError) as caught:
        client.submit_articles(ROWS, force=False)
    assert type(caught.value) is RefusedError
    assert caught.value.code == "9011"
    assert "ROD-2" in caught.value.words
    assert "Shop demo: Specter refuses newArticleSubmit" in str(caught.value)
    assert client.counts.requests == 1
    assert stored(specter_server.control) == []


def test_a_refusal_never_shows_what_looks_like_a_key(specter_server, opening):
    words = "9100 Nyckel 0123456789abcdef0123456789abcdef fel för demo-user-key"
    specter_server.control.fault("refusal", words=words)
    with pytest.raises(RefusedError) as caught:
        opening.specter(specter_server.url).submit_articles(ROWS, force=False)
    assert caught.value.words == "Nyckel *** fel för ***"


def test_code_99_on_a_write_is_a_refusal_like_any_other(specter_server, opening):
    with RawServer(in_turn(http("0;99;Konstigt".encode("latin-1")))) as server:
        with pytest.raises(RefusedError) as caught:
            opening.specter(server.url).submit_articles(ROWS, force=False)
        assert type(caught.value) is RefusedError


def test_a_row_that_does_not_fit_is_refused_before_anything_is_sent(specter_server, opening):
    client = opening.specter(specter_server.url)
    with pytest.raises(RecordError, match="field name"):
        client.submit_articles([ROWS[0], {"articleNo": "X", "name": "łódź"}], force=False)
    with pytest.raises(RecordError, match="too long"):
        client.submit_articles([{"articleNo": "X", "name": "x" * 200_000}], force=False)
    with pytest.raises(ValueError, match="no rows"):
        client.submit_articles([], force=False)
    assert client.counts.requests == 0


def test_before_each_try_the_caller_is_asked(specter_server, opening):
    specter_server.control.fault("drop_after", count=2)
    client = opening.specter(specter_server.url)
    asked = []
    client.submit_articles(ROWS, force=False, before_try=lambda: asked.append(client.counts.requests))
    assert asked == [0, 1, 2]

    def stop():
        raise AbicartSpecterError("lease lost")

    with pytest.raises(AbicartSpecterError, match="lease lost"):
        client.submit_articles(ROWS, force=False, before_try=stop)
    assert client.counts.requests == 3
