"""A write that was begun and whose answer was lost: what is told next is compared with the shop itself (rule 22)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.domain.imports.cases import ARTICLE, Both, fields, only

from abicart_specter.domain.imports.patches import article_patch
from abicart_specter.domain.imports.records import SettledPair
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import ItemKey, Kind

KEY = ItemKey(Kind.ARTICLE, ARTICLE)


def _begin(both: Both, *, arrives: bool) -> None:
    """What was told is written, and nobody hears whether it arrived."""
    change = only(both.plan())
    for one in change.settles:
        pairs = both.pairs.setdefault(one.key, {})
        pair = pairs.get(one.field.value, SettledPair(None, None, None))
        pairs[one.field.value] = replace(
            pair, begun=True, intended_shop_value=one.shop_value, intended_specter_value=one.specter_value
        )
    if arrives:
        both.write(article_patch(change, both.document, both.facts))
    both.later()


def test_a_price_that_went_back_is_written_back() -> None:
    both = Both("125.00")
    both.export()
    both.tell(price="110")
    _begin(both, arrives=True)
    assert both.price == Decimal("137.50")
    both.tell(price="100")
    assert fields(only(both.plan())) == {Master.PRICE: ("137.5", "125")}
    both.night()
    assert both.price == Decimal("125.00")
    assert not both.pairs[KEY]["price"].begun


def test_a_write_that_never_arrived_leaves_nothing_to_do() -> None:
    both = Both("125.00")
    both.export()
    both.tell(price="110")
    _begin(both, arrives=False)
    both.tell(price="100")
    plan = both.plan()
    assert (plan.changes, plan.held) == ((), ())
    assert {one.field for one in plan.agreed} == {Master.PRICE, Master.EXTRA_PRICE}


@pytest.mark.parametrize("own", [None, "90.00"], ids=["as written", "another since"])
def test_a_campaign_whose_write_was_lost_ends_with_the_sale(own: str | None) -> None:
    both = Both("125.00")
    both.export()
    both.sale("80", "100")
    _begin(both, arrives=True)
    assert both.campaign == Decimal("100.00")
    if own is not None:
        both.edit(campaign=own)
    both.sale("100", "100", shown="0")
    both.night()
    assert both.price == Decimal("125.00")
    assert both.campaign == (None if own is None else Decimal(own))
