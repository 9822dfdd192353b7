"""deploy/new-env.sh: random keys, for the owner's eyes only, and never written over."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path
from urllib.parse import urlsplit

from tests.deploy.compose_files import EXAMPLE, env_file, environment, services, variables
from tests.deploy.conftest import Run


def test_writes_every_secret_that_the_start_asks_for(host: Path, run: Run) -> None:
    assert run("deploy/new-env.sh").returncode == 0
    written = env_file(host / ".env")
    assert {name for name, rule, _ in variables() if rule == ":?"} <= {
        name for name in written if written[name]
    }
    assert written.keys() <= env_file(EXAMPLE).keys()


def test_only_the_owner_can_read_it(host: Path, run: Run) -> None:
    run("deploy/new-env.sh")
    assert stat.S_IMODE((host / ".env").stat().st_mode) == 0o600


def test_values_are_random_and_all_different(host: Path, run: Run) -> None:
    secrets = []
    for _ in range(2):
        run("deploy/new-env.sh")
        written = env_file(host / ".env")
        secrets += [
            value for name, value in written.items() if "PASSWORD" in name or name.endswith(("KEY", "SECRET"))
        ]
        (host / ".env").unlink()
    assert len(secrets) == 2 * 10
    assert len(set(secrets)) == len(secrets)
    assert min(map(len, secrets)) >= 20


def test_the_fernet_key_is_one(host: Path, run: Run) -> None:
    run("deploy/new-env.sh")
    assert len(base64.urlsafe_b64decode(env_file(host / ".env")["FERNET_KEY"])) == 32


def test_an_existing_file_is_left_alone(host: Path, run: Run) -> None:
    (host / ".env").write_text("FERNET_KEY=ours\n", encoding="utf-8")
    refused = run("deploy/new-env.sh")
    assert refused.returncode == 1
    assert "exists already and is left alone" in refused.stderr
    assert (host / ".env").read_text(encoding="utf-8") == "FERNET_KEY=ours\n"


def test_an_unknown_option_writes_nothing(host: Path, run: Run) -> None:
    refused = run("deploy/new-env.sh", "--force")
    assert refused.returncode == 1
    assert "--trial" in refused.stderr
    assert not (host / ".env").exists()


def test_a_trial_shares_no_name_with_a_production(host: Path, run: Run) -> None:
    run("deploy/new-env.sh")
    production = env_file(host / ".env")
    (host / ".env").unlink()
    run("deploy/new-env.sh", "--trial")
    trial = env_file(host / ".env")
    assert "COMPOSE_PROJECT_NAME" not in production
    assert trial["COMPOSE_PROJECT_NAME"] == "abicart-specter-trial"
    assert (trial["TRIAL"], trial["COMPOSE_PROFILES"]) == ("1", "trial")
    assert not {"TRIAL", "COMPOSE_PROFILES", "PLAIN_HTTP_HOSTS"} & production.keys()


def test_the_plain_hosts_of_a_trial_are_its_sandbox(host: Path, run: Run) -> None:
    run("deploy/new-env.sh", "--trial")
    values = environment("init", env_file(host / ".env"))
    addresses = [urlsplit(values[name]) for name in ("TRIAL_ABICART_URL", "TRIAL_SPECTER_URL")]
    assert values["ABICART_SPECTER_PLAIN_HTTP_HOSTS"] == ",".join(str(one.hostname) for one in addresses)
    for one in addresses:
        assert str(one.port) in services()[str(one.hostname)]["command"]


def test_addresses_with_these_passwords_can_be_read(host: Path, run: Run) -> None:
    run("deploy/new-env.sh")
    written = env_file(host / ".env")
    values = environment("worker", written)
    ledger = json.loads(values["AIRFLOW_CONN_SYNC_LEDGER"])["extra"]
    assert urlsplit(ledger["url"]).password == written["LEDGER_PASSWORD"]
    assert ledger["hash_secret"] == written["SYNC_HASH_SECRET"]
    assert urlsplit(values["AIRFLOW__CELERY__BROKER_URL"]).password == written["REDIS_PASSWORD"]
    database = urlsplit(values["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    assert (database.password, database.hostname) == (written["AIRFLOW_DB_PASSWORD"], "postgres")
