"""What the nightly import does to the shop: sent orders, price lists, VAT rate and price in one write."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shop_sandbox.core.errors import UsageError

D = Decimal


def status(shop, uid: int) -> str:
    return shop("Order.get", uid, "deliveryStatus")["deliveryStatus"]


@pytest.mark.parametrize(("switch", "by_set"), [("both", True), ("order_set", True), ("shipment", False)])
def test_order_set_makes_an_order_sent_where_the_switch_says_so(shop, switch: str, by_set: bool) -> None:
    shop.switch(sent_by=switch)
    uid = shop.place({"article": shop.goods()})
    if by_set:
        assert shop("Order.set", uid, {"deliveryStatus": "sent"}, "deliveryStatus") == {
            "deliveryStatus": "sent"
        }
    else:
        assert shop.fails("Order.set", uid, {"deliveryStatus": "sent"}).pointers == ["/deliveryStatus"]
    assert status(shop, uid) == ("sent" if by_set else "unsent")
    shop.control.edit("Order", uid=uid, patch={"deliveryStatus": "sent"})
    assert status(shop, uid) == "sent"


@pytest.mark.parametrize(("switch", "sent"), [("both", True), ("order_set", False), ("shipment", True)])
def test_a_shipment_of_all_rows_makes_an_order_sent_where_the_switch_says_so(
    shop, switch: str, sent: bool
) -> None:
    shop.switch(sent_by=switch)
    uid = shop.place({"article": shop.goods(), "quantity": 2}, {"article": shop.goods()})
    assert shop("Shipment.addAllItemsFromOrder", None, uid) == 3301
    assert len(shop("Shipment.get", 3301, "items")["items"]) == 2
    assert status(shop, uid) == ("sent" if sent else "unsent")


def test_shipments_cannot_be_listed_where_the_switch_says_so(shop) -> None:
    uid = shop.place({"article": shop.goods()})
    shop("Shipment.addAllItemsFromOrder", None, uid)
    assert [one["uid"] for one in shop("Shipment.list", "uid", True)] == [3301]
    shop.switch(shipment_list="refused")
    assert shop.fails("Shipment.list", "uid", True).code == -32601
    assert shop.fails("Shipment.count", {}).code == -32601
    assert shop("Shipment.get", 3301, "uid") == {"uid": 3301}
    assert shop("Order.list", "uid", True)


@pytest.mark.parametrize("order", [("price", "vatRate"), ("vatRate", "price")])
def test_a_displayed_price_is_stored_by_the_rate_written_with_it(shop, order) -> None:
    shop.control.edit("Webshop", patch={"priceStoredWithVat": False, "showPricesIncludingVat": True})
    shop.switch(price_meaning="displayed")
    uid = shop.goods("100")
    whole = {"price": {"regular": {"SEK": 112}}, "vatRate": 0.12}
    shop("Article.set", uid, {name: whole[name] for name in order})
    assert D(shop.control.inspect("prices")[str(uid)]["regular"]["SEK"]) == 100


def test_a_price_list_for_the_shop(shop) -> None:
    first = shop.goods({"regular": {"SEK": "19.95", "EUR": "2"}, "specialOffer": {"SEK": "15"}})
    second = shop.goods("100")
    without = shop.goods({"regular": {"EUR": "3"}})
    assert shop.control.edit("prices", factor="1.1") == {"changed": 2}
    shown = shop.control.inspect("prices")
    assert {name: D(one) for name, one in shown[str(first)]["regular"].items()} == {
        "SEK": D("21.95"),
        "EUR": 2,
    }
    assert D(shown[str(first)]["offer"]["SEK"]) == 15
    assert D(shown[str(second)]["regular"]["SEK"]) == 110
    assert set(shown[str(without)]["regular"]) == {"EUR"}
    shop.control.edit("prices", factor=2, uids=[second], decimals=0)
    assert D(shop.control.inspect("prices")[str(second)]["regular"]["SEK"]) == 220


@pytest.mark.parametrize(
    "values", [{}, {"factor": "x"}, {"factor": 2, "uids": [9]}, {"factor": 2, "decimals": "2"}]
)
def test_a_price_list_that_makes_no_sense_changes_nothing(shop, values) -> None:
    uid = shop.goods("100")
    with pytest.raises(UsageError):
        shop.control.edit("prices", **values)
    assert D(shop.control.inspect("prices")[str(uid)]["regular"]["SEK"]) == 100


def test_a_deleted_and_a_renumbered_product_are_seen(shop) -> None:
    first, second = shop.article(articleNumber="A-1"), shop.article(articleNumber="A-2")
    shop.control.edit("Article", uid=first, patch={"articleNumber": "B-1"})
    shop.control.edit("delete", **{"class": "Article", "uid": second})
    assert shop("Article.list", ["uid", "articleNumber"], True) == [{"uid": first, "articleNumber": "B-1"}]
    assert shop("Article.count", {}) == 1
    assert shop.control.inspect("prices").keys() == {str(first)}
