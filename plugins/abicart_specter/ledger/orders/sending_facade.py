"""Lease, intent and ending around a write. See ``OrderLedger``."""

from __future__ import annotations

from collections.abc import Iterable

from abicart_specter.ledger import order_answers as a
from abicart_specter.ledger import order_records as o
from abicart_specter.ledger.orders import begin, customers
from abicart_specter.ledger.orders import confirm_customer as confirming
from abicart_specter.ledger.orders.room import OrderRoom
from abicart_specter.ledger.sync_records import Lease


class SendingOrders(OrderRoom):
    """Lease, intent and ending around a write."""

    # before a write (rules 4, 9, 10, 14)
    def begin(
        self,
        shop: str,
        customer_key: str,
        owner: str,
        seconds: float,
        intent: o.Intended | None = None,
        *,
        settle_seconds: float = 0.0,
    ) -> Lease:
        """Takes the lease on a customer key's orders and stores the first intent, in one transaction.

        Open intents that a dead owner left under the key become ``unconfirmed``, also when the intent is refused.

        :param settle_seconds: a write's timeout + 60 s: for so long after a dead owner's lease ran out in the middle
            of a write, nobody gets it.
        :raises LeaseHeldError: somebody holds it, or a dead owner's write must settle; ``seconds_left``.
        :raises OrderNotOpenError: the order is in Specter already, unconfirmed without leave, or being sent.
        :raises CustomerChangedError: a ``first_contact`` got a number meanwhile; look at ``customers`` again.
        :raises RecordError: rule ``external_no_frozen`` or ``external_no_taken``.
        """
        return begin.begin(self._db, shop, customer_key, owner, seconds, intent, settle_seconds)

    def intend(self, lease: Lease, seconds: float, intent: o.Intended) -> Lease:
        """Stores a further intent under the lease and prolongs it to ``seconds`` from now. Raises ``LeaseLostError``,
        and what ``begin`` raises for the intent.
        """
        return begin.intend(self._db, lease, seconds, intent)

    def expire_intents(self, shop: str, settle_seconds: float = 0.0) -> list[int]:
        """Turns open intents whose owner is gone (for ``settle_seconds``) into ``unconfirmed``; returns their uids.
        Call it before ``due``.
        """
        return begin.expire_intents(self._db, shop, settle_seconds)

    @staticmethod
    def lease_name(shop: str, customer_key: str) -> str:
        """The name of the lease that ``begin`` takes."""
        return begin.lease_name(shop, customer_key)

    # customers (rules 14 to 16)
    def customers(self, shop: str, keys: Iterable[str]) -> dict[str, o.CustomerState]:
        """The state of every key asked for; an empty one for a key that was never written."""
        return customers.customers(self._db, shop, keys)

    def other_keys_of(self, shop: str, specter_customer_no: str, customer_key: str) -> list[str]:
        """Other buyers linked to the same Specter customer (rule 15: shared, leave the record alone)."""
        return customers.other_keys_of(self._db, shop, specter_customer_no, customer_key)

    def confirm_customer(
        self,
        lease: Lease,
        shop: str,
        customer_key: str,
        specter_customer_no: str,
        fields_hash: str | None,
        order_uid: int,
        then: o.Intended | None = None,
        *,
        seconds: float = 0.0,
    ) -> a.CustomerConfirmed:
        """Stores the customer's number, and the next intent, in one transaction.

        The number is stored whatever happens to ``then`` and whoever holds the lease by now.

        :param fields_hash: ``CustomerWrite.hash`` of what Specter has now; ``None`` if its record was left alone.
        :param seconds: prolongs the lease; needed with ``then``.
        :raises LeaseLostError: with ``then``: it was not stored, the lease is another's. Start no write.
        :raises OrderNotOpenError, RecordError: ``then`` was refused, as in ``begin``.
        """
        return confirming.confirm_customer(
            self._db, lease, shop, customer_key, specter_customer_no, fields_hash, order_uid, then, seconds
        )

    def customer_not_sent(self, lease: Lease, shop: str, customer_key: str) -> None:
        """The customer's write surely never reached Specter (or was refused): its intent is taken back."""
        customers.customer_not_sent(self._db, lease, shop, customer_key)
