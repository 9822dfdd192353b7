"""After a write: what is known of it, stored together with the run's outcome. See ``OrderLedger``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from abicart_specter.domain.records import Flag
from abicart_specter.ledger import order_records as o
from abicart_specter.ledger.order_rules import OrderState
from abicart_specter.ledger.orders import endings
from abicart_specter.ledger.orders.room import OrderRoom
from abicart_specter.ledger.records import RunKey
from abicart_specter.ledger.sync_records import Lease

_SHOP_SAYS = {OrderState.SENT: None, OrderState.LINKED: "refusal"}


class EndingOrders(OrderRoom):
    """After a write: what is known of it, stored together with the run's outcome."""

    # after a write (rules 4, 5, 10). All of them store the run's outcome, and the order's flags unless ``flags`` is
    # None; ``release`` gives the lease back, ``seconds`` prolongs it, ``then`` stores the next intent (needs
    # ``seconds``). They raise LeaseLostError, OrderNotOpenError or RecordError only for ``then``, after everything
    # else was stored. They return what is true afterwards: an order that is in Specter stays so.
    def confirm_order(
        self,
        lease: Lease,
        run: RunKey,
        uid: int,
        generation: int,
        specter_order_no: str | None,
        *,
        state: Literal[OrderState.SENT, OrderState.LINKED] = OrderState.SENT,
        words: str = "",
        content_hash: str | None = None,
        snapshot: Mapping[str, Any] | None = None,
        proof: Mapping[str, Any] | None = None,
        flags: Collection[Flag] | None = None,
        release: bool = False,
        then: o.Intended | None = None,
        seconds: float = 0.0,
    ) -> o.OrderEnded:
        """Specter has the order. Outcome ``sent``; with ``state=LINKED`` (a refusal proves that an earlier write
        arrived, rule 10) outcome ``linked``. ``words`` are the outcome's reason.

        :param specter_order_no: ``None`` when Specter accepted it without a readable number.
        :param content_hash: with ``snapshot`` and ``proof``: only what the intent did not bring already.
        """
        stored = {"content_hash": content_hash, "snapshot": snapshot, "proof": proof}
        return endings.confirm(
            self._db,
            endings.Ending(lease, run, uid, generation, flags, release, then, seconds),
            endings.Answer(specter_order_no, state, _SHOP_SAYS[state], words, stored),
        )

    def order_unconfirmed(
        self,
        lease: Lease,
        run: RunKey,
        uid: int,
        generation: int,
        reason: str,
        remedy: str = "",
        *,
        flags: Collection[Flag] | None = None,
        release: bool = False,
        then: o.Intended | None = None,
        seconds: float = 0.0,
    ) -> o.OrderEnded:
        """The answer was lost: state and outcome ``unconfirmed``. Uses up a person's leave to send it again."""
        ending = endings.Ending(lease, run, uid, generation, flags, release, then, seconds)
        return endings.unconfirmed(self._db, ending, reason, remedy)

    def order_not_sent(
        self,
        lease: Lease,
        run: RunKey,
        uid: int,
        generation: int,
        reason: str,
        remedy: str = "",
        *,
        rule: str = "",
        flags: Collection[Flag] | None = None,
        release: bool = False,
        then: o.Intended | None = None,
        seconds: float = 0.0,
    ) -> o.OrderEnded:
        """The write surely never reached Specter: state and outcome ``failed``, due again. A repeat of an unconfirmed
        order goes back to ``unconfirmed`` as it was, with its leave to be sent again.
        """
        ending = endings.Ending(lease, run, uid, generation, flags, release, then, seconds)
        return endings.not_sent(self._db, ending, reason, rule, remedy)

    def order_refused(
        self,
        lease: Lease,
        run: RunKey,
        uid: int,
        generation: int,
        rule: str,
        reason: str,
        remedy: str,
        *,
        flags: Collection[Flag] | None = None,
        release: bool = False,
        then: o.Intended | None = None,
        seconds: float = 0.0,
    ) -> o.OrderEnded:
        """Specter said no, and its words do not prove that it has the order: ``held``; a repeat stays
        ``unconfirmed`` with Specter's words as the reason.
        """
        ending = endings.Ending(lease, run, uid, generation, flags, release, then, seconds)
        return endings.refused(self._db, ending, reason, rule, remedy)

    def late_answer(
        self, shop: str, uid: int, generation: int, specter_order_no: str | None, who: str
    ) -> o.OrderEnded:
        """An answer outside any run; stored always (rule 4). ``who`` says where it came from."""
        return endings.late_answer(self._db, shop, uid, generation, specter_order_no, who)
