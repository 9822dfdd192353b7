from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.groups import Group, GroupBuilder, Refusal, bisect_refused
from abicart_specter.errors import RefusedError, UnconfirmedError


def grouped(sizes: Sequence[int], max_rows: int, max_bytes: int) -> list[Group[int]]:
    builder: GroupBuilder[int] = GroupBuilder(max_rows, max_bytes, lambda size, index: size + len(str(index)))
    groups = [group for size in sizes for group in builder.add(size)]
    return [*groups, *builder.rest()]


def encoded(group: Sequence[int]) -> int:
    return sum(size + len(str(index)) for index, size in enumerate(group, 1))


@given(st.lists(st.integers(1, 60)), st.integers(1, 12), st.integers(20, 100))
def test_groups_keep_order_and_limits(sizes: list[int], max_rows: int, max_bytes: int) -> None:
    groups = grouped(sizes, max_rows, max_bytes)
    assert [size for group in groups for size in group] == sizes
    for group in groups:
        assert 1 <= len(group) <= max_rows
        assert encoded(group) <= max_bytes or len(group) == 1


@given(st.lists(st.integers(1, 60), min_size=1), st.integers(1, 12), st.integers(20, 100))
def test_a_group_is_closed_only_when_the_next_row_does_not_fit(
    sizes: list[int], max_rows: int, max_bytes: int
) -> None:
    groups = grouped(sizes, max_rows, max_bytes)
    for group, following in pairwise(groups):
        assert len(group) == max_rows or encoded([*group, following[0]]) > max_bytes


def test_a_builder_starts_anew_after_its_rest() -> None:
    builder: GroupBuilder[str] = GroupBuilder(2, 1000, lambda row, index: 1)
    assert list(builder.add("a")) == []
    assert list(builder.rest()) == [["a"]]
    assert list(builder.rest()) == []
    assert list(builder.add("b")) == []
    assert list(builder.add("c")) == []
    assert list(builder.add("d")) == [["b", "c"]]


class System:
    """Refuses every submission that holds a bad row; remembers what it accepted."""

    def __init__(self, bad: set[int], most: int | None = None) -> None:
        self.bad, self.most = bad, most
        self.calls = 0
        self.accepted: set[int] = set()

    def submit(self, rows: Sequence[int]) -> None:
        self.calls += 1
        worst = next((row for row in rows if row in self.bad), None)
        if worst is not None:
            raise RefusedError("refused", code="9001", words=f"row {worst} is bad")
        if self.most is not None and len(rows) > self.most:
            raise RefusedError("refused", code="9002", words="too many")
        self.accepted.update(rows)


@given(st.integers(1, 100).flatmap(lambda size: st.tuples(st.just(size), st.sets(st.integers(0, size - 1)))))
def test_all_bad_rows_are_found_and_all_others_accepted(case: tuple[int, set[int]]) -> None:
    size, bad = case
    system = System(bad)
    refused = dict(bisect_refused(range(size), system.submit))
    assert set(refused) == bad
    assert system.accepted == set(range(size)) - bad
    assert all(refusal == Refusal("9001", f"row {row} is bad") for row, refusal in refused.items())
    assert system.calls <= max(10, 1.6 * size + 2)


@pytest.mark.parametrize("bad", range(100))
def test_one_bad_row_in_a_hundred_costs_at_most_ten_calls(bad: int) -> None:
    system = System({bad})
    assert [row for row, _ in bisect_refused(list(range(100)), system.submit)] == [bad]
    assert system.calls <= 10


def test_no_bad_row_costs_one_call_and_no_rows_none() -> None:
    system = System(set())
    assert list(bisect_refused(range(100), system.submit)) == []
    assert system.calls == 1
    assert list(bisect_refused([], system.submit)) == []
    assert system.calls == 1


def test_a_hundred_bad_rows_cost_less_than_one_and_a_half_calls_each() -> None:
    system = System(set(range(100)))
    assert len(list(bisect_refused(range(100), system.submit))) == 100
    assert system.calls < 150


def test_rows_that_are_refused_only_in_company_are_accepted() -> None:
    system = System(set(), most=10)
    assert list(bisect_refused(range(100), system.submit)) == []
    assert system.accepted == set(range(100))


def test_any_other_error_is_the_callers() -> None:
    def submit(rows: Sequence[int]) -> None:
        raise UnconfirmedError("the answer was lost")

    with pytest.raises(UnconfirmedError):
        list(bisect_refused(range(3), submit))
