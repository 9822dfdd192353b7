"""Writing to the shop's products in batches, so that the answer to each write shows what the shop has after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from abicart_specter.clients.abicart_errors import AbicartForbiddenError, AbicartRefusedError, says_it_is_gone
from abicart_specter.clients.articles import Article, ArticleQuery, complete_variants, tidy
from abicart_specter.clients.field_query import Path
from abicart_specter.clients.shop_calls import ShopCalls
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.errors import AbicartSpecterError, FatalError, RetriableError, UnconfirmedError

GONE = "the shop no longer has the product"

BeforeTry = Callable[[], None] | None
GetVariants = Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class ArticleWrite:
    """What to write to one article.

    :param patch: top-level properties with their whole values, since a shop may replace nested objects instead of
        merging them (Abicart reference 10 #21). Amounts are ``Decimal`` or ``int``.
    """

    uid: int
    patch: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ArticleWritten:
    """What became of one write.

    :param ok: the shop took it, and ``document`` is the article after it. Whether it shows the values that were
        written is for the caller to look at.
    :param words: why not, fit for a log.
    :param pointers: JSON Pointers to the places in the patch that the shop names.
    :param document: the article with the fields asked for, after the write; ``None`` if it could not be read.
    :param refused: the shop says no; asking again will not help.
    :param unconfirmed: it may or may not have been done: its answer was lost, or could not be read.
        ``document``, if there is one, was read after that, and decides nothing by itself.

    None of the three is true when the write never reached the shop.
    """

    ok: bool
    words: str = ""
    pointers: tuple[str, ...] = ()
    document: Article | None = field(default=None, repr=False)
    refused: bool = False
    unconfirmed: bool = False


def failed_write(error: AbicartSpecterError, *, gone: str = GONE) -> ArticleWritten:
    """For an error that one write of a batch ended in.

    :param gone: the words for an object that is no longer there.
    :raises FatalError: the token or the connection is the cause, not this product.
    """
    if isinstance(error, FatalError) and not isinstance(error, AbicartForbiddenError):
        raise error
    if isinstance(error, UnconfirmedError):
        return ArticleWritten(False, error.message, unconfirmed=True)
    if isinstance(error, RetriableError):
        return ArticleWritten(False, error.message)
    if isinstance(error, AbicartRefusedError):
        words = gone if says_it_is_gone(error) else error.message
        return ArticleWritten(False, words, error.pointers, refused=True)
    return ArticleWritten(False, error.message, refused=True)


class ArticleWrites:
    """Writes articles of one webshop.

    :param unknown: article fields that the shop is known not to know.
    :param get_articles: articles by uid with the given fields; those that are gone are left out.
    :param get_variants: variants by uid, for shops whose articles hold only their uids.
    """

    def __init__(
        self,
        calls: ShopCalls,
        unknown: set[Path],
        get_articles: Callable[[Sequence[int], Sequence[str]], list[Article]],
        get_variants: GetVariants,
    ) -> None:
        self._calls = calls
        self._unknown = unknown
        self._get_articles = get_articles
        self._get_variants = get_variants

    def write(
        self, writes: Sequence[ArticleWrite], fields: Sequence[str], before_try: BeforeTry
    ) -> dict[int, ArticleWritten]:
        """See :meth:`AbicartClient.write_articles`."""
        waiting = by_uid(writes)
        query = ArticleQuery([*fields, *_patched(writes)], (), self._unknown)
        results: dict[int, ArticleWritten] = {}
        unread: dict[int, ArticleWritten] = {}
        while waiting:
            calls = [("Article.set", [uid, dict(one.patch), query.query]) for uid, one in waiting.items()]
            outcomes = self._calls.batch(calls, idempotent=True, before_try=before_try)
            again = self._about_the_query(query, waiting, outcomes)
            for (uid, write), outcome in zip(waiting.items(), outcomes, strict=True):
                if uid in again:
                    continue
                if isinstance(outcome, AbicartSpecterError):
                    result = failed_write(outcome)
                    (unread if result.unconfirmed else results)[uid] = result
                elif (document := self._read(outcome, write, query)) is not None:
                    results[uid] = ArticleWritten(True, document=document)
                else:
                    unread[uid] = ArticleWritten(True)
            waiting = {uid: waiting[uid] for uid in again}
        self._complete([one.document for one in results.values() if one.document is not None])
        results |= self._read_back(unread, list(query.query))
        return {write.uid: results[write.uid] for write in writes}

    def _about_the_query(
        self, query: ArticleQuery, writes: Mapping[int, ArticleWrite], outcomes: Sequence[Any]
    ) -> list[int]:
        """The articles at which not the write was refused but a field of the query, which is now asked for no more.

        A field that is also written is taken for the write: a shop that does not know it cannot be written to either.
        """
        named: dict[int, Path] = {}
        for (uid, write), outcome in zip(writes.items(), outcomes, strict=True):
            path = query.named_by_any(outcome.pointers) if isinstance(outcome, AbicartRefusedError) else None
            if path is not None and path[0] not in write.patch and not query.needs(path):
                named[uid] = path
        for path in set(named.values()):
            query.drop(path)
        return list(named)

    def _read(self, value: Any, write: ArticleWrite, query: ArticleQuery) -> Article | None:
        """The answer to a write, if it is that article with what was written."""
        if not isinstance(value, dict) or not set(write.patch) & set(query.query) <= set(value):
            return None
        try:
            article = tidy(value)
        except NotReadable:
            return None  # written, but not in a form to be read: it is read again
        return article if article["uid"] == write.uid else None

    def _complete(self, articles: Sequence[Article]) -> None:
        complete_variants(articles, self._get_variants)

    def _read_back(
        self, unread: Mapping[int, ArticleWritten], fields: Sequence[str]
    ) -> dict[int, ArticleWritten]:
        if not unread:
            return {}
        try:
            found = {one["uid"]: one for one in self._get_articles(list(unread), fields)}
        except RetriableError as error:
            return {uid: _unseen(one, error.message) for uid, one in unread.items()}
        gone = ArticleWritten(False, GONE, refused=True)
        return {
            uid: replace(one, document=found[uid]) if uid in found else gone for uid, one in unread.items()
        }


def by_uid(writes: Iterable[ArticleWrite]) -> dict[int, ArticleWrite]:
    """:raises ValueError: two writes to one article: which of them was last would be left to chance."""
    found: dict[int, ArticleWrite] = {}
    for write in writes:
        if write.uid in found:
            raise ValueError(f"article {write.uid} is written twice")
        found[write.uid] = write
    return found


def _patched(writes: Iterable[ArticleWrite]) -> list[str]:
    return list(dict.fromkeys(name for write in writes for name in write.patch))


def _unseen(written: ArticleWritten, words: str) -> ArticleWritten:
    """Taken or lost, and now not to be read either."""
    return replace(written, ok=False, unconfirmed=True, words=written.words or words)
