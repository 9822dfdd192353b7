"""Rule 22: what an import wrote into the shop goes back to Specter as Specter has it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.agreed_values import as_specter_has_it, put_agreed, put_sale
from abicart_specter.domain.masters import Master
from abicart_specter.domain.money import shortest
from abicart_specter.domain.prices import shop_price, specter_price, without_vat
from abicart_specter.domain.records import CatalogueItem, ItemKey, Kind

VAT_25 = ("0.25", "25")


@dataclass(frozen=True)
class Values:
    shop_value: str | None
    specter_value: str | None


def item(price: str | None = "249.38", rate: str = "0.25", name: str = "Mössa") -> CatalogueItem:
    regular, vat = None if price is None else Decimal(price), Decimal(rate)
    return CatalogueItem(
        key=ItemKey(Kind.ARTICLE, 1),
        article_uid=1,
        product_number="A-1",
        own_number=True,
        name=name,
        price_regular=regular,
        price_ex_vat=None if regular is None else without_vat(regular, vat, True),
        vat_rate=vat,
        stock_managed=True,
        stock=None,
        is_package=False,
        hidden=False,
        draft=False,
        ean=None,
        weight_grams=None,
    )


def row(price: str = "199.50", name: str = "Mössa") -> dict[str, str]:
    return {"articleNo": "A-1", "name": name, "priceExclVAT": price, "vatPercent": "25"}


def agreed(**pairs: tuple[str | None, str | None]) -> dict[str, Values]:
    return {name: Values(*pair) for name, pair in pairs.items()}


def test_the_shops_price_as_imported_is_sent_with_specters_own_decimals() -> None:
    out, taken = put_agreed(item(), row("199.50"), agreed(price=("249.38", "199.503")), Values(*VAT_25))
    assert (out["priceExclVAT"], taken) == ("199.503", {Master.PRICE})


def test_equal_numbers_keep_the_rows_own_writing() -> None:
    out, taken = put_agreed(item(), row("199.50"), agreed(price=("249.380", "199,5")), Values(*VAT_25))
    assert (out, taken) == (row("199.50"), {Master.PRICE})


@pytest.mark.parametrize("now", ["250", "249.37", "1", None])
def test_a_price_that_somebody_changed_since_is_the_shops(now: str | None) -> None:
    out, taken = put_agreed(item(now), row("200.00"), agreed(price=("249.38", "199.5")), Values(*VAT_25))
    assert (out, taken) == (row("200.00"), set())


def test_at_another_vat_rate_the_same_price_is_another_price() -> None:
    """249.38 kr with 12 % VAT are 222.66 without."""
    out, taken = put_agreed(
        item(rate="0.12"), row("222.66"), agreed(price=("249.38", "199.5")), Values(*VAT_25)
    )
    assert (out["priceExclVAT"], taken) == ("222.66", set())


@pytest.mark.parametrize(("rate", "expected"), [("0.25", "199.5"), ("0.12", "222.66")])
def test_without_a_pair_of_rates_the_price_itself_tells(rate: str, expected: str) -> None:
    price = "222.66" if rate == "0.12" else "199.51"
    out, _ = put_agreed(item(rate=rate), row(price), agreed(price=("249.38", "199.5")), None)
    assert Decimal(out["priceExclVAT"]) == Decimal(expected)


def test_a_name_goes_back_as_specter_has_it() -> None:
    """A variant is called otherwise in the shop, where the choice is part of its name."""
    pairs = agreed(name=("Mössa, Blå", "Mössa blå"))
    out, taken = put_agreed(item(name="Mössa, Blå"), row(name="Mössa, Blå"), pairs, None)
    assert (out["name"], taken) == ("Mössa blå", {Master.NAME})
    out, taken = put_agreed(item(name="Mössa, Röd"), row(name="Mössa, Röd"), pairs, None)
    assert (out["name"], taken) == ("Mössa, Röd", set())


@pytest.mark.parametrize("pair", [(None, "199.5"), ("249.38", None), ("249.38", "noItemsAvailable")])
def test_a_pair_that_says_nothing_changes_nothing(pair: tuple[str | None, str | None]) -> None:
    out, taken = put_agreed(item(), row("199.50"), agreed(price=pair), Values(*VAT_25))
    assert (out, taken) == (row("199.50"), set())


@given(
    kronor=st.integers(1, 999_999).map(lambda ore: Decimal(ore).scaleb(-2)),
    rate=st.sampled_from([Decimal("0.25"), Decimal("0.12"), Decimal("0.06"), Decimal(0)]),
    with_vat=st.booleans(),
)
def test_every_price_of_specters_comes_back_as_it_was(kronor: Decimal, rate: Decimal, with_vat: bool) -> None:
    """Specter → shop → Specter."""
    imported = shop_price(kronor, rate, with_vat, 2)
    mapped = specter_price(imported, rate, with_vat, 2)
    base = item(shortest(imported), shortest(rate))
    pairs = agreed(price=(shortest(imported), shortest(kronor)))
    out, _ = put_agreed(base, row(f"{mapped:.2f}"), pairs, Values(shortest(rate), "whatever"))
    assert Decimal(out["priceExclVAT"]) == kronor


def test_a_sale_of_specters_is_part_of_a_complete_record() -> None:
    told = {"standardOldPrice": "250,5", "showStandardOldPrice": "1"}
    assert put_sale(row(), told) == row() | {"standardOldPrice": "250.50", "showStandardOldPrice": "1"}


@pytest.mark.parametrize("told", [{}, {"standardOldPrice": "", "showStandardOldPrice": "ja"}])
def test_what_specter_never_told_of_a_sale_is_left_out(told: dict[str, str]) -> None:
    assert put_sale(row(), told) == row()


def test_what_specter_said_since_replaces_what_was_sent() -> None:
    sent, now = row("200.00"), row("199.50")
    assert as_specter_has_it(sent, now, {"priceExclVAT": "199,5"}) == now
    assert as_specter_has_it(sent, now, {"priceExclVAT": "210"}) != now
    assert as_specter_has_it(sent, row("200.00"), {"priceExclVAT": "199.5"}) != row("200.00")
    assert as_specter_has_it(sent, now, {}) == sent


def test_a_sale_that_was_told_after_the_row_was_sent_is_no_difference() -> None:
    now = put_sale(row(), {"standardOldPrice": "250", "showStandardOldPrice": "1"})
    newer = {"standardOldPrice": "250.0000", "showStandardOldPrice": "1"}
    assert as_specter_has_it(row(), now, newer) == now
