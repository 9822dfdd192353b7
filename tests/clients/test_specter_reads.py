"""The three queues' batches, in every shape the reference holds possible."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.clients.specter_answers import Reply
from abicart_specter.clients.specter_batches import (
    ArticleInfoAnswer,
    OrderRow,
    OrdersAnswer,
    Queue,
    StockAnswer,
    StockRow,
)
from abicart_specter.clients.specter_reads import read_answer
from abicart_specter.clients.unreadable import NotReadable

HEADER = "articleId;articleNo;noItemsAvailable;batchNo"


def stock(text: str) -> StockAnswer | Reply:
    return read_answer(Queue.STOCK, "B1", text.encode("latin-1"))


# Plain


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
@pytest.mark.parametrize("header", [HEADER, None])
@pytest.mark.parametrize("last", [True, False])
def test_plain_rows_end_in_any_way(end, header, last):
    lines = ([header] if header else []) + ["7;Å-1;12;B1", "8;B;-2,5;B1"]
    answer = stock(end.join(lines) + (end if last else ""))
    assert answer.rows == (
        StockRow("Å-1", Decimal(12), None, "7"),
        StockRow("B", Decimal("-2.5"), None, "8"),
    )


def test_a_quantity_that_is_not_told_is_unknown_and_never_zero():
    answer = stock(f"{HEADER}\r7;A;noItemsAvailable;B1\r8;B;;B1\r9;C;mycket;B1\r")
    assert [(row.article_no, row.quantity) for row in answer.rows] == [("A", None), ("B", None), ("C", None)]
    assert stock("7;A;noItemsAvailable;B1\r").rows == (StockRow("A", None, None, "7"),)


def test_rows_without_number_are_counted_and_lines_without_columns_left_out():
    answer = stock(f"{HEADER}\r\r7;;12;B1\rhej\r8;B;1;B1\r")
    assert answer.rows == (StockRow("B", Decimal(1), None, "8"),)
    assert answer.skipped == 1


def test_99_inside_a_row_is_a_row():
    answer = stock("10;99;5;B1\r0;99;7;B1\r")
    assert [row.article_no for row in answer.rows] == ["99", "99"]
    assert stock("0;99;7;B1\r").rows[0].quantity == 7


@pytest.mark.parametrize("queue", list(Queue))
@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("0;99;Batch 'B0' är öppen\r\n", Reply(False, "99", "Batch 'B0' är öppen")),
        ("0;99;a;b;c;d", Reply(False, "99", "a;b;c;d")),
        ("0;9001;Fel nyckel", Reply(False, "9001", "Fel nyckel")),
    ],
)
def test_a_triple_that_stands_alone_is_a_refusal(queue, text, reply):
    assert read_answer(queue, "B1", text.encode("latin-1")) == reply


@pytest.mark.parametrize(
    "text", ["7;A", "7;A;", "7;A;12", "1;A;12;", "7;A;12;B", "7;A;12;", "6;X;1;B1\r7;A;1", "OK", "hej\rhej"]
)
def test_a_cut_row_refuses_the_whole_answer(text):
    with pytest.raises(NotReadable):
        stock(text)


@given(st.lists(st.tuples(st.integers(1, 999), st.integers(0, 9999)), min_size=1, max_size=9), st.data())
def test_no_cut_plain_answer_gives_a_quantity_that_was_not_written(rows, data):
    text = "".join(f"{number};A{number};{quantity};batch-1\r" for number, quantity in rows)
    end = data.draw(st.integers(0, len(text)))
    try:
        answer = read_answer(Queue.STOCK, "batch-1", text[:end].encode())
    except NotReadable:
        return
    assert isinstance(answer, StockAnswer)
    found = [(row.article_no, row.quantity) for row in answer.rows]
    assert found == [(f"A{number}", quantity) for number, quantity in rows][: len(found)]


# XML

ENVELOPES = ["", "<APIresponse><result>1</result><code>0</code><message>OK</message></APIresponse>"]


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_stock_is_told_per_site(envelope):
    answer = stock(
        f"<r>{envelope}<stockChanges><stock stocksiteId='1' name='Lager'><articles>"
        "<article><articleNo><![CDATA[A]]></articleNo><noItemsAv>3</noItemsAv></article>"
        "<article><articleNo/><noItemsAv>3</noItemsAv></article></articles></stock>"
        "<stock SiteID='2'><articles><article articleNo='A' noItemsAv='1,50'/></articles></stock></stockChanges>"
        "<stockChanges><stock name='Butik'><articles><article><ARTICLENO>B</ARTICLENO>"
        "<noItemsAv>noItemsAvailable</noItemsAv></article><article><articleNo>C</articleNo></article>"
        "</articles></stock></stockChanges></r>"
    )
    assert answer.rows == (
        StockRow("A", Decimal(3), "1"),
        StockRow("A", Decimal("1.50"), "2"),
        StockRow("B", None, None),
        StockRow("C", None, None),
    )
    assert answer.skipped == 1


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_article_info_is_read_from_attributes_and_elements_in_any_case(envelope):
    answer = read_answer(
        Queue.ARTICLE_INFO,
        "B1",
        f"<r>{envelope}<articles>"
        "<article buyPrice='80,50' priceExclVat='1.234,50' barCode='735' productWeight='0,250'>"
        "<articleNo>A</articleNo><name><![CDATA[Blå & grön]]></name><vatPercent>25</vatPercent>"
        "<STANDARDOLDPRICE>199.00</STANDARDOLDPRICE><showStandardOldPrice>1</showStandardOldPrice>"
        "<articleType>GW</articleType></article>"
        "<article><articleNo>B</articleNo><priceExclVat>gratis</priceExclVat>"
        "<showStandardOldPrice>ja</showStandardOldPrice></article><article><name>C</name></article>"
        "</articles><responseMaxLimit>500</responseMaxLimit></r>".encode(),
    )
    assert isinstance(answer, ArticleInfoAnswer)
    first, second = answer.rows
    assert (first.article_no, first.name, first.article_type, first.bar_code) == (
        "A",
        "Blå & grön",
        "GW",
        "735",
    )
    assert (first.price_ex_vat, first.buy_price, first.vat_percent) == (
        Decimal("1234.50"),
        Decimal("80.50"),
        Decimal(25),
    )
    assert (first.former_price, first.show_former_price, first.weight_kg) == (
        Decimal("199.00"),
        True,
        Decimal("0.250"),
    )
    assert first.unreadable == ()
    assert first.fields["standardoldprice"] == "199.00"
    assert (second.price_ex_vat, second.vat_percent, second.show_former_price) == (None, None, None)
    assert second.unreadable == ("priceExclVat", "showStandardOldPrice")
    assert (answer.skipped, answer.limit) == (1, 500)


def test_orders_are_read_with_their_deliveries():
    answer = read_answer(
        Queue.ORDERS,
        "B1",
        b"<r><orders><order orderNo='12'><orderstatus deliveryStatus='D' statusId='3'/>"
        b"<deliveries updated='1'><delivery trackingNo=''/><delivery trackingNo='T 1'/><delivery>"
        b"<trackingNo>T2</trackingNo></delivery></deliveries></order>"
        b"<order><orderNo>13</orderNo><statusId>5</statusId></order><order orderNo='x'/></orders></r>",
    )
    assert isinstance(answer, OrdersAnswer)
    assert answer.rows == (OrderRow(12, "3", "D", True, ("T 1", "T2")), OrderRow(13, "5", "", False, ()))
    assert answer.skipped == 1


@pytest.mark.parametrize("queue", list(Queue))
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n",
        b"<r/>",
        b"<r><articles/><stockChanges/><orders/></r>",
        b"<r><APIresponse><result>1</result><code>0</code></APIresponse></r>",
        b"1;0;OK",
    ],
)
def test_nothing_to_report_comes_in_many_shapes(queue, body):
    answer = read_answer(queue, "B1", body)
    assert not isinstance(answer, Reply)
    assert (answer.rows, answer.queue, answer.batch_no, answer.raw) == ((), queue, "B1", body)


def test_a_header_row_alone_is_nothing_to_report():
    assert stock(HEADER + "\r").rows == ()


@pytest.mark.parametrize("queue", list(Queue))
def test_an_envelope_that_refuses_is_a_refusal_whatever_else_is_there(queue):
    body = b"<r><APIresponse><result>0</result><code>99</code><message>'B0'</message></APIresponse><articles/></r>"
    assert read_answer(queue, "B1", body) == Reply(False, "99", "'B0'")


@pytest.mark.parametrize("queue", [Queue.ARTICLE_INFO, Queue.ORDERS])
def test_no_plain_form_is_known_for_the_other_queues(queue):
    with pytest.raises(NotReadable):
        read_answer(queue, "B1", b"7;A;12;B1\r")


@pytest.mark.parametrize("queue", list(Queue))
def test_a_cut_or_foreign_document_is_refused_as_a_whole(queue):
    whole = b"<r><stock><articles><article articleNo='A' noItemsAv='1'/></articles></stock></r>"
    for end in range(1, len(whole)):
        with pytest.raises(NotReadable):
            read_answer(queue, "B1", whole[:end])
    with pytest.raises(NotReadable):
        read_answer(queue, "B1", b"<html><body>hej</body></html>")


@given(st.sampled_from(list(Queue)), st.binary(max_size=80))
def test_any_bytes_are_a_batch_a_refusal_or_refused(queue, body):
    try:
        answer = read_answer(queue, "B1", body)
    except NotReadable:
        return
    assert isinstance(answer, Reply) or answer.raw == body
