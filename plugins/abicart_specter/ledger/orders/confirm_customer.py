"""A customer's number and the order's intent, in one transaction: the second of three for a new customer's order."""

from __future__ import annotations

from abicart_specter.errors import RecordError
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.leases import extend_lease, lost
from abicart_specter.ledger.order_answers import CustomerConfirmed
from abicart_specter.ledger.order_records import Intended
from abicart_specter.ledger.orders.begin import store_next
from abicart_specter.ledger.orders.customers import store_customer, stored_other_keys
from abicart_specter.ledger.sync_records import Lease


def confirm_customer(
    db: Database,
    lease: Lease,
    shop: str,
    customer_key: str,
    specter_customer_no: str,
    fields_hash: str | None,
    order_uid: int,
    then: Intended | None,
    seconds: float,
) -> CustomerConfirmed:
    """See ``OrderLedger.confirm_customer``."""
    if then is not None and not seconds:
        raise ValueError("A next intent needs a lease that is prolonged")
    renewed, refusal = None, None
    with db.write() as connection:
        if seconds:
            renewed = extend_lease(db, connection, lease, seconds)
        previous = store_customer(
            db, connection, lease, shop, customer_key, specter_customer_no, fields_hash, order_uid
        )
        others = stored_other_keys(connection, shop, specter_customer_no, customer_key)
        if then is not None and renewed is not None:
            try:
                store_next(db, connection, renewed, then)
            except RecordError as error:
                refusal = error
    # The number is stored; only what should come next is refused.
    if then is not None and renewed is None:
        raise lost(lease)
    if refusal is not None:
        raise refusal
    return CustomerConfirmed(specter_customer_no, tuple(others), previous, renewed or lease)
