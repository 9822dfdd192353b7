"""What the shop's orders take from stock, kept up to date in the ledger while figures are planned and written.

Orders are recorded as the order export's scan records them, and nothing else is done to them: that they are not sent
yet is exactly what counts here. How far the scan read is left alone too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.domain.imports.stock import DOUBT, OrderLine, OrderStanding, SoldItem, Taken, taken
from abicart_specter.domain.imports.stock_lines import beyond_what_went, lines_given_back, order_lines
from abicart_specter.domain.orders.info_names import InfoNames
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.found import found_orders
from abicart_specter.flows.orders.scan import record_orders
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.order_rules import SETTLED, UNSENT, OrderState
from abicart_specter.ledger.rebuild.rules import LEDGER_LOST
from abicart_specter.ledger.stock_records import LiveOrder

log = logging.getLogger(__name__)

Lines = tuple[OrderLine, ...]
ORDERS_AT_ONCE = 250
EDITED = "edited"
"""Kind of a change of an order that was found after it went (``find_changes``)."""


@dataclass(slots=True)
class OrderBook:
    """The orders of one shop, as one task sees them.

    :param names: where the shop keeps what it knows of a buyer; the ledger wants each order's customer key.
    """

    ctx: FlowContext
    abicart: AbicartClient
    names: InfoNames
    _since: datetime | None = None
    _seen: set[int] = field(default_factory=set)
    _given_back: dict[int, Lines] = field(default_factory=dict)
    _edited: set[OrderLine] = field(default_factory=set)
    _edited_orders: dict[int, OrderStanding] = field(default_factory=dict)

    @property
    def _overlap(self) -> timedelta:
        return timedelta(minutes=self.ctx.settings.orders.overlap_minutes)

    def find(self) -> int:
        """Record every order placed since the last time somebody looked. Returns how many the ledger did not know.

        :raises OrdersMissedError: the shop counts more orders than it lists; retriable.
        """
        ctx = self.ctx
        begun = ctx.clock()
        new = record_orders(ctx, self.abicart, self._read_to(), None, self.names)
        log.info("Shop %s: %s orders are new to the ledger.", ctx.shop, new)
        ctx.ledger.stock.move_orders_read(ctx.shop, found_to=begun)
        self._since = begun - self._overlap
        return new

    def take_in(self, needed_since: Iterable[datetime | None]) -> set[OrderLine]:
        """Bring the lines up to date: of new orders, of those changed since, and of those that a figure needs.

        :param needed_since: openings of the figures in question; ``None`` for an unknown one.
        :returns: lines that are new or no more: figures of what they name are to be made again.
        """
        ctx, stock = self.ctx, self.ctx.ledger.stock
        begun = ctx.clock()
        changed_to = stock.orders_read(ctx.shop).changed_to
        self.find()
        uids = set[int]()
        if changed_to is not None:
            heads = self.abicart.orders.iter_order_pages(changed_to - self._overlap, changed=True)
            changed = {head["uid"] for page in heads for head in page}
            uids = changed - ctx.ledger.orders.missing_of(ctx.shop, changed)
        openings = list(needed_since)
        known = [one for one in openings if one is not None]
        sent_after = None if len(known) < len(openings) else min(known, default=begun) - DOUBT
        uids.update(stock.orders_to_read(ctx.shop, sent_after))
        read, changed_lines = self._read(uids)
        changed_lines |= self._find_edited(read)
        stock.move_orders_read(ctx.shop, changed_to=begun)
        return changed_lines

    def look(self) -> set[OrderLine]:
        """Orders that came in since this task began and were not seen yet: their lines, which are in the ledger now."""
        if self._since is None:
            raise RuntimeError("take_in comes first")
        new: set[int] = set()
        for page in self.abicart.orders.iter_order_pages(self._since):
            unseen = [head for head in page if head["uid"] not in self._seen]
            if unseen:
                self.ctx.ledger.orders.record_found(self.ctx.run, found_orders(self.ctx, unseen, self.names))
            new.update(head["uid"] for head in unseen)
        return self._read(new)[1]

    def takes(self, items: Mapping[SoldItem, datetime | None]) -> dict[SoldItem, Taken]:
        """What live orders take of these items beside figures with these openings."""
        openings = [one for one in items.values() if one is not None]
        since = None if len(openings) < len(items) else min(openings, default=self.ctx.clock()) - DOUBT
        found = self.ctx.ledger.stock.lines_of(self.ctx.shop, {item.article_uid for item in items}, since)
        standings = self._edited_orders | {uid: self._standing(order) for uid, order in found.orders.items()}
        beyond = list(self._edited)
        by_article: dict[int | None, list[OrderLine]] = {}
        for line in found.lines:
            by_article.setdefault(line.article_uid, []).append(line)
        anywhere = by_article.get(None, [])
        return {
            item: taken(item, [*by_article.get(item.article_uid, ()), *anywhere], standings, opened, beyond)
            for item, opened in items.items()
        }

    def _find_edited(self, read: dict[int, Lines]) -> set[OrderLine]:
        """What orders take beyond what went to Specter: edited in the shop, and nobody said yet that Specter follows.

        :param read: orders that changed just now; the search for edited orders may not have come to them yet.
        """
        ledger, shop = self.ctx.ledger.orders, self.ctx.shop
        found = {one.uid for one in ledger.open_changes(shop) if one.kind == EDITED}
        sent = ledger.sent_orders(shop, found | set(read))
        lines = {uid: read[uid] for uid in sent if uid in read}
        lines |= self._documents(uid for uid in sent if uid not in read)
        self._edited.clear()
        for uid, now in lines.items():
            beyond = beyond_what_went(now, sent[uid].snapshot)
            known = uid in found or not beyond
            if known or not any(one.kind == EDITED for one in ledger.changes_of(shop, uid)):
                self._edited |= set(beyond)  # else it was found before, and somebody dealt with it
        orders = ledger.states(shop, {line.order_uid for line in self._edited})
        self._edited_orders = {
            uid: self._standing(
                LiveOrder(uid, one.number, one.ordered_at, one.state, one.rule, sent[uid].sent_at)
            )
            for uid, one in orders.items()
        }
        return set(self._edited)

    def _standing(self, order: LiveOrder) -> OrderStanding:
        """A cancelled order has no lines, so what counts is whether a rule keeps it from Specter for good."""
        too_early = order.ordered_at < self.ctx.settings.orders.orders_from
        excluded = order.state is OrderState.EXCLUDED and order.rule != "discarded"
        return OrderStanding(
            order.uid,
            order.number,
            order.sent_at if order.state in SETTLED else None,
            counts=not excluded and not (too_early and order.state in UNSENT),
            in_question=order.state is OrderState.UNCONFIRMED and order.rule == LEDGER_LOST,
        )

    def _read(self, uids: Iterable[int]) -> tuple[dict[int, Lines], set[OrderLine]]:
        """Read orders into the ledger: their lines, and those lines that are new or no more.

        A cancelled order is recorded as it was, then without lines: it gave its pieces back, also where nobody had read
        its lines before, because it went to Specter long before any figure.
        """
        lines = self._documents(uids)
        changed: set[OrderLine] = set()
        for some in slices(sorted(lines), ORDERS_AT_ONCE):
            given_back = {uid: self._given_back[uid] for uid in some if uid in self._given_back}
            changed |= self.ctx.ledger.stock.record_lines(self.ctx.shop, given_back)
            changed |= self.ctx.ledger.stock.record_lines(self.ctx.shop, {uid: lines[uid] for uid in some})
        return lines, changed

    def _documents(self, uids: Iterable[int]) -> dict[int, Lines]:
        """The lines of these orders as they are now; one that is gone is left out."""
        lines: dict[int, Lines] = {}
        for some in slices(sorted(set(uids)), ORDERS_AT_ONCE):
            documents = self.abicart.orders.get_orders(some)
            lines.update({uid: order_lines(document) for uid, document in documents.items()})
            given_back = {uid: lines_given_back(document) for uid, document in documents.items()}
            self._given_back.update({uid: given for uid, given in given_back.items() if given})
            self._seen.update(some)
        return lines

    def _read_to(self) -> datetime:
        """Every order placed before is in the ledger already."""
        ledger, shop = self.ctx.ledger, self.ctx.shop
        told = (ledger.orders.scan_state(shop).scanned_to, ledger.stock.orders_read(shop).found_to)
        known = [one for one in told if one is not None]
        return (max(known) if known else self.ctx.settings.orders.orders_from) - self._overlap
