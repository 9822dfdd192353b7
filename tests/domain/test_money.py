from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.money import (
    fixed,
    parse_amount,
    round_down,
    round_half_up,
    shortest,
)

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=6)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("2.345", 2, "2.35"),
        ("2.3449999999999999999999999", 2, "2.34"),
        ("-2.345", 2, "-2.35"),
        ("83.025", 2, "83.03"),
        ("0.005", 2, "0.01"),
        ("1E+3", 2, "1000.00"),
        ("7", 0, "7"),
    ],
)
def test_a_half_goes_away_from_zero(value: str, decimals: int, expected: str) -> None:
    assert str(round_half_up(Decimal(value), decimals)) == expected


@given(amounts, st.integers(0, 6))
def test_rounding_agrees_with_exact_fractions(value: Decimal, decimals: int) -> None:
    scaled = abs(Fraction(value)) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    expected = Fraction(whole, 10**decimals) * (1 if value >= 0 else -1)
    assert Fraction(round_half_up(value, decimals)) == expected


def test_rounding_does_not_depend_on_the_threads_context() -> None:
    with decimal.localcontext() as context:
        context.prec = 3
        context.rounding = decimal.ROUND_DOWN
        assert round_half_up(Decimal("123456.785"), 2) == Decimal("123456.79")


@given(amounts, st.integers(0, 6))
def test_a_fixed_number_has_a_point_no_exponent_and_no_negative_zero(value: Decimal, decimals: int) -> None:
    text = fixed(value, decimals)
    whole, point, fraction = text.partition(".")
    assert whole.lstrip("-").isdigit()
    assert len(fraction) == decimals
    assert bool(point) == bool(decimals)
    assert not (text.startswith("-") and Decimal(text) == 0)


@pytest.mark.parametrize(
    ("value", "text"),
    [("25.000", "25"), ("12.50", "12.5"), ("0.00", "0"), ("-0.0", "0"), ("1E+2", "100"), ("0.1", "0.1")],
)
def test_the_shortest_form_has_no_needless_zeros(value: str, text: str) -> None:
    assert shortest(Decimal(value)) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("159,20", "159.20"),
        ("159.20", "159.20"),
        (" 7 ", "7"),
        ("-2,5", "-2.5"),
        ("+3", "3"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234.567,8", "1234567.8"),
        ("1,234", "1.234"),
    ],
)
def test_points_and_commas_are_both_decimal_marks(text: str, value: str) -> None:
    assert parse_amount(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "1 234",
        "1.23.4",
        "12,34,5.6",
        "1e5",
        "NaN",
        "Infinity",
        "noItemsAvailable",
        "1.",
        ".5",
        "1\u00a0000",
        "١",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse_amount(text)


@pytest.mark.parametrize(("value", "whole"), [("2.9", 2), ("-0.5", -1), ("3", 3), ("1E+2", 100)])
def test_rounding_down_goes_to_the_lower_whole_number(value: str, whole: int) -> None:
    assert round_down(Decimal(value)) == whole
