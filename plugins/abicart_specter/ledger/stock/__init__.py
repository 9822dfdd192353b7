"""The ledger of stock as the flows see it: ``Ledger.stock`` (rule 33). Thin over the rooms beside it.

The order around a write of the shop's stock: ``set_states`` (writing) → the write → another look at the orders →
``settle`` and ``set_states`` (written). A run that dies in between leaves the numbers open (``imports.record_looked``),
and the next run begins anew with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from abicart_specter.domain.imports.stock import OrderLine
from abicart_specter.domain.imports.stock_guard import StockChange
from abicart_specter.domain.records import ItemKey
from abicart_specter.ledger import stock_records as s
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.records import RunKey
from abicart_specter.ledger.stock import items, orders, plans


class StockLedger:
    """Everything about stock figures, what orders take of them, and plans."""

    def __init__(self, database: Database) -> None:
        """Use ``Ledger.stock``."""
        self._db = database

    # items
    def exported(self, shop: str, numbers: Iterable[str]) -> dict[str, list[s.ExportedItem]]:
        return items.exported(self._db, shop, numbers)

    def managed_items(self, shop: str) -> int:
        return items.managed_items(self._db, shop)

    def owners_in_index(self, shop: str, numbers: Iterable[str]) -> dict[str, set[ItemKey]]:
        return items.owners_in_index(self._db, shop, numbers)

    def figures(self, shop: str, keys: Iterable[ItemKey]) -> dict[ItemKey, s.SettledStock]:
        return items.figures(self._db, shop, keys)

    def numbers_of_articles(self, shop: str, article_uids: Iterable[int]) -> set[str]:
        return items.numbers_of_articles(self._db, shop, article_uids)

    def settle(self, shop: str, settled: Sequence[s.SettledStock], emptied: Mapping[ItemKey, bool]) -> None:
        items.settle(self._db, shop, settled, emptied)

    def emptied_since(self, shop: str, since: datetime) -> frozenset[ItemKey]:
        return items.emptied_since(self._db, shop, since)

    # orders
    def orders_to_read(self, shop: str, sent_after: datetime | None) -> list[int]:
        return orders.orders_to_read(self._db, shop, sent_after)

    def record_lines(self, shop: str, read: Mapping[int, Sequence[OrderLine]]) -> set[OrderLine]:
        return orders.record_lines(self._db, shop, read)

    def lines_of(self, shop: str, article_uids: Iterable[int], sent_after: datetime | None) -> s.OrderLines:
        return orders.lines_of(self._db, shop, article_uids, sent_after)

    def orders_read(self, shop: str) -> s.OrdersRead:
        return orders.orders_read(self._db, shop)

    def move_orders_read(
        self, shop: str, *, found_to: datetime | None = None, changed_to: datetime | None = None
    ) -> None:
        orders.move_orders_read(self._db, shop, found_to=found_to, changed_to=changed_to)

    def drop_lines(self, shop: str, sent_before: datetime) -> int:
        return orders.drop_lines(self._db, shop, sent_before)

    # plans
    def clear_plan(self, run: RunKey) -> None:
        plans.clear_plan(self._db, run)

    def add_to_plan(self, run: RunKey, changes: Sequence[StockChange], held: Sequence[s.HeldStock]) -> None:
        plans.add_to_plan(self._db, run, changes, held)

    def close_plan(self, run: RunKey, plan: s.StockPlan) -> None:
        plans.close_plan(self._db, run, plan)

    def plan(self, run: RunKey) -> s.StockPlan | None:
        return plans.plan_of(self._db, run)

    def decide(
        self, run: RunKey, *, approved: bool, by: str, at: datetime, plan_hash: str | None = None
    ) -> None:
        plans.decide(self._db, run, approved=approved, by=by, at=at, plan_hash=plan_hash)

    def iter_changes(
        self,
        run: RunKey,
        partitions: Sequence[int] | None = None,
        states: Sequence[s.StockState] | None = None,
        batch: int = 500,
    ) -> Iterator[list[s.ChangeRow]]:
        return plans.iter_changes(self._db, run, partitions, states, batch)

    def partition_sizes(self, run: RunKey) -> dict[int, int]:
        return plans.partition_sizes(self._db, run)

    def state_counts(self, run: RunKey) -> dict[s.StockState, int]:
        return plans.state_counts(self._db, run)

    def set_states(self, run: RunKey, news: Sequence[s.ChangeNews]) -> None:
        plans.set_states(self._db, run, news)

    def iter_held(self, run: RunKey) -> Iterator[s.HeldStock]:
        return plans.iter_held(self._db, run)
