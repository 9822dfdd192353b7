"""A number means an order only if nothing speaks against it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.imports.status_match import OwnOrder, match_of

OWNERS = st.lists(
    st.builds(
        OwnOrder,
        uid=st.integers(1, 2),
        generation=st.integers(1, 3),
        superseded=st.booleans(),
        number=st.sampled_from(["1001", "1002"]),
        specter_no=st.just("7001"),
        has_second=st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@given(OWNERS)
def test_only_the_one_newest_version_of_one_order_is_meant(owners: list[OwnOrder]) -> None:
    found = match_of("7001", owners)
    newest = max(owners, key=lambda owner: owner.generation)
    sure = len({owner.uid for owner in owners}) == 1 and not newest.superseded and not newest.has_second
    assert (found.order is newest) if sure else (found.order is None)
    assert bool(found.rule) is bool(found.words) is bool(found.remedy) is not sure


def test_an_order_that_is_simply_there_is_meant() -> None:
    order = OwnOrder(1, 1, False, "1001", "7001", False)
    assert match_of("7001", [order]).order is order


def test_several_orders_are_all_named() -> None:
    owners = [OwnOrder(uid, 1, False, str(1000 + uid), "7001", False) for uid in (1, 2)]
    assert "1001, 1002" in match_of("7001", owners).words
    assert match_of("7001", owners).about is None
