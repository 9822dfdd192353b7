"""Leases: who may write under a name, and until when (rule 4).

Acquiring is one statement that inserts the name or takes it over when it is free by the database's clock, so that of
any number of processes exactly one gets it. The attempt number grows with every acquisition and is never reused: a
process that was presumed dead and comes back can neither renew nor release what is another's now.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Executable, Update, and_, bindparam, null, or_, select, update

from abicart_specter.errors import LeaseHeldError, RetriableError
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.errors import LeaseLostError
from abicart_specter.ledger.models import LeaseRow
from abicart_specter.ledger.sync_records import Lease


def acquire_lease(db: Database, name: str, owner: str, seconds: float) -> Lease:
    """Takes the lease if it is free. Raises ``LeaseHeldError`` with the seconds left if it is not.

    Also for the same ``owner``: two processes may call themselves alike, and only one may hold it.

    :param owner: who it is for people, for example run and task; no secret and no personal data.
    """
    with db.write() as connection:
        return take_lease(db, connection, name, owner, seconds)


def take_lease(db: Database, connection: Connection, name: str, owner: str, seconds: float) -> Lease:
    """``acquire_lease`` inside a transaction that is open."""
    told = {"new_name": name, "new_owner": owner, "now": db.shift(0), "until": db.shift(seconds)}
    row = connection.execute(db.kept("take lease", lambda: _take(db)), told).first()
    if row is None:
        held = connection.execute(
            select(LeaseRow.owner, LeaseRow.expires_at).where(LeaseRow.name == name)
        ).one()
        left = max(0.0, (held.expires_at - db.now(connection)).total_seconds())
        raise LeaseHeldError(
            f"{name} is being worked on by {held.owner}, for {left:.0f} s more unless it ends or prolongs it.",
            remedy="Nothing: it is tried again.",
            seconds_left=left,
        )
    took_over = row.previous_expires_at is not None and row.previous_released_at is None
    return Lease(
        name=name,
        owner=owner,
        attempt=row.attempt,
        acquired_at=row.acquired_at,
        expires_at=row.expires_at,
        took_over=took_over,
        previous_owner=row.previous_owner,
        previous_expired_at=row.previous_expires_at if took_over else None,
    )


def _take(db: Database) -> Executable:
    """The statement that takes a lease which is free. Parameters: ``new_name``, ``new_owner``, ``now``, ``until``."""
    insert = upsert(db.backend, LeaseRow).values(
        name=bindparam("new_name"),
        owner=bindparam("new_owner"),
        attempt=1,
        acquired_at=db.after_param("now"),
        expires_at=db.after_param("until"),
    )
    return insert.on_conflict_do_update(
        index_elements=["name"],
        set_={
            "owner": insert.excluded.owner,
            "attempt": LeaseRow.attempt + 1,
            # Not the values of the insert: those were read before a wait for another's lock on the row.
            "acquired_at": db.after_param("now"),
            "expires_at": db.after_param("until"),
            "released_at": null(),
            "previous_owner": LeaseRow.owner,
            "previous_expires_at": LeaseRow.expires_at,
            "previous_released_at": LeaseRow.released_at,
        },
        where=or_(LeaseRow.released_at.is_not(None), LeaseRow.expires_at <= db.after_param("now")),
    ).returning(
        LeaseRow.attempt,
        LeaseRow.acquired_at,
        LeaseRow.expires_at,
        LeaseRow.previous_owner,
        LeaseRow.previous_expires_at,
        LeaseRow.previous_released_at,
    )


def renew_lease(db: Database, lease: Lease, seconds: float) -> Lease:
    """Prolongs to ``seconds`` from now. Raises ``LeaseLostError`` if it ran out, was released, or is another's."""
    with db.write() as connection:
        renewed = extend_lease(db, connection, lease, seconds)
    if renewed is None:
        raise lost(lease)
    return renewed


def extend_lease(db: Database, connection: Connection, lease: Lease, seconds: float) -> Lease | None:
    """``renew_lease`` inside a transaction that is open; ``None`` where that would raise."""
    told = {**_of(lease), "now": db.shift(0), "until": db.shift(seconds)}
    expires_at = connection.execute(db.kept("extend lease", lambda: _extend(db)), told).scalar()
    return None if expires_at is None else replace(lease, expires_at=expires_at)


def _extend(db: Database) -> Executable:
    held = and_(LeaseRow.released_at.is_(None), LeaseRow.expires_at > db.after_param("now"))
    changed = update(LeaseRow).where(_IS_IT, held).values(expires_at=db.after_param("until"))
    return changed.returning(LeaseRow.expires_at)


def lease_seconds_left(db: Database, lease: Lease) -> float:
    """Seconds left by the clock that decides. No write may start with less than twice its timeout left.

    Raises ``LeaseLostError`` like ``renew_lease``.
    """
    with db.read() as connection:
        now = db.now(connection)
        expires_at = connection.execute(
            select(LeaseRow.expires_at).where(_IS_IT, LeaseRow.released_at.is_(None)), _of(lease)
        ).scalar()
    if expires_at is None or expires_at <= now:
        raise lost(lease)
    return (expires_at - now).total_seconds()


def release_lease(db: Database, lease: Lease) -> None:
    """Gives the lease back. Raises ``LeaseLostError`` if another has it, or it was given back already.

    One that ran out, and that nobody took, is still given back: its owner did end its work.
    """
    with db.write() as connection:
        done = give_back_lease(db, connection, lease)
    if not done:
        raise lost(lease)


def give_back_lease(db: Database, connection: Connection, lease: Lease) -> bool:
    """``release_lease`` inside a transaction that is open; ``False`` where that would raise."""
    told = {**_of(lease), "now": db.shift(0)}
    return connection.execute(db.kept("give back lease", lambda: _give_back(db)), told).rowcount == 1


def _give_back(db: Database) -> Update:
    held = update(LeaseRow).where(_IS_IT, LeaseRow.released_at.is_(None))
    return held.values(released_at=db.after_param("now"))


@contextmanager
def hold_lease(db: Database, name: str, owner: str, seconds: float) -> Iterator[Lease]:
    """The lease for a block. Given back at its end, also after an error; then without hiding the error."""
    lease = acquire_lease(db, name, owner, seconds)
    try:
        yield lease
    except BaseException:
        with suppress(RetriableError):
            release_lease(db, lease)
        raise
    release_lease(db, lease)


_IS_IT = and_(
    LeaseRow.name == bindparam("of_name"),
    LeaseRow.owner == bindparam("of_owner"),
    LeaseRow.attempt == bindparam("of_attempt"),
)
"""Takes the parameters ``_of``."""


def _of(lease: Lease) -> dict[str, Any]:
    return {"of_name": lease.name, "of_owner": lease.owner, "of_attempt": lease.attempt}


def lost(lease: Lease) -> LeaseLostError:
    """The error of an owner that no longer holds its lease."""
    return LeaseLostError(
        f"{lease.owner} no longer holds the lease on {lease.name} (attempt {lease.attempt}).",
        remedy="Nothing: what it began is checked by whoever took over.",
    )
