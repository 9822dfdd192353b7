"""Customer keys and their customers in Specter (rules 14 to 16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Executable, Row, bindparam, or_, select, update

from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.errors import CustomerChangedError
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.models import Binding
from abicart_specter.ledger.order_models import CustomerSync
from abicart_specter.ledger.order_records import CustomerIntent, CustomerState
from abicart_specter.ledger.orders.rows import SLICE
from abicart_specter.ledger.sync_records import Lease

# Built once: to build a statement takes longer than to run it.
_STATE = tuple(getattr(CustomerSync, name) for name in CustomerState.__dataclass_fields__)
_SHOP = CustomerSync.shop == bindparam("of_shop")
_THIS = (_SHOP, CustomerSync.customer_key == bindparam("of_key"))
_STATES = select(*_STATE).where(_SHOP, CustomerSync.customer_key.in_(bindparam("of_keys", expanding=True)))
# Of all shops on the same Specter account (rule 29): a customer there may be linked to another shop's buyer.
_ACCOUNT = select(Binding.sbm_id).where(Binding.shop == bindparam("of_shop")).scalar_subquery()
_OTHER_KEYS = (
    select(CustomerSync.customer_key)
    .distinct()
    .where(
        or_(_SHOP, CustomerSync.shop.in_(select(Binding.shop).where(Binding.sbm_id == _ACCOUNT))),
        CustomerSync.specter_customer_no == bindparam("of_number"),
        CustomerSync.customer_key != bindparam("of_key"),
    )
    .order_by(CustomerSync.customer_key)
)
_TO_CHANGE = (
    select(
        CustomerSync.specter_customer_no,
        CustomerSync.open_intents,
        CustomerSync.intent_hash,
        CustomerSync.intent_lease,
        CustomerSync.intent_attempt,
    )
    .where(*_THIS)
    .with_for_update()
)
_CHANGE = update(CustomerSync).where(*_THIS)


@cache
def _make(backend: str) -> Executable:
    return upsert(backend, CustomerSync).on_conflict_do_nothing()


def customers(db: Database, shop: str, keys: Iterable[str]) -> dict[str, CustomerState]:
    """The state of every key asked for; an empty one for a key that was never written."""
    states = {key: CustomerState(key) for key in keys}
    for part in slices(sorted(states), SLICE):
        with db.read() as connection:
            for row in connection.execute(_STATES, {"of_shop": shop, "of_keys": part}):
                states[row.customer_key] = CustomerState(*row)
    return states


def other_keys_of(db: Database, shop: str, specter_customer_no: str, key: str) -> list[str]:
    """Other customer keys that are linked to the same Specter customer (rule 15), in any shop of the account."""
    with db.read() as connection:
        return stored_other_keys(connection, shop, specter_customer_no, key)


def stored_other_keys(connection: Connection, shop: str, specter_customer_no: str, key: str) -> list[str]:
    """``other_keys_of`` inside a transaction that is open."""
    told = {"of_shop": shop, "of_number": specter_customer_no, "of_key": key}
    return list(connection.execute(_OTHER_KEYS, told).scalars())


def store_customer_intent(db: Database, connection: Connection, lease: Lease, intent: CustomerIntent) -> None:
    """Says that the customer is about to be written. An intent that is open already was lost: it is counted.

    Raises ``CustomerChangedError`` if the key has a number and the caller counts on a first contact.
    """
    values = {
        "intent_at": intent.at,
        "intent_hash": intent.hash,
        "intent_lease": lease.name,
        "intent_attempt": lease.attempt,
        "order_uid": intent.order_uid,
    }
    row = _locked(connection, intent.shop, intent.customer_key)
    if row is None:
        made = {"shop": intent.shop, "customer_key": intent.customer_key, "open_intents": 0, **values}
        connection.execute(_make(db.backend), made)
        row = _locked(connection, intent.shop, intent.customer_key)
    if row is not None and row.specter_customer_no is not None and intent.first_contact:
        raise CustomerChangedError(
            f"Shop {intent.shop}: the customer of order {intent.order_uid} was written by another task meanwhile "
            f"and has number {row.specter_customer_no}.",
            specter_customer_no=row.specter_customer_no,
            remedy="Nothing: it is looked at again.",
        )
    count = row.open_intents if row is not None else 0
    again = (
        row is not None
        and count > 0
        and (row.intent_lease, row.intent_attempt, row.intent_hash)
        == (lease.name, lease.attempt, intent.hash)
    )
    _change(
        connection,
        intent.shop,
        intent.customer_key,
        {**values, "open_intents": count if again else count + 1},
    )


def store_customer(
    db: Database,
    connection: Connection,
    lease: Lease,
    shop: str,
    key: str,
    specter_customer_no: str,
    fields_hash: str | None,
    order_uid: int,
) -> str | None:
    """Stores the number; returns a different one that the key had before.

    A late answer is stored too; an intent that somebody else has opened since stays open.
    """
    row = _locked(connection, shop, key)
    values: dict[str, Any] = {
        "specter_customer_no": specter_customer_no,
        "fields_hash": fields_hash,
        "confirmed_at": db.now(connection),
        "order_uid": order_uid,
    }
    if row is None:
        connection.execute(
            upsert(db.backend, CustomerSync)
            .values(shop=shop, customer_key=key, open_intents=0, **values)
            .on_conflict_do_update(index_elements=["shop", "customer_key"], set_=values)
        )
        return None
    if row.intent_lease is None or _is_mine(row, lease):
        values.update(
            open_intents=0, intent_at=None, intent_hash=None, intent_lease=None, intent_attempt=None
        )
    elif row.open_intents:
        values["open_intents"] = 1
    before: str | None = row.specter_customer_no
    if before is not None and before != specter_customer_no:
        values["previous_no"] = before
    _change(connection, shop, key, values)
    return before if before != specter_customer_no else None


def customer_not_sent(db: Database, lease: Lease, shop: str, key: str) -> None:
    """The customer's write surely never reached Specter: takes this lease's intent back."""
    with db.write() as connection:
        row = _locked(connection, shop, key)
        if row is None or not _is_mine(row, lease) or not row.open_intents:
            return
        left = row.open_intents - 1
        values: dict[str, Any] = {"open_intents": left, "intent_lease": None, "intent_attempt": None}
        if not left:
            values.update(intent_at=None, intent_hash=None)
        _change(connection, shop, key, values)


def _is_mine(row: Row[Any], lease: Lease) -> bool:
    return (row.intent_lease, row.intent_attempt) == (lease.name, lease.attempt)


def _locked(connection: Connection, shop: str, key: str) -> Row[Any] | None:
    told = {"of_shop": shop, "of_key": key}
    return cast("Row[Any] | None", connection.execute(_TO_CHANGE, told).first())


def _change(connection: Connection, shop: str, key: str, values: Mapping[str, Any]) -> None:
    connection.execute(_CHANGE, {"of_shop": shop, "of_key": key, **values})
