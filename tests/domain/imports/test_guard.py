"""When an import stops and asks (rule 31)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.imports.cases import DEMO

from abicart_specter.domain.imports.guard import guard
from abicart_specter.domain.imports.records import FieldChange, ImportPart, PlannedChange
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.settings.imports import ImportGuardSettings

CATALOGUE = 1000


def priced(
    uid: int,
    before: str | None,
    after: str | None,
    *,
    campaign: tuple[str | None, str | None] = (None, None),
    rate: tuple[str, str] = ("0.25", "0.25"),
    items: int = 1,
) -> PlannedChange:
    keys = tuple((ItemKey(Kind.VARIANT, uid * 100 + at), f"N-{uid}-{at}") for at in range(items))
    return PlannedChange(
        uid,
        ImportPart.PRICE if rate[0] == rate[1] else ImportPart.VAT,
        keys,
        f"Vara {uid}",
        (
            FieldChange(Master.VAT, *rate),
            FieldChange(Master.PRICE, before, after),
            FieldChange(Master.EXTRA_PRICE, *campaign),
        ),
        (),
        {},
    )


def rules(
    changes: list[PlannedChange],
    catalogue: int = CATALOGUE,
    recent: frozenset[ItemKey] = frozenset(),
    **limits: object,
) -> list[str]:
    settings = DEMO.model_copy(update={"import_guard": ImportGuardSettings.model_validate(limits)})
    verdict = guard(ImportPart.PRICE, changes, catalogue, recent, settings)
    assert verdict.ask == bool(verdict.reasons)
    return [one.rule for one in verdict.reasons]


def many(count: int, start: int = 1) -> list[PlannedChange]:
    return [priced(uid, "100", "101") for uid in range(start, start + count)]


def test_within_the_limits_nothing_is_asked() -> None:
    assert rules([]) == []
    assert rules(many(100)) == []


def test_one_item_beyond_the_share_is_asked() -> None:
    assert rules(many(101)) == ["share"]


def test_fewer_than_the_smallest_number_never_trip_the_share() -> None:
    assert rules(many(19), catalogue=20) == []
    assert rules(many(20), catalogue=20) == ["share"]
    assert rules(many(4), catalogue=20, smallest_number=5) == []
    assert rules(many(5), catalogue=20, smallest_number=5) == ["share"]


def test_variants_count_each() -> None:
    assert rules([priced(1, "100", "101", items=100)]) == []
    assert rules([priced(1, "100", "101", items=101)]) == ["share"]


def test_what_was_changed_lately_counts_once() -> None:
    lately = frozenset(ItemKey(Kind.VARIANT, uid * 100) for uid in range(1, 61))
    assert rules(many(60), recent=lately) == []
    assert rules(many(60, start=41), recent=lately) == []
    assert rules(many(60, start=42), recent=lately) == ["share"]
    assert rules([], recent=frozenset(ItemKey(Kind.VARIANT, uid) for uid in range(500))) == []


def test_an_empty_catalogue_is_no_division_by_zero() -> None:
    assert rules(many(20), catalogue=0) == ["share"]


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ("100", "130", False),
        ("100", "130.01", True),
        ("100", "70", False),
        ("100", "69.99", True),
        ("0", "1", True),
        (None, "100", True),
    ],
)
def test_the_size_of_one_change_is_asked_however_few(before: str | None, after: str, asked: bool) -> None:
    assert rules([priced(1, before, after)]) == (["price_change"] if asked else [])


@pytest.mark.parametrize(
    ("campaign", "asked"),
    [
        ((None, "70"), False),
        ((None, "69.99"), True),
        (("76.92", None), True),
        (("77", None), False),
        (("90", "62.9"), True),
        (("40", "40"), False),
    ],
)
def test_begin_and_end_of_a_campaign_are_measured_by_what_the_buyer_pays(
    campaign: tuple[str | None, str | None], asked: bool
) -> None:
    assert rules([priced(1, "100", "100", campaign=campaign)]) == (["price_change"] if asked else [])


@pytest.mark.parametrize("price", ["0", "-1", "-0.01"])
def test_prices_of_zero_or_less_always_ask(price: str) -> None:
    assert "price_not_positive" in rules([priced(1, "1", price)], largest_price_change_percent=1000)
    assert "price_not_positive" in rules(
        [priced(1, "1", "1", campaign=(None, price))], largest_price_change_percent=1000
    )


@pytest.mark.parametrize(("rate", "asked"), [("0.06", False), ("0", False), ("0.17", True), ("0.25", False)])
def test_an_unusual_rate_always_asks(rate: str, asked: bool) -> None:
    found = rules([priced(1, "100", "100", rate=("0.12", rate))])
    assert found == (["vat_rate_unknown"] if asked else [])


def test_reasons_name_their_figures() -> None:
    changes = [
        priced(1, "199.00", "19.90"),
        priced(2, "100", "140"),
        priced(3, "1", "0", rate=("0.25", "0.17")),
        *many(150, start=10),
    ]
    verdict = guard(ImportPart.PRICE, changes, CATALOGUE, frozenset(), DEMO)
    assert [one.words for one in verdict.reasons] == [
        "Prices of 153 of 1000 products would have changed: 15.3 %, and the limit is 10 %.",
        "1 product would cost nothing or less; N-3-0 to 0.00 kr.",
        "3 products would change in price by more than 30 %; the largest: N-3-0 from 1.00 kr to 0.00 kr (−100.0 %).",
        "1 product would get a VAT rate that is none of the usual ones (25, 12, 6, 0 %); N-3-0 to 17 %.",
    ]
    assert (verdict.items, verdict.catalogue) == (153, CATALOGUE)


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 400)), max_size=60),
    st.integers(1, 400),
    st.integers(1, 100),
)
def test_a_plan_is_asked_for_exactly_when_one_of_its_changes_is_beyond_the_limit(
    steps: list[tuple[int, int]], before: int, limit: int
) -> None:
    changes = [priced(uid, str(before), str(after)) for uid, after in steps]
    beyond = any(abs(after - before) * 100 > limit * before for _, after in steps)
    found = rules(changes, largest_price_change_percent=Decimal(limit), smallest_number=1000)
    assert found == (["price_change"] if beyond else [])
