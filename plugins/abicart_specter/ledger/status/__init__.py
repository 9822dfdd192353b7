"""The ledger of order status as the flows see it: ``Ledger.status`` (rules 28, 29 and 35).

``take_in`` → ``match`` → ``due`` → ``begin_writes`` → the shop → ``record_results``. Every call may be repeated with
the same effect, and after a kill at any line the next run goes on with what is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta

from abicart_specter.ledger import status_records as s
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.status import matching, results, told

PAGE = 200


class StatusLedger:
    """What Specter told of its orders, and what came of it in the shop. Thin over the rooms beside it."""

    def __init__(self, database: Database) -> None:
        """Use ``Ledger.status``."""
        self._db = database

    def take_in(self, shop: str, account: str) -> int:
        """Takes the inbox of the account's order queue in; returns how many orders it told of since last time."""
        return told.take_in(self._db, shop, account)

    def reconsider(self, shop: str, account: str, settings_key: str) -> int:
        """With other settings than last time: all that waits for people is to be looked at anew; returns how much."""
        return told.reconsider(self._db, shop, account, settings_key)

    def match(self, shop: str, others: Collection[str] = ()) -> int:
        """Finds the shop's orders by Specter's numbers; returns how many it matched. ``others``: further shops of this
        ledger on the same Specter account, whose orders are none of this shop's business.
        """
        return matching.match(self._db, shop, others)

    def due(self, shop: str, *, look_again: timedelta, page: int = PAGE) -> Iterator[list[s.StatusRecord]]:
        """Matched orders to be looked at, in pages; listed ones if they were not looked at for ``look_again``."""
        return results.due(self._db, shop, look_again=look_again, page=page)

    def begin_writes(self, shop: str, records: Sequence[s.StatusRecord]) -> None:
        """Says, before it happens, that the shop's orders are about to be written."""
        results.begin_writes(self._db, shop, records)

    def record_results(self, shop: str, found: Sequence[s.StatusResult]) -> None:
        """Stores what came of orders; a result for what was told before a newer telling is dropped."""
        results.record_results(self._db, shop, found)

    def in_states(
        self, shop: str, states: Collection[s.StatusState], page: int = PAGE
    ) -> Iterator[list[s.StatusRecord]]:
        """Every order in one of these states, in pages."""
        return results.in_states(self._db, shop, states, page)

    def state_counts(self, shop: str) -> dict[s.StatusState, int]:
        """How many orders stand in each state; every state is named."""
        return results.state_counts(self._db, shop)

    def unknown_codes(self, shop: str) -> list[s.CodeCount]:
        """The codes that no setting explains, most frequent first."""
        return results.unknown_codes(self._db, shop)

    def by_uid(self, shop: str, uids: Collection[int]) -> dict[int, list[s.StatusRecord]]:
        """What Specter told of these orders of the shop."""
        return results.by_uid(self._db, shop, uids)
