"""Rule 22: what a round trip does to a price, for every price that a shop can have."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.prices import (
    USUAL_RATES,
    same_price,
    shop_price,
    specter_price,
    without_vat,
)

ALL_ORE = range(1, 1_000_000)

prices = st.integers(1, 10**8).map(lambda ore: Decimal(ore).scaleb(-2))
rates = st.integers(0, 1000).map(lambda permille: Decimal(permille).scaleb(-3))


@pytest.fixture(scope="module")
def every_price() -> list[Decimal]:
    """0.01 to 9,999.99."""
    return [Decimal(ore).scaleb(-2) for ore in ALL_ORE]


@pytest.mark.parametrize("rate", USUAL_RATES, ids=str)
def test_every_price_with_vat_survives_a_round_trip_in_either_direction(
    every_price: list[Decimal], rate: Decimal
) -> None:
    for price in every_price:
        sent = specter_price(price, rate, True, 2)
        assert shop_price(sent, rate, True, 2, present=price) == price
        # And the other way: the same figure as Specter's price, come to a shop that had another.
        assert specter_price(shop_price(price, rate, True, 2), rate, True, 2) == price


@pytest.mark.parametrize("rate", [Decimal("0.25")], ids=str)
def test_every_price_without_vat_survives_a_round_trip_in_either_direction(
    every_price: list[Decimal], rate: Decimal
) -> None:
    for price in every_price:
        assert specter_price(price, rate, False, 2) == price
        assert shop_price(price, rate, False, 2, present=price) == price
        assert shop_price(price, rate, False, 2) == price


def test_without_the_rule_one_price_in_five_would_change(every_price: list[Decimal]) -> None:
    rate = Decimal("0.25")
    changed = sum(
        1 for price in every_price if shop_price(specter_price(price, rate, True, 2), rate, True, 2) != price
    )
    assert changed == 200_000


@given(prices, rates, st.integers(2, 4))
def test_specters_price_is_the_exact_quotient_rounded_half_up(
    price: Decimal, rate: Decimal, decimals: int
) -> None:
    exact = Fraction(price) / (1 + Fraction(rate)) * 10**decimals
    expected = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    assert specter_price(price, rate, True, decimals) == Decimal(expected).scaleb(-decimals)


@given(prices, prices, rates, st.booleans(), st.integers(2, 4))
def test_prices_are_equal_exactly_when_the_shops_would_be_sent_as_specters(
    price: Decimal, other: Decimal, rate: Decimal, with_vat: bool, decimals: int
) -> None:
    would_send = specter_price(price, rate, with_vat, decimals)
    assert same_price(price, would_send, rate, with_vat, decimals)
    assert same_price(price, other, rate, with_vat, decimals) == (would_send == other)


@given(prices, rates, st.integers(2, 4))
def test_a_changed_price_of_specters_replaces_the_shops(price: Decimal, rate: Decimal, decimals: int) -> None:
    step = Decimal(1).scaleb(-decimals)
    changed = specter_price(price, rate, True, decimals) + step
    arrived = shop_price(changed, rate, True, decimals, present=price)
    assert abs(Fraction(arrived) - Fraction(changed) * (1 + Fraction(rate))) <= Fraction(1, 200)


def test_a_price_from_the_help_pages() -> None:
    assert specter_price(Decimal("199.00"), Decimal("0.25"), True, 2) == Decimal("159.20")
    assert str(without_vat(Decimal("199"), Decimal("0.12"), True)).startswith("177.67857142857")
    assert without_vat(Decimal("199"), Decimal("0.12"), False) == Decimal("199")
