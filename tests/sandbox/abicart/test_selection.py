"""List selection: filters with every condition, sorting, limit, offset, count (Abicart reference 4.1)."""

from __future__ import annotations

import pytest

ROWS = [
    {"articleNumber": "A-1", "name": {"sv": "Äpple"}, "ean": "735", "weight": 100, "news": True},
    {"articleNumber": "a-1", "name": {"sv": "Banan", "en": "Banana"}, "weight": 200},
    {"articleNumber": None, "name": {"sv": "Citron"}, "weight": 300},
    {
        "articleNumber": "B/2",
        "name": {"sv": "banankaka"},
        "weight": 400,
        "stock": {"useStock": True, "stock": 5},
    },
]


@pytest.fixture
def fruit(shop):
    """Four products, uids 1001 to 1004, with a group, prices and times."""
    for at, row in enumerate(ROWS):
        shop.article(**row, price={"regular": {"SEK": 10 * (at + 1)}}, showInArticlegroups=[702 + at, 709])
        shop.control.advance_clock(60)
    return shop


def uids(fruit, filters, **more) -> list[int]:
    rows = [one["uid"] - 1000 for one in fruit("Article.list", "uid", {"filters": filters, **more})]
    if not more:
        assert fruit("Article.count", filters) == len(rows)
    return rows


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"/articleNumber": "A-1"}, [1]),
        ({"/articleNumber": {"equals": "a-1"}}, [2]),
        ({"/articleNumber": None}, [3]),
        ({"/articleNumber": {"equals": None}}, [3]),
        ({"/articleNumber": {"in": ["A-1", "B/2", "x"]}}, [1, 4]),
        ({"/articleNumber": {"in": []}}, []),
        ({"/articleNumber": {"startsWith": "B"}}, [4]),
        ({"/articleNumber": {"min": "B"}}, [2, 4]),
        ({"/ean": "735"}, [1]),
        ({"/news": True}, [1]),
        ({"/news": False}, [2, 3, 4]),
        ({"news": False}, [2, 3, 4]),
        ({"/name/sv": "Banan"}, [2]),
        ({"/name/en": None}, [1, 3, 4]),
        ({"/name/sv": {"startsWith": "Ban"}}, [2]),
        ({"/name/de": {"startsWith": ""}}, []),
        ({"/uid": 1002}, [2]),
        ({"/uid": "1002"}, [2]),
        ({"/uid": {"in": [1003, "1001", 9]}}, [1, 3]),
        ({"/uid": {"min": 1002, "max": 1003}}, [2, 3]),
        ({"/uid": {"min": 1002, "in": [1001, 1004]}}, [4]),
        ({"/uid": {"equals": None}}, []),
        ({"/uid": {"min": 1004, "max": 1001}}, []),
        ({"/price/current/SEK": {"min": 20, "max": 30}}, [2, 3]),
        ({"/price/regular/SEK": 10}, [1]),
        ({"/price/regular/SEK": 10.0}, [1]),
        ({"/price/current/EUR": {"min": 0}}, []),
        ({"/weight": {"min": 100.5, "max": 300}}, [2, 3]),
        ({"/stock/useStock": True}, [4]),
        ({"/stock/stock": {"min": 1}}, [4]),
        ({"/articlegroup": None}, [1, 2, 3, 4]),
        ({"/showInArticlegroups": {"contains": 703}}, [2]),
        ({"/showInArticlegroups": {"contains": "709"}}, [1, 2, 3, 4]),
        ({"/showInArticlegroups": {"containsAny": [702, 705]}}, [1, 4]),
        ({"/showInArticlegroups": {"containsAny": []}}, []),
        ({"/news": False, "/weight": {"min": 300}}, [3, 4]),
        ({"/weight": {"min": 100, "max": 400, "in": [200, 400]}}, [2, 4]),
        ({"search": {"term": "banan"}}, [2]),
        ({"search": {"term": "banan*", "relevance": 100}}, [2, 4]),
        ({"search": {"term": "a-1"}}, [1, 2]),
        ({"search": {"term": "a-1 äpple"}}, [1]),
        ({"search": "citron", "/weight": 300}, [3]),
        ({"search": {"term": "(.*"}}, []),
        ({"/weight": {}}, [1, 2, 3, 4]),
    ],
)
def test_conditions(fruit, filters, expected) -> None:
    assert uids(fruit, filters) == expected
    # The same from a scan that was kept, and in the other direction.
    assert uids(fruit, filters) == expected
    assert uids(fruit, filters, descending=True) == expected[::-1]
    assert uids(fruit, filters, sort="created") == expected


def test_time_bounds(fruit) -> None:
    changed = [one["changed"] for one in fruit("Article.list", "changed")]
    assert uids(fruit, {"/changed": {"min": changed[1], "max": changed[2]}}) == [2, 3]
    assert uids(fruit, {"/changed": {"min": changed[3]}}) == [4]
    assert uids(fruit, {"/created": {"min": "2020-01-01"}}) == [1, 2, 3, 4]
    assert uids(fruit, {"/created": {"max": "2020-01-01T00:00:00Z"}}) == []
    fruit.switch(range_bounds="exclusive")
    assert uids(fruit, {"/changed": {"min": changed[1], "max": changed[3]}}) == [3]
    assert uids(fruit, {"/uid": {"min": 1001, "max": 1003}}) == [2]
    assert uids(fruit, {"/weight": {"min": 100}}) == [2, 3, 4]


def test_zones_are_understood(fruit) -> None:
    fruit.switch(time_format="z")
    at = fruit("Article.get", 1003, "changed")["changed"]
    assert at.endswith("Z")
    fruit.switch(time_format="naive")
    swedish = fruit("Article.get", 1003, "changed")["changed"]
    assert "+" not in swedish and "Z" not in swedish
    assert uids(fruit, {"/changed": {"min": at, "max": swedish}}) == [3]
    assert uids(fruit, {"/changed": {"equals": swedish.replace("T", " ")}}) == [3]


@pytest.mark.parametrize(
    ("filters", "pointer"),
    [
        ({"/nothing": 1}, "/nothing"),
        ({"nothing": 1}, "/nothing"),
        ({"/description/sv": "x"}, "/description/sv"),
        ({"/name": "x"}, "/name"),
        ({"/name": None}, "/name"),
        ({"/name/svenska": "x"}, "/name/svenska"),
        ({"/uid/x": 1}, "/uid/x"),
        ({"/uid": True}, "/uid"),
        ({"/uid": "x"}, "/uid"),
        ({"/uid": 1.5}, "/uid"),
        ({"/uid": {"between": [1, 2]}}, "/uid"),
        ({"/uid": {"min": None}}, "/uid"),
        ({"/uid": {"in": 5}}, "/uid"),
        ({"/uid": [1]}, "/uid"),
        ({"/weight": "heavy"}, "/weight"),
        ({"/weight": {"min": True}}, "/weight"),
        ({"/weight": {"contains": 1}}, "/weight"),
        ({"/news": "yes"}, "/news"),
        ({"/articleNumber": 5}, "/articleNumber"),
        ({"/articleNumber": {"startsWith": 5}}, "/articleNumber"),
        ({"/articleNumber": {"contains": "A"}}, "/articleNumber"),
        ({"/showInArticlegroups": 702}, "/showInArticlegroups"),
        ({"/showInArticlegroups": {"min": 702}}, "/showInArticlegroups"),
        ({"/changed": {"min": "yesterday"}}, "/changed"),
        ({"/changed": {"min": "2024-13-01"}}, "/changed"),
        ({"/changed": {"min": 5}}, "/changed"),
        ({"search": {}}, "/search/term"),
        ({"search": {"term": " "}}, "/search/term"),
        (5, "/filters"),
        ("x", "/filters"),
    ],
)
def test_wrong_filters(fruit, filters, pointer) -> None:
    for failure in (
        fruit.fails("Article.list", "uid", {"filters": filters}),
        fruit.fails("Article.count", filters),
    ):
        assert failure.code == -32602 and failure.pointers == [pointer]


@pytest.mark.parametrize(
    ("selection", "pointer"),
    [
        ({"limit": -1}, "/limit"),
        ({"limit": "10"}, "/limit"),
        ({"limit": 1.5}, "/limit"),
        ({"limit": True}, "/limit"),
        ({"offset": -1}, "/offset"),
        ({"sort": "weight"}, "/sort"),
        ({"sort": "/uid"}, "/sort"),
        ({"sort": ["uid", "name"]}, "/sort"),
        ({"descending": 1}, "/descending"),
        ({"order": "uid"}, "/order"),
        ("uid", ""),
        (5, ""),
    ],
)
def test_wrong_selections(fruit, selection, pointer) -> None:
    failure = fruit.fails("Article.list", "uid", selection)
    assert failure.code == -32602 and failure.pointers == [pointer]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (True, [1, 2, 3, 4]),
        (None, [1, 2, 3, 4]),
        ([], [1, 2, 3, 4]),
        ({"limit": 2}, [1, 2]),
        ({"limit": 2, "offset": 1}, [2, 3]),
        ({"limit": 2, "offset": 3}, [4]),
        ({"limit": 2, "offset": 4}, []),
        ({"offset": 10**17}, []),
        ({"limit": 0}, []),
        ({"limit": 2, "descending": True}, [4, 3]),
        ({"limit": 2, "offset": 3, "descending": True}, [1]),
        ({"limit": 2, "offset": 9, "descending": True}, []),
        ({"filters": {"/uid": {"min": 1002}}, "limit": 2, "offset": 1}, [3, 4]),
        ({"filters": {"/uid": {"max": 1003}}, "limit": 2, "descending": True}, [3, 2]),
        ({"sort": "name"}, [2, 4, 3, 1]),
        ({"sort": "name", "descending": True, "limit": 2}, [1, 3]),
        ({"sort": "name", "limit": 2, "offset": 1}, [4, 3]),
        ({"sort": "changed", "descending": True, "limit": 1}, [4]),
        ({"sort": "numSold"}, [1, 2, 3, 4]),
    ],
)
def test_pages(fruit, selection, expected) -> None:
    assert [one["uid"] - 1000 for one in fruit("Article.list", "uid", selection)] == expected


def test_sorting_by_name_follows_the_context_language(fruit) -> None:
    fruit("Article.set", 1003, {"name": {"sv": "Citron", "en": "A lemon"}}, "uid")
    fruit.context["language"] = "en"
    assert [one["uid"] for one in fruit("Article.list", "uid", {"sort": "name", "limit": 1})] == [1003]


def test_indexes_follow_every_change(fruit) -> None:
    assert uids(fruit, {"/articleNumber": "A-1"}) == [1]
    fruit("Article.set", 1004, {"articleNumber": "A-1"}, "uid")
    assert uids(fruit, {"/articleNumber": "A-1"}) == [1, 4]
    fruit("Article.set", 1001, {"articleNumber": None}, "uid")
    assert uids(fruit, {"/articleNumber": "A-1"}) == [4]
    assert uids(fruit, {"/articleNumber": None}) == [1, 3]
    fruit.control.edit("delete", **{"class": "Article", "uid": 1004})
    assert uids(fruit, {"/articleNumber": "A-1"}) == []
    assert uids(fruit, {"/weight": {"min": 300}}) == [3]
    fruit.article(weight=900, articleNumber="A-1")
    assert uids(fruit, {"/weight": {"min": 300}}) == [3, 5]
    assert uids(fruit, {"/articleNumber": "A-1"}) == [5]


@pytest.mark.parametrize(
    ("switch", "pointer", "value"),
    [
        ("changed_filter", "/changed", {"min": "2024-01-01"}),
        ("number_filter", "/articleNumber", "A-1"),
        ("uid_filter", "/uid", {"min": 1}),
    ],
)
def test_filters_that_can_be_refused(fruit, switch, pointer, value) -> None:
    fruit("Article.count", {pointer: value})
    fruit.switch(**{switch: "refused"})
    for class_name in ("Article", "Order") if switch != "number_filter" else ("Article", "ArticleVariant"):
        failure = fruit.fails(f"{class_name}.list", "uid", {"filters": {pointer: value}})
        assert failure.code == -32602 and failure.pointers == [pointer]


def test_order_number_filter(seeded) -> None:
    found = seeded("Order.list", "uid", {"filters": {"/orderNumber": "10003"}})
    assert found == [{"uid": 50003}]
    seeded.switch(order_number_filter="refused")
    assert seeded.fails("Order.list", "uid", {"filters": {"/orderNumber": "10003"}}).pointers == [
        "/orderNumber"
    ]


def test_languages_have_text_uids(shop) -> None:
    assert shop("Language.list", "uid", {"filters": {"/uid": {"min": "fi"}}}) == [
        {"uid": "fi"},
        {"uid": "nb"},
        {"uid": "sv"},
    ]
    assert shop("Language.get", "sv", True) == {"uid": "sv", "active": True, "defaultCurrency": "SEK"}
    assert shop.fails("Language.get", 5).code == -32602
    assert shop("Language.count", {"/active": True}) == 2


def test_limits(shop) -> None:
    shop.control.seed(items=700, faults=0, orders=0)
    total = shop("ArticleVariant.count")
    assert total > 100 and shop("Article.count") > 100
    for stands, plain, much in (("500", 500, 500), ("100", 100, 100), ("none", total, total)):
        shop.switch(list_limit=stands)
        assert len(shop("ArticleVariant.list", "uid")) == min(plain, total)
        assert len(shop("ArticleVariant.list", "uid", {"limit": 10_000})) == min(much, total)
        assert len(shop("ArticleVariant.list", "uid", {"limit": 7})) == 7


def test_carts_are_listed_only_without_a_filter_on_ordered(seeded) -> None:
    every = seeded("Order.list", ["uid", "ordered", "orderNumber"])
    carts = [one for one in every if one["ordered"] is None]
    assert len(carts) == 1 and carts[0]["orderNumber"] is None
    placed = seeded("Order.list", ["uid"], {"filters": {"/ordered": {"min": "2000-01-01"}}})
    assert len(placed) == len(every) - 1
