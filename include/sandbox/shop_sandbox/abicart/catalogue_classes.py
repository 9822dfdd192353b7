"""The class tables of the catalogue (Abicart reference 5)."""

from __future__ import annotations

from shop_sandbox.abicart import article_values as values
from shop_sandbox.abicart import variants
from shop_sandbox.abicart.model import Article
from shop_sandbox.abicart.properties import api_class, by_switch, derived, kept, never, stored
from shop_sandbox.abicart.shapes import (
    FLAG,
    INTEGER,
    LANGUAGES,
    MONEY,
    NUMBER,
    RATE,
    TEXT,
    TIME,
    UID,
    UNKNOWN,
    Keyed,
    ListOf,
    Reference,
    Shape,
    Struct,
)
from shop_sandbox.abicart.view import View

PRICE = Struct({"regular": MONEY, "specialOffer": MONEY, "current": MONEY}, ignored=frozenset({"current"}))
BOTH_WAYS = Struct({"incVat": MONEY, "exVat": MONEY})
PRICING = ListOf(Struct({"qtyFloor": INTEGER, "regular": BOTH_WAYS, "specialOffer": BOTH_WAYS}))
STOCK = Struct({"useStock": FLAG, "stock": NUMBER, "message": LANGUAGES})
OVERRIDES = Struct({"articleNumber": TEXT, "stock": NUMBER, "ean": TEXT, "weight": NUMBER})
VARIANTS = ListOf(Struct({"uid": UID, "definedBy": Keyed(UID, "uid"), "overrides": OVERRIDES}))

changed_filter = by_switch("changed_filter", "allowed")
number_filter = by_switch("number_filter", "exact")
uid_filter = by_switch("uid_filter", "allowed")


def _vat_rate_shape(view: View) -> Shape:
    return Keyed(RATE, "country") if view.switch["vat_rate_shape"] == "by_country" else RATE


def _content_shape(view: View) -> Shape:
    if view.switch["package_quantity"] == "beside":
        return ListOf(Reference("Article", wrapped=True, extra=("quantity",)))
    return ListOf(Reference("Article", wrapped=True))


def _is_shown(article: Article) -> bool:
    return not (article.hidden or article.draft)


ARTICLE = api_class(
    "Article",
    "articles",
    "get list count create set validate getSchema",
    [
        stored("uid", UID, "uid", sortable=True, filterable=uid_filter),
        stored("created", TIME, "created", sortable=True),
        stored("changed", TIME, "changed", sortable=True, filterable=changed_filter),
        stored("articleNumber", TEXT, "article_number", writable=True, filterable=number_filter),
        stored("sku", TEXT, "sku", writable=True),
        stored("ean", TEXT, "ean", writable=True),
        stored("name", LANGUAGES, "name", writable=True, sortable=True),
        stored("description", LANGUAGES, "description", writable=True, filterable=never),
        stored("introductionText", LANGUAGES, "introduction", writable=True, filterable=never),
        kept("metaDescription", LANGUAGES, {}),
        kept("metaKeywords", LANGUAGES, {}),
        kept("pageTitle", LANGUAGES, {}),
        kept("baseName", LANGUAGES, {}),
        derived(
            "url",
            LANGUAGES,
            lambda _view, one: {
                code: f"https://butik.example.se/{code}/artikel/{one.uid}" for code in one.name
            },
            filterable=never,
        ),
        kept("type", TEXT, "Standard"),
        stored("articlegroup", Reference("Articlegroup"), "group", writable=True),
        stored("showInArticlegroups", ListOf(Reference("Articlegroup")), "groups", writable=True),
        derived("price", PRICE, values.read_price, write=values.write_price, merges=False),
        derived("pricing", PRICING, values.read_pricing, filterable=never),
        derived(
            "vatRate",
            RATE,
            values.read_vat_rate,
            write=lambda _view, one, value: setattr(one, "vat_rate", value),
            allowed=by_switch("vat_rate_write", "allowed"),
            check=values.check_vat_rate,
            read_shape=_vat_rate_shape,
        ),
        derived(
            "vatIsIncluded", FLAG, lambda view, _one: view.shop.webshop.prices_with_vat, filterable=never
        ),
        derived(
            "showPricesIncludingVat",
            FLAG,
            lambda view, _one: view.shop.webshop.shows_prices_with_vat,
            filterable=never,
        ),
        derived("stock", STOCK, values.read_stock, write=values.write_stock, check=values.check_stock),
        stored("unit", TEXT, "unit", writable=True),
        stored("weight", NUMBER, "weight", writable=True),
        derived("isBuyable", FLAG, values.is_buyable),
        stored("hidden", FLAG, "hidden", writable=True),
        stored("draft", FLAG, "draft", writable=True),
        stored("news", FLAG, "news", writable=True),
        kept("presentationOnly", FLAG, False),
        kept("priceInquiryRequired", FLAG, False),
        derived("hasChoices", FLAG, lambda _view, one: bool(one.choice_options)),
        kept("freeFreight", FLAG, False),
        kept("isBulky", FLAG, False),
        kept("deliveryInfo", LANGUAGES, {}),
        kept("quantityInfo", UNKNOWN, {"divisibleBy": 1}),
        stored("images", ListOf(TEXT), "images", writable=True, filterable=never),
        kept("imagesAltText", UNKNOWN, []),
        kept("attachments", UNKNOWN, []),
        kept("articleTemplate", INTEGER),
        stored("attributes", Keyed(LANGUAGES), "attributes", writable=True),
        derived("choices", ListOf(Reference("ArticleChoice")), lambda _view, one: list(one.choice_options)),
        derived(
            "choiceOptions",
            Keyed(ListOf(Reference("ArticleChoiceOption")), "uid"),
            values.read_choice_options,
            write=variants.write_choice_options,
            check=variants.check_choice_options,
            filterable=never,
        ),
        derived(
            "choiceOptionPrices",
            Keyed(MONEY, "uid"),
            values.read_option_prices,
            write=values.write_option_prices,
            filterable=never,
        ),
        derived("choiceSchema", Keyed(UNKNOWN, "language"), values.read_choice_schema, filterable=never),
        derived("variants", VARIANTS, values.read_variants, filterable=never),
        derived(
            "content",
            ListOf(Reference("Article", wrapped=True, extra=("quantity",))),
            values.read_content,
            write=values.write_content,
            check=values.check_content,
            read_shape=_content_shape,
            filterable=never,
        ),
        kept("orderedWithArticles", UNKNOWN, []),
        kept("relationLists", UNKNOWN, []),
        stored("numSold", INTEGER, "num_sold", sortable=True),
    ],
    public=True,
    visible=_is_shown,
    required=frozenset({"name"}),
)

ARTICLE_VARIANT = api_class(
    "ArticleVariant",
    "variants",
    "get list count set validate getSchema",
    [
        stored("uid", UID, "uid", sortable=True, filterable=uid_filter),
        stored("article", Reference("Article"), "article"),
        stored("articleNumber", TEXT, "article_number", writable=True, filterable=number_filter),
        stored("stock", NUMBER, "stock", writable=True),
        stored("image", TEXT, "image", writable=True),
    ],
)

ARTICLE_CHOICE = api_class(
    "ArticleChoice",
    "choices",
    "get getSchema",
    [
        stored("uid", UID, "uid"),
        stored("type", TEXT, "type"),
        stored("name", LANGUAGES, "name"),
        stored("mandatory", FLAG, "mandatory"),
        stored("options", ListOf(Reference("ArticleChoiceOption")), "options"),
        derived("quantityChoicesAffectsOptionPrices", FLAG, lambda _view, _one: False),
    ],
    public=True,
)

ARTICLE_CHOICE_OPTION = api_class(
    "ArticleChoiceOption",
    "options",
    "get getSchema",
    [
        stored("uid", UID, "uid"),
        stored("name", LANGUAGES, "name"),
        stored("price", MONEY, "price"),
    ],
    public=True,
)

ARTICLEGROUP = api_class(
    "Articlegroup",
    "groups",
    "get list count set getSchema",
    [
        stored("uid", UID, "uid", sortable=True),
        stored("name", LANGUAGES, "name", writable=True, sortable=True),
        stored("parent", Reference("Articlegroup"), "parent", writable=True),
        derived(
            "children",
            ListOf(Reference("Articlegroup")),
            lambda view, one: [row.uid for row in view.shop.groups.rows.values() if row.parent == one.uid],
            filterable=never,
        ),
        stored("hidden", FLAG, "hidden", writable=True),
        stored("description", LANGUAGES, "description", writable=True),
        derived(
            "url",
            LANGUAGES,
            lambda _view, one: {"sv": f"https://butik.example.se/sv/grupp/{one.uid}"},
            filterable=never,
        ),
    ],
    public=True,
    visible=lambda group: not group.hidden,
)

CATALOGUE_CLASSES = (ARTICLE, ARTICLE_VARIANT, ARTICLE_CHOICE, ARTICLE_CHOICE_OPTION, ARTICLEGROUP)
