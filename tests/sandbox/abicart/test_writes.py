"""set, create, validate: patches, what they may hold, and the switches that decide how they work."""

from __future__ import annotations

from decimal import Decimal

import pytest


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({"articleNumber": "B-2"}, {"articleNumber": "B-2"}),
        ({"articleNumber": None}, {"articleNumber": None}),
        ({"name": {"sv": "Ny", "en": "New"}}, {"name": {"sv": "Ny", "en": "New"}}),
        ({"name": {"sv": "Ny", "en": None}}, {"name": {"sv": "Ny"}}),
        ({"name": []}, {"name": {}}),
        ({"weight": 12.5}, {"weight": 12.5}),
        ({"weight": 1e3}, {"weight": 1000}),
        ({"images": ["https://butik.example.se/1.jpg"]}, {"images": ["https://butik.example.se/1.jpg"]}),
        ({"articlegroup": "702"}, {"articlegroup": 702}),
        ({"articlegroup": None}, {"articlegroup": None}),
        ({"showInArticlegroups": [702, 703]}, {"showInArticlegroups": [702, 703]}),
        ({"attributes": {"41": {"sv": "Ek"}}}, {"attributes": {"41": {"sv": "Ek"}}}),
        ({"freeFreight": True}, {"freeFreight": True}),
        ({"metaDescription": {"sv": "x"}}, {"metaDescription": {"sv": "x"}}),
        ({"choiceOptionPrices": {"3001": {"SEK": 25}}}, {"choiceOptionPrices": {"3001": {"SEK": 25}}}),
        ({"vatRate": 0.12}, {"vatRate": Decimal("0.12")}),
        ({"vatRate": 0}, {"vatRate": 0}),
        ({}, {}),
    ],
)
def test_values_that_fit(shop, patch, expected) -> None:
    uid = shop.article(articleNumber="A-1")
    query = list(expected) or ["uid"]
    assert shop("Article.validate", uid, patch) == []
    assert shop("Article.set", uid, patch, query) == (expected or {"uid": uid})
    assert shop("Article.get", uid, query) == (expected or {"uid": uid})


@pytest.mark.parametrize(
    ("patch", "pointers"),
    [
        ({"uid": 5}, ["/uid"]),
        ({"created": "2024-01-01", "changed": "2024-01-01"}, ["/created", "/changed"]),
        ({"url": {}}, ["/url"]),
        ({"variants": []}, ["/variants"]),
        ({"pricing": []}, ["/pricing"]),
        ({"nothing": 1}, ["/nothing"]),
        ({"articleNumber": 5}, ["/articleNumber"]),
        ({"name": "x"}, ["/name"]),
        ({"name": {"sv": 5}}, ["/name/sv"]),
        ({"name": {"xx": "x"}}, ["/name/xx"]),
        ({"price": {"regular": {"SEK": "10"}}}, ["/price/regular/SEK"]),
        ({"price": {"regular": {"SEK": -1}}}, ["/price/regular/SEK"]),
        ({"price": {"regular": {"USD": 1}}}, ["/price/regular/USD"]),
        ({"price": {"old": {}}}, ["/price/old"]),
        ({"price": 10}, ["/price"]),
        ({"vatRate": 25}, ["/vatRate"]),
        ({"vatRate": None}, ["/vatRate"]),
        ({"hidden": None}, ["/hidden"]),
        ({"hidden": 1}, ["/hidden"]),
        ({"weight": True}, ["/weight"]),
        ({"images": "x"}, ["/images"]),
        ({"images": ["x", 5]}, ["/images/1"]),
        ({"articlegroup": 1}, ["/articlegroup"]),
        ({"showInArticlegroups": [702, 1]}, ["/showInArticlegroups/1"]),
        ({"choiceOptions": {"1": [1]}}, ["/choiceOptions/1"]),
        ({"choiceOptions": {"2001": [1]}}, ["/choiceOptions/2001/0"]),
        ({"choiceOptions": {"2001": []}}, ["/choiceOptions/2001"]),
        ({"choiceOptionPrices": {"x": {"SEK": 1}}}, ["/choiceOptionPrices/x"]),
        ({"content": [1]}, ["/content/0"]),
        ({"stock": {"left": 1}}, ["/stock/left"]),
        ({"stock": {"useStock": "yes", "stock": "4"}}, ["/stock/useStock", "/stock/stock"]),
        ({"stock": None}, ["/stock"]),
        ({"quantityInfo": {"x": 10**30}}, ["/quantityInfo"]),
        ("x", [""]),
        (None, [""]),
    ],
)
def test_values_that_do_not_fit(shop, patch, pointers) -> None:
    uid = shop.article(articleNumber="A-1")
    before = shop("Article.get", uid, True)
    good_too = {"ean": "735", **patch} if isinstance(patch, dict) else patch
    failure = shop.fails("Article.set", uid, good_too, ["uid"])
    assert failure.code == -32602 and failure.pointers == pointers
    assert [one["pointer"] for one in shop("Article.validate", uid, good_too)] == pointers
    assert shop("Article.get", uid, True) == before


def test_changed_moves_on_every_write(shop) -> None:
    uid = shop.article()
    start = shop("Article.get", uid, ["created", "changed"])
    assert start["created"] == start["changed"]
    shop.control.advance_clock(90)
    moved = shop("Article.set", uid, {"articleNumber": "A"}, ["created", "changed"])
    assert moved["created"] == start["created"] and moved["changed"] > start["changed"]
    shop.control.advance_clock(90)
    shop.control.edit("Article", uid=uid, patch={"articleNumber": "B"})
    assert shop("Article.get", uid, "changed")["changed"] > moved["changed"]


def test_creating(shop) -> None:
    assert shop("Article.create", {"name": {"sv": "Ett"}}, {"uid": True, "name": "sv"}) == {
        "uid": 1001,
        "name": {"sv": "Ett"},
    }
    assert shop("Article.set", None, {"name": {"sv": "Två"}}, ["uid"]) == {"uid": 1002}
    assert shop("Article.create", {"name": {"sv": "Tre"}}) == 1003
    failure = shop.fails("Article.create", {"articleNumber": "A"})
    assert failure.pointers == ["/name"]
    assert [one["pointer"] for one in shop("Article.validate", None, {})] == ["/name"]
    assert shop("Article.count") == 3
    assert shop.fails("ArticleVariant.set", None, {"stock": 1}).code == 1006
    assert shop.fails("ArticleVariant.create", {}).code == -32601
    assert shop.fails("Order.set", None, {}).code == 1006


def test_missing_rows(shop) -> None:
    assert shop.fails("Article.set", 99, {}, ["uid"]).code == 9003
    assert shop.fails("Article.validate", 99, {}).code == 9003
    for bad in ("x", True, 1.5, {}, "9" * 5000):
        assert shop.fails("Article.get", bad).code == -32602
    assert shop.fails("Article.get", 99, "uid").code == 9003
    assert shop.fails("Article.get", 99, "nothing").pointers == ["/nothing"]
    shop.switch(missing_object="-32602")
    assert shop.fails("Article.get", 99, "uid").pointers == ["/uid"]
    shop.switch(missing_object="null")
    assert shop("Article.get", 99, "uid") is None


def test_result_without_a_query(shop) -> None:
    uid = shop.article()
    assert shop("Article.set", uid, {}) is None
    shop.switch(set_result="uid")
    assert shop("Article.set", uid, {}) == uid
    shop.switch(uid_type="string")
    assert shop("Article.set", str(uid), {}) == str(uid)


def test_nested_objects_are_replaced_or_merged(shop) -> None:
    start = {
        "name": {"sv": "Lampa", "en": "Lamp"},
        "price": {"regular": {"SEK": 100, "EUR": 9}, "specialOffer": {"SEK": 80}},
        "stock": {"useStock": True, "stock": 7},
    }
    patch = {"name": {"en": "Lantern"}, "price": {"regular": {"SEK": 90}}, "stock": {"stock": 3}}
    query = ["name", {"price": ["regular", "specialOffer"]}, {"stock": ["useStock", "stock"]}]
    uid = shop.article(**start)
    assert shop("Article.set", uid, patch, query) == {
        "name": {"en": "Lantern"},
        "price": {"regular": {"SEK": 90}},
        "stock": {"useStock": False, "stock": 3},
    }
    shop.switch(set_nested="merge")
    uid = shop.article(**start)
    assert shop("Article.set", uid, patch, query) == {
        "name": {"sv": "Lampa", "en": "Lantern"},
        "price": {"regular": {"SEK": 90, "EUR": 9}, "specialOffer": {"SEK": 80}},
        "stock": {"useStock": True, "stock": 3},
    }
    assert shop(
        "Article.set", uid, {"price": {"specialOffer": {}}}, {"price": ["regular", "specialOffer"]}
    ) == {"price": {"regular": {"SEK": 90, "EUR": 9}}}


@pytest.mark.parametrize("merging", ["replace", "merge"])
@pytest.mark.parametrize("no_offer", ["absent", "regular", "null"])
def test_read_merge_write_of_whole_objects_is_safe(shop, merging, no_offer) -> None:
    shop.switch(set_nested=merging, no_offer=no_offer)
    uid = shop.article(price={"regular": {"SEK": 100, "EUR": 9}}, stock={"useStock": True, "stock": 2})
    read = shop("Article.get", uid, ["price", "stock"])
    query = ["price", "stock"]
    again = shop("Article.set", uid, {key: _json(value) for key, value in read.items()}, query)
    assert again == read
    shop.switch(no_offer="absent")
    assert "specialOffer" not in shop("Article.get", uid, "price")["price"]


def _json(value):
    """Amounts as JSON's own numbers; those used here are whole."""
    if isinstance(value, dict):
        return {key: _json(one) for key, one in value.items()}
    return value


def test_stock_forms(shop) -> None:
    whole = {"useStock": True, "stock": 4}
    uid = shop.article()
    assert shop.fails("Article.set", uid, {"stock": 4}, "uid").pointers == ["/stock"]
    assert shop("Article.set", uid, {"stock": whole}, {"stock": ["useStock", "stock"]})["stock"] == whole
    shop.switch(stock_write="number")
    assert shop.fails("Article.set", uid, {"stock": whole}, "uid").pointers == ["/stock"]
    assert shop("Article.set", uid, {"stock": 9}, {"stock": ["useStock", "stock"]})["stock"] == whole | {
        "stock": 9
    }
    shop.switch(stock_write="both")
    assert shop("Article.set", uid, {"stock": 1}, {"stock": "stock"})["stock"] == {"stock": 1}
    assert shop("Article.set", uid, {"stock": whole}, {"stock": "stock"})["stock"] == {"stock": 4}


def test_stock_of_an_article_with_variants(shop) -> None:
    uid = shop.article(choiceOptions={"2001": [3001, 3002]}, stock={"useStock": True, "stock": 0})
    for variant, stock in ((1501, 3), (1502, 4)):
        assert shop("ArticleVariant.set", variant, {"stock": stock}, ["uid", "stock"]) == {
            "uid": variant,
            "stock": stock,
        }
    patch = {"stock": {"useStock": True, "stock": 99}}
    assert shop("Article.set", uid, patch, {"stock": "stock"}) == {"stock": {"stock": 7}}
    shop.switch(variant_article_stock="error")
    assert shop.fails("Article.set", uid, patch, "uid").pointers == ["/stock/stock"]
    assert shop("Article.set", uid, {"stock": {"useStock": True}}, {"stock": "stock"}) == {
        "stock": {"stock": 7}
    }
    assert shop("Article.set", shop.article(), patch, {"stock": "stock"}) == {"stock": {"stock": 99}}


def test_vat_rate_write_can_be_refused_but_not_to_a_person(shop) -> None:
    uid = shop.article()
    shop.switch(vat_rate_write="refused")
    assert shop.fails("Article.set", uid, {"vatRate": 0.06}, "uid").pointers == ["/vatRate"]
    assert shop.control.edit("Article", uid=uid, patch={"vatRate": 0.06})["vatRate"] == "0.06"
    assert shop("Article.get", uid, "vatRate") == {"vatRate": Decimal("0.06")}


def test_order_marks(seeded) -> None:
    patch = {"externalOrderNumber": "SO-5512", "note": "Skickad", "tags": ["specter"]}
    assert seeded("Order.set", "50001", patch, list(patch)) == patch
    for name, value in patch.items():
        seeded.switch(order_marks="forbidden")
        assert seeded.fails("Order.set", 50001, {name: value}, "uid").code == 1006
        seeded.switch(order_marks="refused")
        assert seeded.fails("Order.set", 50001, {name: value}, "uid").pointers == [f"/{name}"]
    assert seeded.fails("Order.set", 50001, {"language": "xx"}, "uid").pointers == ["/language"]
    assert seeded.fails("Order.set", 50001, {"costs": {}}, "uid").pointers == ["/costs"]


def test_customers_can_be_changed(shop) -> None:
    uid = shop("Customer.list", "uid")[0]["uid"]
    info = {"type": "business", "email": "ny@example.se", "companyNumber": "559999-0006"}
    address = {"firstName": "Åsa", "lastName": "Ek", "address": "Gatan 1", "town": "Ystad", "country": "SE"}
    patch = {"info": info, "address": address, "deliveryAddress": {"copyAddress": True}}
    assert shop("Customer.set", uid, patch, list(patch)) == patch
    failure = shop.fails(
        "Customer.set", uid, {"info": {"mail": "x", "email": 5}, "address": {"zip": 1}}, "uid"
    )
    assert failure.pointers == ["/info/email", "/info/mail", "/address/zip"]
    shop.switch(customer_info="other_names")
    assert shop("Customer.get", uid, "info")["info"]["orgNumber"] == "559999-0006"
    shop("Customer.set", uid, {"info": {"email": "a@example.se", "orgNumber": "559999-0014"}}, "uid")
    shop.switch(customer_info="plain")
    assert shop("Customer.get", uid, "info")["info"] == {
        "email": "a@example.se",
        "companyNumber": "559999-0014",
    }
