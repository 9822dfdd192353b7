"""Rule 1: a ledger is only ever used if it is there, is the right one, and belongs to this shop."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from abicart_specter.errors import FatalError, LedgerError, RetriableError
from abicart_specter.ledger import Ledger, LedgerUnavailableError, RunKey, ShopBinding
from abicart_specter.ledger.__main__ import main
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.migrate import status, upgrade
from abicart_specter.ledger.revisions import judge

BINDING = ShopBinding("demo", 100, 200, 7)


def test_a_missing_file_is_fatal_and_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with pytest.raises(LedgerError, match="upgrade URL") as raised:
        Ledger.open(f"sqlite:///{path}")
    assert isinstance(raised.value, FatalError)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_is_not_migrated(empty_url: str, backend: str, tmp_path: Path) -> None:
    if backend == "sqlite":
        (tmp_path / "ledger.db").touch()
    with pytest.raises(LedgerError, match="never migrated"):
        Ledger.open(empty_url)
    assert status(empty_url).state == "not migrated"


def test_somebody_elses_sqlite_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (a)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="never migrated"):
        Ledger.open(f"sqlite:///{path}")
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", ["folder", "text"])
def test_a_path_that_is_no_database_is_fatal(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ledger.db"
    if content == "folder":
        path.mkdir()
    else:
        path.write_text("This is no database. " * 100, encoding="utf-8")
    with pytest.raises(LedgerError, match=r"Remedy: "):
        Ledger.open(f"sqlite:///{path}")


def test_a_ledger_of_newer_code_is_fatal_and_never_migrated(url_to_break: str) -> None:
    database = Database(url_to_break)
    with database.write() as connection:
        connection.execute(text("UPDATE ledger_revision SET version_num = '9999'"))
    database.close()
    for act in (Ledger.open, upgrade):
        with pytest.raises(LedgerError, match=r"newer code.*9999"):
            act(url_to_break)
    assert status(url_to_break).state == "newer"


def test_a_revision_is_judged_against_those_the_code_knows() -> None:
    assert [judge(revision, ("1", "2", "3")) for revision in (None, "1", "2", "3", "4")] == [
        "not migrated",
        "older",
        "older",
        "current",
        "newer",
    ]


def test_a_ledger_without_its_id_did_not_end_its_migration(url_to_break: str) -> None:
    database = Database(url_to_break)
    with database.write() as connection:
        connection.execute(text("DELETE FROM ledger_identity"))
    database.close()
    with pytest.raises(LedgerError, match="has no id"):
        Ledger.open(url_to_break)
    made = upgrade(url_to_break)
    with Ledger.open(url_to_break) as ledger:
        assert ledger.id == made


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hemligt",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///relative.db",
        "sqlite:////tmp/ledger.db?mode=memory",
        "mysql://user:hemligt@host/database",
        "postgresql://user:hemligt@host",
        "postgresql://user:hemligt@host:port/database",
    ],
)
def test_an_address_that_cannot_work_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(LedgerError, match=r"Remedy: ") as raised:
        Ledger.open(address)
    assert "hemligt" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_is_understood(
    postgres: Any, postgres_template: str, scheme: str
) -> None:
    with Ledger.open(postgres.url(postgres_template).replace("postgresql", scheme, 1)) as ledger:
        assert ledger.backend == "postgresql"


def test_an_unreachable_postgresql_may_be_tried_again(postgres: Any, closed_port: int) -> None:
    with pytest.raises(LedgerUnavailableError, match="cannot be reached") as raised:
        Ledger.open(postgres.url("ledger", port=closed_port))
    assert isinstance(raised.value, RetriableError)
    assert postgres.password not in str(raised.value)


@pytest.mark.parametrize("wrong", ["password", "database"])
def test_a_postgresql_that_refuses_us_is_fatal(postgres: Any, wrong: str) -> None:
    address = postgres.url("postgres", password="fel") if wrong == "password" else postgres.url("nowhere")
    with pytest.raises(LedgerError, match="refused us") as raised:
        Ledger.open(address)
    assert postgres.password not in str(raised.value)


def test_connections_that_the_server_closed_are_made_anew(postgres: Any, postgres_url: str) -> None:
    with Ledger.open(postgres_url) as ledger:
        ledger.start_run(RunKey("demo", "flow", "1"), {})
        postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'ledger_%'")
        assert ledger.get_run(RunKey("demo", "flow", "1")) is not None


def test_a_connection_lost_within_a_transaction_may_be_tried_again(postgres: Any, postgres_url: str) -> None:
    database = Database(postgres_url)
    with pytest.raises(LedgerUnavailableError), database.write() as connection:
        (own,) = connection.execute(text("SELECT pg_backend_pid()")).one()
        postgres.run(f"SELECT pg_terminate_backend({own}, 5000)")
        connection.execute(text("SELECT 1"))
    database.close()


def test_the_ledger_that_is_known_is_accepted(ledger: Ledger) -> None:
    ledger.check_identity(None)
    ledger.check_identity(ledger.id)


def test_another_ledger_is_lost_or_swapped(ledger: Ledger) -> None:
    ledger.bind(BINDING)
    with pytest.raises(LedgerError, match=r"lost or swapped.*another one.*sync_ledger_id"):
        ledger.check_identity("11111111-1111-1111-1111-111111111111")


def test_an_empty_ledger_where_one_is_known_is_lost_or_swapped(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match=r"lost or swapped.*empty and new"):
        ledger.check_identity("11111111-1111-1111-1111-111111111111")


def test_two_ledgers_never_have_the_same_id(tmp_path: Path) -> None:
    assert upgrade(f"sqlite:///{tmp_path / 'a.db'}") != upgrade(f"sqlite:///{tmp_path / 'b.db'}")


def test_a_shop_is_bound_once_and_stays_bound(ledger: Ledger, url: str) -> None:
    ledger.check_binding(BINDING)
    assert ledger.bindings() == []
    ledger.bind(BINDING)
    ledger.bind(BINDING)
    with Ledger.open(url) as again:
        again.bind(BINDING)
        again.check_binding(BINDING)
        assert again.bindings() == [BINDING]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (ShopBinding("demo", 101, 200, 7), "webshop id is 101 now.*kept for 100.*abicart_demo"),
        (ShopBinding("demo", 100, 201, 7), "sbmId.*is 201 now.*kept for 200.*specter_demo"),
        (ShopBinding("demo", 100, 200, 8), "API user is 8 now.*kept for 7.*rebind"),
        (ShopBinding("demo", 100, 200, None), "API user is none now.*kept for 7"),
    ],
)
def test_a_shop_that_points_elsewhere_is_refused(ledger: Ledger, given: ShopBinding, words: str) -> None:
    ledger.bind(BINDING)
    with pytest.raises(LedgerError, match=words):
        ledger.bind(given)
    with pytest.raises(LedgerError, match=words):
        ledger.check_binding(given)
    assert ledger.bindings() == [BINDING]


def test_a_webshop_is_not_bound_under_two_names(ledger: Ledger) -> None:
    ledger.bind(BINDING)
    taken = ShopBinding("second", 100, 300, 7)
    with pytest.raises(LedgerError, match="100 is bound to shop demo"):
        ledger.check_binding(taken)
    with pytest.raises(LedgerError, match="100 is bound to shop demo"):
        ledger.bind(taken)


def test_two_shops_may_share_a_specter_account(ledger: Ledger) -> None:
    ledger.bind(BINDING)
    ledger.bind(ShopBinding("second", 101, 200, 7))
    assert [kept.shop for kept in ledger.bindings()] == ["demo", "second"]


def test_an_exchanged_api_user_is_rebound_by_a_person(
    ledger: Ledger, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger.bind(BINDING)
    assert main(["rebind", url, "demo", "--api-user", "8"]) == 0
    ledger.bind(ShopBinding("demo", 100, 200, 8))
    assert main(["rebind", url, "nobody", "--api-user", "8"]) == 1
    assert "no shop nobody" in capsys.readouterr().err
