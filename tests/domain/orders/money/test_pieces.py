"""Row amounts and splits: exact for every amount, every quantity, every number of decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maker import D

from abicart_specter.domain.orders.pieces import cut, cut_discounted, row_amount
from abicart_specter.domain.orders.splits import largest_remainder

quantities = st.one_of(st.integers(1, 100_000).map(D), st.integers(1, 9_999_999).map(lambda n: D(n) / 1000))


def sent(quantity: Decimal, price: Decimal, percent: Decimal = Decimal(0)) -> int:
    """As Specter's books do it."""
    amount = (quantity * price * (1 - percent / 100)).quantize(D("0.01"), ROUND_HALF_UP)
    return int(amount * 100)


@given(quantities, st.integers(-50_000_000, 500_000_000), st.integers(2, 4))
def test_any_amount_of_any_quantity_can_be_sent(quantity: Decimal, amount: int, decimals: int) -> None:
    pieces = cut(quantity, amount, decimals)
    assert sum(sent(piece.quantity, piece.price) for piece in pieces) == amount
    assert sum(piece.quantity for piece in pieces) == quantity
    assert 1 <= len(pieces) <= 3 and all(piece.quantity > 0 for piece in pieces)
    assert all(piece.price == round(piece.price, decimals) for piece in pieces)
    unit = D(amount) / 100 / quantity
    assert all(abs(piece.price - unit) <= D("0.0151") for piece in pieces)


@given(
    st.integers(1, 500).map(D),
    st.integers(1, 10_000_000),
    st.integers(1, 9999),
    st.integers(2, 4),
    st.integers(-1, 1),
)
def test_a_percentage_gives_the_amount_or_nothing(
    quantity: Decimal, gross: int, hundredths: int, decimals: int, move: int
) -> None:
    percent = D(hundredths) / 100
    amount = sent(D(1), D(gross) / 100, percent) + move
    pieces = cut_discounted(quantity, gross, amount, percent, decimals)
    if pieces is None:
        return
    assert sum(sent(piece.quantity, piece.price, percent) for piece in pieces) == amount
    assert sum(piece.quantity for piece in pieces) == quantity
    assert all(abs(piece.price - D(gross) / 100 / quantity) <= D("0.005") for piece in pieces)


def test_a_single_piece_at_three_decimals_keeps_its_percentage() -> None:
    """349.95 less 10 % is 314.955; the shop says 314.95."""
    assert cut_discounted(D(1), 34995, 31496, D(10), 3) is not None
    (piece,) = cut_discounted(D(1), 34995, 31495, D(10), 3) or ()
    assert piece.price == D("349.945") and sent(D(1), piece.price, D(10)) == 31495


@pytest.mark.parametrize(("price", "amount"), [("2.345", 235), ("-2.345", -235), ("83.025", 8303)])
def test_half_an_öre_goes_up(price: str, amount: int) -> None:
    assert row_amount(D(1), D(price), D(0)) == amount


@given(st.integers(-10_000_000, 10_000_000), st.lists(st.integers(0, 1_000_000), min_size=1, max_size=30))
def test_parts_add_up_and_keep_to_their_share(amount: int, weights: list[int]) -> None:
    if not sum(weights):
        weights[0] = 1
    parts = largest_remainder(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Decimal(amount) * weight / sum(weights)) < 1
        assert weight or not part


def test_the_largest_remainder_gets_the_öre_left_over() -> None:
    assert largest_remainder(4900, [64990, 34995]) == [3185, 1715]
    assert largest_remainder(100, [1, 1, 1]) == [34, 33, 33]
    assert largest_remainder(-100, [1, 1, 1]) == [-34, -33, -33]
    assert largest_remainder(10, [33, 33, 34]) == [3, 3, 4]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_nothing_to_split_by(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="nothing to split by"):
        largest_remainder(5, weights)
