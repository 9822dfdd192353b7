from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.row_hash import row_hash

rows = st.dictionaries(st.text(max_size=6), st.text(max_size=6), max_size=6)


@given(rows, st.randoms(use_true_random=False))
def test_order_does_not_matter(row: dict[str, str], rng: random.Random) -> None:
    pairs = list(row.items())
    rng.shuffle(pairs)
    assert row_hash(dict(pairs)) == row_hash(row)


@given(rows, rows)
def test_different_rows_differ(first: dict[str, str], second: dict[str, str]) -> None:
    assert (row_hash(first) == row_hash(second)) == (first == second)


def test_the_hash_stays_what_it_was() -> None:
    """It is kept in ledgers: another value would send every product again."""
    assert row_hash({"articleNo": "A-1", "name": "Blå mössa"}) == (
        "15ee0f7f905173458103864cec167baedf861058b49a2684b2a4c53ea9b1f892"
    )
    assert row_hash({"ab": "c"}) != row_hash({"a": "bc"})
