"""A savepoint of Airflow's on SQLite waits for its turn to write, instead of failing when somebody wrote meanwhile."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

BIN_LIB = Path(__file__).parents[2] / "bin" / "lib"

# In a process of its own: what listens to every engine would stay for the other tests.
CREATE_A_BACKFILL = """
import sqlite3, sys
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
if sys.argv[2] == "with":
    import local_stack.sqlite_savepoints
engine = create_engine(f"sqlite:///{sys.argv[1]}")
with Session(engine) as session:
    with session.begin_nested():
        session.execute(text("select count(*) from run")).scalar()
        scheduler = sqlite3.connect(sys.argv[1], timeout=0)
        try:
            with scheduler:
                scheduler.execute("insert into run values ('scheduled')")
        except sqlite3.OperationalError as error:
            print("scheduler:", error)
        session.execute(text("insert into run values ('first')"))
    with session.begin_nested():
        session.execute(text("insert into run values ('second')"))
    print("seen:", sqlite3.connect(sys.argv[1]).execute("select count(*) from run").fetchone()[0])
    session.commit()
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "airflow.db"
    with sqlite3.connect(path) as connection:
        connection.execute("pragma journal_mode=wal")
        connection.execute("create table run (name text)")
    return path


def create_a_backfill(database: Path, how: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CREATE_A_BACKFILL, str(database), how],
        env={"PYTHONPATH": str(BIN_LIB)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def names(database: Path) -> list[str]:
    return [name for (name,) in sqlite3.connect(database).execute("select name from run order by rowid")]


def test_its_runs_are_made_at_once_while_others_wait(database: Path) -> None:
    done = create_a_backfill(database, "with")
    assert done.returncode == 0, done.stderr
    assert "scheduler: database is locked" in done.stdout  # with a timeout it would wait
    assert "seen: 0" in done.stdout  # nobody sees half a backfill
    assert names(database) == ["first", "second"]


def test_without_it_nobody_waits_and_half_a_backfill_is_seen(database: Path) -> None:
    """What it is for; when this fails, it can go."""
    done = create_a_backfill(database, "without")
    assert "scheduler: database is locked" not in done.stdout
    assert "seen: 0" not in done.stdout
