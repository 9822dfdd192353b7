"""What the inbox keeps of an answer: absolute figures that can never make a shop sell what is not there."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.clients.specter_batches import Queue, StockAnswer, StockRow
from abicart_specter.domain.money import parse_amount
from abicart_specter.flows.imports.queue_rows import inbox_rows, quantity_text, records_told
from abicart_specter.ledger import InboxValue

QUANTITIES = st.decimals(Decimal("-99999"), Decimal("9999999"), places=3, allow_nan=False)


def stock(*rows: StockRow) -> list[InboxValue]:
    return inbox_rows(StockAnswer(Queue.STOCK, "b", b"", rows=rows))


def xml(quantity: int | None, site: str | None = None) -> StockRow:
    return StockRow("A-1", None if quantity is None else Decimal(quantity), site)


def plain(quantity: int | None, article_id: str = "7") -> StockRow:
    return StockRow("A-1", None if quantity is None else Decimal(quantity), None, article_id)


def test_sites_that_are_told_apart_stay_apart() -> None:
    assert stock(xml(4, "1"), xml(-2, "2"), xml(None, "3")) == [
        InboxValue("A-1", "available:1", "4"),
        InboxValue("A-1", "available:2", "-2"),
        InboxValue("A-1", "available:3", None),
    ]


def test_unknown_is_never_zero_and_never_hides_what_is_known() -> None:
    assert stock(xml(None)) == stock(xml(None), xml(None)) == [InboxValue("A-1", "available", None)]
    assert stock(xml(None), xml(5)) == [InboxValue("A-1", "available", "5")]
    assert stock(xml(0)) == [InboxValue("A-1", "available", "0")]


def test_a_number_that_the_plain_form_tells_twice_counts_as_the_smaller() -> None:
    """Two sites, or one told twice: nobody knows, so the shop gets what is there in either case."""
    assert stock(plain(5), plain(3))[0] == InboxValue("A-1", "available", "3")
    assert stock(plain(5), plain(3))[1] == InboxValue("A-1", "specterid", "7")
    assert stock(plain(5, "7"), plain(3, "8")) == [InboxValue("A-1", "available", "3")]


def test_articles_are_counted_once_however_many_sites_they_have() -> None:
    answer = StockAnswer(Queue.STOCK, "b", b"", rows=(xml(4, "1"), xml(3, "2"), StockRow("A-2", None)))
    assert records_told(answer) == 2


@given(QUANTITIES)
def test_a_quantity_is_text_with_a_decimal_point_and_without_an_exponent(quantity: Decimal) -> None:
    text = quantity_text(quantity)
    assert text is not None and "E" not in text.upper() and "," not in text
    assert parse_amount(text) == quantity
    assert quantity_text(parse_amount(text)) == text


@given(st.lists(st.none() | st.integers(-50, 50), min_size=1, max_size=5))
def test_what_untold_sites_hold_is_their_sum_and_never_more(held: list[int | None]) -> None:
    [row] = stock(*(xml(one) for one in held))
    known = [one for one in held if one is not None]
    assert row.value == (str(sum(known)) if known else None)
