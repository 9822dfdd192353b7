"""What an accountant is told about an order's VAT; none of it holds the order (F23, F28)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from maker import Basket, brief, build, item, rules, settings, with_vat, without_vat

from abicart_specter.domain.orders.records import Address, Buyer, OrderRows
from abicart_specter.domain.records import Flag, ItemKey, Kind, Severity


def buyer(country: str, delivery: str | None = None) -> Buyer:
    to = None if delivery is None else Address(country=delivery)
    return Buyer(False, "", "", "", "", "", Address(country=country), to)


def of(rate: str, now: datetime | None = None, **changes: Any) -> OrderRows:
    basket = Basket([item(1, with_vat("100", rate))], changes=changes)
    return build(basket, **({} if now is None else {"now": now}))


@pytest.mark.parametrize("rate", ["0.25", "0.12", "0.06"])
def test_usual_rates_say_nothing(rate: str) -> None:
    assert rules(of(rate)) == []


def test_an_unusual_rate() -> None:
    found = of("0.17")
    assert rules(found) == ["vat_rate_unusual"] and "17 %" in found.flags[0].message
    assert found.flags[0].severity is Severity.WARNING and found.flags[0].key == ItemKey(Kind.ORDER, 50023)
    assert brief(found)[0][4] == "17"


@pytest.mark.parametrize(("rate", "percent"), [("0.24", "24"), ("0.255", "25.5"), ("0.19", "19")])
def test_a_foreign_rate(rate: str, percent: str) -> None:
    found = of(rate, buyer=buyer("FI"))
    assert rules(found) == ["vat_foreign"] and brief(found)[0][4] == percent
    assert rules(of(rate, buyer=buyer("SE", "FI"))) == ["vat_foreign"]
    assert rules(of(rate, buyer=buyer("FI", "SE"))) == ["vat_rate_unusual"]


def test_an_order_without_vat() -> None:
    found = build(Basket([item(1, without_vat("100", "0"))], changes={"has_vat": False}))
    assert rules(found) == ["vat_none"] and brief(found)[0][3:] == ("100.000", "0")


def test_an_order_marked_without_vat_that_has_some() -> None:
    found = of("0.25", has_vat=False)
    assert rules(found) == ["vat_none"] and "rows have VAT" in found.flags[0].message


def test_only_gift_cards_sold_are_no_sale_without_vat() -> None:
    basket = Basket([item(1, with_vat("300", "0"), product_number="GC-1")])
    assert rules(build(basket, settings(orders={"gift_cards_sold": ["GC-1"]}))) == []


BEFORE, AFTER = datetime(2026, 3, 31, 20, tzinfo=UTC), datetime(2026, 4, 2, 8, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
"""2026-04-01 in Stockholm."""


@pytest.mark.parametrize(
    ("rate", "ordered", "now", "status", "changed", "flagged"),
    [
        ("0.12", BEFORE, AFTER, "unpaid", BEFORE, True),
        ("0.12", BEFORE, AFTER, "paid", BEFORE, False),
        ("0.12", BEFORE, AFTER, "paid", AFTER, True),
        ("0.12", BEFORE, BEFORE, "unpaid", BEFORE, False),
        ("0.12", BEFORE, MIDNIGHT, "unpaid", BEFORE, True),
        ("0.12", MIDNIGHT, AFTER, "unpaid", AFTER, False),
        ("0.06", BEFORE, AFTER, "unpaid", BEFORE, False),
        (
            "0.06",
            datetime(2027, 12, 31, 20, tzinfo=UTC),
            datetime(2028, 1, 1, 8, tzinfo=UTC),
            "unpaid",
            BEFORE,
            True,
        ),
        (
            "0.12",
            datetime(2027, 12, 31, 20, tzinfo=UTC),
            datetime(2028, 1, 1, 8, tzinfo=UTC),
            "unpaid",
            BEFORE,
            False,
        ),
    ],
)
def test_tax_point(
    rate: str, ordered: datetime, now: datetime, status: str, changed: datetime, flagged: bool
) -> None:
    found = of(rate, now, ordered=ordered, payment_status=status, changed=changed)
    assert rules(found) == (["vat_tax_point"] if flagged else [])
    assert brief(found)[0][4] == ("12" if rate == "0.12" else "6")


def test_findings_of_the_reading_are_passed_on() -> None:
    key = ItemKey(Kind.ORDER, 50023)
    note = Flag(key, "product_renumbered", Severity.WARNING, "row 1: …", "Look.")
    row = replace(item(1, with_vat("100", "0.25")), problems=(note,))
    other = replace(note, rule="info_unknown")
    assert rules(build(Basket([row], changes={"problems": (other,)}))) == [
        "info_unknown",
        "product_renumbered",
    ]
