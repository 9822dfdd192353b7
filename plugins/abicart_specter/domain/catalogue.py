"""The shop's articles as catalogue items: what has a product number and is sold.

An article without variants is one item, else each of its variants is one. Abicart reference 5.1 and 5.2 (partly
official, partly seen in client code); every shape that reference 10 holds possible is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from abicart_specter.domain.article_options import OptionNames
from abicart_specter.domain.article_prices import ArticlePrice, priced, read_price, read_surcharges
from abicart_specter.domain.raw_values import ValueReader, kind_of, uid_of
from abicart_specter.domain.records import CatalogueItem, ItemKey, Kind, ShopFacts
from abicart_specter.errors import RecordError

ARTICLE_FIELDS: tuple[str, ...] = (
    "uid",
    "articleNumber",
    "name",
    "type",
    "ean",
    "weight",
    "price",
    "pricing",
    "vatRate",
    "stock",
    "hidden",
    "draft",
    "content",
    "choices",
    "choiceSchema",
    "choiceOptionPrices",
    "variants",
)
"""The article fields to ask the shop for. ``choices`` may come as uids or expanded with its options' names."""

REQUIRED_FIELDS: tuple[str, ...] = (
    "uid",
    "articleNumber",
    "name",
    "price",
    "vatRate",
    "stock",
    "content",
    "variants",
)
"""Those without which an export would be wrong: a shop that does not know one of them is not exported."""

UNREADABLE = "value_unreadable"
"""Flag rule of an item with a value that cannot be read."""

_PACKAGE_WORDS = ("package", "bundle")


@dataclass(frozen=True, slots=True)
class _Article:
    """What an article says for itself and, where they say nothing else, for its variants."""

    uid: int
    number: str | None
    name: str
    price: ArticlePrice
    stock_managed: bool | None
    stock: Decimal | None
    is_package: bool
    hidden: bool
    draft: bool
    ean: str | None
    weight: Decimal | None


def normalise(article: Mapping[str, Any], facts: ShopFacts) -> list[CatalogueItem]:
    """The catalogue items of one article.

    A value that cannot be read does not drop the item: it is named in ``CatalogueItem.problems``. If the
    variants themselves cannot be read, the article stands for them, with that problem.

    :raises RecordError: the article's own uid cannot be read.
    """
    uid = uid_of(article.get("uid"))
    if uid is None:
        raise RecordError(
            f"An article's uid cannot be read: expected a whole number, found {kind_of(article.get('uid'))}.",
            rule=UNREADABLE,
            remedy="Look at the shop's answer; this is a fault of the interface, not of the product.",
        )
    reader = ValueReader()
    base = _read_article(uid, article, facts, reader)
    rows = _variant_rows(article, reader)
    if not rows:
        return [_article_item(base, article, reader)]
    names = OptionNames.read(article, facts.default_language, reader)
    surcharges = read_surcharges(article, facts, reader)
    stocks = _variant_stocks(base, rows)
    return [
        _variant_item(base, article, row, facts, names, surcharges, stock, list(reader.problems))
        for row, stock in zip(rows, stocks, strict=True)
    ]


def _read_article(uid: int, article: Mapping[str, Any], facts: ShopFacts, reader: ValueReader) -> _Article:
    managed, stock = _read_stock(article.get("stock"), "stock", reader)
    return _Article(
        uid=uid,
        number=reader.code(article.get("articleNumber"), "articleNumber"),
        name=reader.text(article.get("name"), "name", facts.default_language),
        price=read_price(article, facts, reader),
        stock_managed=managed,
        stock=stock,
        is_package=_is_package(article),
        hidden=bool(reader.flag(article.get("hidden"), "hidden")),
        draft=bool(reader.flag(article.get("draft"), "draft")),
        ean=reader.code(article.get("ean"), "ean"),
        weight=reader.number(article.get("weight"), "weight", at_least=0),
    )


def _is_package(article: Mapping[str, Any]) -> bool:
    if article.get("content"):
        return True
    kind = article.get("type")
    return isinstance(kind, str) and any(word in kind.casefold() for word in _PACKAGE_WORDS)


def _read_stock(value: object, name: str, reader: ValueReader) -> tuple[bool | None, Decimal | None]:
    """(whether stock is managed, how many there are), from an object or from a bare number."""
    if isinstance(value, Mapping):
        managed = reader.flag(value.get("useStock"), f"{name}.useStock")
        return managed, reader.number(value.get("stock"), f"{name}.stock")
    if isinstance(value, list) and not value:
        return None, None
    return None, reader.number(value, name)


def _variant_rows(article: Mapping[str, Any], reader: ValueReader) -> list[Mapping[str, Any]]:
    """The variants, if all of them can be told apart; else none, and the reason is noted."""
    rows: list[Mapping[str, Any]] = []
    seen: set[int] = set()
    for index, row in enumerate(reader.sequence(article.get("variants"), "variants")):
        uid = uid_of(row.get("uid")) if isinstance(row, Mapping) else None
        if uid is None:
            reader.note(f"variants[{index}]", f"expected an object with a uid, found {kind_of(row)}")
            return []
        if uid in seen:
            reader.note(f"variants[{index}]", f"the uid {uid} occurs twice")
            return []
        seen.add(uid)
        rows.append(row)
    return rows


def _own(row: Mapping[str, Any], key: str) -> Any:
    """A variant's own value: its override, or its own field; ``None`` if it says nothing."""
    overrides = row.get("overrides")
    if isinstance(overrides, Mapping) and overrides.get(key) is not None:
        return overrides[key]
    return row.get(key)


def _variant_stocks(base: _Article, rows: Sequence[Mapping[str, Any]]) -> list[Decimal | None]:
    """Each variant's stock before its own problems are noted; see :func:`_inherited_stock`."""
    quiet = ValueReader()
    stocks = [_read_stock(_own(row, "stock"), "stock", quiet)[1] for row in rows]
    inherited = _inherited_stock(base.stock, stocks)
    return [
        inherited if _own(row, "stock") is None else stock for row, stock in zip(rows, stocks, strict=True)
    ]


def _inherited_stock(total: Decimal | None, stocks: Sequence[Decimal | None]) -> Decimal | None:
    """The stock of a variant that states none.

    Overrides hold what differs from the article, whose own figure is the sum of its variants. So a missing
    figure is the article's only where the figures then add up to the article's; else it is unknown.
    """
    if total is None:
        return None
    missing = sum(1 for stock in stocks if stock is None)
    stated = sum((stock for stock in stocks if stock is not None), Decimal(0))
    return total if stated + missing * total == total else None


def _article_item(base: _Article, article: Mapping[str, Any], reader: ValueReader) -> CatalogueItem:
    return CatalogueItem(
        key=ItemKey(Kind.ARTICLE, base.uid),
        article_uid=base.uid,
        product_number=base.number,
        own_number=True,
        name=base.name,
        price_regular=base.price.regular,
        price_ex_vat=base.price.ex_vat,
        vat_rate=base.price.rate,
        stock_managed=base.stock_managed,
        stock=base.stock,
        is_package=base.is_package,
        hidden=base.hidden,
        draft=base.draft,
        ean=base.ean,
        weight_grams=base.weight,
        price_campaign=base.price.campaign,
        problems=tuple(reader.problems),
        document={"article": article, "variant": None},
    )


def _variant_item(
    base: _Article,
    article: Mapping[str, Any],
    row: Mapping[str, Any],
    facts: ShopFacts,
    names: OptionNames,
    surcharges: Mapping[str, Decimal],
    stock: Decimal | None,
    problems: list[str],
) -> CatalogueItem:
    reader = ValueReader(problems)
    uid = uid_of(row["uid"]) or 0
    reader.mapping(row.get("overrides"), "overrides")
    number = reader.code(_own(row, "articleNumber"), "overrides.articleNumber")
    ean = reader.code(_own(row, "ean"), "overrides.ean")
    weight = reader.number(_own(row, "weight"), "overrides.weight", at_least=0)
    _read_stock(_own(row, "stock"), "overrides.stock", reader)
    options = names.options_of(row, reader)
    price = _variant_price(base.price, [surcharges.get(option) for option in options], facts)
    return CatalogueItem(
        key=ItemKey(Kind.VARIANT, uid),
        article_uid=base.uid,
        product_number=base.number if number is None else number,
        own_number=number is not None,
        name=", ".join([base.name, *(names.name_of(option) for option in options)]) if base.name else "",
        price_regular=price.regular,
        price_ex_vat=price.ex_vat,
        vat_rate=price.rate,
        stock_managed=base.stock_managed,
        stock=stock,
        is_package=base.is_package,
        hidden=base.hidden,
        draft=base.draft,
        ean=base.ean if ean is None else ean,
        weight_grams=base.weight if weight is None else weight,
        price_campaign=price.campaign,
        problems=tuple(reader.problems),
        document={"article": article, "variant": row},
    )


def _variant_price(
    price: ArticlePrice, surcharges: Sequence[Decimal | None], facts: ShopFacts
) -> ArticlePrice:
    """The article's price plus what the variant's options cost extra."""
    extra = sum((amount for amount in surcharges if amount is not None), Decimal(0))
    if not extra:
        return price
    regular = None if price.regular is None else price.regular + extra
    campaign = None if price.campaign is None else price.campaign + extra
    return priced(regular, campaign, price.rate, facts)
