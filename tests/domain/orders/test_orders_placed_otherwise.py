"""Orders that a shop places otherwise (discounts, gift cards, packages), and what people do to orders afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from tests.domain.orders.order_cases import MAPPING, SECRET, whole

from abicart_specter.domain.orders.content import snapshot
from abicart_specter.domain.orders.differences import ChangeKind, differences, kind_of
from abicart_specter.domain.records import Severity


@pytest.mark.parametrize(
    ("switch", "value"),
    [
        ("order_discount", "negative_item"),
        ("order_discount", "property"),
        ("gift_card", "negative_item"),
        ("gift_card", "total_reduced"),
        ("order_rounding", "whole_kronor"),
    ],
)
def test_orders_placed_otherwise_can_be_read(abicart_server: Any, switch: str, value: str) -> None:
    abicart_server.control.switches(**{switch: value})
    for discount, cards in ((True, []), (False, ["50"])):
        wanted: dict[str, Any] = {"rows": [{"article": _plain(abicart_server)}], "gift_cards": cards}
        if discount:
            wanted["discount"] = {"name": "Rabattkod", "percent": 10}
        abicart_server.control.edit("place_order", **wanted)
    without, with_card = list(whole(abicart_server).values())[-2:]
    productless = [
        item.name for read in (without, with_card) for item in read.items if item.article_uid is None
    ]
    if (switch, value) == ("order_discount", "property"):
        assert without.discount is not None
        assert without.discount.name == "Rabattkod"
    elif value == "negative_item":
        expected = "Rabattkod" if switch == "order_discount" else "Presentkort"
        assert productless == [expected]
        names = MAPPING.discount_row_names | MAPPING.gift_card_row_names
        assert set(productless) <= names
        assert all(
            item.total.inc < 0
            for read in (without, with_card)
            for item in read.items
            if item.name == expected
        )
    else:
        assert productless == []
        assert without.discount is None


def _plain(server: Any) -> int:
    articles = server.control.inspect("Article", limit=500)
    return next(
        int(one["uid"])
        for one in articles
        if not one["content"] and not one["variants"] and float(one["price"]["regular"].get("SEK", 0)) > 100
    )


@pytest.mark.parametrize("quantity", ["beside", "repeated", "none"])
@pytest.mark.parametrize("rows", ["one_row", "with_parts", "parts_only"])
def test_packages(abicart_server: Any, rows: str, quantity: str) -> None:
    control = abicart_server.control
    control.switches(package_rows=rows, package_quantity=quantity)
    package = next(one for one in control.inspect("Article", limit=500) if one["content"])
    control.edit("place_order", rows=[{"article": package["uid"], "quantity": 2}])
    read = list(whole(abicart_server).values())[-1]
    if rows == "parts_only":
        assert all(item.parts == () and item.part_of is None for item in read.items)
        return
    first, *others = read.items
    assert [part.article_uid for part in first.parts] == list(
        dict.fromkeys(one["uid"] for one in package["content"])
    )
    assert all(part.product_number and part.name and part.price for part in first.parts)
    unknown = quantity == "none"
    assert [flag.severity for flag in first.problems] == ([Severity.WARNING] if unknown else [])
    assert all(item.part_of == first.uid for item in others)
    assert len(others) == (len(first.parts) if rows == "with_parts" else 0)


@pytest.mark.parametrize("number", ["variant", "base"])
def test_a_variant_that_is_gone_is_never_guessed(abicart_server: Any, number: str) -> None:
    control = abicart_server.control
    control.switches(item_number=number)
    variant = control.inspect("ArticleVariant", limit=1)[0]
    control.edit("place_order", rows=[{"variant": variant["uid"]}])
    (item,) = list(whole(abicart_server).values())[-1].items
    assert (item.variant_uid, item.product_number) == (variant["uid"], variant["articleNumber"])
    # The row now names a number that is another variant's or nobody's.
    control.edit("ArticleVariant", uid=variant["uid"], patch={"articleNumber": "NEW-NUMBER"})
    (after,) = list(whole(abicart_server).values())[-1].items
    assert after.variant_uid == variant["uid"]
    assert after.product_number == "NEW-NUMBER"
    held = [flag.rule for flag in after.problems if flag.severity is Severity.ERROR]
    assert held == (["variant_conflict"] if number == "variant" else [])


def test_what_people_do_to_orders_afterwards_is_found(abicart_server: Any) -> None:
    control = abicart_server.control
    article = _plain(abicart_server)
    row = {"article": article, "quantity": 2}
    placed = [control.edit("place_order", rows=[row], paid=True)["uid"] for _ in range(5)]
    before = whole(abicart_server)
    edited, refunded, cancelled, moved, left = placed
    item = before[edited].items[0]
    control.edit("edit_order", uid=edited, quantity={str(item.uid): 3})
    control.edit("refund", uid=refunded, amount=10)
    control.edit("discard_order", uid=cancelled)
    control.edit("edit_order", uid=moved, customer={"address": {"town": "Zqstad"}})
    control.edit("Order", uid=left, patch={"note": "Zqanteckning", "externalOrderNumber": "7001"})
    after = whole(abicart_server)
    found = {uid: differences(snapshot(before[uid], SECRET), after[uid], SECRET) for uid in placed}
    assert [kind_of(found[uid]) for uid in placed] == [
        ChangeKind.EDITED,
        ChangeKind.REFUNDED,
        ChangeKind.CANCELLED,
        ChangeKind.EDITED,
        None,
    ]
    assert [one.stock for one in found[edited] if one.stock] == [1]
    assert [one.stock for one in found[cancelled] if one.stock] == [-2]
    assert [one.what for one in found[moved]] == ["buyer or addresses"]
    assert "Zq" not in str(found)
