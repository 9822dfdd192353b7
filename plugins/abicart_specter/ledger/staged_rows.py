"""From a catalogue item to its row of the staging tables, and back.

The raw article is stored once per article; the item keeps what the validation compares in columns of its own, and
everything else in one document. ``rebuild`` gives an item equal to the one that was staged, its document included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, NamedTuple

from abicart_specter.domain.records import CatalogueItem, ItemKey, Kind
from abicart_specter.ledger import documents
from abicart_specter.ledger.keys import fold_hash, partition_of
from abicart_specter.ledger.records import StagedArticle

_ARTICLE = "article"


class ItemColumns(NamedTuple):
    """The columns of a staged item that ``rebuild`` needs, in the order in which they are selected."""

    kind: Kind
    uid: int
    article_uid: int
    product_number: str | None
    own_number: bool
    name: str
    price: Decimal | None
    vat_rate: Decimal | None
    stock_managed: bool | None
    is_package: bool
    document: str


_IN_COLUMNS = {"key", "article_uid", "product_number", "own_number", "name", "price_regular", "vat_rate"}
_IN_COLUMNS |= {"stock_managed", "is_package", "document"}
_REST = tuple(field.name for field in fields(CatalogueItem) if field.name not in _IN_COLUMNS)


def article_row(article: StagedArticle) -> dict[str, Any]:
    """The article's row, without its run. Raises ``ValueError`` when its items disagree about the raw article."""
    raw: Any = None
    present = False
    for item in article.items:
        if item.article_uid != article.article_uid:
            raise ValueError(
                f"{item.key} belongs to article {item.article_uid}, not to {article.article_uid}"
            )
        if _ARTICLE not in item.document:
            continue
        own = item.document[_ARTICLE]
        if present and own is not raw and own != raw:
            raise ValueError(f"The items of article {article.article_uid} carry different raw articles")
        raw, present = own, True
    return {"article_uid": article.article_uid, "document": documents.dump(raw) if present else ""}


def item_row(item: CatalogueItem) -> dict[str, Any]:
    """The item's row, without its run."""
    own = {name: value for name, value in item.document.items() if name != _ARTICLE}
    rest = {name: getattr(item, name) for name in _REST}
    return {
        "kind": item.key.kind,
        "uid": item.key.uid,
        "article_uid": item.article_uid,
        "partition": partition_of(item.key),
        "product_number": item.product_number,
        "fold_hash": fold_hash(item.product_number),
        "own_number": item.own_number,
        "name": item.name,
        "price": item.price_regular,
        "vat_rate": item.vat_rate,
        "stock_managed": item.stock_managed,
        "is_package": item.is_package,
        "document": documents.dump([rest, own, _ARTICLE in item.document]),
    }


def rebuild(columns: ItemColumns, raw_article: Any) -> CatalogueItem:
    """The item as it was staged. ``raw_article`` is the parsed document of its article's row."""
    rest: dict[str, Any]
    rest, own, has_article = documents.load(columns.document)
    # JSON knows no tuples, and no field of an item is a list.
    more: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in rest.items()
    }
    document: Mapping[str, Any] = {**own, _ARTICLE: raw_article} if has_article else own
    return CatalogueItem(
        key=ItemKey(columns.kind, columns.uid),
        article_uid=columns.article_uid,
        product_number=columns.product_number,
        own_number=columns.own_number,
        name=columns.name,
        price_regular=columns.price,
        vat_rate=columns.vat_rate,
        stock_managed=columns.stock_managed,
        is_package=columns.is_package,
        document=document,
        **more,
    )
