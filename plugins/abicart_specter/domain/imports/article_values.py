"""What an article of the shop holds itself, apart from its variants: prices, VAT rate, texts in the shop's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from abicart_specter.domain.article_prices import read_price
from abicart_specter.domain.masters import Master
from abicart_specter.domain.money import EXACT, shortest
from abicart_specter.domain.raw_values import ValueReader
from abicart_specter.domain.records import CatalogueItem, Kind, ShopFacts

IMPORT_FIELDS: tuple[str, ...] = (
    "uid",
    "name",
    "price",
    "pricing",
    "vatRate",
    "variants",
    "choiceOptionPrices",
)
"""The article fields that planning and reading back need, with those of the parts that are imported."""

_PRICE_PROBLEMS = ("price", "pricing", "vatRate", "choiceOptionPrices", "variants")
_TEXT_PROBLEMS = ("name", "description")


@dataclass(frozen=True, slots=True)
class ArticleValues:
    """Kronor as the shop stores them, the rate as a fraction; ``None`` where the shop does not say.

    :param problems: what could not be read of prices and rate, and of texts.
    """

    regular: Decimal | None
    campaign: Decimal | None
    rate: Decimal | None
    name: str
    description: str
    price_problems: tuple[str, ...] = ()
    text_problems: tuple[str, ...] = ()

    def text(self, master: Master) -> str | None:
        """A field as a pair holds it."""
        if master is Master.NAME:
            return self.name or None
        if master is Master.DESCRIPTION:
            return self.description or None
        value = {Master.PRICE: self.regular, Master.EXTRA_PRICE: self.campaign, Master.VAT: self.rate}[master]
        return None if value is None else shortest(value)


def fields_to_read(names: Iterable[str] = ()) -> tuple[str, ...]:
    """The article fields to ask the shop for, with ``description`` and others in ``names``, each once."""
    return tuple(dict.fromkeys((*IMPORT_FIELDS, *names)))


def raw_article(items: Sequence[CatalogueItem]) -> Mapping[str, Any]:
    """The shop's own article of these items; empty where they do not carry it."""
    for item in items:
        article = item.document.get("article")
        if isinstance(article, Mapping):
            return article
    return {}


def article_values(items: Sequence[CatalogueItem], facts: ShopFacts) -> ArticleValues:
    """The values of the article that all these items belong to."""
    article = raw_article(items)
    reader = ValueReader()
    price = read_price(article, facts, reader)
    texts = ValueReader()
    name = texts.text(article.get("name"), "name", facts.default_language)
    description = texts.text(article.get("description"), "description", facts.default_language)
    problems = [*reader.problems, *(one for item in items for one in item.problems)]
    if not article:
        problems.append("price: the shop's article is not at hand")
    return ArticleValues(
        price.regular,
        price.campaign,
        price.rate,
        name,
        description,
        _beginning(problems, _PRICE_PROBLEMS),
        _beginning([*texts.problems, *problems], _TEXT_PROBLEMS),
    )


def surcharge(item: CatalogueItem, values: ArticleValues) -> Decimal | None:
    """What the item costs more than its article, kronor as stored; ``None`` where that cannot be told."""
    if item.key.kind is Kind.ARTICLE:
        return Decimal(0)
    if item.price_regular is None or values.regular is None:
        return None
    return EXACT.subtract(item.price_regular, values.regular)


def _beginning(problems: Iterable[str], names: tuple[str, ...]) -> tuple[str, ...]:
    found = (one for one in problems if one.partition(":")[0].split(".")[0].split("[")[0] in names)
    return tuple(dict.fromkeys(found))
