"""The query language: every form of Abicart reference 3."""

from __future__ import annotations

import pytest


@pytest.fixture
def lamp(shop) -> int:
    """A product in a group, with two colours, that is also part of a package."""
    group = shop.control.inspect("Articlegroup")[1]["uid"]
    return shop.article(
        name={"sv": "Lampa", "en": "Lamp"},
        articleNumber="L-1",
        articlegroup=group,
        showInArticlegroups=[group],
        price={"regular": {"SEK": 100, "EUR": 9}},
        choiceOptions={"2001": [3001, 3003]},
    )


NAMES = {"sv": "Lampa", "en": "Lamp"}
COLOURS = [{"uid": 3001, "name": {"sv": "Svart"}}, {"uid": 3003, "name": {"sv": "Marinblå"}}]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("uid", {"uid": 1001}),
        (["uid"], {"uid": 1001}),
        ({"uid": True}, {"uid": 1001}),
        ({"uid": {}}, {"uid": 1001}),
        ({"uid": []}, {"uid": 1001}),
        (["articleNumber", "name"], {"articleNumber": "L-1", "name": NAMES}),
        (["articleNumber", {"name": "en"}], {"articleNumber": "L-1", "name": {"en": "Lamp"}}),
        ({"name": True}, {"name": NAMES}),
        ({"name": {}}, {"name": NAMES}),
        ({"name": {"en": True}}, {"name": {"en": "Lamp"}}),
        ({"name": "sv"}, {"name": {"sv": "Lampa"}}),
        ({"name": ["sv"]}, {"name": {"sv": "Lampa"}}),
        ({"name": ["sv", "en"]}, {"name": NAMES}),
        ({"name": "de"}, {"name": {}}),
        ({"price": {"regular": "SEK"}}, {"price": {"regular": {"SEK": 100}}}),
        ({"price": ["current"]}, {"price": {"current": {"SEK": 100, "EUR": 9}}}),
        ({"articlegroup": True}, {"articlegroup": 702}),
        ("articlegroup", {"articlegroup": 702}),
        ({"articlegroup": "uid"}, {"articlegroup": {"uid": 702}}),
        ({"articlegroup": {"name": "sv"}}, {"articlegroup": {"name": {"sv": "Kläder"}}}),
        (
            {"articlegroup": {"parent": {"name": "sv", "parent": {"uid": True}}}},
            {"articlegroup": {"parent": {"name": {"sv": "Sortiment"}, "parent": None}}},
        ),
        ({"showInArticlegroups": True}, {"showInArticlegroups": [702]}),
        ({"showInArticlegroups": {"uid": True}}, {"showInArticlegroups": [{"uid": 702}]}),
        ({"choices": True}, {"choices": [2001]}),
        ({"choices": ["uid", "type"]}, {"choices": [{"uid": 2001, "type": "enum"}]}),
        ({"choiceOptions": True}, {"choiceOptions": {"2001": [3001, 3003]}}),
        ({"choiceOptions": {"2001": ["uid", {"name": "sv"}]}}, {"choiceOptions": {"2001": COLOURS}}),
        (
            {"variants": ["uid", "definedBy"]},
            {
                "variants": [
                    {"uid": 1501, "definedBy": {"2001": "3001"}},
                    {"uid": 1502, "definedBy": {"2001": "3003"}},
                ]
            },
        ),
        ({"variants": {"overrides": "stock"}}, {"variants": [{"overrides": {"stock": 0}}] * 2}),
        ({"quantityInfo": "divisibleBy"}, {"quantityInfo": {"divisibleBy": 1}}),
        ({"pricing": {"qtyFloor": True}}, {"pricing": [{"qtyFloor": 1}]}),
        ({"content": {"uid": True}}, {"content": []}),
    ],
)
def test_forms(shop, lamp, query, expected) -> None:
    assert lamp == 1001
    assert shop("Article.get", lamp, query) == expected
    assert shop("Article.list", query, True) == [expected]
    assert shop("Article.set", lamp, {}, query) == expected


def test_the_whole_entity(shop, lamp) -> None:
    wholes = [shop("Article.get", lamp, *query) for query in ([True], [{}], [[]], [None], [])]
    assert all(one == wholes[0] for one in wholes)
    whole = wholes[0]
    assert len(whole) > 40 and whole["articlegroup"] == 702 and whole["choices"] == [2001]
    assert list(whole["variants"][0]) == ["uid", "definedBy", "overrides"]


def test_references_expand_through_arrays_level_by_level(shop, lamp) -> None:
    options = shop("Article.get", lamp, {"choices": {"options": True}})["choices"][0]["options"]
    assert len(options) == 10 and options[0] == 3001
    expanded = shop("Article.get", lamp, {"choices": {"uid": True, "options": {"name": ["sv", "en"]}}})
    assert expanded["choices"][0]["uid"] == 2001
    assert expanded["choices"][0]["options"][0] == {"name": {"sv": "Svart", "en": "Black"}}
    whole = shop("Article.get", lamp, {"choices": {"options": {}}})["choices"][0]["options"][0]
    assert whole == {"uid": 3001, "name": {"sv": "Svart", "en": "Black"}, "price": {}}


def test_a_null_reference_stays_null(shop) -> None:
    uid = shop.article()
    assert shop("Article.get", uid, {"articlegroup": {"name": {"sv": True}, "parent": {"uid": True}}}) == {
        "articlegroup": None
    }


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("nothing", "/nothing"),
        (["uid", "nothing"], "/nothing"),
        ({"a/b": True}, "/a~1b"),
        ({"uid": "x"}, "/uid/x"),
        ({"uid": {"x": True}}, "/uid/x"),
        ({"name": {"sv": {"x": True}}}, "/name/sv/x"),
        ({"name": "svenska"}, "/name/svenska"),
        ({"price": {"regular": {"SEK": "x"}}}, "/price/regular/SEK/x"),
        ({"price": {"old": True}}, "/price/old"),
        ({"articlegroup": {"nothing": True}}, "/articlegroup/nothing"),
        ({"choices": {"options": {"name": {"sv": ["x"]}}}}, "/choices/options/name/sv/x"),
        ({"variants": {"overrides": {"price": True}}}, "/variants/overrides/price"),
        ({"images": {"url": True}}, "/images/url"),
        ({"uid": False}, "/uid"),
        ({"uid": None}, "/uid"),
        ({"uid": 1}, "/uid"),
        (1, ""),
        (False, ""),
        ([1], "/0"),
        (["uid", ["name"]], "/1"),
    ],
)
def test_malformed_queries_carry_a_pointer(shop, query, pointer) -> None:
    uid = shop.article()
    for method, params in (("get", [uid, query]), ("list", [query]), ("set", [uid, {}, query])):
        failure = shop.fails(f"Article.{method}", *params)
        assert failure.code == -32602 and failure.message == "Invalid params"
        assert failure.pointers == [pointer]


def test_a_malformed_query_changes_nothing(shop) -> None:
    uid = shop.article(articleNumber="A")
    shop.fails("Article.set", uid, {"articleNumber": "B"}, ["nothing"])
    shop.fails("Article.create", {"name": {"sv": "x"}}, ["nothing"])
    assert shop("Article.list", ["articleNumber"]) == [{"articleNumber": "A"}]


def test_unknown_keys_can_be_ignored(shop) -> None:
    uid = shop.article(articleNumber="A")
    shop.switch(unknown_key="ignored")
    query = {"nothing": True, "articleNumber": True, "price": {"old": True}, "name": "svenska"}
    expected = {"articleNumber": "A", "price": {}, "name": {}}
    assert shop("Article.get", uid, query) == expected
    assert shop.fails("Article.get", uid, {"uid": "x"}).pointers == ["/uid/x"]


def test_picking_from_a_value_without_description(shop) -> None:
    order = shop.control.edit("place_order", rows=[{"article": shop.article(price={"regular": {"SEK": 10}})}])
    item = order["items"][0]
    assert shop("OrderItem.get", item, {"choices": "quantity"}) == {"choices": {"quantity": 1}}
    failure = shop.fails("OrderItem.get", item, {"choices": {"quantity": {"x": True}}})
    assert failure.pointers == ["/choices/quantity/x"]


@pytest.mark.parametrize(
    "class_name", ["Article", "ArticleVariant", "Order", "OrderItem", "Customer", "Shipment"]
)
def test_get_schema_names_exactly_what_can_be_asked(seeded, class_name) -> None:
    schema = seeded(f"{class_name}.getSchema", None)
    assert schema["title"] == class_name and schema["type"] == "object"
    if class_name == "Shipment":
        uid = seeded("Shipment.addAllItemsFromOrder", None, 50001)
    else:
        uid = int(seeded.control.inspect(class_name, limit=1)[0]["uid"])
    assert set(seeded(f"{class_name}.get", uid, True)) == set(schema["properties"])


def test_get_schema_tells_what_is_writable_and_filterable(shop) -> None:
    described = shop("Article.getSchema")["properties"]
    assert described["uid"]["readOnly"] and not described["price"]["readOnly"]
    assert described["changed"]["filterable"] and not described["description"]["filterable"]
    shop.switch(vat_rate_write="refused", changed_filter="refused")
    described = shop("Article.getSchema")["properties"]
    assert described["vatRate"]["readOnly"] and not described["changed"]["filterable"]
    assert shop("Article.getSchema")["required"] == ["name"]


def test_a_query_nested_without_end_is_the_servers_failure(shop) -> None:
    deep = '{"parent":' * 900 + "true" + "}" * 900
    shop.send(f'{{"jsonrpc":"2.0","id":1,"method":"Articlegroup.list","params":[{deep}]}}')
    assert shop.parsed()["error"]["code"] in (-32603, -32700)
