"""Batches of the three queues: open, read again, closed, empty, cut."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qs

import pytest
from tests.clients.raw_server import CLOSE, RawServer, http, in_turn
from tests.clients.specter_cases import (
    ROWS,
)

from abicart_specter.clients.specter import WriteAnswer
from abicart_specter.clients.specter_batches import (
    ArticleInfoAnswer,
    OpenBatchError,
    OrdersAnswer,
    Queue,
    StockAnswer,
)


def test_batches_are_read_typed_with_their_raw_bytes(specter_server, opening):
    control = specter_server.control
    control.edit("article.new", number="A", name="Blå", price="10.50", vat_percent="12", available="2.5")
    client = opening.specter(specter_server.url)
    stock = client.read_batch(Queue.STOCK, "B1")
    info = client.read_batch(Queue.ARTICLE_INFO, "B2")
    orders = client.read_batch(Queue.ORDERS, "B3")
    assert isinstance(stock, StockAnswer)
    assert isinstance(info, ArticleInfoAnswer)
    assert isinstance(orders, OrdersAnswer)
    assert (stock.rows[0].article_no, stock.rows[0].quantity, stock.rows[0].site) == (
        "A",
        Decimal("2.5"),
        "1",
    )
    assert (info.rows[0].price_ex_vat, info.rows[0].vat_percent, info.limit) == (Decimal("10.50"), 12, 500)
    assert orders.is_empty
    answers = [one["answer"].encode("latin-1") for one in control.requests()]
    assert [stock.raw, info.raw, orders.raw] == answers
    assert parse_qs(control.requests()[0]["query"])["getMultipleStocksites"] == ["1"]
    assert client.counts.connections_opened == 1


@pytest.mark.parametrize("queue", list(Queue))
def test_an_open_batch_is_named_read_and_closed(specter_server, opening, queue):
    control = specter_server.control
    control.edit("article.new", number="A", available="3")
    control.fault("error_99", words="f" * 32)
    client = opening.specter(specter_server.url)
    with pytest.raises(OpenBatchError) as caught:
        client.read_batch(queue, "B1")
    assert caught.value.batch_no == "f" * 32
    assert caught.value.code == "99"
    client.read_batch(queue, caught.value.batch_no)
    client.acknowledge(queue, caught.value.batch_no)
    assert client.read_batch(queue, "B1").is_empty


def test_an_open_batch_is_read_again_until_it_is_closed(specter_server, opening):
    control = specter_server.control
    control.edit("article.new", number="A", available="3")
    client = opening.specter(specter_server.url)
    first = client.read_batch(Queue.STOCK, "B1")
    assert client.read_batch(Queue.STOCK, "B1").rows == first.rows
    with pytest.raises(OpenBatchError) as caught:
        client.read_batch(Queue.STOCK, "B2")
    assert caught.value.batch_no == "B1"
    client.acknowledge(Queue.STOCK, "B1")
    assert client.read_batch(Queue.STOCK, "B2").is_empty
    assert client.counts.writes == control.counters()["writes"] == 1


@pytest.mark.parametrize("ack_unknown", ["success", "error"])
def test_closing_what_is_closed_is_done(specter_server, opening, caplog, ack_unknown):
    specter_server.control.switches(ack_unknown=ack_unknown)
    opening.specter(specter_server.url).acknowledge(Queue.STOCK, "B-old")
    warned = [one for one in caplog.records if "taken for closed" in one.getMessage()]
    assert len(warned) == (ack_unknown == "error")


def test_an_empty_acknowledgement_is_repeated_once_and_then_believed(specter_server, opening):
    specter_server.control.switches(ack_answer="empty")
    client = opening.specter(specter_server.url)
    client.acknowledge(Queue.STOCK, "B1")
    assert client.counts.requests == 2


@pytest.mark.parametrize("queue", list(Queue))
def test_an_answer_cut_to_nothing_is_not_taken_for_an_empty_queue(specter_server, opening, queue):
    control = specter_server.control
    control.edit("article.new", number="A", available="3")
    control.fault("cut", how="clean", keep=0.0)
    client = opening.specter(specter_server.url)
    assert client.read_batch(queue, "B1").raw != b""
    assert client.counts.retries == 1


def test_a_plain_answer_is_understood_though_xml_was_asked_for(opening):
    plain = "articleId;articleNo;noItemsAvailable;batchNo\r7;\xc5-1;12;B1\r".encode("latin-1")
    empty = plain.split(b"\r")[0] + b"\r"
    with RawServer(in_turn(http(plain), http(empty))) as server:
        client = opening.specter(server.url)
        (row,) = client.read_batch(Queue.STOCK, "B1").rows
        assert (row.article_no, row.quantity, row.specter_id) == ("Å-1", 12, "7")
        assert client.read_batch(Queue.STOCK, "B1").is_empty
        assert len(server.received) == 3


@pytest.mark.parametrize(
    ("answers", "number"),
    [
        ([http("1;12;OK")], 12),
        ([http("1;;OK")], None),
        ([http("1;12"), http("1;12;OK")], 12),
        ([http("<html>hej</html>"), http("1;12;OK")], 12),
        ([http("1;12;OK", 500), http("1;12;OK")], 12),
        ([http("1;12;OK", 302), http("1;12;OK")], 12),
        ([http(""), http("1;12;OK")], 12),
        ([[CLOSE], http("1;12;OK")], 12),
    ],
)
def test_only_a_whole_answer_in_a_known_form_with_status_200_is_a_success(opening, answers, number):
    with RawServer(in_turn(*answers)) as server:
        answer = opening.specter(server.url).submit_articles(ROWS, force=False)
        assert isinstance(answer, WriteAnswer)
        assert answer.number == number
        assert len(server.received) == len(answers)
