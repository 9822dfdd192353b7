"""What articles show: prices, VAT, stock, variants, packages; and the switches of values."""

from __future__ import annotations

from decimal import Decimal

import pytest


def test_price_and_pricing(shop) -> None:
    uid = shop.article(price={"regular": {"SEK": 199, "EUR": 19.9}, "specialOffer": {"SEK": 149}})
    shown = shop("Article.get", uid, ["price", "pricing", "vatRate", "vatIsIncluded"])
    assert shown["price"] == {
        "regular": {"SEK": 199, "EUR": Decimal("19.9")},
        "specialOffer": {"SEK": 149},
        "current": {"SEK": 149, "EUR": Decimal("19.9")},
    }
    assert shown["pricing"] == [
        {
            "qtyFloor": 1,
            "regular": {
                "incVat": {"SEK": 199, "EUR": Decimal("19.9")},
                "exVat": {"SEK": Decimal("159.2"), "EUR": Decimal("15.92")},
            },
            "specialOffer": {"incVat": {"SEK": 149}, "exVat": {"SEK": Decimal("119.2")}},
        }
    ]
    assert shown["vatRate"] == Decimal("0.25") and shown["vatIsIncluded"] is True


@pytest.mark.parametrize(
    ("price", "rate", "ex"),
    [("199", "0.25", "159.2"), ("99.90", "0.12", "89.2"), ("0.01", "0.25", "0.01"), ("123.45", "0.06", "116.46"),
     ("100.05", "0", "100.05"), ("9999.99", "0.12", "8928.56"), ("0.07", "0.12", "0.06"), ("2.81", "0.12", "2.51"),
     ("0.14", "0.12", "0.13"), ("0.42", "0.12", "0.38")],
)  # fmt: skip
def test_price_without_vat_to_the_ore_half_up(shop, price, rate, ex) -> None:
    shop.send(
        '{"jsonrpc":"2.0","id":1,"method":"Article.create","params":[{"name":{"sv":"x"},'
        f'"price":{{"regular":{{"SEK":{price}}}}},"vatRate":{rate}}},"pricing"]}}'
    )
    regular = shop.parsed()["result"]["pricing"][0]["regular"]
    assert regular == {"incVat": {"SEK": Decimal(price)}, "exVat": {"SEK": Decimal(ex)}}


def test_a_shop_that_stores_prices_without_vat(shop) -> None:
    uid = shop.article(price={"regular": {"SEK": 80}})
    shop.control.edit("Webshop", patch={"priceStoredWithVat": False})
    shown = shop("Article.get", uid, ["price", "pricing", "vatIsIncluded"])
    assert shown["price"]["regular"] == {"SEK": 80} and shown["vatIsIncluded"] is False
    assert shown["pricing"][0]["regular"] == {"incVat": {"SEK": 100}, "exVat": {"SEK": 80}}
    assert shop("Webshop.get", 22222, "priceStoredWithVat") == {"priceStoredWithVat": False}


@pytest.mark.parametrize(
    ("stores", "shows", "seen"), [(True, False, 80), (False, True, 125), (True, True, 100)]
)
def test_prices_as_displayed(shop, stores, shows, seen) -> None:
    uid = shop.article(price={"regular": {"SEK": 100}, "specialOffer": {"SEK": 100}})
    shop.control.edit("Webshop", patch={"priceStoredWithVat": stores, "showPricesIncludingVat": shows})
    shop.switch(price_meaning="displayed")
    assert shop("Article.get", uid, "price")["price"] == {"regular": {"SEK": seen}, "current": {"SEK": seen}}
    shop("Article.set", uid, {"price": {"regular": {"SEK": 2 * seen}}}, "uid")
    shop.switch(price_meaning="stored")
    assert shop("Article.get", uid, "price")["price"]["regular"] == {"SEK": 200}


@pytest.mark.parametrize(
    ("stands", "offer"), [("absent", "left out"), ("regular", {"SEK": 100}), ("null", None)]
)
def test_no_campaign(shop, stands, offer) -> None:
    shop.switch(no_offer=stands)
    uid = shop.article(price={"regular": {"SEK": 100}, "specialOffer": None})
    assert shop("Article.get", uid, "price")["price"].get("specialOffer", "left out") == offer
    assert "specialOffer" not in shop("Article.get", uid, "pricing")["pricing"][0]
    shop("Article.set", uid, {"price": {"regular": {"SEK": 100}, "specialOffer": {"SEK": 60}}}, "uid")
    assert shop("Article.get", uid, "price")["price"]["specialOffer"] == {"SEK": 60}


def test_vat_rate_by_country(shop) -> None:
    uid = shop.article(vatRate=0.06)
    shop.switch(vat_rate_shape="by_country")
    assert shop("Article.get", uid, "vatRate") == {"vatRate": {"SE": Decimal("0.06")}}
    assert shop("Article.get", uid, {"vatRate": "SE"}) == {"vatRate": {"SE": Decimal("0.06")}}
    assert shop("Article.set", uid, {"vatRate": {"SE": 0.12}}, "vatRate") == {
        "vatRate": {"SE": Decimal("0.12")}
    }
    assert shop("Article.count", {"/vatRate/SE": 0.12}) == 1
    assert shop.fails("Article.set", uid, {"vatRate": {"NO": 0.12}}, "uid").pointers == ["/vatRate/SE"]


def test_variants_come_and_go_with_choice_options(shop) -> None:
    colours = 2001
    choices = shop.control.inspect("ArticleChoice")
    sizes = next(one["uid"] for one in choices if len(one["options"]) == 6)
    options = shop("ArticleChoice.get", sizes, "options")["options"][:2]
    uid = shop.article(articleNumber="T-1", choiceOptions={str(colours): [3001, 3002], str(sizes): options})
    variants = shop("Article.get", uid, "variants")["variants"]
    assert [one["definedBy"] for one in variants] == [
        {str(colours): str(colour), str(sizes): str(size)} for colour in (3001, 3002) for size in options
    ]
    assert all(one["overrides"] == {"stock": 0} for one in variants)
    kept = variants[2]["uid"]
    shop("ArticleVariant.set", kept, {"articleNumber": "T-1-VIT-XS", "stock": 5}, "uid")
    shop("Article.set", uid, {"choiceOptions": {str(colours): [3002, 3003], str(sizes): options}}, "uid")
    after = shop("Article.get", uid, "variants")["variants"]
    assert after[0]["uid"] == kept
    assert after[0]["overrides"] == {"articleNumber": "T-1-VIT-XS", "stock": 5}
    assert shop("ArticleVariant.count") == 4 and shop("ArticleVariant.count", {"/article": uid}) == 4
    assert {one["uid"] for one in after} & {one["uid"] for one in variants[:2]} == set()
    shop("Article.set", uid, {"choiceOptions": {}}, "uid")
    assert shop("ArticleVariant.count") == 0 and shop("Article.get", uid, "hasChoices") == {
        "hasChoices": False
    }


def test_variants_as_their_own_class(shop) -> None:
    uid = shop.article(articleNumber="T-1", choiceOptions={"2001": [3001, 3002]})
    shop("ArticleVariant.set", 1502, {"articleNumber": "T-1-VIT"}, "uid")
    shop.control.edit("ArticleVariant", uid=1502, patch={"ean": "735", "weight": 1100, "stock": "4"})
    rows = shop("ArticleVariant.list", ["uid", "article", "articleNumber", "stock"])
    assert rows == [
        {"uid": 1501, "article": uid, "articleNumber": None, "stock": 0},
        {"uid": 1502, "article": uid, "articleNumber": "T-1-VIT", "stock": 4},
    ]
    overrides = shop("Article.get", uid, {"variants": "overrides"})["variants"]
    assert overrides[1] == {
        "overrides": {"articleNumber": "T-1-VIT", "stock": 4, "ean": "735", "weight": 1100}
    }
    found = shop("ArticleVariant.list", "uid", {"filters": {"/articleNumber": "T-1-VIT"}})
    assert found == [{"uid": 1502}]


def test_a_variants_change_moves_its_article(shop) -> None:
    uid = shop.article(choiceOptions={"2001": [3001]})
    before = shop("Article.get", uid, "changed")["changed"]
    shop.control.advance_clock(60)
    shop("ArticleVariant.set", 1501, {"stock": 1}, "uid")
    assert shop("Article.get", uid, "changed")["changed"] > before


def test_choice_schema(shop) -> None:
    uid = shop.article(choiceOptions={"2001": [3001, 3003]})
    schema = shop("Article.get", uid, {"choiceSchema": "sv"})["choiceSchema"]["sv"]
    assert schema["properties"]["2001"]["enumNames"] == {"3001": "Svart", "3003": "Marinblå"}


@pytest.mark.parametrize(
    ("stands", "plain", "expanded"),
    [
        ("beside", [{"uid": 1001, "quantity": 2}, {"uid": 1002, "quantity": 1}], [("A", 2), ("B", 1)]),
        ("repeated", [1001, 1001, 1002], [("A", None), ("A", None), ("B", None)]),
        ("none", [1001, 1002], [("A", None), ("B", None)]),
    ],
)
def test_packages(shop, stands, plain, expanded) -> None:
    first, second = shop.article(articleNumber="A"), shop.article(articleNumber="B")
    package = shop.article(content=[{"uid": first, "quantity": 2}, {"uid": second}])
    shop.switch(package_quantity=stands)
    assert shop("Article.get", package, "content") == {"content": plain}
    query = ["articleNumber", "quantity"] if stands == "beside" else "articleNumber"
    shown = shop("Article.get", package, {"content": query})["content"]
    assert [(one["articleNumber"], one.get("quantity")) for one in shown] == expanded
    assert shop("Article.get", package, {"content": "articleNumber"})["content"][0] == {"articleNumber": "A"}
    if stands != "beside":
        failure = shop.fails("Article.get", package, {"content": "quantity"})
        assert failure.pointers == ["/content/quantity"]
    else:
        assert shop("Article.get", package, {"content": {}})["content"][0]["quantity"] == 2
        assert shop("Article.get", package, {"content": "quantity"})["content"][1] == {
            "uid": second,
            "quantity": 1,
        }


def test_a_package_can_be_written_with_repeated_parts(shop) -> None:
    part = shop.article()
    package = shop.article(content=[part, part])
    assert shop("Article.get", package, "content") == {"content": [{"uid": part, "quantity": 2}]}


def test_uids_as_strings(shop) -> None:
    part = shop.article()
    uid = shop.article(choiceOptions={"2001": [3001]}, articlegroup=702, content=[part])
    shop.switch(uid_type="string")
    query = ["uid", "articlegroup", "choices", "choiceOptions", "content", {"variants": ["uid", "definedBy"]}]
    assert shop("Article.get", str(uid), query) == {
        "uid": str(uid),
        "articlegroup": "702",
        "choices": ["2001"],
        "choiceOptions": {"2001": ["3001"]},
        "content": [{"uid": str(part), "quantity": 1}],
        "variants": [{"uid": "1501", "definedBy": {"2001": "3001"}}],
    }
    assert shop("Article.list", "uid", {"filters": {"/uid": {"min": str(uid)}}}) == [{"uid": str(uid)}]


def test_empty_objects_as_arrays(shop) -> None:
    uid = shop.article()
    shop.switch(empty_object="array")
    query = ["price", "description", "choiceOptions", "attributes", {"name": "en"}, "stock"]
    assert shop("Article.get", uid, query) == {
        "price": {"regular": [], "current": []},
        "description": [],
        "choiceOptions": [],
        "attributes": [],
        "name": [],
        "stock": {"useStock": False, "stock": 0},
    }
    assert shop("Article.set", uid, {"price": []}, "uid") == {"uid": uid}


@pytest.mark.parametrize(
    ("stands", "text"),
    [
        ("offset", "2026-01-12T08:00:00+01:00"),
        ("z", "2026-01-12T07:00:00Z"),
        ("blank", "2026-01-12 08:00:00+01:00"),
        ("naive", "2026-01-12T08:00:00"),
    ],
)
def test_time_formats(shop, stands, text) -> None:
    shop.control.edit(
        "place_order", rows=[{"article": shop.article(price={"regular": {"SEK": 1}})}], ordered=text
    )
    shop.switch(time_format=stands)
    assert shop("Order.list", "ordered") == [{"ordered": text}]


def test_summer_time(shop) -> None:
    uid = shop.article(price={"regular": {"SEK": 1}})
    for ordered in ("2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"):
        shop.control.edit("place_order", rows=[{"article": uid}], ordered=ordered)
    assert [one["ordered"] for one in shop("Order.list", "ordered")] == [
        "2026-03-29T01:59:59+01:00",
        "2026-03-29T03:00:00+02:00",
    ]


def test_base_currency_and_other_facts_of_the_shop(shop) -> None:
    facts = ["uid", "baseCurrency", "activeCurrencies", "priceStoredWithVat", "vatSupport", "vatCountry"]
    assert shop("Webshop.get", 22222, facts) == {
        "uid": 22222,
        "baseCurrency": "SEK",
        "activeCurrencies": ["SEK", "EUR"],
        "priceStoredWithVat": True,
        "vatSupport": True,
        "vatCountry": "SE",
    }
    shop.control.edit("Webshop", patch={"baseCurrency": "EUR"})
    assert shop("Webshop.get", 22222, "baseCurrency") == {"baseCurrency": "EUR"}
    assert shop.fails("Webshop.get", 1, "uid").code == 9003


def test_inspection_does_not_depend_on_switches(shop) -> None:
    uid = shop.article(price={"regular": {"SEK": 100}}, choiceOptions={"2001": [3001]})
    before = shop.control.inspect("Article", uid=uid)
    shop.switch(
        uid_type="string", no_offer="null", empty_object="array", vat_rate_shape="by_country", time_format="z"
    )
    assert shop.control.inspect("Article", uid=uid) == before
    edited = shop.control.edit("Article", uid=uid, patch={"price": {"regular": {"SEK": "99.50"}}})
    assert edited["price"]["regular"] == {"SEK": "99.5"}
