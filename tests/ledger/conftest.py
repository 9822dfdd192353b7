"""A ledger on SQLite and one on PostgreSQL for every test, and programs of their own for those about processes.

PostgreSQL is a private cluster from the machine's packages: in a temporary folder, on a free loopback port, as user
``postgres`` when the tests run as root (it refuses to run as root). Ledgers on it are used as tasks use them: as a role
that may read and write rows and nothing else.
"""

from __future__ import annotations

import multiprocessing
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import psycopg
import pytest

from abicart_specter.ledger import Ledger, RunKey
from abicart_specter.ledger.grants import let_tasks_work
from abicart_specter.ledger.migrate import upgrade
from abicart_specter.ledger.models import Base

WAIT = 60.0
TASKS = "tasks"
"""The role that tasks have."""

# What runs in processes of its own must be importable there, and here to be named.
PATHS = [str(Path(__file__).parents[2] / "plugins"), str(Path(__file__).parent / "workers")]
sys.path.append(PATHS[1])


@dataclass(frozen=True)
class Postgres:
    """A running cluster. Databases are copies of a migrated one, or empty."""

    port: int
    password: str
    names: Iterator[int]

    def url(
        self, database: str, *, role: str = "owner", password: str | None = None, port: int | None = None
    ) -> str:
        return f"postgresql://{role}:{password or self.password}@127.0.0.1:{port or self.port}/{database}"

    def run(self, sql: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql)  # type: ignore[arg-type]

    def create(self, template: str = "template1") -> str:
        name = f"ledger_{next(self.names)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE {name} WITH (FORCE)")


def _postgres_programs() -> Path | None:
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).parent)
    return max(found, default=None)


def _postgres_user() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The cluster; skips where PostgreSQL is not installed."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL programs on this machine (Debian package postgresql)")
    user = _postgres_user()
    folder = Path(tempfile.mkdtemp(prefix="ledger-pg-"))
    password, port = secrets.token_hex(12), _free_port()
    (folder / "password").write_text(password, encoding="ascii")
    if user is not None:
        shutil.chown(folder, user)
        shutil.chown(folder / "password", user)

    def program(name: str, *arguments: str) -> None:
        subprocess.run(
            [str(programs / name), "-D", str(folder / "data"), *arguments],
            user=user,
            cwd=folder,
            check=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    try:
        program(
            "initdb",
            *("--auth=scram-sha-256", "--username=owner", f"--pwfile={folder / 'password'}"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off -c max_connections=60"
        program("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
        try:
            yield Postgres(port, password, count())
        finally:
            program("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "ledger.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    name = postgres.create()
    upgrade(postgres.url(name))
    postgres.run(f"CREATE ROLE {TASKS} LOGIN PASSWORD '{postgres.password}'")
    let_tasks_work(postgres.url(name), TASKS)
    return name


@pytest.fixture(scope="session")
def postgres_shared(postgres: Postgres, postgres_template: str) -> str:
    """The ledger that most tests use one after the other: emptying one is far quicker than making one."""
    return postgres.create(postgres_template)


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_shared: str) -> Iterator[str]:
    """Address, for the role of tasks, of a migrated, empty ledger on PostgreSQL, whose tables the test leaves as they
    are, and its identity.
    """
    yield postgres.url(postgres_shared, role=TASKS)
    tables = ", ".join(name for name in Base.metadata.tables if name != "ledger_identity")
    with psycopg.connect(postgres.url(postgres_shared), autocommit=True) as connection:
        connection.execute(f"TRUNCATE {tables}")  # type: ignore[arg-type]


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Address of a migrated ledger on SQLite, for what only that has."""
    path = tmp_path / "ledger.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens: it was free a moment ago."""
    return _free_port()


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Makes a test run once for each database."""
    return str(request.param)


@pytest.fixture
def empty_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a ledger can be made: an absent file, or an empty database."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def url(backend: str, request: pytest.FixtureRequest) -> str:
    """Address of a migrated ledger without content."""
    return str(request.getfixturevalue(f"{'sqlite' if backend == 'sqlite' else 'postgres'}_url"))


@pytest.fixture
def url_to_break(backend: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of a migrated ledger that nobody uses after the test."""
    if backend == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue("postgres_template"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with Ledger.open(url) as opened:
        yield opened


@pytest.fixture
def run(ledger: Ledger) -> RunKey:
    """A started run of shop ``demo``."""
    key = RunKey("demo", "product_export", "run-1")
    ledger.start_run(key, {})
    return key


@dataclass
class Worker:
    """A process of its own with a pipe to it."""

    process: ForkServerProcess
    pipe: Connection

    def kill(self) -> None:
        """SIGKILL: it gets no chance to clean up."""
        self.process.kill()
        self.process.join(WAIT)

    def end(self) -> None:
        """Waits for its own end, which must be a good one."""
        self.process.join(WAIT)
        assert self.process.exitcode == 0


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Processes are forked off a helper that has our code loaded but no connection open.

    Forking the test's own process could hand its SQLite connections on, which breaks SQLite's locks.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["psycopg", "ledger_workers"])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(PATHS)  # the helper looks nowhere else when it loads them
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
    return context


@pytest.fixture
def worker(processes: ForkServerContext) -> Iterator[Callable[..., Worker]]:
    """Starts a function of ``ledger_workers`` as a process: ``worker(function, url, …)``.

    The function's first argument is its end of the pipe. Whatever still runs at the end of the test is killed.
    """
    started: list[Worker] = []

    def start(target: Callable[..., None], *arguments: object) -> Worker:
        ours, theirs = processes.Pipe()
        process = processes.Process(target=target, args=(theirs, *arguments))
        process.start()
        theirs.close()
        started.append(Worker(process, ours))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.pipe.close()
