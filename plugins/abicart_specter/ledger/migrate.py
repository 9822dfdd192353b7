"""Makes and migrates the ledger. The only place that may create one; no task does (rule 1)."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import select, text

from abicart_specter.errors import LedgerError
from abicart_specter.ledger.address import describe, parse_url
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.identity import (
    bindings,
    check_identity,
    refuse_new_one,
    require_current,
    revision_of,
    unfit,
)
from abicart_specter.ledger.models import LedgerIdentity
from abicart_specter.ledger.records import LedgerStatus
from abicart_specter.ledger.revisions import HEAD, judge

# "ledger" in ASCII: whoever migrates holds this lock of the PostgreSQL database until the end of its transaction.
_MIGRATION_LOCK = 0x6C6564676572


def alembic_config() -> Config:
    """Alembic's configuration, made in code: the migrations travel inside the package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(url: str, *, known_id: str | None = None) -> str:
    """Brings the ledger to this code's revision, making it if there is none. Returns its id.

    One transaction: either everything was migrated or nothing. Two at once wait for each other.

    :param known_id: id of the ledger that this installation worked with. None is made then, nor another migrated.
    """
    if known_id is not None:
        _require_known(url, known_id)
    address = parse_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").parent.is_dir():
        raise LedgerError(f"There is no folder for the ledger {address.database}.", remedy="Make it first.")
    db = Database(url, create=True)
    try:
        with db.write() as connection:
            if db.backend == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            revision = revision_of(connection)
            if (state := judge(revision)) == "newer":
                raise unfit(state, revision, db.place)
            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.execute(
                upsert(db.backend, LedgerIdentity)
                .values(singleton=1, ledger_id=str(uuid4()), created_at=db.now(connection))
                .on_conflict_do_nothing()
            )
        return require_current(db)
    finally:
        db.close()


def _require_known(url: str, known_id: str) -> None:
    place = describe(parse_url(url))
    if status(url).state in ("missing", "not migrated"):
        refuse_new_one(place, known_id)
    db = Database(url)
    try:
        with db.read() as connection:
            ledger_id = connection.execute(select(LedgerIdentity.ledger_id)).scalar()
        check_identity(db, ledger_id or "none", known_id)
    finally:
        db.close()


def status(url: str) -> LedgerStatus:
    """What is at the address. Changes nothing."""
    address = parse_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        return LedgerStatus("missing", None, HEAD)
    db = Database(url)
    try:
        with db.read() as connection:
            revision = revision_of(connection)
        if (state := judge(revision)) != "current":
            return LedgerStatus(state, revision, HEAD)
        return LedgerStatus("current", revision, HEAD, require_current(db), tuple(bindings(db)))
    finally:
        db.close()
