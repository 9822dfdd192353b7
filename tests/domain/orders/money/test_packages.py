"""Packages: held, or exploded into parts whose prices add up to the package's exactly (F35)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maker import Basket, D, brief, build, held, item, lowered, rules, settings, specter_total, with_vat

from abicart_specter.domain.orders.records import Cost, OrderItem, PackagePart, RowRole

EXPLODE = settings(orders={"packages": "explode"})


def part(uid: int, price: str, quantity: int = 1, rate: str = "0.25", **changes: Any) -> PackagePart:
    values: dict[str, Any] = {
        "article_uid": uid,
        "product_number": f"DEL-{uid}",
        "name": f"Del {uid}",
        "quantity": D(quantity),
        "price": D(price),
        "vat_rate": D(rate),
    }
    return PackagePart(**(values | changes))


def package(inc: str, *parts: PackagePart, quantity: int = 1, rate: str = "0.25") -> OrderItem:
    return item(1, with_vat(inc, rate), quantity, parts=parts, name="Paket")


def shown(part_of: PackagePart, count: int) -> OrderItem:
    """A row without a price that shows a part."""
    row = item(100 + part_of.article_uid, with_vat("0", "0.25"), count, article_uid=part_of.article_uid)
    return replace(row, part_of=1, product_number=part_of.product_number)


LAMP, BULB = part(1, "200"), part(2, "50", 2)


def test_packages_are_held_by_default() -> None:
    error = held(Basket([package("250", LAMP, BULB)]))
    assert error.rule == "package_held" and "row 1" in error.message and "ART-1" in error.message
    assert "orders.packages" in error.remedy


def test_exploded_by_price() -> None:
    found = build(Basket([package("240", LAMP, BULB)]), EXPLODE)
    assert brief(found) == [
        ("package part", "DEL-1", "1", "128.000", "25"),
        ("package part", "DEL-2", "2", "32.000", "25"),
    ]
    assert specter_total(found) == 240
    assert [(row.article_uid, row.variant_uid, row.item_uid) for row in found.rows] == [
        (1, None, 1),
        (2, None, 1),
    ]


def test_the_parts_add_up_by_largest_remainder() -> None:
    parts = [part(n, "100") for n in range(1, 4)]
    found = build(Basket([package("125.00", *parts)]), EXPLODE)
    assert sorted(row.price for row in found.rows) == [D("33.33"), D("33.33"), D("33.34")]


def test_several_packages_with_discount() -> None:
    row = lowered(package("480", LAMP, BULB, quantity=2), "48")
    found = build(Basket([row]), EXPLODE)
    assert specter_total(found) == 432
    assert [(one[1], one[2], one[3]) for one in brief(found)] == [
        ("DEL-1", "2", "128.000"),
        ("DEL-2", "4", "32.000"),
        ("RABATT", "1", "-38.400"),
    ]
    percent = build(Basket([row]), settings(orders={"packages": "explode", "discount_in_percent": True}))
    assert [(one.discount_percent, one.price) for one in percent.rows] == [(10, 128), (10, 32)]


def test_rows_that_show_the_parts_are_not_sent_twice() -> None:
    rows = [package("240", LAMP, BULB), shown(LAMP, 1), shown(BULB, 2)]
    found = build(Basket(rows), EXPLODE)
    assert [(one[1], one[2]) for one in brief(found)] == [("DEL-1", "1"), ("DEL-2", "2")]
    assert not rules(found)
    assert held(Basket(rows)).rule == "package_held"


def test_the_orders_own_count_of_parts_counts() -> None:
    found = build(Basket([package("240", LAMP, BULB), shown(LAMP, 1), shown(BULB, 3)]), EXPLODE)
    assert [(one[1], one[2]) for one in brief(found)] == [("DEL-1", "1"), ("DEL-2", "3")]
    assert rules(found) == ["package_quantity"] and specter_total(found) == 240


def test_parts_alone_are_ordinary_rows() -> None:
    found = build(Basket([item(1, with_vat("160", "0.25")), item(2, with_vat("80", "0.25"), 2)]))
    assert [row.role for row in found.rows] == [RowRole.PRODUCT] * 2


def test_package_at_one_rate_with_parts_of_others() -> None:
    found = build(Basket([package("250", part(1, "150"), part(2, "100", rate="0.06"))]), EXPLODE)
    assert {row.vat_percent for row in found.rows} == {25}
    assert rules(found) == ["package_vat"] and "6 %" in found.flags[0].message


def test_package_of_mixed_rates() -> None:
    """125 at 25 % and 106 at 6 %: VAT 31.00 on 200.00."""
    row = package("231", part(1, "125"), part(2, "106", rate="0.06"), rate="0.155")
    assert row.total.ex == 200
    found = build(Basket([row]), EXPLODE)
    assert [(one[3], one[4]) for one in brief(found)] == [("100.000", "25"), ("100.000", "6")]
    row = replace(row, total=Cost(D(231), D(190), D(41), D("0.2158")))
    assert held(Basket([row]), EXPLODE).rule == "vat_split_impossible"


@pytest.mark.parametrize(
    "parts",
    [
        (part(1, "0"), part(2, "0")),
        (replace(LAMP, price=None), BULB),
        (replace(LAMP, quantity=D(0)), BULB),
    ],
)
def test_a_price_that_cannot_be_split(parts: tuple[PackagePart, ...]) -> None:
    assert held(Basket([package("240", *parts)]), EXPLODE).rule == "package_held"


def test_a_part_without_number() -> None:
    error = held(Basket([package("240", LAMP, part(2, "50", product_number=None))]), EXPLODE)
    assert error.rule == "product_number_missing" and "uid 2" in error.message


@given(
    st.integers(1, 2_000_000),
    st.lists(st.tuples(st.integers(1, 100_000), st.integers(1, 9)), min_size=1, max_size=8),
    st.integers(1, 20),
    st.sampled_from(["0.25", "0.12", "0.06", "0"]),
)
def test_any_package_is_split_exactly(inc: int, parts: list[tuple[int, int]], count: int, rate: str) -> None:
    made = [part(n, str(D(price) / 100), quantity, rate) for n, (price, quantity) in enumerate(parts, 1)]
    found = build(Basket([package(str(D(inc) / 100), *made, quantity=count, rate=rate)]), EXPLODE)
    assert specter_total(found) == D(inc) / 100
    for one in made:
        rows = [row for row in found.rows if row.article_uid == one.article_uid]
        assert sum(row.quantity for row in rows) == one.quantity * count
        assert one.price is not None
        weight = one.price * one.quantity / sum(p.price * p.quantity for p in made if p.price is not None)
        share = D(inc) / 100 / (1 + D(rate)) * weight
        assert abs(sum(row.quantity * row.price for row in rows) - share) <= D("0.03")
