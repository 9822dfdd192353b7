"""May a run begin? What is wrong is said with shop and remedy, and never with a secret (settings 1, 27; rule 1)."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from harness import Export, demo_settings
from scenes import table_dump

from abicart_specter.domain.records import ShopFacts
from abicart_specter.errors import (
    AbicartSpecterError,
    BaseCurrencyError,
    ConfigurationError,
    CredentialsError,
    LedgerError,
)
from abicart_specter.flows.check_shop import check_shop
from abicart_specter.ledger import Ledger, ShopBinding
from abicart_specter.ledger.revisions import VERSION_TABLE

SECRETS = ("demo-token-1", "demo-user-key", "demo-integration-key", "not-the-token", "not-the-key")


def refused(export: Export, caplog) -> AbicartSpecterError:
    """The error that the check ends in. Its words, and every line of the log, are free of secrets."""
    with pytest.raises(AbicartSpecterError) as caught:
        check_shop(export.context())
    error = caught.value
    told = f"{error!s} {error!r} {caplog.text}"
    assert not [secret for secret in SECRETS if secret in told]
    assert "demo" in error.message
    assert error.remedy
    return error


def test_a_shop_in_order(small, specter_server, caplog) -> None:
    caplog.set_level("INFO")
    facts = check_shop(small.context())
    assert facts == ShopFacts(22222, "SEK", True, True, "SE", "sv")
    assert small.ledger.bindings() == [ShopBinding("demo", 22222, 1000, 12)]
    assert "accepts our keys" in caplog.text
    assert specter_server.control.counters()["writes"] == 0


def test_a_wrong_token(small, caplog) -> None:
    small.token = "not-the-token"
    error = refused(small, caplog)
    assert isinstance(error, CredentialsError)
    assert "abicart_demo" in error.remedy


def test_a_webshop_that_is_another_one(small, abicart_server, caplog) -> None:
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "webshop": 33333})
    error = refused(small, caplog)
    assert isinstance(error, ConfigurationError)
    assert "abicart_demo" in error.remedy


@pytest.mark.parametrize(
    "wrong",
    [
        {"user_key": "not-the-key"},
        {"integration_secret": "not-the-key"},
        {"api_user_id": 99},
        {"sbm_id": 4711},
    ],
)
def test_wrong_credentials_of_specter(small, caplog, wrong) -> None:
    small.connection = small.specter_connection(**wrong)
    error = refused(small, caplog)
    assert isinstance(error, CredentialsError)
    assert "specter_demo" in error.remedy
    assert small.ledger.bindings() == []


def test_an_account_of_the_first_version(small, caplog) -> None:
    keys = {"sbm_id": 1001, "api_version": 1, "api_user_id": None}
    small.connection = small.specter_connection(
        **keys, user_key="demo-md5key1", integration_secret="demo-md5key2"
    )
    check_shop(small.context())
    assert small.ledger.bindings() == [ShopBinding("demo", 22222, 1001, None)]
    small.connection = small.specter_connection(
        **keys, user_key="demo-md5key1", integration_secret="not-the-key"
    )
    assert isinstance(refused(small, caplog), CredentialsError)


def test_another_base_currency(small, abicart_server, specter_server, caplog) -> None:
    abicart_server.control.edit("Webshop", patch={"baseCurrency": "EUR"})
    error = refused(small, caplog)
    assert isinstance(error, BaseCurrencyError)
    assert "EUR" in error.message and "SEK" in error.remedy
    assert specter_server.control.counters()["requests"] == 0


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        (ShopBinding("demo", 44444, 1000, 12), "44444"),
        (ShopBinding("demo", 22222, 2000, 12), "2000"),
        (ShopBinding("demo", 22222, 1000, 13), "13"),
        (ShopBinding("annan", 22222, 1000, 12), "annan"),
    ],
)
@pytest.mark.parametrize("dry", [False, True])
def test_a_ledger_that_was_kept_for_something_else(small, caplog, bound, words, dry) -> None:
    small.ledger.bind(bound)
    ctx = small.context()
    ctx.dry_run = dry
    with pytest.raises(LedgerError) as caught:
        check_shop(ctx)
    assert words in caught.value.message and "demo" in caught.value.message
    assert caught.value.remedy
    assert small.ledger.bindings() == [bound]


@pytest.mark.parametrize("revision", ["0000", "9999"])
def test_a_ledger_of_another_revision_is_never_used_nor_migrated(small, revision) -> None:
    write = f"UPDATE {VERSION_TABLE} SET version_num = '{revision}'"  # noqa: S608 - constants
    with closing(sqlite3.connect(small.folder / "ledger.db")) as connection, connection:
        connection.execute(write)
    before = table_dump(small)
    with pytest.raises(LedgerError) as caught:
        Ledger.open(small.ledger_url)
    assert revision in caught.value.message and caught.value.remedy
    assert table_dump(small) == before


@pytest.mark.parametrize("shape", ["settings", "unknown_action"])
def test_an_account_check_of_an_unknown_form_is_a_warning(small, specter_server, caplog, shape) -> None:
    specter_server.control.switches(account_check=shape)
    check_shop(small.context())
    assert "nobody has documented" in caplog.text


def test_settings_that_deserve_a_warning_are_told(small, caplog) -> None:
    small.settings = demo_settings(
        customers__ignore_email=True, customers__ignore_organisation_number=True, imports__extra_price=True
    )
    check_shop(small.context())
    assert "main cause of duplicate customers" in caplog.text
    assert "imports.extra_price does nothing" in caplog.text
