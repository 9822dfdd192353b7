"""Rule 26: a special number is ensured once, and what is known of it never becomes less sure."""

from __future__ import annotations

from itertools import product

import pytest

from abicart_specter.ledger import Ledger, SpecialState

ORDER = [SpecialState.NOT_CONFIRMED, SpecialState.CREATED, SpecialState.CONFIRMED]


def test_special_numbers_are_remembered_by_shop(ledger: Ledger) -> None:
    assert ledger.special_numbers("demo") == {}
    ledger.record_special_number("demo", "FRAKT", "delivery", SpecialState.CREATED)
    ledger.record_special_number("demo", "AVGIFT", "fee", SpecialState.NOT_CONFIRMED, "Artikeln finns inte")
    ledger.record_special_number("other", "FRAKT", "delivery", SpecialState.NOT_CONFIRMED)
    known = ledger.special_numbers("demo")
    assert list(known) == ["AVGIFT", "FRAKT"]
    assert (known["FRAKT"].role, known["FRAKT"].state) == ("delivery", SpecialState.CREATED)
    assert (known["AVGIFT"].state, known["AVGIFT"].words) == (
        SpecialState.NOT_CONFIRMED,
        "Artikeln finns inte",
    )


@pytest.mark.parametrize(("old", "new"), list(product(SpecialState, SpecialState)))
def test_a_number_never_becomes_less_sure(ledger: Ledger, old: SpecialState, new: SpecialState) -> None:
    ledger.record_special_number("demo", "FRAKT", "delivery", old, "old")
    ledger.record_special_number("demo", "FRAKT", "shipping", new, "new")
    known = ledger.special_numbers("demo")["FRAKT"]
    if ORDER.index(new) >= ORDER.index(old):
        assert (known.state, known.role, known.words) == (new, "shipping", "new")
    else:
        assert (known.state, known.role, known.words) == (old, "delivery", "old")
