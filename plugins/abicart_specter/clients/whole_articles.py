"""Articles by uid, in as few requests as the shop allows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from abicart_specter.clients.articles import Article, ArticleQuery, complete_variants, tidy
from abicart_specter.clients.field_query import Path
from abicart_specter.clients.shop_calls import ShopCalls
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.errors import RefusedError

log = logging.getLogger(__name__)

WORTH_A_LIST = 20
"""More articles than this are asked for in a list; so many fit into one request of calls for each."""


class WholeArticles:
    """Reads articles of one webshop by their uids.

    A list by uid is one request for a whole page. A shop that has no such list (Abicart reference 10 #40) is asked for
    each article, in batches, and remembered.

    :param unknown: article fields that the shop is known not to know.
    :param get_variants: variants by uid, for shops whose articles hold only their uids.
    """

    def __init__(
        self,
        calls: ShopCalls,
        unknown: set[Path],
        get_variants: Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]],
    ) -> None:
        self._calls = calls
        self._unknown = unknown
        self._get_variants = get_variants
        self._by_list = True

    def get(self, uids: Sequence[int], fields: Sequence[str], required: Sequence[str]) -> list[Article]:
        """See :meth:`AbicartClient.get_articles`."""
        query = ArticleQuery(fields, required, self._unknown)
        wanted = list(dict.fromkeys(uids))
        found: dict[int, Article] = {}
        for begin in range(0, len(wanted), self._calls.page_size):
            some = wanted[begin : begin + self._calls.page_size]
            if self._by_list and len(some) > WORTH_A_LIST:
                found |= self._listed(query, some)
        # One that is missing may be gone, or the list leaves it out; a call of its own tells.
        found |= self._each(query, [uid for uid in wanted if uid not in found])
        articles = [found[uid] for uid in wanted if uid in found]
        complete_variants(articles, self._get_variants)
        return articles

    def _listed(self, query: ArticleQuery, uids: Sequence[int]) -> dict[int, Article]:
        """From one list; nothing where the shop cannot be asked so."""
        selection = {"filters": {"/uid": {"in": list(uids)}}, "sort": "uid", "limit": len(uids)}
        try:
            rows = self._calls.asking_known_fields(
                query, lambda: self._calls.read("Article.list", [query.query, selection], tidy_list)
            )
        except RefusedError as error:
            log.info("Shop %s: no list of articles by uid (%s); getting each.", self._calls.shop, error.words)
            self._by_list = False
            return {}
        wanted = set(uids)
        if any(row["uid"] not in wanted for row in rows):
            log.info("Shop %s: the list of articles by uid lists others; getting each.", self._calls.shop)
            self._by_list = False
            return {}
        return {row["uid"]: row for row in rows}

    def _each(self, query: ArticleQuery, uids: Sequence[int]) -> dict[int, Article]:
        if not uids:
            return {}
        rows = self._calls.asking_known_fields(
            query, lambda: self._calls.get_each("Article.get", uids, query.query)
        )
        return {uid: self._calls.made(tidy, row, "Article.get") for uid, row in rows.items()}


def tidy_list(value: Any) -> list[Article]:
    """The result of ``Article.list``.

    :raises NotReadable: it is no list of articles.
    """
    if not isinstance(value, list):
        raise NotReadable("the list of articles is not a list")
    return [tidy(article) for article in value]
