"""docker-compose.yaml: valid, and what an installation may never be without."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from typing import Any

import pytest
from tests.deploy.compose_files import (
    COMPOSE,
    EXAMPLE,
    LOCAL_EXECUTOR,
    REPO,
    comment,
    env_file,
    load,
    services,
    variables,
    with_local_executor,
)

from abicart_specter.operators.policy import DEFAULT_ARGS

NAMES = sorted(services())
SECRET = re.compile(r"PASSWORD|SECRET|KEY")
ENDS_BY_ITSELF = {"init", "cli"}
STORES = {"postgres", "redis"}
OUR_IMAGE = "abicart-specter:${VERSION:-"
IN_IMAGE = "/opt/abicart-specter/"


def argv(service: dict[str, Any]) -> list[str]:
    """Everything that the service runs: its command and its health check."""
    return [*service.get("command", []), *service.get("healthcheck", {}).get("test", [])]


@pytest.mark.parametrize("path", [COMPOSE, LOCAL_EXECUTOR], ids=lambda path: path.name)
def test_follows_the_compose_specification(path: Any) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_services_are_those_of_an_installation() -> None:
    always = {name for name, service in services().items() if "profiles" not in service}
    assert always == {
        *STORES,
        *("init", "api-server", "scheduler", "dag-processor", "worker", "triggerer", "log-groomer"),
    }


@pytest.mark.parametrize("name", NAMES)
def test_image_is_pinned(name: str) -> None:
    image = services()[name]["image"]
    assert image.startswith(OUR_IMAGE) or re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-bookworm", image)


@pytest.mark.parametrize("name", NAMES)
def test_service_is_watched_limited_and_restarted(name: str) -> None:
    service = services()[name]
    limits = service["deploy"]["resources"]["limits"]
    assert re.fullmatch(r"\d+[mg]", limits["memory"])
    assert float(limits["cpus"]) > 0
    assert service["restart"] == ("no" if name in ENDS_BY_ITSELF else "unless-stopped")
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    health = service["healthcheck"]
    if name in ENDS_BY_ITSELF:
        assert health == {"disable": True}
    else:
        assert health["test"][0] in ("CMD", "CMD-SHELL")
        assert {"interval", "timeout", "retries"} <= health.keys()


@pytest.mark.parametrize("name", NAMES)
def test_service_has_no_privileges(name: str) -> None:
    service = services()[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert str(service["user"]).split(":")[0] not in ("root", "0")
    assert not {"privileged", "cap_add", "pid", "network_mode", "devices"} & service.keys()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_written_into_a_container_that_runs_no_task(name: str) -> None:
    runs_tasks_or_makes_things = {"worker", "scheduler", "init", "cli", "postgres"}
    assert services()[name].get("read_only", False) is (name not in runs_tasks_or_makes_things)


def test_only_the_api_server_has_a_port_and_only_on_this_host() -> None:
    published = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert published == {"api-server": ["127.0.0.1:${API_PORT:-8080}:8080"]}


def test_stores_cannot_be_reached_from_outside() -> None:
    assert load(COMPOSE)["networks"]["data"]["internal"] is True
    for name in STORES:
        assert services()[name]["networks"] == ["data"]


def test_worker_can_be_there_several_times() -> None:
    worker = services()["worker"]
    assert not {"container_name", "hostname", "ports", "scale"} & worker.keys()
    assert worker["volumes"] == services()["api-server"]["volumes"]
    assert all(volume.startswith("shared:") for volume in worker["volumes"] if isinstance(volume, str))
    for part in argv(worker):
        assert "worker-1" not in part
    for script in ("worker.sh", "worker-health.sh"):
        assert "celery@${HOSTNAME:?}" in (REPO / "deploy" / script).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_shell_is_in_files_and_the_files_are_there(name: str) -> None:
    for part in argv(services()[name]):
        assert "\n" not in part
        assert part != "-c"
        if part.startswith(IN_IMAGE):
            assert (REPO / part.removeprefix(IN_IMAGE)).is_file()


def test_mounted_files_are_there_and_can_only_be_read() -> None:
    for service in services().values():
        for volume in service.get("volumes", []):
            if isinstance(volume, str) and volume.startswith("./"):
                source, _, mode = volume.split(":")
                assert (REPO / source).is_file()
                assert mode == "ro"


def test_others_start_after_init_has_succeeded() -> None:
    for name, service in services().items():
        if name in STORES | ENDS_BY_ITSELF or name.startswith("sandbox-"):
            continue
        assert service["depends_on"]["init"] == {"condition": "service_completed_successfully"}


def test_environment_is_a_mapping_of_texts() -> None:
    for service in services().values():
        environment = service.get("environment", {})
        assert isinstance(environment, dict)
        assert all(isinstance(value, str) for value in environment.values())


def test_only_init_may_change_the_ledger() -> None:
    knows = {
        name
        for name, service in services().items()
        if "sync_ledger_owner" in str(service.get("environment")) or "LEDGER_OWNER" in str(service)
    }
    assert knows == {"init", "postgres"}


def test_secrets_have_no_default_and_stop_the_start() -> None:
    secret = [(name, rule) for name, rule, _ in variables() if SECRET.search(name)]
    assert {name for name, _ in secret} >= {"FERNET_KEY", "POSTGRES_PASSWORD", "ADMIN_PASSWORD"}
    assert {rule for _, rule in secret} == {":?"}
    written = env_file(EXAMPLE)
    assert [name for name, _ in secret if written[name]] == []


def test_every_sentence_of_a_missing_secret_says_what_to_do() -> None:
    assert {rest for _, rule, rest in variables() if rule == ":?"} == {
        "is missing - run deploy/new-env.sh, which writes .env"
    }


def test_every_variable_is_explained_in_the_example_and_no_other() -> None:
    assert {name for name, _, _ in variables()} == env_file(EXAMPLE).keys()
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for before, line in itertools.pairwise(lines):
        if line and not comment(line):
            assert before, f"{line} has no explanation"


def test_defaults_of_both_files_agree() -> None:
    example = env_file(EXAMPLE)
    for name, rule, rest in variables():
        if rule == ":-":
            assert example[name] == rest


def test_times_fit_the_longest_task() -> None:
    longest = DEFAULT_ARGS["execution_timeout"].total_seconds()
    worker = services()["worker"]
    visible = worker["environment"]["AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT"]
    assert int(visible) > longest
    assert int(worker["stop_grace_period"].removesuffix("m")) * 60 > longest


def test_the_signal_to_stop_reaches_celery_alone() -> None:
    assert services()["worker"]["environment"]["DUMB_INIT_SETSID"] == "0"


class TestLocalExecutor:
    """The override for one host."""

    def test_neither_redis_nor_worker_starts(self) -> None:
        off = {
            name for name, service in with_local_executor().items() if service.get("profiles") == ["celery"]
        }
        assert off == {"redis", "worker"}

    def test_nothing_waits_for_what_does_not_start(self) -> None:
        for name, service in with_local_executor().items():
            needed = service.get("depends_on", {})
            assert name == "worker" or not any(
                needed[other].get("required", True) for other in ("redis", "worker") if other in needed
            )

    def test_all_of_airflow_has_the_executor(self) -> None:
        executors = {
            name: service["environment"]["AIRFLOW__CORE__EXECUTOR"]
            for name, service in with_local_executor().items()
            if "AIRFLOW__CORE__EXECUTOR" in service.get("environment", {}) and name != "worker"
        }
        assert set(executors.values()) == {"LocalExecutor"}
        assert {"scheduler", "api-server", "init"} <= executors.keys()

    def test_the_scheduler_has_room_for_the_tasks_and_lets_them_end(self) -> None:
        scheduler = with_local_executor()["scheduler"]
        assert scheduler["deploy"]["resources"]["limits"]["memory"] == "5g"
        assert scheduler["stop_grace_period"] == services()["worker"]["stop_grace_period"]
        assert scheduler["depends_on"]["api-server"] == {"condition": "service_healthy"}
