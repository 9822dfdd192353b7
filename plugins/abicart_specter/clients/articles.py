"""What is asked of an article, and making whole what comes back in another shape than asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from abicart_specter.clients.field_query import FieldQuery
from abicart_specter.clients.jsonrpc import as_object, as_uid
from abicart_specter.clients.unreadable import NotReadable

log = logging.getLogger(__name__)

EXPANSIONS: Mapping[str, Mapping[str, Any]] = {
    "choices": {"uid": True, "name": True, "options": {"uid": True, "name": True}},
}
"""References whose inner fields are wanted; every other field is asked for with ``true``."""

OBJECTS = (
    "name",
    "description",
    "introductionText",
    "baseName",
    "pageTitle",
    "url",
    "price",
    "stock",
    "attributes",
    "choiceOptions",
    "choiceOptionPrices",
    "choiceSchema",
    "quantityInfo",
    "deliveryInfo",
)
"""Fields that are objects; an empty one may come as ``[]`` (Abicart reference 10 #34)."""

VARIANT_FIELDS = {"uid": True, "article": True, "articleNumber": True, "stock": True}

Article = dict[str, Any]


class ArticleQuery(FieldQuery):
    """The query for articles: the fields asked for, less those that the shop turned out not to know.

    :param required: fields without which the caller cannot work.
    """

    def __init__(self, fields: Sequence[str], required: Iterable[str], unknown: set[tuple[str, ...]]) -> None:
        wanted: dict[str, Any] = {"uid": True}
        wanted.update({name: EXPANSIONS.get(name, True) for name in fields})
        super().__init__("article", wanted, {(name,) for name in required}, unknown)


def tidy(value: Any) -> Article:
    """An article with uids as whole numbers and empty objects as objects.

    :raises NotReadable: it is no object, or its uid is none.
    """
    article = as_object(value)
    article["uid"] = as_uid(article.get("uid"))
    for name in OBJECTS:
        if article.get(name) == []:
            article[name] = {}
    price = article.get("price")
    if isinstance(price, dict):
        for name, amounts in price.items():
            if amounts == []:
                price[name] = {}
    for variant in _objects(article.get("variants")):
        _tidy_named(variant)
        for name in ("definedBy", "overrides"):
            if variant.get(name) == []:
                variant[name] = {}
    for choice in _objects(article.get("choices")):
        _tidy_named(choice)
        for option in _objects(choice.get("options")):
            _tidy_named(option)
    return article


def complete_variants(
    articles: Sequence[Article], fetch: Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]
) -> None:
    """Replace variants that came as bare uids by what their own class says of them.

    :param fetch: gets variants by uid; those that are gone are left out.
    """
    bare = [uid for article in articles for uid in map(_bare_uid, _elements(article)) if uid is not None]
    if not bare:
        return
    found = fetch(bare)
    for article in articles:
        whole: list[Any] = []
        for one in _elements(article):
            uid = _bare_uid(one)
            if uid is None:
                whole.append(one)
            elif uid in found:
                whole.append(_embedded(uid, found[uid], article))
        if whole or _elements(article):
            article["variants"] = whole


def _embedded(uid: int, variant: Mapping[str, Any], article: Article) -> dict[str, Any]:
    """An ArticleVariant in the shape it has inside its article: only what differs from the article.

    Which choices define it is not among its own properties (Abicart reference 5.2).
    """
    overrides: dict[str, Any] = {}
    number = variant.get("articleNumber")
    if number and number != article.get("articleNumber"):
        overrides["articleNumber"] = number
    if variant.get("stock") is not None:
        overrides["stock"] = variant["stock"]
    return {"uid": uid, "definedBy": {}, "overrides": overrides}


def _elements(article: Article) -> list[Any]:
    value = article.get("variants")
    return value if isinstance(value, list) else []


def _bare_uid(element: Any) -> int | None:
    """The uid, if the element is one; what is neither uid nor object stays for the reader of the article to judge."""
    try:
        return as_uid(element)
    except NotReadable:
        return None


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _tidy_named(value: dict[str, Any]) -> None:
    uid = _bare_uid(value.get("uid"))
    if uid is not None:
        value["uid"] = uid
    if value.get("name") == []:
        value["name"] = {}
