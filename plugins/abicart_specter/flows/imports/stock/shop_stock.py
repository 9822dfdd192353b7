"""The shop's stock of items as it is now, and whether the shop lets it be written."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.jsonrpc import as_uid
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.domain.catalogue import normalise
from abicart_specter.domain.records import CatalogueItem, ItemKey, Kind, ShopFacts
from abicart_specter.errors import AbicartSpecterError, RefusedError, RetriableError
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.stock_records import HeldStock

log = logging.getLogger(__name__)

STOCK_FIELDS = ("uid", "articleNumber", "name", "type", "stock", "content", "variants")
NUMBERS_AT_ONCE = 100
_ABOUT_STOCK = ("variants", "stock", "overrides", "articleNumber")


@dataclass(slots=True)
class ShopStock:
    """Reads stock of one shop for one task."""

    ctx: FlowContext
    abicart: AbicartClient
    facts: ShopFacts
    _by_filter: bool = True
    _articles: dict[int, int] = field(default_factory=dict)

    def know(self, variant: int, article: int) -> None:
        """Whose variant it is, so that nobody need ask the shop."""
        self._articles[variant] = article

    def read(self, keys: Iterable[ItemKey]) -> dict[ItemKey, CatalogueItem]:
        """These items with their stock; those that are gone are left out. Every variant of an article comes along."""
        wanted = set(keys)
        uids = {key.uid for key in wanted if key.kind is Kind.ARTICLE}
        uids |= set(self._articles_of(key.uid for key in wanted if key.kind is Kind.VARIANT).values())
        if not uids:
            return {}
        articles = self.abicart.get_articles(sorted(uids), STOCK_FIELDS, required=("stock", "variants"))
        return {item.key: item for article in articles for item in normalise(article, self.facts)}

    def number_owners(self, numbers: Iterable[str]) -> dict[str, set[ItemKey]]:
        """Who has these product numbers in the shop today, by the shop's own filter.

        A shop that has none for product numbers (Abicart reference 10 #25) is not asked again: what the last reading
        of its whole catalogue said stands in.
        """
        wanted = sorted(set(numbers))
        found: dict[str, set[ItemKey]] = {}
        for some in slices(wanted, NUMBERS_AT_ONCE):
            asked = self._filtered(some) if self._by_filter else None
            if asked is None:
                asked = self.ctx.ledger.stock.owners_in_index(self.ctx.shop, some)
            for number, owners in asked.items():
                found.setdefault(number, set()).update(owners)
        return found

    def _filtered(self, numbers: list[str]) -> dict[str, set[ItemKey]] | None:
        selection = {"filters": {"/articleNumber": {"in": numbers}}, "limit": 500}
        fields = {"uid": True, "articleNumber": True}
        answers = self.abicart.batch(
            [("Article.list", [fields, selection]), ("ArticleVariant.list", [fields, selection])],
            idempotent=True,
        )
        found: dict[str, set[ItemKey]] = {}
        for kind, answer in zip((Kind.ARTICLE, Kind.VARIANT), answers, strict=True):
            if isinstance(answer, RetriableError):
                raise answer
            rows = answer if isinstance(answer, list) else None
            if rows is None or not all(_has_one_of(row, numbers) for row in rows):
                log.info("Shop %s: no filter by product number; going by the last reading.", self.ctx.shop)
                self._by_filter = False
                return None
            for row in rows:
                found.setdefault(row["articleNumber"], set()).add(ItemKey(kind, as_uid(row["uid"])))
        return found

    def _articles_of(self, variants: Iterable[int]) -> dict[int, int]:
        """Variant uid → uid of its article; remembered, since it never changes."""
        wanted = sorted(set(variants))
        unknown = [uid for uid in wanted if uid not in self._articles]
        if unknown:
            keys = [ItemKey(Kind.VARIANT, uid) for uid in unknown]
            settled = self.ctx.ledger.stock.figures(self.ctx.shop, keys)
            self._articles.update({key.uid: one.article_uid for key, one in settled.items()})
        unknown = [uid for uid in unknown if uid not in self._articles]
        fields = {"uid": True, "article": True}
        answers = (
            self.abicart.batch([("ArticleVariant.get", [uid, fields]) for uid in unknown], idempotent=True)
            if unknown
            else []
        )
        for uid, answer in zip(unknown, answers, strict=True):
            if isinstance(answer, RetriableError):
                raise answer
            if isinstance(answer, AbicartSpecterError) and not isinstance(answer, RefusedError):
                raise answer
            article = _article_of(answer)
            if article is not None:
                self._articles[uid] = article
        return {uid: self._articles[uid] for uid in wanted if uid in self._articles}


def why_not(
    key: ItemKey, number: str, items: Mapping[ItemKey, CatalogueItem], owners: Mapping[str, set[ItemKey]]
) -> HeldStock | None:
    """Why the item's stock may not be written, as the shop shows it now; ``None``: it may."""
    item = items.get(key)
    if item is None:
        if any(one.article_uid == key.uid for one in items.values() if key.kind is Kind.ARTICLE):
            return HeldStock(
                number,
                "stock_has_variants",
                f"{key} has variants now, each with a stock of its own.",
                "Give the variants their own product numbers and export them; they are stocked by those.",
                key,
            )
        return HeldStock(
            number, "stock_item_gone", f"{key} is no longer in the shop.", "None is needed.", key
        )
    # An article that only holds the variants is no owner beside them.
    shared = sorted(owners.get(number, set()) - {key, ItemKey(Kind.ARTICLE, item.article_uid)})
    twins = [
        one for one in items.values() if one.article_uid == item.article_uid and one.product_number == number
    ]
    if shared or len(twins) > 1:
        names = ", ".join(str(one) for one in sorted({key, *shared, *(twin.key for twin in twins)}))
        return HeldStock(
            number,
            "number_ambiguous",
            f"The product number {number} belongs to several products of the shop: {names}.",
            "Give all but one of them another number, then export them.",
            key,
        )
    if item.product_number != number:
        return HeldStock(
            number,
            "renumbered",
            f"{key} went to Specter as {number} and is now {item.product_number or 'without number'} in the shop.",
            f"Give it its number {number} back, or change it in Specter too and export it so.",
            key,
        )
    if any(problem.startswith(_ABOUT_STOCK) for problem in item.problems):
        return HeldStock(
            number,
            "stock_unreadable",
            f"{key}: its stock in the shop cannot be read: {'; '.join(item.problems)}.",
            "Correct the product in the shop.",
            key,
        )
    if item.is_package:
        return HeldStock(
            number,
            "stock_of_package",
            f"{key} is a product package; its stock follows from its parts.",
            "None is needed.",
            key,
        )
    if item.stock_managed is False:
        return HeldStock(
            number,
            "stock_not_managed",
            f"The shop does not manage the stock of {key}.",
            "Switch inventory management on for it, or leave it so: nothing is written.",
            key,
        )
    return None


def _has_one_of(row: Any, numbers: list[str]) -> bool:
    return isinstance(row, dict) and row.get("articleNumber") in numbers


def _article_of(answer: Any) -> int | None:
    value = answer.get("article") if isinstance(answer, dict) else None
    try:
        return as_uid(value.get("uid") if isinstance(value, dict) else value)
    except NotReadable:
        return None
