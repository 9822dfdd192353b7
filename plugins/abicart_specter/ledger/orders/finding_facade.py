"""What was found, how far it was read, what is due, and what the ledger says of it. See ``OrderLedger``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from abicart_specter.ledger import order_answers as a
from abicart_specter.ledger import order_records as o
from abicart_specter.ledger.order_rules import OrderState
from abicart_specter.ledger.orders import found, run_outcomes, states
from abicart_specter.ledger.orders.room import OrderRoom
from abicart_specter.ledger.records import RunKey


class FindingOrders(OrderRoom):
    """What was found, how far it was read, what is due, and what the ledger says of it."""

    # found, scanned, due (rules 6 and 7)
    def record_found(self, run: RunKey, orders: Sequence[o.FoundOrder]) -> set[int]:
        """Records orders before any is sent, and that the run found them. Returns the uids that are new."""
        return found.record_found(self._db, run, orders)

    def add_to_run(self, run: RunKey, uids: Iterable[int]) -> None:
        """Puts orders the ledger knows into the run's found set: what is due again, what somebody asked for."""
        found.add_to_run(self._db, run, uids)

    def reset_found(self, run: RunKey) -> None:
        """At a run's first task: forgets the found set of a former try of the run, but not what that try sent."""
        run_outcomes.reset_found(self._db, run)

    def found(self, run: RunKey) -> set[int]:
        """The run's found set."""
        return run_outcomes.found(self._db, run)

    def scan_state(self, shop: str) -> o.ScanState:
        """How far the shop's orders were read."""
        return found.scan_state(self._db, shop)

    def move_scanned_to(self, shop: str, to: datetime) -> None:
        """Every order placed before ``to`` is recorded. Never moves back."""
        found.move_forward(self._db, shop, "scanned_to", to)

    def set_swept(self, shop: str, to: datetime) -> None:
        """The nightly sweep compared everything up to ``to``. Never moves back."""
        found.move_forward(self._db, shop, "swept_to", to)

    def set_changes_checked(self, shop: str, to: datetime) -> None:
        """Changes of orders were looked for up to ``to``. Never moves back."""
        found.move_forward(self._db, shop, "changes_checked_to", to)

    def due(
        self,
        shop: str,
        now: datetime,
        *,
        trusted: bool = False,
        settle_seconds: float = 0.0,
        write_back: bool = True,
        max_repeats: int = 1,
    ) -> list[o.DueOrder]:
        """The orders to take up again, oldest first: new, held and failed ones (``due_for`` sending), unconfirmed
        ones that may be repeated (a person said so, or ``trusted`` and unconfirmed for ``settle_seconds``), and those
        in Specter whose number is not in the shop yet (writing_back; leave it out with ``write_back=False``).
        """
        return found.due(
            self._db,
            shop,
            now,
            trusted=trusted,
            settle_seconds=settle_seconds,
            write_back=write_back,
            max_repeats=max_repeats,
        )

    def missing_of(self, shop: str, uids: Iterable[int]) -> set[int]:
        """Those uids that the ledger has no row of."""
        return found.missing_of(self._db, shop, uids)

    def known_between(self, shop: str, since: datetime, until: datetime) -> set[int]:
        """The uids of recorded orders placed in [since, until)."""
        return found.known_between(self._db, shop, since, until)

    def foreign_marks(self, shop: str, since: datetime, limit: int = 100) -> list[a.ForeignMark]:
        """Orders placed since then whose ``externalOrderNumber`` is no number of ours (rule 7)."""
        return found.foreign_marks(self._db, shop, since, limit)

    # reading
    def states(self, shop: str, uids: Iterable[int]) -> dict[int, o.OrderRecord]:
        """The newest generation of every order on record; unknown ones are left out."""
        return states.states(self._db, shop, uids)

    def generations(self, shop: str, uid: int) -> list[o.OrderRecord]:
        """Every generation of an order, the first one first."""
        return states.generations(self._db, shop, uid)

    def find(self, shop: str, names: Iterable[str]) -> dict[str, list[o.OrderRecord]]:
        """Order number or uid, as typed → the orders it may mean (rule 13: the ledger is asked first)."""
        return states.find(self._db, shop, names)

    def sent_orders(self, shop: str, uids: Iterable[int]) -> dict[int, o.SentOrder]:
        """What was sent (hash, snapshot, proof) of those orders that are in Specter."""
        return states.sent_orders(self._db, shop, uids)

    def proof(self, shop: str, uid: int) -> Mapping[str, Any] | None:
        """The stored proof as a document (``Proof.as_document``), if there is one."""
        return states.proof(self._db, shop, uid)

    def decisions(self, shop: str, uid: int) -> list[a.PersonsDecision]:
        """Who decided what about the order, and why; late answers too."""
        return states.decisions(self._db, shop, uid)

    def state_counts(self, shop: str) -> dict[OrderState, int]:
        """How many orders stand in each state; every state is named."""
        return states.state_counts(self._db, shop)

    def in_state(self, shop: str, state: OrderState, limit: int = 1000) -> list[o.OrderRecord]:
        """Orders in a state, oldest first."""
        return states.in_state(self._db, shop, state, limit)

    def double_orders(self, shop: str) -> list[o.OrderRecord]:
        """Orders with more than one Specter number for the same generation: a person must cancel one."""
        return states.double_orders(self._db, shop)
