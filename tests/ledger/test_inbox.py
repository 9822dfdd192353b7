"""Rules 27 and 28: no batch is lost at any point of its way, and the newest value of a field counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from abicart_specter.errors import LedgerError
from abicart_specter.ledger import BatchState, InboxState, InboxValue, Ledger

ACCOUNT, STOCK = "200/7", "stock"
START = datetime(2026, 3, 1, tzinfo=UTC)


def read(ledger: Ledger, batch_no: str, *rows: tuple[str, str, str | None], function: str = STOCK) -> None:
    """A batch all the way to where its rows are stored."""
    ledger.set_in_flight(ACCOUNT, function, batch_no)
    ledger.store_batch(ACCOUNT, function, batch_no, [InboxValue(*row) for row in rows], f"journal/{batch_no}")


def states(ledger: Ledger) -> list[tuple[str, BatchState]]:
    return [(batch.batch_no, batch.state) for batch in ledger.in_flight(ACCOUNT, STOCK)]


def test_a_batch_goes_its_way(ledger: Ledger) -> None:
    assert states(ledger) == []
    ledger.set_in_flight(ACCOUNT, STOCK, "B1")
    assert states(ledger) == [("B1", BatchState.IN_FLIGHT)]
    ledger.store_batch(ACCOUNT, STOCK, "B1", [InboxValue("A-1", "stock", "7")], "journal/B1")
    (batch,) = ledger.in_flight(ACCOUNT, STOCK)
    assert (batch.state, batch.journal_ref) == (BatchState.READ, "journal/B1")
    assert batch.read_at is not None
    assert batch.read_at >= batch.in_flight_at
    ledger.acknowledged(ACCOUNT, STOCK, "B1")
    assert states(ledger) == []


def test_a_batch_is_not_acknowledged_before_it_is_stored(ledger: Ledger) -> None:
    ledger.set_in_flight(ACCOUNT, STOCK, "B1")
    for unknown in ("B1", "B2"):
        with pytest.raises(LedgerError, match=f"Batch {unknown} .* not stored"):
            ledger.acknowledged(ACCOUNT, STOCK, unknown)
    assert states(ledger) == [("B1", BatchState.IN_FLIGHT)]


def test_a_batch_that_was_not_in_flight_is_not_stored(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="without being in flight"):
        ledger.store_batch(ACCOUNT, STOCK, "B1", [InboxValue("A-1", "stock", "7")], "journal/B1")
    assert ledger.latest_values(ACCOUNT, STOCK, ["A-1"]) == {"A-1": {}}


def test_batches_are_taken_up_again_oldest_first(url: str) -> None:
    minute = count()
    with Ledger.open(url, clock=lambda: START + timedelta(minutes=next(minute))) as ledger:
        ledger.set_in_flight(ACCOUNT, STOCK, "Z")
        ledger.set_in_flight(ACCOUNT, STOCK, "A")  # the one that Specter quotes when Z is refused
        ledger.set_in_flight(ACCOUNT, STOCK, "Z")
        assert [batch_no for batch_no, _ in states(ledger)] == ["Z", "A"]


def test_a_batch_that_is_read_twice_loses_and_doubles_nothing(ledger: Ledger) -> None:
    read(ledger, "B1", ("A-1", "stock", "7"), ("A-2", "stock", "1"))
    ledger.acknowledged(ACCOUNT, STOCK, "B1")
    read(ledger, "B1", ("A-1", "stock", "7"))  # quoted once more: our acknowledgement had not arrived
    assert states(ledger) == [("B1", BatchState.READ)]
    found = ledger.latest_values(ACCOUNT, STOCK, ["A-1", "A-2"])
    assert (found["A-1"]["stock"].value, found["A-2"]["stock"].value) == ("7", "1")


def test_the_newest_value_over_all_batches_counts(ledger: Ledger) -> None:
    read(ledger, "B1", ("A-1", "price", "10"), ("A-1", "name", "Tröja"), ("A-2", "price", "5"))
    read(ledger, "B2", ("A-1", "price", "11"), ("A-1", "price", "12"))
    read(ledger, "B3", ("A-2", "price", None))
    found = ledger.latest_values(ACCOUNT, STOCK, ["A-1", "A-2", "A-3"])
    assert {field: (value.value, value.batch_no) for field, value in found["A-1"].items()} == {
        "price": ("12", "B2"),
        "name": ("Tröja", "B1"),
    }
    assert (found["A-2"]["price"].value, found["A-2"]["price"].state) == (None, InboxState.NEW)
    assert found["A-3"] == {}


def test_accounts_and_functions_are_kept_apart(ledger: Ledger) -> None:
    read(ledger, "B1", ("A-1", "price", "10"), function="article_info")
    assert ledger.latest_values(ACCOUNT, STOCK, ["A-1"]) == {"A-1": {}}
    assert ledger.latest_values("200/8", "article_info", ["A-1"]) == {"A-1": {}}
    assert states(ledger) == []


def test_a_product_number_of_any_length_and_letters_is_kept(ledger: Ledger) -> None:
    numbers = ["x" * 10_000, "å\x00\ud800", "", "A-1", "a-1"]
    read(ledger, "B1", *((number, "stock", str(place)) for place, number in enumerate(numbers)))
    found = ledger.latest_values(ACCOUNT, STOCK, numbers)
    assert [found[number]["stock"].value for number in numbers] == ["0", "1", "2", "3", "4"]


def test_thousands_of_numbers_are_asked_for_at_once(ledger: Ledger) -> None:
    numbers = [f"A-{number}" for number in range(1200)]
    read(ledger, "B1", *((number, "stock", "1") for number in numbers))
    found = ledger.latest_values(ACCOUNT, STOCK, numbers)
    assert all(fields["stock"].value == "1" for fields in found.values())
