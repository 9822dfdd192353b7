"""Is this the ledger, is it the one we know, and does it belong to this shop (rule 1)?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from sqlalchemy import Connection, func, inspect, select, text, update

from abicart_specter.errors import LedgerError
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.faults import UPGRADE
from abicart_specter.ledger.models import Binding, Item, LedgerIdentity, Run
from abicart_specter.ledger.records import ShopBinding
from abicart_specter.ledger.revisions import HEAD, VERSION_TABLE, State, judge

IDENTITY_VARIABLE = "sync_ledger_id"
"""Name of the Airflow Variable that keeps the ledger's id outside the ledger."""


def revision_of(connection: Connection) -> str | None:
    """The revision the tables are at; ``None`` when no migration ever ran."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 (a constant)


def require_current(db: Database) -> str:
    """The ledger's id. Raises ``LedgerError`` when the tables are not exactly those of this code."""
    with db.read() as connection:
        revision = revision_of(connection)
        if (state := judge(revision)) != "current":
            raise unfit(state, revision, db.place)
        ledger_id = connection.execute(select(LedgerIdentity.ledger_id)).scalar()
    if ledger_id is None:
        raise LedgerError(
            f"The ledger in the {db.place} has no id: its migration did not end.", remedy=UPGRADE
        )
    db.ensure_wal()
    return ledger_id


def unfit(state: State, revision: str | None, place: str) -> LedgerError:
    """Why a ledger that is not current cannot be used."""
    if state == "not migrated":
        return LedgerError(f"The {place} holds no ledger: it was never migrated.", remedy=UPGRADE)
    if state == "older":
        return LedgerError(
            f"The ledger in the {place} is at revision {revision}, this code needs {HEAD}.", remedy=UPGRADE
        )
    return LedgerError(
        f"The ledger in the {place} was migrated by newer code (revision {revision}, known here: {HEAD}).",
        remedy="Run the newer code, also in the tasks. A ledger is never migrated back.",
    )


def check_identity(db: Database, ledger_id: str, known_id: str | None) -> None:
    """Compares with the id kept outside; ``None`` means that none is kept yet. A ledger that stands for the known one,
    which is lost, passes: it lets no shop work before its rebuild (``rebuild.state.require_whole``).
    """
    if known_id is None or known_id == ledger_id:
        return
    with db.read() as connection:
        columns = {column["name"] for column in inspect(connection).get_columns(LedgerIdentity.__tablename__)}
        if "replaces" in columns and connection.execute(select(LedgerIdentity.replaces)).scalar() == known_id:
            return
        used = sum(
            connection.execute(select(func.count()).select_from(model)).scalar_one()
            for model in (Binding, Run, Item)
        )
    what = "is another one" if used else "is empty and new"
    raise _lost(f"the ledger in the {db.place} {what} (its id is {ledger_id})", known_id)


def refuse_new_one(place: str, known_id: str) -> NoReturn:
    """Where a ledger is known, an empty database is a lost ledger and not the place for a new one.

    :raises LedgerError: always.
    """
    raise _lost(f"the {place} is empty", known_id)


def _lost(what: str, known_id: str) -> LedgerError:
    return LedgerError(
        f"Ledger lost or swapped: {what}, but this installation worked with ledger {known_id}.",
        remedy=(
            "Restore the ledger from its last backup, or point the connection sync_ledger at the right database. "
            "Only if it is lost for good: python -m abicart_specter.ledger replace, then ledger_rebuild for each shop, "
            "as docs/disaster.md says. Do not delete the Airflow Variable "
            f"{IDENTITY_VARIABLE}: orders would be sent twice."
        ),
    )


def bind(db: Database, binding: ShopBinding) -> None:
    """Binds the shop at its first use; afterwards every part must be the same. Raises ``LedgerError`` otherwise."""
    with db.write() as connection:
        connection.execute(
            upsert(db.backend, Binding)
            .values(
                shop=binding.shop,
                webshop_id=binding.webshop_id,
                sbm_id=binding.sbm_id,
                api_user_id=binding.api_user_id,
                bound_at=db.now(connection),
            )
            .on_conflict_do_nothing()
        )
        bound = _bindings(connection)
    _check(bound, binding)


def check_binding(db: Database, binding: ShopBinding) -> None:
    """As ``bind``, without binding a shop that is new: a dry run writes nothing."""
    _check(bindings(db), binding)


def _check(bound: Sequence[ShopBinding], given: ShopBinding) -> None:
    for kept in bound:
        if kept.shop == given.shop:
            _compare(kept, given)
        elif kept.webshop_id == given.webshop_id:
            raise LedgerError(
                f"Shop {given.shop}: webshop id {given.webshop_id} is bound to shop {kept.shop} in this ledger.",
                remedy=(
                    f"Give the shop its old name ({kept.shop}), or correct the login of "
                    f"connection abicart_{given.shop}."
                ),
            )


def _compare(kept: ShopBinding, given: ShopBinding) -> None:
    shop = given.shop
    fields = (
        ("webshop id", kept.webshop_id, given.webshop_id, f"the login of connection abicart_{shop}"),
        ("Specter account (sbmId)", kept.sbm_id, given.sbm_id, f"the login of connection specter_{shop}"),
        (
            "Specter API user",
            kept.api_user_id,
            given.api_user_id,
            f"api_user_id in connection specter_{shop}",
        ),
    )
    for name, old, new, place in fields:
        if old != new:
            raise LedgerError(
                f"Shop {shop}: its {name} is {_shown(new)} now, but this ledger was kept for {_shown(old)}.",
                remedy=(
                    f"Correct {place}. If the API user was exchanged on purpose: python -m abicart_specter.ledger "
                    "rebind. Another webshop or Specter account is another shop: give it a new name."
                ),
            )


def _shown(value: int | None) -> str:
    return "none" if value is None else str(value)


def rebind_api_user(db: Database, shop: str, api_user_id: int | None) -> ShopBinding:
    """Binds the shop to another API user of the same Specter account: a decision of a person, never of a task."""
    with db.write() as connection:
        known = {kept.shop: kept for kept in _bindings(connection)}
        if shop not in known:
            raise LedgerError(
                f"This ledger knows no shop {shop}.", remedy=f"Known: {', '.join(sorted(known)) or 'none'}."
            )
        kept = known[shop]
        connection.execute(update(Binding).where(Binding.shop == shop).values(api_user_id=api_user_id))
    return ShopBinding(shop, kept.webshop_id, kept.sbm_id, api_user_id)


def bindings(db: Database) -> list[ShopBinding]:
    """Every shop bound to this ledger, by name."""
    with db.read() as connection:
        return _bindings(connection)


def _bindings(connection: Connection) -> list[ShopBinding]:
    rows = connection.execute(
        select(Binding.shop, Binding.webshop_id, Binding.sbm_id, Binding.api_user_id).order_by(Binding.shop)
    )
    return [ShopBinding(*row) for row in rows]
