"""The catalogue under every form of answer that the shop may give."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.catalogue import (
    ARTICLE_FIELDS,
    REQUIRED_FIELDS,
    UNREADABLE,
    normalise,
)
from abicart_specter.domain.records import CatalogueItem, ItemKey, Kind, ShopFacts
from abicart_specter.errors import RecordError

Facts = Callable[..., ShopFacts]
Article = Callable[..., dict[str, Any]]

SEK = "SEK"


def only(raw: dict[str, Any], facts: ShopFacts) -> CatalogueItem:
    (item,) = normalise(raw, facts)
    return item


def with_variants(article: Article, *rows: Any, **changes: Any) -> dict[str, Any]:
    names = {"3001": "Small", "3002": "Medium", "3101": "Blå"}
    schema = {
        "properties": {
            "2001": {"enumNames": {"3001": "Small", "3002": "Medium"}},
            "2002": {"enumNames": {"3101": names["3101"]}},
        }
    }
    return article(choices=[2001, 2002], choiceSchema={"sv": schema}, variants=list(rows), **changes)


def test_an_article_without_variants_is_one_item(facts: Facts, article: Article) -> None:
    raw = article()
    assert only(raw, facts()) == CatalogueItem(
        key=ItemKey(Kind.ARTICLE, 1001),
        article_uid=1001,
        product_number="ART-001",
        own_number=True,
        name="Blå mössa",
        price_regular=Decimal("199.00"),
        price_ex_vat=Decimal("159.2"),
        vat_rate=Decimal("0.25"),
        stock_managed=True,
        stock=Decimal(12),
        is_package=False,
        hidden=False,
        draft=False,
        ean="7350000000001",
        weight_grams=Decimal(250),
    )
    assert only(raw, facts()).document == {"article": raw, "variant": None}


def test_everything_required_is_asked_for() -> None:
    assert set(REQUIRED_FIELDS) <= set(ARTICLE_FIELDS)
    assert len(set(ARTICLE_FIELDS)) == len(ARTICLE_FIELDS)


# ------------------------------------------------------------------------------------------------ variants ----


def test_each_variant_is_an_item_with_its_own_values(facts: Facts, article: Article) -> None:
    raw = with_variants(
        article,
        {
            "uid": 5551,
            "definedBy": {"2002": "3101", "2001": "3001"},
            "overrides": {"articleNumber": "ART-001-S", "stock": 4, "ean": "735", "weight": 1100},
        },
        {
            "uid": "5552",
            "definedBy": {"2001": "3002"},
            "overrides": {"articleNumber": "ART-001-M", "stock": 8},
        },
    )
    small, medium = normalise(raw, facts())
    assert small.key == ItemKey(Kind.VARIANT, 5551)
    assert medium.key == ItemKey(Kind.VARIANT, 5552)
    assert small.article_uid == medium.article_uid == 1001
    assert (small.product_number, medium.product_number) == ("ART-001-S", "ART-001-M")
    assert small.own_number
    assert medium.own_number
    assert (small.name, medium.name) == ("Blå mössa, Small, Blå", "Blå mössa, Medium")
    assert (small.stock, medium.stock) == (Decimal(4), Decimal(8))
    assert (small.ean, medium.ean) == ("735", "7350000000001")
    assert (small.weight_grams, medium.weight_grams) == (Decimal(1100), Decimal(250))
    assert small.price_regular == medium.price_regular == Decimal("199.00")
    assert small.stock_managed
    assert small.document["variant"] is raw["variants"][0]
    assert small.document["article"] is raw
    assert small.problems == ()


def test_a_variant_without_a_number_shows_the_articles_as_not_its_own(facts: Facts, article: Article) -> None:
    for overrides in ({}, [], None, {"articleNumber": None}):
        raw = with_variants(article, {"uid": 5551, "definedBy": {"2001": "3001"}, "overrides": overrides})
        item = only(raw, facts())
        assert item.product_number == "ART-001"
        assert not item.own_number
        assert item.problems == ()


def test_variants_may_come_as_rows_of_their_own_class(facts: Facts, article: Article) -> None:
    raw = with_variants(
        article,
        {"uid": 5551, "article": 1001, "articleNumber": "ART-001-S", "stock": Decimal(3), "image": None},
        {"uid": 5552, "article": 1001, "articleNumber": None, "stock": 0},
    )
    first, second = normalise(raw, facts())
    assert (first.product_number, first.own_number, first.stock) == ("ART-001-S", True, Decimal(3))
    assert (second.product_number, second.own_number, second.stock) == ("ART-001", False, Decimal(0))


@pytest.mark.parametrize("nothing", [None, [], {}])
def test_no_variants_have_several_forms(facts: Facts, article: Article, nothing: object) -> None:
    assert only(article(variants=nothing), facts()).key.kind is Kind.ARTICLE


def test_absent_keys_hold_nothing(facts: Facts) -> None:
    item = only({"uid": 7}, facts())
    assert item.key == ItemKey(Kind.ARTICLE, 7)
    assert item.product_number is None
    assert item.price_regular is None
    assert item.vat_rate is None
    assert item.stock is None
    assert item.stock_managed is None
    assert item.ean is None
    assert item.weight_grams is None
    assert item.name == ""
    assert item.problems == ()


@pytest.mark.parametrize(
    "variants",
    [[5551, 5552], ["x"], [{"uid": None}], [{"uid": 5551}, {"uid": 5551}], "none", [{"definedBy": {}}], 7],
)
def test_unreadable_variants_are_no_missing_variants(
    facts: Facts, article: Article, variants: object
) -> None:
    """The article stands for them and is held; it does not become a product without variants."""
    item = only(article(variants=variants), facts())
    assert item.key == ItemKey(Kind.ARTICLE, 1001)
    assert item.problems
    assert item.problems[0].startswith("variants")


@pytest.mark.parametrize(
    ("total", "own", "expected"),
    [
        (12, [4, 8], [4, 8]),
        (4, [None], [4]),
        (0, [None, None], [0, 0]),
        (4, [0, None], [0, 4]),
        (12, [4, None], [4, None]),
        (12, [None, None], [None, None]),
        (None, [4, None], [4, None]),
        (-1, [-1, 0], [-1, 0]),
    ],
)
def test_a_variants_stock_is_inherited_only_where_the_sum_proves_it(
    facts: Facts, article: Article, total: int | None, own: list[int | None], expected: list[int | None]
) -> None:
    rows = [
        {"uid": 5551 + index, "definedBy": {}, "overrides": {} if stock is None else {"stock": stock}}
        for index, stock in enumerate(own)
    ]
    items = normalise(with_variants(article, *rows, stock={"useStock": True, "stock": total}), facts())
    assert [item.stock for item in items] == expected


def test_options_cost_extra_as_the_shop_says(facts: Facts, article: Article) -> None:
    raw = with_variants(
        article,
        {"uid": 5551, "definedBy": {"2001": "3001", "2002": "3101"}, "overrides": {}},
        {"uid": 5552, "definedBy": {"2001": "3002"}, "overrides": {}},
        choiceOptionPrices={"3001": {SEK: 25}, "3101": {SEK: Decimal("0.50")}, "3002": []},
    )
    small, medium = normalise(raw, facts())
    assert small.price_regular == Decimal("224.50")
    assert small.price_ex_vat == Decimal("179.60")
    assert medium.price_regular == Decimal("199.00")


# --------------------------------------------------------------------------------------------- option names ----


@pytest.mark.parametrize(
    "changes",
    [
        {"choices": [{"uid": 2001, "options": [{"uid": 3001, "name": {"sv": "Liten"}}]}], "choiceSchema": []},
        {
            "choices": ["2001"],
            "choiceSchema": {"sv": {"properties": {"2001": {"enumNames": {"3001": "Liten"}}}}},
        },
        {
            "choices": [2001],
            "choiceSchema": {"en": {"properties": {"2001": {"enumNames": {"3001": "Liten"}}}}},
        },
        {
            "choices": [2001],
            "choiceSchema": {"sv": {"properties": {"2001": {"enum": ["3001"], "enumNames": ["Liten"]}}}},
        },
        {"choices": [{"uid": "2001", "options": [{"uid": "3001", "name": {"en": "Liten"}}]}]},
    ],
)
def test_option_names_are_found_in_every_form(
    facts: Facts, article: Article, changes: dict[str, Any]
) -> None:
    raw = article(variants=[{"uid": 5551, "definedBy": {"2001": "3001"}}], **changes)
    assert only(raw, facts()).name == "Blå mössa, Liten"


def test_the_shops_language_decides_names(facts: Facts, article: Article) -> None:
    schema = {
        code: {"properties": {"2001": {"enumNames": {"3001": name}}}}
        for code, name in {"sv": "Liten", "en": "Small"}.items()
    }
    raw = article(choiceSchema=schema, variants=[{"uid": 5551, "definedBy": {"2001": "3001"}}])
    assert only(raw, facts(default_language="en")).name == "Blue cap, Small"
    assert only(raw, facts(default_language="sv")).name == "Blå mössa, Liten"
    assert only(raw, facts(default_language="fi")).name == "Blå mössa, Liten"


def test_options_without_a_name_keep_variants_apart(facts: Facts, article: Article) -> None:
    raw = article(
        choiceSchema=None,
        variants=[{"uid": 1, "definedBy": {"2001": "3001"}}, {"uid": 2, "definedBy": {"2001": "3002"}}],
    )
    assert [item.name for item in normalise(raw, facts())] == [
        "Blå mössa, option 3001",
        "Blå mössa, option 3002",
    ]


# --------------------------------------------------------------------------------------------------- prices ----


def tier(inc: str, ex: str, **more: Any) -> dict[str, Any]:
    return {"regular": {"incVat": {SEK: Decimal(inc)}, "exVat": {SEK: Decimal(ex)}}} | more


@pytest.mark.parametrize(
    ("changes", "facts_changes", "stored", "ex_vat"),
    [
        ({}, {}, "199.00", "159.2"),
        ({}, {"prices_with_vat": False}, "159.20", "159.20"),
        ({"pricing": None}, {}, "199.00", "159.2"),
        ({"pricing": []}, {"prices_with_vat": False}, "199.00", "199.00"),
        # With VAT displayed but stored without: pricing tells which is which.
        ({"price": {"regular": {SEK: Decimal("999")}}}, {}, "199.00", "159.2"),
        ({"pricing": [tier("80", "64", qtyFloor=10), tier("100", "80", qtyFloor=1)]}, {}, "100", "80"),
        ({"pricing": [tier("100", "80"), tier("80", "64", qtyFloor=10)]}, {}, "80", "64"),
        ({"pricing": None, "price": {"regular": 100}}, {}, "100", "80"),
        ({"pricing": None, "price": {"regular": {"EUR": 10, SEK: "100.50"}}}, {}, "100.50", "80.4"),
    ],
)
def test_prices_are_read_as_stored(
    facts: Facts,
    article: Article,
    changes: dict[str, Any],
    facts_changes: dict[str, Any],
    stored: str,
    ex_vat: str,
) -> None:
    item = only(article(**changes), facts(**facts_changes))
    assert item.problems == ()
    assert item.price_regular == Decimal(stored)
    assert item.price_ex_vat == Decimal(ex_vat)


@pytest.mark.parametrize(
    "changes",
    [
        {"pricing": None, "price": None},
        {"pricing": None, "price": []},
        {"pricing": None, "price": {"regular": {"EUR": 10}}},
        {"pricing": None, "price": {"regular": None}},
        {"pricing": None, "price": {"regular": {SEK: None}}},
        {"pricing": [{"qtyFloor": 1, "regular": {"incVat": [], "exVat": []}}]},
        {"pricing": [{"qtyFloor": 1}]},
    ],
)
def test_a_price_that_is_not_there_is_unknown_and_not_zero(
    facts: Facts, article: Article, changes: dict[str, Any]
) -> None:
    item = only(article(**changes), facts())
    assert item.price_regular is None
    assert item.price_ex_vat is None
    assert item.problems == ()


def test_a_price_of_zero_is_a_price(facts: Facts, article: Article) -> None:
    item = only(article(pricing=[tier("0", "0", qtyFloor=1)]), facts())
    assert item.price_regular == 0
    assert item.price_ex_vat == 0


@pytest.mark.parametrize(
    ("changes", "campaign"),
    [
        ({}, None),
        ({"pricing": None, "price": {"regular": {SEK: 199}}}, None),
        ({"pricing": None, "price": {"regular": {SEK: 199}, "specialOffer": None}}, None),
        ({"pricing": None, "price": {"regular": {SEK: 199}, "specialOffer": {}}}, None),
        ({"pricing": None, "price": {"regular": {SEK: 199}, "specialOffer": {SEK: 199}}}, None),
        ({"pricing": None, "price": {"regular": {SEK: 199}, "specialOffer": {SEK: 149}}}, "149"),
        (
            {
                "pricing": [
                    tier(
                        "199", "159.20", specialOffer={"incVat": {SEK: 149}, "exVat": {SEK: Decimal("119.2")}}
                    )
                ]
            },
            "149",
        ),
        # price.specialOffer equals regular where pricing has none
        ({"price": {"regular": {SEK: 199}, "specialOffer": {SEK: 199}}}, None),
    ],
)
def test_no_campaign_has_three_forms(
    facts: Facts, article: Article, changes: dict[str, Any], campaign: str | None
) -> None:
    item = only(article(**changes), facts())
    assert item.price_campaign == (None if campaign is None else Decimal(campaign))
    assert item.price_regular == 199


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        (Decimal("0.25"), "0.25"),
        (25, "0.25"),
        (Decimal("12.0"), "0.12"),
        (0, "0"),
        ({"SE": Decimal("0.25"), "NO": Decimal("0.15")}, "0.25"),
        ({"se": Decimal("0.06")}, "0.06"),
        ({"SE": {"vatRate": Decimal("0.12")}}, "0.12"),
        ({"SE": 25}, "0.25"),
        ("0.25", "0.25"),
        (None, None),
        ({}, None),
        ([], None),
    ],
)
def test_the_rate_is_a_fraction_a_percentage_or_by_country(
    facts: Facts, article: Article, value: object, rate: str | None
) -> None:
    item = only(article(vatRate=value, pricing=None), facts())
    assert item.vat_rate == (None if rate is None else Decimal(rate))
    assert item.problems == ()


@pytest.mark.parametrize("value", ["25 %", -1, 1, 1000, {"NO": Decimal("0.25")}, [25], {"SE": "x"}, True])
def test_a_rate_that_could_mean_two_things_holds_the_product(
    facts: Facts, article: Article, value: object
) -> None:
    item = only(article(vatRate=value, pricing=None), facts())
    assert item.vat_rate is None
    assert len(item.problems) == 1
    assert item.problems[0].startswith("vatRate: ")


def test_a_shop_without_vat_sells_without_vat(facts: Facts, article: Article) -> None:
    item = only(article(vatRate=Decimal("0.25")), facts(vat_supported=False))
    assert item.vat_rate == 0
    assert item.price_ex_vat == item.price_regular == 199


def test_prices_that_contradict_the_rate_hold_the_product(facts: Facts, article: Article) -> None:
    item = only(article(vatRate=Decimal("0.12")), facts())
    assert item.problems == (
        "pricing.regular: 199.00 with VAT and 159.20 without do not fit a VAT rate of 12 %",
    )


def test_without_a_rate_the_price_without_vat_is_unknown(facts: Facts, article: Article) -> None:
    assert only(article(vatRate=None), facts()).price_ex_vat is None
    assert only(article(vatRate=None), facts(prices_with_vat=False)).price_ex_vat == Decimal("159.20")


# ---------------------------------------------------------------------------------------- stock, package, flags ----


@pytest.mark.parametrize(
    ("value", "managed", "stock"),
    [
        ({"useStock": True, "stock": 12}, True, 12),
        ({"useStock": False, "stock": 0}, False, 0),
        ({"useStock": True}, True, None),
        ({"useStock": True, "stock": None}, True, None),
        ({"message": {"sv": "I lager"}}, None, None),
        ({"useStock": True, "stock": Decimal("2.5")}, True, Decimal("2.5")),
        (7, None, 7),
        (None, None, None),
        ([], None, None),
    ],
)
def test_stock_is_an_object_or_a_number_and_never_guessed(
    facts: Facts, article: Article, value: object, managed: bool | None, stock: int | None
) -> None:
    item = only(article(stock=value), facts())
    assert (item.stock_managed, item.stock) == (managed, stock)
    assert item.problems == ()


@pytest.mark.parametrize(
    ("changes", "is_package"),
    [
        ({}, False),
        ({"content": None}, False),
        ({"content": {}}, False),
        ({"content": [{"uid": 7, "quantity": 2}]}, True),
        ({"content": [7, 8]}, True),
        ({"type": "Package"}, True),
        ({"type": "ArticleBundle"}, True),
        ({"type": None}, False),
    ],
)
def test_packages_are_known_by_content_or_type(
    facts: Facts, article: Article, changes: dict[str, Any], is_package: bool
) -> None:
    assert only(article(**changes), facts()).is_package is is_package


def test_hidden_and_draft(facts: Facts, article: Article) -> None:
    item = only(article(hidden=True, draft=None), facts())
    assert (item.hidden, item.draft) == (True, False)


# ------------------------------------------------------------------------------------------------ malformed ----


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"articleNumber": ["A"]}, "articleNumber"),
        ({"name": 7}, "name"),
        ({"weight": "tung"}, "weight"),
        ({"weight": -1}, "weight"),
        ({"stock": {"useStock": "yes", "stock": 1}}, "stock.useStock"),
        ({"stock": {"useStock": True, "stock": "noItemsAvailable"}}, "stock.stock"),
        ({"stock": "many"}, "stock"),
        ({"pricing": None, "price": {"regular": {SEK: "199,00"}}}, "price.regular.SEK"),
        ({"pricing": None, "price": {"regular": {SEK: 199.0}}}, "price.regular.SEK"),
        ({"pricing": None, "price": {"regular": {SEK: -1}}}, "price.regular.SEK"),
        ({"pricing": None, "price": "199"}, "price"),
        ({"pricing": "199"}, "pricing"),
        ({"pricing": ["199"]}, "pricing[0]"),
        ({"hidden": "no"}, "hidden"),
        ({"ean": {"x": 1}}, "ean"),
    ],
)
def test_a_malformed_value_is_named_and_the_product_stays_in_the_catalogue(
    facts: Facts, article: Article, changes: dict[str, Any], field: str
) -> None:
    item = only(article(**changes), facts())
    assert item.key == ItemKey(Kind.ARTICLE, 1001)
    assert [problem.split(": ")[0] for problem in item.problems] == [field]


def test_a_malformed_override_holds_its_variant_alone(facts: Facts, article: Article) -> None:
    good, bad = normalise(
        with_variants(
            article,
            {"uid": 5551, "definedBy": {}, "overrides": {"articleNumber": "A", "stock": 4}},
            {"uid": 5552, "definedBy": {}, "overrides": {"articleNumber": "B", "stock": "x", "weight": []}},
        ),
        facts(),
    )
    assert good.problems == ()
    assert [problem.split(": ")[0] for problem in bad.problems] == ["overrides.weight", "overrides.stock"]


@pytest.mark.parametrize("uid", [None, "x", 0, -5, True, 1.5, [], Decimal(1)])
def test_an_article_without_a_uid_cannot_be_an_item(facts: Facts, article: Article, uid: object) -> None:
    with pytest.raises(RecordError, match="uid cannot be read") as caught:
        normalise(article(uid=uid), facts())
    assert caught.value.rule == UNREADABLE


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=True, allow_infinity=True)
    | st.text(max_size=8)
    | st.sampled_from([SEK, "sv", "2001", "3001"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "regular",
                    "incVat",
                    "exVat",
                    SEK,
                    "sv",
                    "uid",
                    "overrides",
                    "stock",
                    "useStock",
                    "options",
                    "name",
                ]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from([name for name in ARTICLE_FIELDS if name != "uid"]), json_values, max_size=5
    )
)
def test_no_answer_stops_the_catalogue(facts: Facts, changes: dict[str, Any]) -> None:
    items = normalise({"uid": 1001, "articleNumber": "A", "name": {"sv": "x"}} | changes, facts())
    assert items
    assert len({item.key for item in items}) == len(items)
    for item in items:
        assert item.article_uid == 1001
        assert item.price_regular is None or item.price_regular >= 0
        assert item.vat_rate is None or 0 <= item.vat_rate <= 1
