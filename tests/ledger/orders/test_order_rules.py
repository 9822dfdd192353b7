"""The one table of how orders may move (rules 4, 9, 10)."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.records import Outcome
from abicart_specter.ledger import OrderState, numbered
from abicart_specter.ledger.order_rules import OPEN_STATES, SETTLED, UNSENT, may_move, may_repeat, outcome_of

# from → to, written down a second time on purpose; "sent" of an unsent order is a late answer.
EXPECTED = {
    "new": "held excluded failed intent linked sent",
    "held": "held excluded failed intent linked sent",
    "excluded": "held excluded failed intent linked sent",
    "failed": "held excluded failed intent linked sent",
    "intent": "sent linked unconfirmed held failed",
    "unconfirmed": "sent linked intent",
    "sent": "",
    "linked": "",
}


@pytest.mark.parametrize(("old", "new"), list(product(OrderState, OrderState)))
def test_where_an_order_may_go(old: OrderState, new: OrderState) -> None:
    assert may_move(old, new) is (new.value in EXPECTED[old.value].split())


@pytest.mark.parametrize("new", list(OrderState))
def test_a_repeat_never_makes_an_order_look_unsent(new: OrderState) -> None:
    expected = new in {OrderState.SENT, OrderState.LINKED, OrderState.UNCONFIRMED}
    assert may_move(OrderState.INTENT, new, repeat=True) is expected


@given(st.lists(st.sampled_from(OrderState), max_size=40))
def test_no_walk_leaves_what_is_settled_or_forgets_a_write_that_may_have_arrived(
    steps: list[OrderState],
) -> None:
    state, repeat, may_have_arrived = OrderState.NEW, False, False
    for to in steps:
        if to is state or not may_move(state, to, repeat=repeat):
            continue
        assert state not in SETTLED
        may_have_arrived = may_have_arrived or to is OrderState.UNCONFIRMED
        if to is OrderState.INTENT:
            repeat = state is OrderState.UNCONFIRMED
        state = to
        assert not (may_have_arrived and state in UNSENT)
    assert OPEN_STATES < UNSENT


def test_nothing_but_a_write_or_a_linking_gets_an_order_into_specter() -> None:
    into = {old for old in OrderState if may_move(old, OrderState.UNCONFIRMED)}
    assert into == {OrderState.INTENT}
    assert {old for old in OrderState if may_move(old, OrderState.NEW)} == set()


@pytest.mark.parametrize(
    ("person", "trusted", "repeats", "most", "expected"),
    [
        (False, False, 0, 1, False),
        (True, False, 5, 1, True),
        (False, True, 0, 1, True),
        (False, True, 1, 1, False),
        (True, True, 1, 1, True),
        (False, True, 1, 2, True),
        (False, False, 0, 9, False),
    ],
)
def test_who_may_send_an_unconfirmed_order_again(
    person: bool, trusted: bool, repeats: int, most: int, expected: bool
) -> None:
    given_ = may_repeat(allowed_by_person=person, trusted=trusted, repeats=repeats, max_repeats=most)
    assert given_ is expected


def test_what_a_run_says_of_a_state_it_found() -> None:
    assert {state.value: outcome_of(state).value for state in OrderState} == {
        "new": "failed",
        "failed": "failed",
        "intent": "failed",
        "held": "held",
        "excluded": "excluded",
        "unconfirmed": "unconfirmed",
        "sent": "unchanged",
        "linked": "unchanged",
    }
    assert Outcome.SENT not in {outcome_of(state) for state in OrderState}


def test_numbers_of_generations() -> None:
    assert [numbered("W", "1001", generation) for generation in (1, 2, 3)] == [
        "W1001",
        "W1001-R2",
        "W1001-R3",
    ]
