"""The roles that deploy/postgres/init.sh makes can do what they are for, and nothing else.

That tasks need nothing but rows is told by all other tests on PostgreSQL: they use their ledger as the role of tasks.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ledger_samples import articles, stage

from abicart_specter.ledger import Ledger, RunKey, ShopBinding
from abicart_specter.ledger.__main__ import main

SCRIPT = Path(__file__).parents[2] / "deploy/postgres/init.sh"
PASSWORDS = {
    "airflow": "lösen 'ord' $1 \\ \"a\"",
    "sync_ledger_owner": "owner's own",
    "sync_ledger": "tasks-own",
}
SECONDS = 60


@dataclass(frozen=True)
class Installation:
    """A cluster on which the script ran, and where the ledger was made as the service ``init`` makes it."""

    port: int
    administrator: str

    @contextmanager
    def connect(self, role: str, database: str) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=role,
            dbname=database,
            password=PASSWORDS[role],
            autocommit=True,
        ) as connection:
            yield connection

    def url(self, role: str) -> str:
        return f"postgresql://{role}:{PASSWORDS[role].replace(' ', '%20')}@127.0.0.1:{self.port}/sync_ledger"

    def refused(self, role: str, database: str, statement: str) -> str:
        """The code with which a statement is refused."""
        with self.connect(role, database) as connection, pytest.raises(psycopg.Error) as raised:
            connection.execute(statement)  # type: ignore[arg-type]
        return str(raised.value.sqlstate)


def run_script(port: int, password: str, **passwords: str) -> subprocess.CompletedProcess[str]:
    env = {
        **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        "PGHOST": "127.0.0.1",
        "PGPORT": str(port),
        "PGPASSWORD": password,
        "POSTGRES_USER": "owner",
        "AIRFLOW_DB_PASSWORD": PASSWORDS["airflow"],
        "LEDGER_OWNER_PASSWORD": PASSWORDS["sync_ledger_owner"],
        "LEDGER_PASSWORD": PASSWORDS["sync_ledger"],
    } | passwords
    return subprocess.run(
        ["bash", str(SCRIPT)], env=env, check=False, capture_output=True, text=True, timeout=SECONDS
    )


@pytest.fixture(scope="module")
def installed(postgres: Any) -> Installation:
    for _ in range(2):  # it may be run again
        done = run_script(postgres.port, postgres.password)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
    made = Installation(postgres.port, postgres.password)
    assert main(["upgrade", made.url("sync_ledger_owner"), "--tasks-role", "sync_ledger"]) == 0
    return made


def test_nobody_may_more_than_log_in(installed: Installation) -> None:
    with installed.connect("sync_ledger_owner", "sync_ledger") as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles "
            "WHERE rolname = ANY(%s)",
            [list(PASSWORDS)],
        ).fetchall()
        members = connection.execute(
            "SELECT count(*) FROM pg_auth_members JOIN pg_roles ON member = pg_roles.oid WHERE rolname = ANY(%s)",
            [list(PASSWORDS)],
        ).fetchone()
    assert {row[0] for row in rows} == set(PASSWORDS)
    assert {row[1:] for row in rows} == {(False,) * 5}
    assert members == (0,)


@pytest.mark.parametrize(
    ("role", "database"),
    [
        ("airflow", "sync_ledger"),
        ("sync_ledger", "airflow"),
        ("sync_ledger_owner", "airflow"),
        *((role, database) for role in PASSWORDS for database in ("postgres", "template1")),
    ],
)
def test_no_role_reaches_anothers_database(installed: Installation, role: str, database: str) -> None:
    with (
        pytest.raises(psycopg.OperationalError, match="permission denied for database"),
        installed.connect(role, database),
    ):
        pass


def test_a_role_made_later_reaches_nothing(installed: Installation, postgres: Any) -> None:
    postgres.run(f"CREATE ROLE stranger LOGIN PASSWORD '{postgres.password}'")
    for database in ("airflow", "sync_ledger", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(postgres.url(database, role="stranger"))


def test_tasks_use_the_ledger(installed: Installation) -> None:
    with Ledger.open(installed.url("sync_ledger")) as ledger:
        run = RunKey("roles", "product_export", "run")
        ledger.bind(ShopBinding("roles", 1, 2, 3))
        stage(ledger, run, [articles([1, 2])])
        lease = ledger.acquire_lease("roles", "owner", 60)
        ledger.release_lease(lease)
        assert ledger.staged_counts(run).items == 2
        ledger.finish_run(run, {})
        assert ledger.keeping.size().total > 0
        assert ledger.prune("roles").staged_items == 0


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE t (a int)",
        "CREATE TABLE public.t (a int)",
        "CREATE SCHEMA s",
        "CREATE TEMPORARY TABLE t (a int)",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE EXTENSION pg_trgm",
        "ALTER TABLE run ADD COLUMN a int",
        "ALTER TABLE run OWNER TO sync_ledger",
        "DROP TABLE run",
        "TRUNCATE run",
        "CREATE INDEX ON run (shop)",
        "CREATE TRIGGER t BEFORE INSERT ON run EXECUTE FUNCTION f()",
        "UPDATE ledger_revision SET version_num = '9999'",
        "DELETE FROM ledger_revision",
        "CREATE ROLE r",
        "CREATE DATABASE d",
        "ALTER ROLE sync_ledger SUPERUSER",
        "SET ROLE sync_ledger_owner",
        "COPY run TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT rolpassword FROM pg_authid",
    ],
)
def test_tasks_change_nothing_but_rows(installed: Installation, statement: str) -> None:
    with installed.connect("sync_ledger_owner", "sync_ledger") as connection:
        before = connection.execute("SELECT count(*), max(oid) FROM pg_class").fetchone()
    code = installed.refused("sync_ledger", "sync_ledger", statement)
    # insufficient privilege; or what it would need (the function of a trigger) could not be made either.
    assert code in ("42501", "42883"), statement
    with installed.connect("sync_ledger_owner", "sync_ledger") as connection:
        assert connection.execute("SELECT count(*), max(oid) FROM pg_class").fetchone() == before


def test_tasks_let_nobody_in(installed: Installation) -> None:
    with installed.connect("sync_ledger", "sync_ledger") as connection:
        connection.execute("GRANT SELECT ON run TO PUBLIC")  # PostgreSQL warns, and grants nothing
        assert connection.execute("SELECT has_table_privilege('airflow', 'run', 'SELECT')").fetchone() == (
            False,
        )


def test_a_table_of_a_later_migration_can_be_used_at_once(installed: Installation) -> None:
    """Also when nobody says again whom to let in."""
    with installed.connect("sync_ledger_owner", "sync_ledger") as connection:
        connection.execute("CREATE TABLE later (id bigserial PRIMARY KEY, a int)")
    try:
        with installed.connect("sync_ledger", "sync_ledger") as connection:
            connection.execute("INSERT INTO later (a) VALUES (1)")
            connection.execute("UPDATE later SET a = 2")
            assert connection.execute("SELECT id, a FROM later").fetchall() == [(1, 2)]
            connection.execute("DELETE FROM later")
        assert installed.refused("sync_ledger", "sync_ledger", "DROP TABLE later") == "42501"
    finally:
        with installed.connect("sync_ledger_owner", "sync_ledger") as connection:
            connection.execute("DROP TABLE later")


def test_airflow_may_make_its_tables(installed: Installation) -> None:
    with installed.connect("airflow", "airflow") as connection:
        connection.execute("CREATE TABLE t (a int)")
        connection.execute("DROP TABLE t")
    assert installed.refused("airflow", "airflow", "CREATE ROLE r") == "42501"


@pytest.mark.parametrize("missing", ["AIRFLOW_DB_PASSWORD", "LEDGER_OWNER_PASSWORD", "LEDGER_PASSWORD"])
def test_no_role_is_made_without_a_password(postgres: Any, missing: str) -> None:
    done = run_script(postgres.port, postgres.password, **{missing: ""})
    assert done.returncode != 0
    assert f"{missing}: is missing" in done.stderr


def test_a_log_in_needs_the_password(installed: Installation) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(
            host="127.0.0.1", port=installed.port, user="sync_ledger", dbname="sync_ledger", password="guess"
        )
