"""Rule 22 over all prices: a round trip either way leaves both systems as they were, and news is still seen."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.imports.cases import NUMBER, Both, shop_facts, shop_settings

from abicart_specter.domain.money import fixed
from abicart_specter.domain.prices import USUAL_RATES, percent, specter_price

ALL_ORE = 999_999

ores = st.integers(1, 999_999).map(lambda ore: Decimal(ore).scaleb(-2))
rates = st.sampled_from(USUAL_RATES)
with_vat = st.booleans()


def chosen(request: pytest.FixtureRequest) -> Iterator[Decimal]:
    """A seeded sample with both ends, or with ``--prices 999999`` every price."""
    wanted = request.config.getoption("--prices")
    if wanted >= ALL_ORE:
        yield from (Decimal(ore).scaleb(-2) for ore in range(1, ALL_ORE + 1))
        return
    numbers = random.Random(22).sample(range(1, ALL_ORE + 1), wanted)
    yield from (Decimal(ore).scaleb(-2) for ore in sorted({1, 2, 3, ALL_ORE, *numbers}))


@pytest.mark.parametrize("rate", USUAL_RATES, ids=str)
@pytest.mark.parametrize("prices_with_vat", [True, False], ids=["with_vat", "without_vat"])
def test_a_shops_price_that_went_to_specter_comes_back_as_no_news(
    request: pytest.FixtureRequest, rate: Decimal, prices_with_vat: bool
) -> None:
    facts = shop_facts(prices_with_vat=prices_with_vat)
    both = Both("1.00", str(rate), facts=facts)
    for price in chosen(request):
        both.edit(price=str(price))
        sent = specter_price(price, rate, prices_with_vat, 2)
        both.tell(price=fixed(sent, 2).replace(".", ","), vat=str(percent(rate)))
        plan = both.plan()  # without any pair: by rule 22 alone
        assert (plan.changes, plan.held) == ((), ()), price


@pytest.mark.parametrize("rate", USUAL_RATES, ids=str)
@pytest.mark.parametrize("prices_with_vat", [True, False], ids=["with_vat", "without_vat"])
def test_specters_price_that_came_to_the_shop_goes_back_unchanged(
    request: pytest.FixtureRequest, rate: Decimal, prices_with_vat: bool
) -> None:
    both = Both("1.00", str(rate), facts=shop_facts(prices_with_vat=prices_with_vat))
    for price in chosen(request):
        told = fixed(price, 2)
        both.tell(price=told, vat=str(percent(rate)))
        both.night()
        assert both.export()[NUMBER] == told
        plan = both.plan()
        assert (plan.changes, plan.held, plan.agreed) == ((), (), ()), price


@given(st.lists(ores, min_size=1, max_size=6), rates, with_vat, ores)
@settings(max_examples=200)
def test_the_newest_price_is_always_what_the_shop_ends_up_with(
    prices: list[Decimal], rate: Decimal, prices_with_vat: bool, start: Decimal
) -> None:
    both = Both(str(start), str(rate), facts=shop_facts(prices_with_vat=prices_with_vat))
    both.export()
    for price in prices:
        both.tell(price=str(price), vat=str(percent(rate)))
        both.night()
        assert both.price is not None
        assert specter_price(both.price, rate, prices_with_vat, 2) == price
        both.later()
        plan = both.plan()
        assert (plan.changes, plan.held, plan.agreed) == ((), (), ())


@given(ores, ores, rates, with_vat)
@settings(max_examples=200)
def test_a_change_and_back_is_seen_both_times(
    old: Decimal, new: Decimal, rate: Decimal, prices_with_vat: bool
) -> None:
    both = Both("1.00", str(rate), facts=shop_facts(prices_with_vat=prices_with_vat))
    both.tell(price=str(old), vat=str(percent(rate)))
    both.night()
    first = both.price
    both.tell(price=str(new), vat=str(percent(rate)))
    assert bool(both.night().changes) == (old != new)
    both.tell(price=str(old), vat=str(percent(rate)))
    assert bool(both.night().changes) == (old != new)
    assert both.price == first


@given(ores, ores, rates, with_vat, st.sampled_from([2, 3, 4]))
@settings(max_examples=200)
def test_sales_begin_and_end_and_a_second_night_does_nothing(
    one: Decimal, other: Decimal, rate: Decimal, prices_with_vat: bool, decimals: int
) -> None:
    low, high = sorted((one, other))
    both = Both(
        "5.00",
        str(rate),
        facts=shop_facts(prices_with_vat=prices_with_vat),
        settings=shop_settings(decimals=decimals),
    )
    vat = str(percent(rate))
    both.sale(str(low), str(high), vat=vat)
    both.night()
    assert both.price is not None
    assert (both.campaign is None) == (low == high)
    if both.campaign is not None:
        assert both.campaign < both.price
    both.later()
    again = both.plan()
    assert (again.changes, again.held, again.agreed) == ((), (), ())
    regular = both.price
    both.sale(str(high), str(high), shown="0", vat=vat)
    both.night()
    assert (both.price, both.campaign) == (regular, None)
    assert both.plan().changes == ()


@given(ores, rates, rates, with_vat)
@settings(max_examples=200)
def test_after_a_change_of_rate_specter_still_has_its_price(
    price: Decimal, before: Decimal, after: Decimal, prices_with_vat: bool
) -> None:
    both = Both("7.77", str(before), facts=shop_facts(prices_with_vat=prices_with_vat))
    both.tell(price=str(price), vat=str(percent(before)))
    both.night()
    both.tell(price=str(price), vat=str(percent(after)))
    both.night()
    assert both.rate == after and both.price is not None
    assert specter_price(both.price, after, prices_with_vat, 2) == price
    both.later()
    plan = both.plan()
    assert (plan.changes, plan.held, plan.agreed) == ((), (), ())


extras = st.lists(st.integers(0, 20_000).map(lambda ore: Decimal(ore).scaleb(-2)), min_size=1, max_size=5)


@given(ores, extras, rates, with_vat)
@settings(max_examples=200)
def test_variants_whose_prices_fit_one_article_price_are_never_held(
    base: Decimal, surcharges: list[Decimal], rate: Decimal, prices_with_vat: bool
) -> None:
    """Specter's prices are those that an article price of ``base`` would be exported as."""
    variants = [(f"V-{at}", str(extra)) for at, extra in enumerate(surcharges)]
    both = Both("3.33", str(rate), variants=variants, facts=shop_facts(prices_with_vat=prices_with_vat))
    for number, extra in variants:
        sent = specter_price(base + Decimal(extra), rate, prices_with_vat, 2)
        both.tell(number, price=str(sent), vat=str(percent(rate)))
    plan = both.night()
    assert plan.held == ()
    for number, extra in variants:
        item = next(one for one in both.items if one.product_number == number)
        assert item.price_regular is not None
        expected = specter_price(base + Decimal(extra), rate, prices_with_vat, 2)
        assert specter_price(item.price_regular, rate, prices_with_vat, 2) == expected
    both.later()
    again = both.plan()
    assert (again.changes, again.held, again.agreed) == ((), (), ())
