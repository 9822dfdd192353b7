"""The client for Abicart: what the flows ask of a webshop."""

from __future__ import annotations

import random as random_module
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from threading import Event
from typing import Any, Self

from abicart_specter.clients.article_writes import ArticleWrite, ArticleWrites, ArticleWritten
from abicart_specter.clients.articles import VARIANT_FIELDS, Article, ArticleQuery, complete_variants
from abicart_specter.clients.changed_articles import ChangedArticles
from abicart_specter.clients.field_query import Path
from abicart_specter.clients.jsonrpc import as_uid
from abicart_specter.clients.options import AbicartConnection, HttpOptions, RequestCounts
from abicart_specter.clients.orders import ShopOrders
from abicart_specter.clients.paging import UidPages, prefetched
from abicart_specter.clients.rpc import RpcChannel
from abicart_specter.clients.shop_calls import ShopCalls
from abicart_specter.clients.shop_facts import WEBSHOP_FIELDS, read_shop_facts, read_shop_name
from abicart_specter.clients.stock_writes import StockWrite, StockWrites, StockWritten
from abicart_specter.clients.whole_articles import WholeArticles, tidy_list
from abicart_specter.domain.records import ShopFacts


class _Stopped(Exception):
    """The reader of the pages went away; nobody sees this."""


class AbicartClient:
    """One webshop, as one administrator's token.

    Use as a context manager. One request at a time; may be shared between threads. ``orders`` holds what is asked
    about orders.

    :param sleep: waits between tries; a test may pass its own.
    :param random: from 0 to 1, for the jitter of waits.
    :param clock: monotonic seconds, for the rate limiter.
    :param on_secret: told the token in every spelling, for masking.
    """

    def __init__(
        self,
        connection: AbicartConnection,
        options: HttpOptions | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random_module.random,
        clock: Callable[[], float] = time.monotonic,
        on_secret: Callable[[str], None] | None = None,
    ) -> None:
        self.connection = connection
        self.options = options or HttpOptions()
        self._rpc = RpcChannel(
            connection, self.options, sleep=sleep, random=random, clock=clock, on_secret=on_secret
        )
        self._calls = ShopCalls(self._rpc, connection.shop, self.options.page_size)
        self._unknown_keys: set[Path] = set()
        self._whole = WholeArticles(self._calls, self._unknown_keys, self._variants)
        self.orders = ShopOrders(self._calls, connection.language, self.get_articles)
        self._changed = ChangedArticles(self._calls, self._unknown_keys, self._variants)
        self._writes = ArticleWrites(self._calls, self._unknown_keys, self.get_articles, self._variants)
        self._stocks = StockWrites(self._calls, self._writes, self.get_articles, self._variants)

    @property
    def counts(self) -> RequestCounts:
        """What was asked so far."""
        return self._rpc.counts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._rpc.close()

    def webshop(self) -> ShopFacts:
        """What the shop says about itself.

        :raises CredentialsError: the token is not accepted.
        :raises ConfigurationError: webshop id, language or address are wrong.
        """
        return self._calls.read(
            "Webshop.get", [self.connection.webshop_id, list(WEBSHOP_FIELDS)], read_shop_facts
        )

    def shop_name(self) -> str:
        """What the shop calls itself; empty if it does not say."""
        return self._calls.read("Webshop.get", [self.connection.webshop_id, ["name"]], read_shop_name)

    def count_articles(self, filters: Mapping[str, Any] | None = None) -> int:
        """How many articles the shop has, or how many match ``filters``."""
        return self._calls.read("Article.count", [dict(filters or {})], as_uid)

    def count_variants(self) -> int:
        """How many variants the shop has, over all articles."""
        return self._calls.read("ArticleVariant.count", [{}], as_uid)

    def iter_article_pages(
        self, fields: Sequence[str], *, required: Sequence[str] = ()
    ) -> Iterator[list[Article]]:
        """Every article of the shop, each exactly once, in pages, sorted by uid.

        Numbers are ``int`` or ``Decimal``, uids are ``int``, variants are objects. The next page is fetched in a
        thread while the caller works on the one it has. A field that the shop does not know is left out with a
        warning; one that the caller cannot do without is an error.

        :param fields: top-level fields to ask for.
        :param required: those of them without which the caller cannot work.
        :raises ConfigurationError: the shop does not know a required field.
        :raises CatalogueChangedError: the list does not come to an end.
        """
        query = ArticleQuery(fields, required, self._unknown_keys)
        stop = Event()

        def before_try() -> None:
            if stop.is_set():
                raise _Stopped

        def ask(selection: Mapping[str, Any]) -> list[Article]:
            return self._calls.asking_known_fields(
                query,
                lambda: self._calls.read("Article.list", [query.query, selection], tidy_list, before_try),
            )

        pages = UidPages(ask, self.options.page_size, f"Shop {self.connection.shop}: Article.list")

        def next_page() -> list[Article] | None:
            page = pages.next_page()
            if page is not None:
                complete_variants(page, self._variants)
            return page

        return prefetched(next_page, stop)

    def get_articles(
        self, uids: Sequence[int], fields: Sequence[str], *, required: Sequence[str] = ()
    ) -> list[Article]:
        """Articles by uid, in the order asked, in as few requests as the shop allows; those that are gone are left out.

        :raises ConfigurationError: the shop does not know a required field.
        """
        return self._whole.get(uids, fields, required)

    def iter_changed_articles(
        self,
        since: datetime,
        fields: Sequence[str],
        *,
        until: datetime | None = None,
        required: Sequence[str] = (),
    ) -> Iterator[list[Article]]:
        """The articles last changed from ``since`` on and before ``until``, each once, in pages as above.

        A change of a variant counts as one of its article. ``changed`` is always among the fields, as an aware time.
        An article that changes while the pages are read may be shown as it was before that: whoever remembers how
        far was read must remember the time at which the reading began.

        :param since: aware, as is ``until``.
        :raises CatalogueChangedError: the list does not come to an end.
        """
        return self._changed.pages(since, until, fields, required)

    def iter_article_uids(self) -> Iterator[list[int]]:
        """The uids of all articles there are, ascending, in pages as large as the shop gives."""
        return self._changed.uid_pages()

    def write_articles(
        self,
        writes: Sequence[ArticleWrite],
        fields: Sequence[str],
        *,
        before_try: Callable[[], None] | None = None,
    ) -> dict[int, ArticleWritten]:
        """Write to articles, in as few requests as the shop allows. Doing it twice does no harm.

        Each succeeds or fails alone. What the shop has after a write comes with its answer; where the answer does not
        show it, the article is read again.

        :param fields: top-level fields of the documents to get back; those that are written are always among them.
        :param before_try: called right before each request leaves; may raise to stop.
        :returns: by uid, in the order asked.
        :raises FatalError: the shop no longer takes our token. Writes of earlier requests are in the shop.
        :raises ValueError: two writes to one article.
        """
        return self._writes.write(writes, fields, before_try)

    def write_article_stocks(
        self, writes: Sequence[StockWrite], *, before_try: Callable[[], None] | None = None
    ) -> dict[int, StockWritten]:
        """Write the stock of articles without variants, in as few requests as the shop allows.

        An article with variants, or whose stock the shop does not manage, is not written to: refused.

        :param before_try, returns, raises: as in :meth:`write_articles`.
        """
        return self._stocks.write_articles(writes, before_try)

    def write_variant_stocks(
        self, writes: Sequence[StockWrite], *, before_try: Callable[[], None] | None = None
    ) -> dict[int, StockWritten]:
        """Write the stock of variants, in as few requests as the shop allows.

        :param before_try, returns, raises: as in :meth:`write_articles`.
        """
        return self._stocks.write_variants(writes, before_try)

    def call(
        self,
        method: str,
        params: Sequence[Any],
        *,
        idempotent: bool,
        before_try: Callable[[], None] | None = None,
    ) -> Any:
        """One call of any method, its result as it came.

        :param idempotent: doing it twice is the same as doing it once; only then is a write tried again here.
        :param before_try: called right before each try leaves; may raise to stop.
        :raises AbicartRefusedError: the shop says no; ``pointers`` names the places.
        :raises UnconfirmedError: a write whose answer was lost.
        """
        return self._calls.call(method, params, idempotent=idempotent, before_try=before_try)

    def batch(
        self,
        calls: Sequence[tuple[str, Sequence[Any]]],
        *,
        idempotent: bool,
        before_try: Callable[[], None] | None = None,
    ) -> list[Any]:
        """Several calls in as few requests as the shop allows. No transaction: each succeeds or fails alone.

        :param before_try: called right before each request leaves; may raise to stop.
        :returns: for each call its result, or the error it ended in, in the calls' order.
        :raises RetriableError: reads only: no answer came.
        """
        return self._calls.batch(calls, idempotent=idempotent, before_try=before_try)

    def _variants(self, uids: Sequence[int]) -> dict[int, dict[str, Any]]:
        return self._calls.get_each("ArticleVariant.get", uids, VARIANT_FIELDS)
