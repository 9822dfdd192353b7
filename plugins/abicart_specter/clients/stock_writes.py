"""Writing stock figures to the shop's products and variants, in batches, and reading what it shows after that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from abicart_specter.clients.article_writes import (
    GONE,
    ArticleWrite,
    ArticleWrites,
    ArticleWritten,
    BeforeTry,
    GetVariants,
    failed_write,
)
from abicart_specter.clients.articles import Article
from abicart_specter.clients.shop_calls import ShopCalls
from abicart_specter.errors import AbicartSpecterError, RetriableError

STOCK_FIELDS = ("stock", "variants")
HAS_VARIANTS = "the product has variants, each of which has a stock of its own"
NOT_MANAGED = "the shop does not manage the product's stock"
VARIANT_GONE = "the shop no longer has the variant"

GetArticles = Callable[[Sequence[int], Sequence[str]], list[Article]]


@dataclass(frozen=True, slots=True)
class StockWrite:
    """One figure to write.

    :param uid: of the article or of the variant.
    :param known: articles only: the article's ``stock`` as just read. ``None`` makes the client read it first, and
        then also look that the article has no variants.
    """

    uid: int
    stock: int | Decimal
    known: Mapping[str, Any] | int | Decimal | None = None


@dataclass(frozen=True, slots=True)
class StockWritten:
    """What became of one figure.

    :param ok: the shop shows the figure.
    :param shown: what the shop shows after the write; ``None`` if that could not be read.
    :param words: why not, fit for a log.
    :param pointers: JSON Pointers to the places that the shop names.
    :param refused: the shop says no; asking again will not help.
    :param unconfirmed: it may or may not have been done.

    A shop that took the write but shows another figure, since somebody bought in between, is neither refused nor
    unconfirmed; nor is a write that never reached it, but then ``shown`` is ``None``.
    """

    ok: bool
    shown: Decimal | None = None
    words: str = ""
    pointers: tuple[str, ...] = ()
    refused: bool = False
    unconfirmed: bool = False


class StockWrites:
    """Writes stock of one webshop, and learns in which form it takes an article's (Abicart reference 10 #23)."""

    def __init__(
        self, calls: ShopCalls, articles: ArticleWrites, get_articles: GetArticles, get_variants: GetVariants
    ) -> None:
        self._calls = calls
        self._articles = articles
        self._get_articles = get_articles
        self._get_variants = get_variants
        self._bare_number = False
        self._left_out: frozenset[str] = frozenset()

    def write_articles(self, writes: Sequence[StockWrite], before_try: BeforeTry) -> dict[int, StockWritten]:
        """See :meth:`AbicartClient.write_article_stocks`."""
        waiting = _by_uid(writes)
        known, results = self._known(writes)
        waiting = {uid: one for uid, one in waiting.items() if uid not in results}
        tried: set[tuple[bool, frozenset[str]]] = set()
        bare = self._bare_number
        while waiting:
            tried.add((bare, self._left_out))
            patches = [
                ArticleWrite(uid, {"stock": one.stock if bare else self._object(one, known[uid])})
                for uid, one in waiting.items()
            ]
            written = self._articles.write(patches, STOCK_FIELDS, before_try)
            if any(one.ok for one in written.values()):
                self._bare_number = bare
            named = {uid: _named(one.pointers) for uid, one in written.items() if one.refused}
            self._left_out |= {name for names in named.values() for name in names} - {"", "stock", "useStock"}
            if any("" in names for names in named.values()):
                bare = not bare
            again = [uid for uid, names in named.items() if names - {"stock", "useStock"}]
            if (bare, self._left_out) in tried:
                again = []
            results |= {uid: _result(waiting[uid], one) for uid, one in written.items() if uid not in again}
            waiting = {uid: waiting[uid] for uid in again}
        return {one.uid: results[one.uid] for one in writes}

    def write_variants(self, writes: Sequence[StockWrite], before_try: BeforeTry) -> dict[int, StockWritten]:
        """See :meth:`AbicartClient.write_variant_stocks`."""
        waiting = _by_uid(writes)
        calls = [
            ("ArticleVariant.set", [uid, {"stock": one.stock}, ["uid", "stock"]])
            for uid, one in waiting.items()
        ]
        outcomes = self._calls.batch(calls, idempotent=True, before_try=before_try)
        results: dict[int, StockWritten] = {}
        unread: dict[int, ArticleWritten] = {}
        for one, outcome in zip(writes, outcomes, strict=True):
            if isinstance(outcome, AbicartSpecterError):
                failed = failed_write(outcome, gone=VARIANT_GONE)
                if failed.unconfirmed:
                    unread[one.uid] = failed
                else:
                    results[one.uid] = _result(one, failed)
            elif isinstance(outcome, dict) and str(outcome.get("uid")) == str(one.uid) and "stock" in outcome:
                results[one.uid] = _result(one, ArticleWritten(True, document=outcome))
            else:
                unread[one.uid] = ArticleWritten(True)
        results |= self._variants_read_back(unread, waiting)
        return {one.uid: results[one.uid] for one in writes}

    def _known(self, writes: Sequence[StockWrite]) -> tuple[dict[int, Any], dict[int, StockWritten]]:
        """The stock of each article now, and the results of those that must not be written to."""
        known: dict[int, Any] = {one.uid: one.known for one in writes if one.known is not None}
        results: dict[int, StockWritten] = {}
        unknown = [one.uid for one in writes if one.known is None]
        found = {one["uid"]: one for one in self._get_articles(unknown, STOCK_FIELDS)} if unknown else {}
        for uid in unknown:
            if uid not in found:
                results[uid] = StockWritten(False, words=GONE, refused=True)
            elif found[uid].get("variants"):
                results[uid] = StockWritten(False, _figure(found[uid]), HAS_VARIANTS, refused=True)
            else:
                known[uid] = found[uid].get("stock")
        for uid, stock in known.items():
            if isinstance(stock, Mapping) and stock.get("useStock") in (False, 0):
                shown = _figure({"stock": stock})
                results[uid] = StockWritten(False, shown, NOT_MANAGED, refused=True)
        return known, results

    def _object(self, write: StockWrite, known: Any) -> dict[str, Any]:
        """The whole object with the new figure, since a shop may replace it (Abicart reference 10 #21)."""
        whole = known if isinstance(known, Mapping) else {}
        kept = {name: one for name, one in whole.items() if name not in self._left_out}
        return {"useStock": True, **kept, "stock": write.stock}

    def _variants_read_back(
        self, unread: Mapping[int, ArticleWritten], writes: Mapping[int, StockWrite]
    ) -> dict[int, StockWritten]:
        if not unread:
            return {}
        try:
            found = self._get_variants(list(unread))
        except RetriableError as error:
            return {
                uid: StockWritten(False, None, one.words or error.message, unconfirmed=True)
                for uid, one in unread.items()
            }
        gone = StockWritten(False, words=VARIANT_GONE, refused=True)
        return {
            uid: _result(
                writes[uid], ArticleWritten(one.ok, one.words, (), dict(found[uid]), False, one.unconfirmed)
            )
            if uid in found
            else gone
            for uid, one in unread.items()
        }


def _by_uid(writes: Sequence[StockWrite]) -> dict[int, StockWrite]:
    """:raises ValueError: two figures for one: which of them was last would be left to chance."""
    found = {one.uid: one for one in writes}
    if len(found) < len(writes):
        raise ValueError("a stock is written twice")
    return found


def _named(pointers: Sequence[str]) -> set[str]:
    """What the shop names of ``stock``: "" for all of it, else the name of a part.

    Where a pointer begins is not known, so the first step called stock is taken for the property.
    """
    found = set()
    for pointer in pointers:
        steps = [step for step in pointer.split("/") if step]
        if "stock" in steps:
            inner = steps[steps.index("stock") + 1 :]
            found.add(inner[0] if inner else "")
    return found


def _result(write: StockWrite, written: ArticleWritten) -> StockWritten:
    shown = None if written.document is None else _figure(written.document)
    if not written.ok:
        return StockWritten(
            False, shown, written.words, written.pointers, written.refused, written.unconfirmed
        )
    if shown is None:
        words = "the shop took the figure but shows none"
        return StockWritten(False, None, words, unconfirmed=True)
    if shown == write.stock:
        return StockWritten(True, shown)
    if written.document is not None and written.document.get("variants"):
        return StockWritten(False, shown, HAS_VARIANTS, refused=True)
    return StockWritten(False, shown, f"the shop took {write.stock} but shows {shown}")


def _figure(holder: Mapping[str, Any]) -> Decimal | None:
    """The stock that an article or a variant shows, from the object or the bare number."""
    value = holder.get("stock")
    if isinstance(value, Mapping):
        value = value.get("stock")
    if isinstance(value, str):
        text = value.strip()
        return Decimal(text) if text.lstrip("-").isascii() and text.lstrip("-").isdecimal() else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)
