"""What init refuses, before it touches a database: each with a sentence that names the setting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.deploy.conftest import Run

Settings = Callable[..., dict[str, str]]


def test_what_new_env_writes_is_accepted(run: Run, settings: Settings) -> None:
    done = run("deploy/check-env.sh", env=settings())
    assert (done.returncode, done.stderr) == (0, "")


def test_what_new_env_writes_for_a_trial_is_accepted(run: Run, settings: Settings) -> None:
    done = run("deploy/check-env.sh", env=settings("--trial"))
    assert (done.returncode, done.stderr) == (0, "")


BAD = {
    "LEDGER_PASSWORD": ("p@ss/word-p@ss/word", "LEDGER_PASSWORD in .env holds a character that would break"),
    "REDIS_PASSWORD": ("Xk9q", "REDIS_PASSWORD in .env is too short: at least 16"),
    "SYNC_HASH_SECRET": ("a-secret-of-sixteen", "SYNC_HASH_SECRET in .env is too short: at least 32"),
    "FERNET_KEY": ("no-key", "FERNET_KEY in .env is no Fernet key"),
    "API_SECRET_KEY": ("Xk9q", "API_SECRET_KEY in .env is missing or too short"),
    "JWT_SECRET": ("x" * 32, "JWT_SECRET in .env is missing or too short: at least 64"),
    "ADMIN_PASSWORD": ("elevenchars", "ADMIN_PASSWORD in .env is missing or too short: at least 12"),
    "ADMIN_USERNAME": ("two words", "ADMIN_USERNAME in .env is missing, or holds other characters"),
    "ADMIN_EMAIL": ("nobody", "ADMIN_EMAIL in .env is no e-mail address"),
    "ABICART_API_SLOTS": ("many", "ABICART_API_SLOTS in .env is 'many'"),
    "SPECTER_API_SLOTS": ("0", "SPECTER_API_SLOTS in .env is '0'"),
    "SHOPS_DIR": ("./nowhere", "SHOPS_DIR in .env, cannot be read"),
    "TRIAL": ("yes", "TRIAL in .env is 'yes'"),
    "PLAIN_HTTP_HOSTS": ("shop.textalk.se", "PLAIN_HTTP_HOSTS in .env is for the trial only"),
    "COMPOSE_PROFILES": ("debug,trial", "COMPOSE_PROFILES in .env starts the sandbox, but TRIAL is empty"),
}


@pytest.mark.parametrize("name", BAD)
def test_init_stops_with_a_sentence_before_it_migrates(name: str, run: Run, settings: Settings) -> None:
    value, sentence = BAD[name]
    stopped = run("deploy/init.sh", env=settings(**{name: value}))
    assert stopped.returncode == 1
    assert sentence in stopped.stderr
    assert stopped.stderr.count("\n") == 1, "one setting is wrong, so one sentence"
    assert "migrating" not in stopped.stdout
    if name.endswith(("PASSWORD", "SECRET", "KEY")):
        assert value not in stopped.stderr


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "FERNET_KEY", "ADMIN_PASSWORD", "JWT_SECRET"])
def test_a_secret_that_is_missing_is_named(name: str, run: Run, settings: Settings) -> None:
    stopped = run("deploy/init.sh", env=settings(**{name: ""}))
    assert stopped.returncode == 1
    assert name in stopped.stderr


def test_everything_wrong_is_told_at_once(run: Run, settings: Settings) -> None:
    stopped = run("deploy/init.sh", env=settings(REDIS_PASSWORD="x", ADMIN_PASSWORD="y"))
    assert "REDIS_PASSWORD" in stopped.stderr
    assert "ADMIN_PASSWORD" in stopped.stderr


def test_two_roles_may_not_have_one_password(run: Run, settings: Settings) -> None:
    same = "0123456789abcdef0123"
    stopped = run("deploy/init.sh", env=settings(LEDGER_PASSWORD=same, LEDGER_OWNER_PASSWORD=same))
    assert stopped.returncode == 1
    assert "Two passwords in .env are the same" in stopped.stderr


def test_the_fernet_key_may_be_exchanged(run: Run, settings: Settings) -> None:
    values = settings()
    values["AIRFLOW__CORE__FERNET_KEY"] += "," + values["AIRFLOW__CORE__FERNET_KEY"]
    assert run("deploy/check-env.sh", env=values).returncode == 0


def test_a_trial_has_no_real_shop(host: Path, run: Run, settings: Settings) -> None:
    (host / "include/shops/myshop.yaml").write_text("base_currency: SEK\n", encoding="utf-8")
    stopped = run("deploy/init.sh", env=settings("--trial"))
    assert stopped.returncode == 1
    assert "SHOPS_DIR holds myshop.yaml" in stopped.stderr


def test_a_shared_folder_of_another_user_is_named(host: Path, run: Run, settings: Settings) -> None:
    (host / "shared").write_text("no folder", encoding="utf-8")
    stopped = run("deploy/init.sh", env=settings())
    assert stopped.returncode == 1
    assert f"{host}/shared/JOURNAL_DIR cannot be written by user" in stopped.stderr
    assert "migrating" not in stopped.stdout
