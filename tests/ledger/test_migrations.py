"""The migrations build what the models say, on both databases, and only when a person asks for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ledger_workers
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from abicart_specter.ledger import Ledger, ShopBinding
from abicart_specter.ledger.__main__ import main
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.migrate import alembic_config, upgrade
from abicart_specter.ledger.models import Base
from abicart_specter.ledger.revisions import REVISIONS, VERSION_TABLE

Worker = Callable[..., Any]


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection,
        opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True},
    )
    return list(compare_metadata(context, Base.metadata))


def test_the_migrations_build_the_models(url_to_break: str) -> None:
    database = Database(url_to_break)
    with database.read() as connection:
        assert _differences(connection) == []
        assert set(inspect(connection).get_table_names()) == {*Base.metadata.tables, VERSION_TABLE}
    with database.write() as connection:  # so that the comparison is seen to find something
        connection.execute(text("DROP INDEX ix_staged_item_run_partition_kind_uid"))
        connection.execute(text("ALTER TABLE item ADD COLUMN surplus INTEGER"))
        assert len(_differences(connection)) == 2
    database.close()


def test_the_code_knows_every_migration_in_their_order() -> None:
    found = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()]
    assert tuple(reversed(found)) == REVISIONS


def test_migrating_again_keeps_id_and_content(url: str) -> None:
    with Ledger.open(url) as ledger:
        known = ledger.id
        ledger.bind(ShopBinding("demo", 1, 2, 3))
    assert upgrade(url) == known
    with Ledger.open(url) as ledger:
        assert ledger.bindings() == [ShopBinding("demo", 1, 2, 3)]


def test_processes_that_migrate_at_once_make_one_ledger(empty_url: str, worker: Worker) -> None:
    started = [worker(ledger_workers.migrate, empty_url) for _ in range(4)]
    for each in started:
        assert each.pipe.recv() == "ready"
    for each in started:
        each.pipe.send("go")
    made = {each.pipe.recv() for each in started}
    for each in started:
        each.end()
    with Ledger.open(empty_url) as ledger:
        assert made == {ledger.id}


def test_a_migration_that_breaks_leaves_nothing_behind(empty_url: str) -> None:
    database = Database(empty_url, create=True)
    with database.write() as connection:  # the last table that the migration makes is in its way
        connection.execute(text("CREATE TABLE staged_item (theirs INTEGER)"))
    failed = False
    try:
        upgrade(empty_url)
    except Exception:
        failed = True
    with database.read() as connection:
        assert failed
        assert inspect(connection).get_table_names() == ["staged_item"]
    database.close()


def test_the_ledger_may_live_beside_another_user_of_alembic(empty_url: str) -> None:
    database = Database(empty_url, create=True)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('theirs')"))
    upgrade(empty_url)
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "theirs"
    database.close()


def test_the_command_line_makes_shows_and_refuses(empty_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", empty_url]) == 1
    assert capsys.readouterr().out.startswith(("state     missing\n", "state     not migrated\n"))
    assert main(["upgrade", empty_url]) == 0
    made = capsys.readouterr().out
    with Ledger.open(empty_url) as ledger:
        ledger.bind(ShopBinding("demo", 1, 2, None))
        assert ledger.id in made
        assert main(["status", empty_url]) == 0
        shown = capsys.readouterr().out
        assert ledger.id in shown
    assert "demo: webshop 1, Specter account 2, API user none" in shown


def test_the_command_line_runs_as_a_module_and_says_what_is_wrong_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "abicart_specter.ledger", "upgrade", "sqlite:////no/such/folder/ledger.db"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "plugins")},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 1
    assert (
        done.stderr == "There is no folder for the ledger /no/such/folder/ledger.db. Remedy: Make it first.\n"
    )


def test_a_task_that_opens_the_ledger_does_not_load_alembic() -> None:
    heavy = ("alembic", "pandas", "psycopg")
    probe = f"import sys, abicart_specter.ledger; sys.exit(any(name in sys.modules for name in {heavy}))"
    done = subprocess.run(
        [sys.executable, "-c", probe],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "plugins")},
        timeout=60,
    )
    assert done.returncode == 0
