"""What the tasks may do in a ledger on PostgreSQL that another role owns: read and write rows, change no table."""

from __future__ import annotations

from sqlalchemy import text

from abicart_specter.errors import LedgerError
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.revisions import VERSION_TABLE

_RIGHTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    # also what a later migration makes, in case that the grants above are not run again after it
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    # which migrations ran is for the owner to write
    "REVOKE INSERT, UPDATE, DELETE ON {versions} FROM {role}",
)


def let_tasks_work(url: str, role: str) -> None:
    """Gives ``role`` the rights that tasks need. To be run by the owner of the tables; may be run again.

    :raises LedgerError: the ledger is no PostgreSQL database, or there is no such role.
    """
    db = Database(url)
    try:
        if db.backend != "postgresql":
            raise LedgerError(
                "Only PostgreSQL knows roles.",
                remedy="Leave --tasks-role out: whoever reads the file may write it.",
            )
        with db.write() as connection:
            if (
                connection.execute(
                    text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}
                ).scalar()
                is None
            ):
                raise LedgerError(
                    f"The {db.place} knows no role {role}.", remedy="Make it first: deploy/postgres/init.sh."
                )
            quoted = connection.dialect.identifier_preparer.quote_identifier
            for right in _RIGHTS:
                connection.execute(text(right.format(role=quoted(role), versions=quoted(VERSION_TABLE))))
    finally:
        db.close()
