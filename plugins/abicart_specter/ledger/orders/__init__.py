"""The ledger of orders as the flows see it: ``Ledger.orders``.

Exactly once, in three steps around every write:

1. ``begin`` (or ``intend``, or ``then=`` of an ending): lease and intent are committed;
2. the call to Specter;
3. one ending, which stores what is known of the write and the run's outcome together:
   ``confirm_order`` | ``order_unconfirmed`` | ``order_not_sent`` | ``order_refused`` (``confirm_customer`` and
   ``customer_not_sent`` for a customer; a customer's lost answer needs no call, its intent stays open).

So an order of a known customer costs two write transactions, one of a new customer three. States move only as
``order_rules`` says; a step that is not allowed raises ``OrderNotOpenError`` and changes nothing. Every call may be
repeated with the same effect (a task's retry). Besides ``LedgerUnavailableError`` and ``LedgerError``, which every
call may raise, each says what it raises.
"""

from __future__ import annotations

from abicart_specter.ledger.orders.deciding_facade import DecidingOrders
from abicart_specter.ledger.orders.ending_facade import EndingOrders
from abicart_specter.ledger.orders.finding_facade import FindingOrders
from abicart_specter.ledger.orders.reporting_facade import ReportingOrders
from abicart_specter.ledger.orders.sending_facade import SendingOrders


class OrderLedger(FindingOrders, SendingOrders, EndingOrders, DecidingOrders, ReportingOrders):
    """Everything about orders, customers and alarms, in five parts. Thin over the rooms beside it."""
