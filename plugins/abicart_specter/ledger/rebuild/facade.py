"""The ledger's part about rebuilding it. See ``RebuildLedger``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from abicart_specter.domain.records import ItemKey
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.order_records import FoundOrder
from abicart_specter.ledger.rebuild import orders, products, state
from abicart_specter.ledger.rebuild.records import Rebuild, RebuildRules, Rebuilt
from abicart_specter.ledger.records import RunKey


class RebuildLedger:
    """What is known of orders and products again, shop by shop; and that nothing is sent before."""

    def __init__(self, database: Database) -> None:
        """Use ``Ledger.rebuild``."""
        self._db = database

    # is the ledger whole?
    def of(self, shop: str) -> Rebuild | None:
        """The last rebuild of a shop."""
        return state.rebuild_of(self._db, shop)

    def blocked(self, shop: str) -> str:
        """Why nothing may be done for a shop: its rebuild "is needed" or "is under way"; empty when it is whole."""
        return state.blocked(self._db, shop)

    def require_whole(self, shop: str) -> None:
        """:raises LedgerError: the shop's part of the ledger is not rebuilt yet."""
        state.require_whole(self._db, shop)

    def beat(self, shop: str) -> datetime:
        """Says that a run uses this ledger now; the time is to be kept outside of it too, after this call."""
        return state.beat(self._db, shop)

    def last_beat(self, shop: str) -> datetime | None:
        """When a run last said so."""
        return state.last_beat(self._db, shop)

    # a rebuild
    def begin(
        self, shop: str, since: datetime, cut: datetime, known_good: datetime | None, *, asked_for: bool
    ) -> Rebuild:
        """Begins a rebuild or goes on with it; ``LedgerError`` where nothing is to be rebuilt."""
        return state.begin(self._db, shop, since, cut, known_good, asked_for=asked_for)

    def step_done(self, shop: str, step: state.Step) -> None:
        """Its orders, or its products, are done."""
        state.step_done(self._db, shop, step)

    def finish(self, shop: str) -> None:
        """The shop's part is whole again; ``LedgerError`` where a step is missing."""
        state.finish(self._db, shop)

    # orders
    def preview_orders(self, shop: str, found: Sequence[FoundOrder], rules: RebuildRules) -> list[Rebuilt]:
        """What ``take_in_orders`` would make of them."""
        return orders.preview(self._db, shop, found, rules)

    def take_in_orders(
        self,
        run: RunKey,
        found: Sequence[FoundOrder],
        rules: RebuildRules,
        changed: Mapping[int, datetime | None],
    ) -> list[Rebuilt]:
        """A page of orders and their outcomes in one transaction; done again, it changes nothing."""
        return orders.take_in(self._db, run, found, rules, changed)

    def open_orders(self, shop: str) -> list[int]:
        """Orders of which the ledger says that they did not go, or that nobody knows."""
        return orders.open_orders(self._db, shop)

    # products
    def doubt_items(self, shop: str, keys: Iterable[ItemKey], known_since: datetime | None) -> None:
        """Of these items only what Specter told after ``known_since`` counts as known; ``None``: whatever it told."""
        products.doubt_items(self._db, shop, keys, known_since)

    def doubts(self, shop: str, keys: Iterable[ItemKey]) -> dict[ItemKey, datetime | None]:
        """Those of the items that are in doubt, with the time from which on what was told counts."""
        return products.doubts(self._db, shop, keys)

    def doubtful_items(self, shop: str) -> int:
        """How many items are in doubt."""
        return products.doubtful_items(self._db, shop)

    def newest_row(self, account: str, function: str) -> int:
        """The id of the newest row that a queue told."""
        return products.newest_row(self._db, account, function)

    def newest_answers(self, accounts: Iterable[str], since: datetime) -> list[str]:
        """Where the journal keeps the newest answer of each queue, of those read since then."""
        return products.newest_answers(self._db, accounts, since)
