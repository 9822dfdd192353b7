"""Errors that only the ledger raises. Each sits in one of the branches of ``abicart_specter.errors``."""

from __future__ import annotations

from abicart_specter.errors import FatalError, RecordError, RetriableError
from abicart_specter.ledger.order_rules import OrderState


class LedgerUnavailableError(RetriableError):
    """The ledger's database is there but did not serve us now.

    PostgreSQL not reachable, restarting, out of connections, or a lock waited for longer than a minute; SQLite
    busy for longer than its busy timeout. Nothing was written by the call that raised it, or the write may be
    repeated: every write of the ledger has the same effect when it is done twice.
    """


class LeaseLostError(RetriableError):
    """The lease ran out, or somebody else has it. Its former owner must start no further write."""


class StagingGoneError(FatalError):
    """The staged catalogue of this run is not there (any more): a later run replaced it, or it was never finished.

    Fatal on purpose: sending from an older catalogue than the newest would put old prices over new ones.
    """


class CustomerChangedError(RecordError):
    """Another task wrote the customer between our look and our lease: look again, nothing was changed.

    :param specter_customer_no: the number that the customer key has now.
    """

    def __init__(self, message: str, *, specter_customer_no: str, remedy: str = "") -> None:
        super().__init__(message, rule="customer_changed", remedy=remedy)
        self.specter_customer_no = specter_customer_no


class OrderNotOpenError(RecordError):
    """The order stands in a state from which this step is not allowed; nothing was changed.

    :param state: where it stands; ``unconfirmed`` without leave to repeat, ``sent`` by somebody else, and so on.
    """

    def __init__(self, message: str, *, state: OrderState, remedy: str = "") -> None:
        super().__init__(message, rule="order_not_open", remedy=remedy)
        self.state = state
