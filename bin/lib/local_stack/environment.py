"""The environment of every process of the stack. All of Airflow's settings are here, none in a file."""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from local_stack.files import PROJECT, Home
from local_stack.ports import LOOPBACK

USER = "admin"
HOSTNAME_MODULE = "local_stack_hostname"
SIMPLE_AUTH = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"


def base_environment() -> dict[str, str]:
    """The person's environment without what would change Airflow or our code behind our back."""
    dropped = ("AIRFLOW", "ABICART_SPECTER_", "PYTHON")
    env = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    venv_bin = str(Path(sys.executable).parent)
    env["PATH"] = os.pathsep.join([venv_bin, env.get("PATH", os.defpath)])
    env["PYTHONPATH"] = os.pathsep.join(str(PROJECT / part) for part in ("plugins", "include/sandbox"))
    env["PYTHONUNBUFFERED"] = "1"
    # Airflow's own way of reading .airflowignore; without this it is the first line of every task's log
    env["PYTHONWARNINGS"] = "ignore:GitWildMatchPattern:DeprecationWarning"
    for name in ("NO_PROXY", "no_proxy"):  # a proxy is of no use for servers on this machine
        env[name] = ",".join(filter(None, [env.get(name), LOOPBACK, "localhost"]))
    return env


def airflow_environment(
    home: Home, port: int, log_port: int, *, dags: Path | None = None, extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Settings of an Airflow on SQLite with LocalExecutor.

    :param port: of the UI and the REST API.
    :param log_port: of the log server on this machine.
    :param dags: folder of the DAG files; the project's own if None.
    :param extra: more settings, ``AIRFLOW__SECTION__KEY``.
    """
    keys = _keys(home)
    settings: dict[str, dict[str, object]] = {
        "core": {
            "dags_folder": dags or PROJECT / "dags",
            "plugins_folder": PROJECT / "plugins",
            "load_examples": False,
            "executor": "LocalExecutor",
            "parallelism": 8,
            "dags_are_paused_at_creation": True,
            "auth_manager": SIMPLE_AUTH,
            "simple_auth_manager_users": f"{USER}:admin",
            "simple_auth_manager_passwords_file": home.passwords,
            "execution_api_server_url": f"http://{LOOPBACK}:{port}/execution/",
            "fernet_key": keys["fernet"],
            "test_connection": "Enabled",  # the button in the list of connections
            "hostname_callable": f"{HOSTNAME_MODULE}.hostname",
        },
        "database": {"sql_alchemy_conn": f"sqlite:///{home.airflow_database}?timeout=60"},
        "api": {"host": LOOPBACK, "port": port, "secret_key": keys["api"], "expose_config": True},
        "api_auth": {"jwt_secret": keys["jwt"]},
        "logging": {
            "base_log_folder": home.path / "logs",
            "dag_processor_child_process_log_directory": home.path / "logs" / "dag_processor",
            "colored_console_log": False,
            "worker_log_server_port": log_port,
            "trigger_log_server_port": log_port,
        },
        "scheduler": {
            "scheduler_idle_sleep_time": 0.5,
            "enable_health_check": False,
            "catchup_by_default": False,
        },
        "dag_processor": {
            "dag_bundle_storage_path": home.path / "bundles",
            "parsing_processes": 1,
            "refresh_interval": 30,
        },
        "workers": {"execution_api_timeout": 30},  # the default of 5 s is short for two busy cores
        "usage_data_collection": {"enabled": False},
    }
    env = base_environment() | {"AIRFLOW_HOME": str(home.path)}
    env["PYTHONPATH"] = os.pathsep.join([env["PYTHONPATH"], str(_modules_folder(home))])
    for section, values in settings.items():
        for key, value in values.items():
            env[f"AIRFLOW__{section.upper()}__{key.upper()}"] = str(value)
    env["ABICART_SPECTER_REPORTS_DIR"] = str(home.reports)
    return env | dict(extra or {})


def _modules_folder(home: Home) -> Path:
    """Modules for Airflow: one that tells it this machine's name, the loopback address; and its local settings.

    Airflow's default asks DNS, which can take long where there is none; and whatever the name is, it need not lead
    to the loopback address.
    """
    folder = home.path / "hostname"
    folder.mkdir(exist_ok=True)
    code = f'def hostname() -> str:\n    return "{LOOPBACK}"\n'
    (folder / f"{HOSTNAME_MODULE}.py").write_text(code, encoding="utf-8")
    settings = Path(__file__).with_name("sqlite_savepoints.py").read_text(encoding="utf-8")
    (folder / "airflow_local_settings.py").write_text(settings, encoding="utf-8")
    return folder


def password(home: Home) -> str:
    """The password of the user ``admin``; made at first use, in a file that only its owner can read."""
    if not home.passwords.exists():
        _write_private(home.passwords, {USER: secrets.token_urlsafe(9)})
    return str(json.loads(home.passwords.read_text(encoding="utf-8"))[USER])


def _keys(home: Home) -> dict[str, str]:
    if not home.secrets.exists():
        _write_private(
            home.secrets,
            {
                "fernet": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
                "api": secrets.token_hex(32),
                "jwt": secrets.token_hex(64),
                "hash": secrets.token_hex(32),
            },
        )
    keys: dict[str, str] = json.loads(home.secrets.read_text(encoding="utf-8"))
    return keys


def hash_secret(home: Home) -> str:
    """Key of the customers' HMAC in the ledger."""
    return _keys(home)["hash"]


def _write_private(path: Path, content: Mapping[str, str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
