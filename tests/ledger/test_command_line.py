"""The ledger's command line as init uses it: no address among the arguments, never a second ledger."""

from __future__ import annotations

import pytest

from abicart_specter.ledger.__main__ import URL_VARIABLE, main
from abicart_specter.ledger.migrate import status

OTHER = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def in_environment(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database whose address is in the environment."""
    monkeypatch.setenv(URL_VARIABLE, empty_url)
    return empty_url


def made(capsys: pytest.CaptureFixture[str]) -> str:
    """The id of the ledger in the environment, as printed."""
    assert main(["upgrade", "-"]) == 0
    capsys.readouterr()
    assert main(["id", "-"]) == 0
    return capsys.readouterr().out.strip()


def test_the_address_comes_from_the_environment(
    in_environment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger_id = made(capsys)
    assert ledger_id == status(in_environment).ledger_id


def test_without_an_address_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    assert main(["upgrade", "-"]) == 1
    assert URL_VARIABLE in capsys.readouterr().err


def test_the_known_ledger_is_migrated_again(in_environment: str, capsys: pytest.CaptureFixture[str]) -> None:
    ledger_id = made(capsys)
    assert main(["upgrade", "-", "--known-id", ledger_id]) == 0
    assert ledger_id in capsys.readouterr().out


def test_no_ledger_known_makes_one(in_environment: str) -> None:
    assert main(["upgrade", "-", "--known-id", ""]) == 0
    assert status(in_environment).state == "current"


def test_where_one_is_known_an_empty_database_stays_empty(
    in_environment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = status(in_environment).state
    assert main(["upgrade", "-", "--known-id", OTHER]) == 1
    said = capsys.readouterr().err
    assert "Ledger lost or swapped" in said
    assert OTHER in said
    assert "Restore the ledger from its last backup" in said
    assert status(in_environment).state == before
    assert before in ("missing", "not migrated")


def test_another_ledger_is_not_taken_for_the_known_one(
    in_environment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made(capsys)
    assert main(["upgrade", "-", "--known-id", OTHER]) == 1
    assert "is empty and new" in capsys.readouterr().err


def test_only_postgresql_has_roles(
    in_environment: str, backend: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["upgrade", "-", "--tasks-role", "nobody_there"]) == 1
    expected = "Only PostgreSQL knows roles" if backend == "sqlite" else "knows no role nobody_there"
    assert expected in capsys.readouterr().err
