"""The shipped mapping, and the field mapping as such."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.catalogue import ARTICLE_FIELDS, normalise
from abicart_specter.domain.mapping import ArticleMapping, MappedRow, item_view, load_mapping
from abicart_specter.domain.mapping_file import ARTICLE_WIRE_NAMES, ITEM_FIELDS
from abicart_specter.domain.prices import same_price
from abicart_specter.domain.records import CatalogueItem, Severity, ShopFacts
from abicart_specter.errors import ConfigurationError, RecordError

Item = Callable[..., CatalogueItem]
Context = dict[str, Any]


def written(path: Path, text: str) -> ArticleMapping:
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


@pytest.fixture
def mapped(tmp_path: Path, context: Context) -> Callable[..., MappedRow]:
    """What one more field makes of an item: its lines in the file, and the item."""

    def apply(item: CatalogueItem, lines: str) -> MappedRow:
        base = "target: newArticleSubmit\nfields:\n  - {to: articleNo, from: item.product_number, required: true}\n"
        return written(tmp_path / "m.yaml", base + lines).apply(item, context)

    return apply


def test_a_plain_product_becomes_exactly_this_row(
    mapping: ArticleMapping, context: Context, item: Item
) -> None:
    assert mapping.apply(item(), context) == MappedRow(
        row={
            "articleNo": "ART-001",
            "name": "Blå mössa",
            "priceExclVAT": "159.20",
            "vatPercent": "25",
            "barCode": "7350000000001",
            "productWeight": "0.250",
            "createArticleStock": "1",
        },
        create_only={"noItemsInStock": "12"},
    )


def test_the_shipped_mapping_asks_for_nothing_beyond_the_usual(mapping: ArticleMapping) -> None:
    assert mapping.extra_fields == ()
    assert len(mapping.fingerprint) == 64


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({"ean": None}, {"barCode": ""}),
        ({"ean": ""}, {"barCode": ""}),
        ({"weight": None}, {"productWeight": None}),
        ({"weight": Decimal("0.4")}, {"productWeight": "0.000"}),
        ({"weight": 1234567}, {"productWeight": "1234.567"}),
        ({"vatRate": Decimal("0.125"), "pricing": None}, {"vatPercent": "12.5"}),
        ({"vatRate": 0, "pricing": None}, {"vatPercent": "0", "priceExclVAT": "199.00"}),
        ({"stock": {"useStock": False, "stock": 3}}, {"createArticleStock": "0"}),
        ({"stock": None}, {"createArticleStock": None}),
        ({"name": {"sv": "<b>Blå</b> &amp;\n  röd"}}, {"name": "Blå & röd"}),
        ({"pricing": None, "price": {"regular": {"SEK": Decimal("1E+3")}}}, {"priceExclVAT": "800.00"}),
        ({"pricing": None, "price": {"regular": {"SEK": 0}}}, {"priceExclVAT": "0.00"}),
    ],
)
def test_each_field_of_the_shipped_mapping(
    mapping: ArticleMapping, context: Context, item: Item, changes: dict[str, Any], row: dict[str, str | None]
) -> None:
    result = mapping.apply(item(**changes), context)
    assert {name: result.row.get(name) for name in row} == row
    assert result.flags == []


@pytest.mark.parametrize(
    ("stock", "opening"),
    [
        ({"useStock": True, "stock": 12}, {"noItemsInStock": "12"}),
        ({"useStock": True, "stock": Decimal("2.9")}, {"noItemsInStock": "2"}),
        ({"useStock": True, "stock": 0}, {"noItemsInStock": "0"}),
        ({"useStock": True, "stock": None}, {}),
        ({"useStock": False, "stock": 12}, {}),
        (7, {}),
    ],
)
def test_opening_stock_goes_apart_and_only_where_it_is_known(
    mapping: ArticleMapping, context: Context, item: Item, stock: object, opening: dict[str, str]
) -> None:
    result = mapping.apply(item(stock=stock), context)
    assert result.create_only == opening
    assert "noItemsInStock" not in result.row


def test_opening_stock_can_be_switched_off(mapping: ArticleMapping, context: Context, item: Item) -> None:
    settings = context["settings"]
    off = {**context, "settings": {**settings, "products": {**settings["products"], "opening_stock": False}}}
    assert mapping.apply(item(), off).create_only == {}


def test_a_negative_stock_is_raised_and_flagged(
    mapping: ArticleMapping, context: Context, item: Item
) -> None:
    result = mapping.apply(item(stock={"useStock": True, "stock": -2}), context)
    assert result.create_only == {"noItemsInStock": "0"}
    (flag,) = result.flags
    assert (flag.rule, flag.severity) == ("value_raised", Severity.WARNING)
    assert flag.message == "Specter's field noItemsInStock: 0 is sent instead of -2."


def test_the_price_has_the_decimals_of_the_settings(
    mapping: ArticleMapping, context: Context, item: Item
) -> None:
    settings = context["settings"]
    more = {**context, "settings": {**settings, "prices": {**settings["prices"], "article_decimals": 4}}}
    cap = item(vatRate=Decimal("0.12"), pricing=None)
    assert mapping.apply(cap, more).row["priceExclVAT"] == "177.6786"
    assert mapping.apply(cap, context).row["priceExclVAT"] == "177.68"


@given(ore=st.integers(0, 10**8), rate=st.sampled_from(["0.25", "0.12", "0.06", "0"]), with_vat=st.booleans())
def test_the_price_that_is_sent_obeys_rule_22(
    mapping: ArticleMapping,
    context: Context,
    article: Callable[..., dict[str, Any]],
    facts: Callable[..., ShopFacts],
    ore: int,
    rate: str,
    with_vat: bool,
) -> None:
    price = Decimal(ore).scaleb(-2)
    raw = article(pricing=None, price={"regular": {"SEK": price}}, vatRate=Decimal(rate))
    (one,) = normalise(raw, facts(prices_with_vat=with_vat))
    sent = Decimal(mapping.apply(one, context).row["priceExclVAT"])
    assert same_price(price, sent, Decimal(rate), with_vat, 2)


@given(name=st.text(st.characters(exclude_characters="<&"), min_size=1, max_size=120))
def test_any_name_survives_or_is_flagged(
    mapping: ArticleMapping, context: Context, item: Item, name: str
) -> None:
    try:
        result = mapping.apply(item(name={"sv": name}), context)
    except RecordError as error:
        assert error.rule == "field_missing"
        assert not any(unicodedata.category(char)[0] in "LNPS" for char in name)
        return
    sent = result.row["name"]
    sent.encode("latin-1")
    assert len(sent) <= 100
    if not result.flags:
        assert sent == unicodedata.normalize("NFC", " ".join(name.split()))
    assert {flag.rule for flag in result.flags} <= {"text_changed", "text_cut"}


@given(number=st.text(min_size=1, max_size=60))
def test_a_product_number_goes_as_it_is_or_not_at_all(
    mapping: ArticleMapping, context: Context, item: Item, number: str
) -> None:
    try:
        row = mapping.apply(item(articleNumber=number), context).row
    except RecordError:
        return
    assert row["articleNo"] == number
    number.encode("latin-1")


@pytest.mark.parametrize(
    ("changes", "rule", "words"),
    [
        (
            {"articleNumber": None},
            "field_missing",
            "articleNo stays empty; it is filled from item.product_number",
        ),
        ({"name": {}}, "field_missing", "name stays empty"),
        ({"price": None, "pricing": None}, "field_missing", "priceExclVAT stays empty"),
        ({"vatRate": None}, "field_missing", "priceExclVAT stays empty"),
        ({"ean": "7" * 31}, "field_too_long", "barCode takes 30 characters and may not be cut"),
        ({"articleNumber": "A–1"}, "field_unreadable", "EN DASH"),
        ({"weight": "x"}, "value_unreadable", "weight: expected a number"),
        ({"hidden": "x"}, "value_unreadable", "hidden: expected true or false"),
    ],
)
def test_what_cannot_be_mapped_is_held_and_named(
    mapping: ArticleMapping, context: Context, item: Item, changes: dict[str, Any], rule: str, words: str
) -> None:
    with pytest.raises(RecordError) as caught:
        mapping.apply(item(**changes), context)
    assert caught.value.rule == rule
    assert words in caught.value.message
    assert caught.value.message.startswith("article 1001, ")
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("lines", "changes", "expected"),
    [
        ("  - {to: name, from: article.sku}", {"sku": 12}, {"name": "12"}),
        ("  - {to: name, from: article.sku}", {"sku": Decimal("1.50")}, {"name": "1.5"}),
        ("  - {to: name, from: article.sku, default: ingen}", {}, {"name": "ingen"}),
        ("  - {to: name, from: article.sku, default: ''}", {"sku": " "}, {"name": " "}),
        ("  - {to: name, from: article.sku, transforms: [text], default: x}", {"sku": " "}, {"name": "x"}),
        ("  - {to: name, from: article.description, transforms: [by_language, strip_html, lines]}",
         {"description": {"sv": "<p>a</p><p>b</p>"}}, {"name": "a\n\nb"}),
        ("  - {to: name, from: article.description, transforms: [by_language]}", {"description": []}, {}),
        ("  - {to: name, from: 'article.name.sv', max_length: 3}", {}, {"name": "Blå"}),
        ("  - {to: name, from: item.name, when: item.hidden}", {}, {}),
        ("  - {to: name, from: item.name, when: '!(item.hidden)'}", {}, {"name": "Blå mössa"}),
        ("  - {to: buyPrice, from: article.cost, transforms: [decimals: 2]}", {"cost": 80}, {"buyPrice": "80.00"}),
        ("  - {to: productVolume, from: article.volume, transforms: [decimals: 2]}", {"volume": Decimal("1E-3")},
         {"productVolume": "0.00"}),
        ("  - {to: manufacturingCountryCode, from: article.land, transforms: [{lookup: {Sverige: SE}}]}",
         {"land": "Sverige"}, {"manufacturingCountryCode": "SE"}),
        ("  - {to: manufacturingCountryCode, from: article.land, transforms: [{lookup: {Sverige: SE}}]}",
         {"land": "Norge"}, {}),
        ("  - {to: createArticleStock, from: item.hidden, transforms: [flag01]}", {}, {"createArticleStock": "0"}),
        ("  - {to: name, from: 'settings.prices.vat_rounding'}", {}, {"name": "rate"}),
        ("  - {to: name, from: 'shop.name'}", {}, {"name": "demo"}),
        ("  - {to: name, from: 'variant.uid'}", {}, {}),
    ],
)  # fmt: skip
def test_what_a_mapping_can_say(
    mapped: Callable[..., MappedRow],
    item: Item,
    lines: str,
    changes: dict[str, Any],
    expected: dict[str, str],
) -> None:
    result = mapped(item(**changes), lines)
    assert result.row == {"articleNo": "ART-001"} | expected


@pytest.mark.parametrize(
    ("lines", "changes"),
    [
        ("  - {to: name, from: article.sku, transforms: [text]}", {"sku": {"a": 1}}),
        ("  - {to: name, from: article.sku}", {"sku": True}),
        ("  - {to: name, from: article.sku, transforms: [flag01]}", {"sku": 1}),
        ("  - {to: name, from: article.sku, transforms: [percent]}", {"sku": "25"}),
        ("  - {to: name, from: article.sku, transforms: [kilograms]}", {"sku": Decimal("NaN")}),
        ("  - {to: name, from: 'abs(article.sku)'}", {"sku": "x"}),
        ("  - {to: name, from: article.sku, transforms: [by_language]}", {"sku": 7}),
    ],
)
def test_a_value_that_does_not_fit_holds_the_product(
    mapped: Callable[..., MappedRow], item: Item, lines: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(RecordError, match="Specter's field name cannot be filled from") as caught:
        mapped(item(**changes), lines)
    assert caught.value.rule == "field_unreadable"


def test_no_mapping_changes_a_product_number(mapped: Callable[..., MappedRow], item: Item) -> None:
    assert mapped(item(articleNumber="Å 1"), "").row["articleNo"] == "Å 1"
    with pytest.raises(RecordError, match="EN DASH"):
        mapped(item(articleNumber="A–1"), "")


def test_a_required_field_cannot_be_empty_by_default(mapped: Callable[..., MappedRow], item: Item) -> None:
    with pytest.raises(RecordError, match="name stays empty"):
        mapped(item(), "  - {to: name, from: article.sku, default: '', required: true}")


def test_a_cut_text_is_flagged(mapped: Callable[..., MappedRow], item: Item) -> None:
    result = mapped(item(), "  - {to: name, from: item.name, max_length: 4}")
    assert result.row["name"] == "Blå"
    assert [(flag.rule, flag.message) for flag in result.flags] == [
        ("text_cut", "Specter's field name: 9 characters were cut to 4.")
    ]


def test_every_field_fits_latin1_even_if_the_mapping_forgets_it(
    mapped: Callable[..., MappedRow], item: Item
) -> None:
    result = mapped(item(sku="5 €"), "  - {to: supplierNo, from: article.sku}")
    assert result.row["supplierNo"] == "5 EUR"
    assert [flag.rule for flag in result.flags] == ["text_changed"]
    assert '"€" (U+20AC EURO SIGN)' in result.flags[0].message


def test_fields_of_the_shop_that_a_mapping_reads_are_asked_for(tmp_path: Path) -> None:
    found = written(
        tmp_path / "m.yaml",
        "target: newArticleSubmit\nfields:\n"
        "  - {to: articleNo, from: item.product_number, required: true}\n"
        "  - {to: name, from: article.sku || article.name.sv, when: article.unit}\n",
    )
    assert found.extra_fields == ("sku", "unit")
    assert "name" in ARTICLE_FIELDS


def test_the_fingerprint_follows_the_content_alone(tmp_path: Path) -> None:
    base = (
        "target: newArticleSubmit\nfields:\n  - {to: articleNo, from: item.product_number, required: true}\n"
    )
    first = written(tmp_path / "a.yaml", base)
    assert written(tmp_path / "b.yaml", "# note\n" + base).fingerprint == first.fingerprint
    more = base + "  - {to: name, from: item.name}\n"
    assert written(tmp_path / "c.yaml", more).fingerprint != first.fingerprint


def test_the_item_view_offers_what_files_may_name(item: Item) -> None:
    assert tuple(item_view(item())) == ITEM_FIELDS


def test_variants_are_mapped_with_their_own_row(
    tmp_path: Path, context: Context, article: Callable[..., dict[str, Any]], facts: Callable[..., ShopFacts]
) -> None:
    raw = article(
        variants=[{"uid": 5551, "definedBy": {}, "overrides": {"articleNumber": "A-S"}, "image": "s.png"}]
    )
    (variant,) = normalise(raw, facts())
    found = written(
        tmp_path / "m.yaml",
        "target: newArticleSubmit\nfields:\n"
        "  - {to: articleNo, from: item.product_number, required: true}\n"
        "  - {to: supplierArticleNo, from: variant.image}\n",
    )
    assert found.apply(variant, context).row == {"articleNo": "A-S", "supplierArticleNo": "s.png"}


# ------------------------------------------------------------------------------------------- wrong files ----

HEAD = "target: newArticleSubmit\nfields:\n  - to: articleNo\n    from: item.product_number\n    required: true\n"
NAME = HEAD + "  - to: name\n    from: item.name\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("target: newArticleSubmit\n", 1, "fields is missing"),
        ("target: other\nfields: []\n", 1, "target: expected newArticleSubmit, found the text “other”"),
        ("target: newArticleSubmit\nfields: []\n", 2, "fields: expected at least 1 entries"),
        ("target: newArticleSubmit\nfields:\n  - {to: name, from: item.name}\n", 2, "articleNo is missing"),
        (HEAD + "    colour: red\n", 6, "there is no key “fields 1.colour”"),
        (
            HEAD + "  - to: nmae\n    from: item.name\n",
            6,
            "newArticleSubmit has no field “nmae” (is “name” meant?)",
        ),
        (HEAD + "  - to: name\n    from: item.nmae\n", 7, "there is no “item.nmae” (is “name” meant?)"),
        (HEAD + "  - to: name\n    from: product.name\n", 7, "there is no “product” here"),
        (HEAD + "  - to: name\n    from: 'item.name['\n", 7, "“item.name[” is not valid JMESPath"),
        (NAME + "    when: 'a &&'\n", 8, "“a &&” is not valid JMESPath"),
        (NAME + "    transforms:\n      - tetx\n", 9, "is “text” meant?"),
        (
            NAME + "    transforms:\n      - max_length\n",
            9,
            "needs a value",
        ),
        (
            NAME + "    transforms:\n      - max_length: x\n",
            9,
            "needs a whole number",
        ),
        (
            NAME + "    transforms:\n      - text: 1\n",
            9,
            "“text” takes no value",
        ),
        (NAME + "    transforms:\n      - lookup: x\n", 9, "needs texts"),
        (
            NAME + "    transforms:\n      - [text]\n",
            9,
            "expected the name of a transform",
        ),
        (
            NAME + "  - to: Name\n    from: item.name\n",
            8,
            "has no field “Name”",
        ),
        (
            NAME + "  - to: name\n    from: item.ean\n",
            8,
            "is filled already, by entry 2",
        ),
        (
            NAME + "    required: yes\n",
            8,
            "expected true or false, found the text “yes”",
        ),
        (
            NAME + "    default: 0\n",
            8,
            "expected text (put numbers in quotes)",
        ),
        (NAME + "    max_length: 0\n", 8, "expected at least 1"),
        (NAME + "    when: '!item.hidden'\n", 8, "write !(…) around the path"),
        (HEAD + "    when: item.hidden\n", 6, "articleNo cannot have “when”"),
        (HEAD + "    max_length: 10\n", 6, "articleNo may not be cut"),
        (HEAD + "    create_only: true\n", 6, "articleNo is needed in every write"),
        (HEAD + "    transforms: [text]\n", 6, "articleNo must go as it is"),
        (HEAD.replace("true", "false"), 5, "articleNo must be required"),
        ("target: newArticleSubmit\nfields:\n  - to: [\n", 4, "this is not valid YAML"),
        ("target: newArticleSubmit\ntarget: x\n", 2, "the key “target” is already on line 1"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = tmp_path / "article.yaml"
    with pytest.raises(ConfigurationError) as caught:
        written(path, text)
    assert f"{tmp_path.name}/article.yaml, line {line}: " in caught.value.message
    assert words in caught.value.message
    assert caught.value.remedy


def test_fields_that_specters_own_description_has_can_be_added(
    tmp_path: Path, context: Context, item: Item
) -> None:
    found = written(
        tmp_path / "m.yaml",
        "also_accepted: [articleGroup]\n" + HEAD + "  - {to: articleGroup, from: shop.name}\n",
    )
    assert found.apply(item(), context).row["articleGroup"] == "demo"


def test_all_wire_names_are_accepted(tmp_path: Path) -> None:
    lines = "".join(
        f"  - {{to: {name}, from: item.name}}\n" for name in ARTICLE_WIRE_NAMES if name != "articleNo"
    )
    assert written(tmp_path / "m.yaml", HEAD + lines).extra_fields == ()
