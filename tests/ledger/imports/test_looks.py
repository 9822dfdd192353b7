"""What a shop has to look at: everything told of since its last look, and everything it left open (rule 28)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from import_samples import ACCOUNT, INFO, told
from ledger_samples import article_key

from abicart_specter.ledger import InboxValue, Ledger, LookAt, scratch_ledger

START = datetime(2026, 3, 1, tzinfo=UTC)


def look(ledger: Ledger, shop: str = "demo") -> LookAt:
    return ledger.imports.numbers_to_look_at(shop, ACCOUNT, INFO)


def test_a_ledger_that_was_told_nothing_has_nothing_to_look_at(ledger: Ledger) -> None:
    assert look(ledger) == LookAt([], 0)


def test_each_shop_looks_at_what_came_since_its_own_last_look(ledger: Ledger) -> None:
    told(ledger, "B1", ("A-2", "price", "5"), ("A-1", "price", "10"), ("A-1", "name", "Tröja"))
    told(ledger, "B2", ("S-1", "available", "5"), function="stock")
    first = look(ledger)
    assert first.numbers == ["A-1", "A-2"]
    ledger.imports.record_looked("demo", INFO, first.to_row_id, {})
    assert look(ledger) == LookAt([], first.to_row_id)
    assert look(ledger, "other").numbers == ["A-1", "A-2"]
    told(ledger, "B3", ("A-2", "price", "6"))
    assert look(ledger).numbers == ["A-2"]


def test_what_comes_in_during_a_look_waits_for_the_next_one(ledger: Ledger) -> None:
    told(ledger, "B1", ("A-1", "price", "10"))
    first = look(ledger)
    told(ledger, "B2", ("A-2", "price", "10"))
    ledger.imports.record_looked("demo", INFO, first.to_row_id, {})
    assert look(ledger).numbers == ["A-2"]


def test_open_numbers_are_looked_at_again_until_they_are_settled(url: str) -> None:
    minute = count()
    with Ledger.open(url, clock=lambda: START + timedelta(minutes=next(minute))) as ledger:
        told(ledger, "B1", ("A-1", "price", "10"), ("A-2", "price", "10"))
        ledger.imports.record_looked(
            "demo", INFO, look(ledger).to_row_id, {"A-2": "waits", "A-1": "vat_differs"}
        )
        assert look(ledger).numbers == ["A-1", "A-2"]
        before = {one.product_number: one for one in ledger.imports.iter_open("demo", INFO)}
        assert {number: one.why for number, one in before.items()} == {"A-1": "vat_differs", "A-2": "waits"}
        ledger.imports.record_looked("demo", INFO, look(ledger).to_row_id, {"A-1": "refused"})
        (left,) = ledger.imports.iter_open("demo", INFO)
        assert (left.product_number, left.why, left.since) == ("A-1", "refused", before["A-1"].since)
        assert look(ledger).numbers == ["A-1"]
        assert list(ledger.imports.iter_open("other", INFO)) == []


def test_an_older_look_that_ends_late_does_not_move_it_back(ledger: Ledger) -> None:
    told(ledger, "B1", ("A-1", "price", "10"))
    old = look(ledger)
    told(ledger, "B2", ("A-2", "price", "10"))
    ledger.imports.record_looked("demo", INFO, look(ledger).to_row_id, {})
    ledger.imports.record_looked("demo", INFO, old.to_row_id, {})
    assert look(ledger).numbers == []


def test_any_text_is_a_number_and_many_of_them_fit(ledger: Ledger) -> None:
    odd = ["", " A", "A\x00", "Å-1", "x" * 5000, "\ud800"]
    many = [f"N-{n:05}" for n in range(2500)]
    told(ledger, "B1", *[(number, "price", "1") for number in (*odd, *many)])
    found = look(ledger)
    assert set(found.numbers) == {*odd, *many}
    ledger.imports.record_looked("demo", INFO, found.to_row_id, dict.fromkeys(found.numbers, "held"))
    assert [one.product_number for one in ledger.imports.iter_open("demo", INFO)] == found.numbers
    newest = ledger.latest_values(ACCOUNT, INFO, found.numbers)
    assert all(values["price"].value == "1" for values in newest.values())
    assert article_key(1) not in newest


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.one_of(
            st.sets(st.sampled_from("ABCDEF"), max_size=4).map(lambda numbers: ("told", numbers)),
            st.sets(st.sampled_from("ABCDEF"), max_size=4).map(lambda numbers: ("looked", numbers)),
        ),
        max_size=12,
    )
)
def test_whatever_was_told_is_looked_at_until_a_look_settles_it(steps: list[tuple[str, set[str]]]) -> None:
    """Against a model: a set that grows by what is told and becomes what a look leaves open."""
    pending: set[str] = set()
    with scratch_ledger() as ledger:
        for number, (what, numbers) in enumerate(steps):
            if what == "told":
                ledger.set_in_flight(ACCOUNT, INFO, f"B{number}")
                rows = [InboxValue(one, "price", str(number)) for one in sorted(numbers)]
                ledger.store_batch(ACCOUNT, INFO, f"B{number}", rows, "")
                pending |= numbers
            else:
                found = look(ledger)
                assert set(found.numbers) == pending
                pending &= numbers
                ledger.imports.record_looked("demo", INFO, found.to_row_id, dict.fromkeys(pending, "held"))
        assert set(look(ledger).numbers) == pending
