"""What rules and persons decide about orders. See ``OrderLedger``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from abicart_specter.domain.records import Flag
from abicart_specter.ledger import order_records as o
from abicart_specter.ledger.order_rules import OrderState
from abicart_specter.ledger.orders import decisions
from abicart_specter.ledger.orders.room import OrderRoom
from abicart_specter.ledger.records import RunKey


class DecidingOrders(OrderRoom):
    """What rules and persons decide about orders."""

    # decisions of rules, without a write
    def decide(self, run: RunKey, decided: Sequence[o.Decision]) -> dict[int, OrderState]:
        """Holds, excludes or fails orders, with the run's outcome and flags, all in one transaction.

        An order that is sent, unconfirmed or being sent keeps its state, and the outcome says that. Returns the state
        in which each order is then.
        """
        return decisions.decide(self._db, run, decided)

    def hold(
        self, run: RunKey, uid: int, rule: str, reason: str, remedy: str, flags: Sequence[Flag] = ()
    ) -> OrderState:
        """``decide`` for one order that is held."""
        return self.decide(run, [o.Decision(uid, OrderState.HELD, rule, reason, remedy, tuple(flags))])[uid]

    def exclude(self, run: RunKey, uid: int, rule: str, reason: str, remedy: str = "") -> OrderState:
        """``decide`` for one order that is excluded."""
        return self.decide(run, [o.Decision(uid, OrderState.EXCLUDED, rule, reason, remedy)])[uid]

    def fail(self, run: RunKey, uid: int, reason: str, remedy: str = "", rule: str = "") -> OrderState:
        """``decide`` for one order that could not be worked on now; it is due again."""
        return self.decide(run, [o.Decision(uid, OrderState.FAILED, rule, reason, remedy)])[uid]

    def already_there(self, run: RunKey, uids: Sequence[int]) -> dict[int, OrderState]:
        """Outcomes of orders the run leaves alone, by their state: sent and linked are ``unchanged``, unconfirmed is
        ``unconfirmed``, and so on.
        """
        return decisions.already_there(self._db, run, uids)

    # decisions of persons, and of marks in the shop
    def link(
        self,
        shop: str,
        uid: int,
        specter_order_no: str,
        *,
        who: str,
        why: str,
        by: Literal["person", "mark"] = "person",
        run: RunKey | None = None,
    ) -> o.OrderEnded:
        """The order is in Specter under this number; with ``run`` its outcome is ``linked``.

        :raises OrderNotOpenError: it has another number already, or is being sent now.
        :raises RecordError: rule ``reason_missing``: a person must say who and why.
        """
        return decisions.link(self._db, shop, uid, specter_order_no, by=by, who=who, why=why, run=run)

    def allow_resend(self, shop: str, uid: int, *, who: str, why: str) -> None:
        """ "Looked: not there, send": the unconfirmed order may be sent once more under its number.

        Raises ``OrderNotOpenError`` if it is not unconfirmed, ``RecordError`` (``reason_missing``).
        """
        decisions.allow_resend(self._db, shop, uid, who=who, why=why)

    def new_generation(self, shop: str, uid: int, *, who: str, why: str) -> int:
        """ "Send again as a new order" (rule 11): a new generation, to be sent as ``<number>-R<generation>``.

        Raises ``OrderNotOpenError`` if the newest one was not sent yet, ``RecordError`` (``reason_missing``).
        """
        return decisions.new_generation(self._db, shop, uid, who=who, why=why)

    def settle_double(self, shop: str, uid: int, *, who: str, why: str) -> bool:
        """ "One of the two is cancelled in Specter": ``double_orders`` names it no more, until a further number comes.

        Returns whether it was there twice. Raises ``RecordError`` (``reason_missing``).
        """
        return decisions.settle_double(self._db, shop, uid, who=who, why=why)
