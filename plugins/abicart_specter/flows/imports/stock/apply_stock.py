"""Write planned stock figures to the shop, so that nothing is ever sold twice (rule 33).

For each group of items: read their stock, look for orders, write, look for orders again. An order that came in
between is taken off in another round. What remains is the moment between the last look and the write: who buys then
sees the figure without that order until the look after it, two requests later.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.stock_writes import StockWrite, StockWritten
from abicart_specter.domain.imports.stock import Figure, OrderLine, SoldItem, Taken, is_of, sellable
from abicart_specter.domain.orders.info_names import InfoNames
from abicart_specter.domain.records import CatalogueItem, ItemKey, Kind
from abicart_specter.errors import LedgerError, TransportError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.stock.chunks import StockChunk
from abicart_specter.flows.imports.stock.figures import (
    Candidate,
    account_of,
    figures_of,
    settled_stock,
    unreadable,
)
from abicart_specter.flows.imports.stock.order_book import OrderBook
from abicart_specter.flows.imports.stock.shop_stock import ShopStock, why_not
from abicart_specter.flows.leases import LeaseKeeper, LeaseTerms, hold_leases
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.stock_records import ChangeNews, SettledStock, StockState

log = logging.getLogger(__name__)

TO_WRITE = (StockState.PLANNED, StockState.WRITING, StockState.FAILED)
MOST_ROUNDS = 12
"""How often a group is written anew because somebody bought meanwhile; then the next run goes on."""
FAILURES_IN_A_ROW = 3


def apply_stock(ctx: FlowContext, chunk: StockChunk, names: InfoNames, terms: LeaseTerms) -> Counter[str]:
    """Write one chunk of the run's plan.

    :returns: how many changes ended in which state.
    :raises LedgerError: the plan is beyond the guard, and nobody approved it.
    :raises TransportError: the shop did not take three groups in a row; retriable.
    """
    plan = ctx.ledger.stock.plan(ctx.run)
    if plan is None or (plan.reasons and not plan.approved):
        raise LedgerError(
            f"Shop {ctx.shop}: this run's stock plan is "
            + ("not made." if plan is None else "beyond the guard, and nobody approved it."),
            remedy="Trigger a new run of stock_import; do not clear single tasks of one that was refused.",
        )
    lease_names = [f"stock/{ctx.shop}/{partition}" for partition in chunk.partitions]
    account = account_of(ctx)
    ended: Counter[str] = Counter()
    with (
        counted_abicart(ctx, "apply_stock") as abicart,
        hold_leases(ctx.ledger, lease_names, ctx.owner, terms) as keeper,
    ):
        book = OrderBook(ctx, abicart, names)
        writer = _Writer(
            ctx,
            abicart,
            keeper,
            book,
            ShopStock(ctx, abicart, abicart.webshop()),
            approved=bool(plan.approved),
        )
        begun = False
        failures = 0
        for rows in ctx.ledger.stock.iter_changes(ctx.run, chunk.partitions, TO_WRITE):
            for some in slices(rows, ctx.settings.limits.batch_size):
                planned = {row.change.product_number: row.change.row_id for row in some}
                figures = figures_of(ctx, account, sorted(planned))
                if not begun:
                    book.take_in({one.opened_after for one in figures.values() if isinstance(one, Figure)})
                    begun = True
                found = [
                    Candidate(row.change.key, row.change.product_number, figure)
                    for row in some
                    if isinstance(figure := figures.get(row.change.product_number), Figure)
                    and figure.row_id == row.change.row_id
                ]
                for row in some:
                    if row.change.key.kind is Kind.VARIANT:
                        writer.shop.know(row.change.key.uid, row.change.article_uid)
                kept = {one.key for one in found}
                void = [row.change.key for row in some if row.change.key not in kept]
                writer.void(void)
                if found:
                    before = {row.change.key: row.change.empties for row in some}
                    reached = writer.write(found, before)
                    failures = 0 if reached else failures + 1
                    if failures >= FAILURES_IN_A_ROW:
                        raise TransportError(
                            f"Shop {ctx.shop}: the shop took none of {failures} groups of stock figures in a row.",
                            remedy="Nothing: the task tries again, and the next run does.",
                        )
        ended.update(writer.ended)
    log.info(
        "Shop %s, chunk %s of %s: %s",
        ctx.shop,
        chunk.chunk,
        chunk.of,
        ", ".join(f"{state} {count}" for state, count in sorted(ended.items())) or "nothing to write",
    )
    return ended


@dataclass(slots=True)
class _Round:
    """What is still to be settled of a group."""

    waiting: dict[ItemKey, Candidate]
    written: set[ItemKey] = field(default_factory=set)
    words: dict[ItemKey, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Writer:
    """Writes groups one after the other."""

    ctx: FlowContext
    abicart: AbicartClient
    keeper: LeaseKeeper
    book: OrderBook
    shop: ShopStock
    approved: bool
    ended: Counter[str] = field(default_factory=Counter)

    def void(self, keys: Sequence[ItemKey]) -> None:
        """Specter told a newer figure than the one that was planned: the next run plans with it."""
        self._end(
            [ChangeNews(key, StockState.VOIDED, "Specter told a newer figure meanwhile.") for key in keys]
        )

    def write(self, group: Sequence[Candidate], empties: Mapping[ItemKey, bool]) -> bool:
        """Write one group; returns whether any of it reached the shop."""
        state = _Round({one.key: one for one in group})
        owners = self.shop.number_owners(one.number for one in group)
        for _ in range(MOST_ROUNDS):
            items = self.shop.read(state.waiting)
            since_read = self.book.look()
            takes = self._fit(state, items, owners)
            writes = {
                key: sellable(one.figure, takes[key])
                for key, one in state.waiting.items()
                if items[key].stock != sellable(one.figure, takes[key])
            }
            # Right as it is, also what an earlier round wrote; unless an order changed it after it was read.
            right = [
                key
                for key, one in state.waiting.items()
                if key not in writes and not self._named(since_read, one, items[key])
            ]
            self._settle(state, right, items, takes, empties)
            if not state.waiting:
                return True
            if not writes:
                continue
            self._news([ChangeNews(key, StockState.WRITING) for key in writes])
            shown = self._write(items, writes)
            state.written.update(writes)
            came = self.book.look()
            done = [
                key
                for key in list(state.waiting)
                if (key not in writes or shown[key].ok)
                and not self._named(came, state.waiting[key], items[key])
            ]
            self._settle(state, done, items, takes, empties)
            self._give_up(state, shown)
            if not state.waiting:
                return bool(done) or any(one.shown is not None or one.refused for one in shown.values())
        words = "Orders for it kept coming in, or the shop shows another figure; the next run goes on."
        self._end(
            [ChangeNews(key, StockState.FAILED, state.words.get(key) or words) for key in state.waiting]
        )
        return True

    def _fit(
        self,
        state: _Round,
        items: Mapping[ItemKey, CatalogueItem],
        owners: Mapping[str, set[ItemKey]],
    ) -> dict[ItemKey, Taken]:
        """What orders take of each item now; those that may not be written (any more) end as held."""
        held: list[ChangeNews] = []
        for key, one in list(state.waiting.items()):
            if why := why_not(key, one.number, items, owners):
                held.append(ChangeNews(key, StockState.HELD, why.message))
                del state.waiting[key]
        sold = {key: SoldItem(key, items[key].article_uid, one.number) for key, one in state.waiting.items()}
        taken = self.book.takes({sold[key]: one.figure.opened_after for key, one in state.waiting.items()})
        takes = {key: taken[item] for key, item in sold.items()}
        for key, found in takes.items():
            if found.unreadable:
                words = unreadable(key, state.waiting[key].number, found).message
                held.append(ChangeNews(key, StockState.HELD, words))
                del state.waiting[key]
        self._end(held)
        return takes

    def _write(
        self, items: Mapping[ItemKey, CatalogueItem], writes: Mapping[ItemKey, int]
    ) -> dict[ItemKey, StockWritten]:
        articles = [
            StockWrite(key.uid, stock, items[key].document["article"]["stock"])
            for key, stock in writes.items()
            if key.kind is Kind.ARTICLE
        ]
        variants = [StockWrite(key.uid, stock) for key, stock in writes.items() if key.kind is Kind.VARIANT]
        before = self.keeper.before_write
        shown: dict[ItemKey, StockWritten] = {}
        if articles:
            told = self.abicart.write_article_stocks(articles, before_try=before)
            shown.update({ItemKey(Kind.ARTICLE, uid): one for uid, one in told.items()})
        if variants:
            told = self.abicart.write_variant_stocks(variants, before_try=before)
            shown.update({ItemKey(Kind.VARIANT, uid): one for uid, one in told.items()})
        return shown

    @staticmethod
    def _named(came: set[OrderLine], one: Candidate, item: CatalogueItem) -> bool:
        """Whether an order that just came in takes the item, or may."""
        sold = SoldItem(one.key, item.article_uid, one.number)
        return any(is_of(line, sold) for line in came)

    def _settle(
        self,
        state: _Round,
        keys: Sequence[ItemKey],
        items: Mapping[ItemKey, CatalogueItem],
        takes: Mapping[ItemKey, Taken],
        empties: Mapping[ItemKey, bool],
    ) -> None:
        settled: list[SettledStock] = []
        emptied: dict[ItemKey, bool] = {}
        news: list[ChangeNews] = []
        for key in keys:
            one = state.waiting.pop(key)
            stock = sellable(one.figure, takes[key])
            wrote = key in state.written
            settled.append(settled_stock(one, items[key], takes[key], stock))
            emptied[key] = wrote and stock == 0 and empties[key] and not self.approved
            end = StockState.WRITTEN if wrote else StockState.EQUAL
            news.append(ChangeNews(key, end, "", stock, takes[key].quantity))
        self.ctx.ledger.stock.settle(self.ctx.shop, settled, emptied)
        self._end(news)

    def _give_up(self, state: _Round, shown: Mapping[ItemKey, StockWritten]) -> None:
        """Writes that the shop refuses, or that never reached it: another round would not help now."""
        news: list[ChangeNews] = []
        for key, one in shown.items():
            if key not in state.waiting or one.ok:
                continue
            state.words[key] = one.words
            if one.refused or (one.shown is None and not one.unconfirmed):
                del state.waiting[key]
                news.append(ChangeNews(key, StockState.FAILED, one.words))
        self._end(news)

    def _news(self, news: Sequence[ChangeNews]) -> None:
        self.ctx.ledger.stock.set_states(self.ctx.run, news)

    def _end(self, news: Sequence[ChangeNews]) -> None:
        self._news(news)
        self.ended.update(one.state.value for one in news)
