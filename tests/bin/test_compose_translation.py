"""What becomes of a container's paths, addresses and command; and what the image holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from compose_processes.compose_file import Compose, Mount, Service
from compose_processes.entry_points import command
from compose_processes.errors import ComposeError
from compose_processes.image_folder import ImageFolder, lay_out
from compose_processes.translation import Folders, Process, Translation
from local_stack.files import PROJECT

PORTS = {"postgres": 4001, "redis": 4002, "api-server": 4003, "scheduler": 4004, "sandbox-abicart": 4005}


def service(name: str = "worker", **more: Any) -> Service:
    given: dict[str, Any] = {
        "image": "abicart-specter:1",
        "command": ("scheduler",),
        "environment": {},
        "mounts": (Mount("shared", "/opt/airflow/shared", True),),
        "published": (),
        "depends_on": (),
        "healthcheck": None,
    }
    return Service(name=name, **(given | more))


def process(
    tmp_path: Path, one: Service | None = None, port: int | None = 4009, **environment: str
) -> Process:
    one = one or service(environment=environment)
    names: Mapping[str, Service] = dict.fromkeys((*PORTS, "worker", "new"), one)
    folders = Folders(
        ImageFolder(tmp_path / "image", {"OF_THE_IMAGE": "1"}),
        tmp_path / "volumes",
        tmp_path / "processes",
        tmp_path / "database",
    )
    return Translation(Compose(tmp_path, names), folders, PORTS).process(one, "worker-1", port)


def value(tmp_path: Path, text: str) -> str:
    return process(tmp_path, A=text).env["A"]


def test_paths(tmp_path: Path) -> None:
    home = tmp_path / "processes/worker-1"
    assert value(tmp_path, "/opt/airflow") == str(home)
    assert value(tmp_path, "/opt/airflow/x") == f"{home}/x"
    assert value(tmp_path, "/opt/airflow/shared/logs") == f"{tmp_path}/volumes/shared/logs"
    assert value(tmp_path, "/opt/abicart-specter/dags") == f"{tmp_path}/image/opt/abicart-specter/dags"
    assert value(tmp_path, "/usr/opt/airflow and /tmp") == "/usr/opt/airflow and /tmp"


@pytest.mark.parametrize("path", ["/opt/other", "/opt/airflow-2/x", "a:/opt/abicart-specter-shops"])
def test_a_path_that_no_container_has_is_an_error(tmp_path: Path, path: str) -> None:
    with pytest.raises(ComposeError, match="nothing that a container"):
        value(tmp_path, path)


def test_addresses(tmp_path: Path) -> None:
    assert value(tmp_path, "p://postgres:pw@postgres:5432/d") == "p://postgres:pw@127.0.0.1:4001/d"
    assert value(tmp_path, "redis://:pw@redis:6379/0") == "redis://:pw@127.0.0.1:4002/0"
    assert value(tmp_path, "http://api-server:8080/execution/") == "http://127.0.0.1:4003/execution/"
    assert value(tmp_path, "http://localhost:8080") == "http://localhost:8080", "where people find the UI"
    assert value(tmp_path, "http://localhost:8793") == "http://127.0.0.1:4009", "its own port"
    hosts = process(tmp_path, ABICART_SPECTER_PLAIN_HTTP_HOSTS="sandbox-abicart,other")
    assert hosts.env["ABICART_SPECTER_PLAIN_HTTP_HOSTS"] == "127.0.0.1,other"


@pytest.mark.parametrize("address", ["http://postgres:5433/", "http://new:80", "worker:8793"])
def test_an_address_where_nothing_listens_is_an_error(tmp_path: Path, address: str) -> None:
    with pytest.raises(ComposeError, match="Nothing is known to listen"):
        value(tmp_path, address)


def test_nothing_of_the_persons_environment_but_the_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "LocalExecutor")
    env = process(tmp_path).env
    assert set(env) == {
        *("PATH", "LANG", "HOME", "TMPDIR", "HOSTNAME", "OF_THE_IMAGE"),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT",
    }
    assert env["HOSTNAME"] == "worker-1"
    assert env["TMPDIR"].startswith(env["HOME"])


def test_a_port_in_a_command(tmp_path: Path) -> None:
    words = ("python", "-m", "x", "--host", "0.0.0.0", "--port", "8081")  # noqa: S104 - it becomes loopback
    sandbox = service("sandbox-abicart", command=words)
    argv = process(tmp_path, sandbox, 4005).argv
    assert argv == ("python", "-m", "x", "--host", "127.0.0.1", "--port", "4005")


def test_what_the_images_entry_points_make_of_a_command(tmp_path: Path) -> None:
    assert command(process(tmp_path)) == ("airflow", "scheduler")
    as_it_is = process(tmp_path, service(command=("bash", "/opt/abicart-specter/deploy/init.sh")))
    assert command(as_it_is) == ("bash", f"{tmp_path}/image/opt/abicart-specter/deploy/init.sh")


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("mysql:9", ()),
        ("redis:7", ("redis-server",)),
        ("postgres:17", ("-c", "x")),
        ("abicart-specter:1", ()),
    ],
)
def test_an_image_or_command_that_is_not_known_is_an_error(
    tmp_path: Path, image: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(ComposeError, match="is not known"):
        command(process(tmp_path, service(image=image, command=words)))


class TestImage:
    def test_of_this_project(self, tmp_path: Path) -> None:
        lay_out(PROJECT, tmp_path)
        code = tmp_path / "opt/abicart-specter"
        assert {"plugins", "include", "dags", "deploy", "pyproject.toml"} <= {
            one.name for one in code.iterdir()
        }
        assert (code / "deploy/init.sh").is_file()
        assert not list(code.rglob("__pycache__"))
        assert not (code / "tests").exists()

    def _project(self, tmp_path: Path, *lines: str) -> Path:
        from importlib.metadata import version

        project = tmp_path / "project"
        (project / "code").mkdir(parents=True)
        for name in ("a.py", "b.pyc", "secret"):
            (project / "code" / name).write_text("x", encoding="utf-8")
        (project / ".dockerignore").write_text("*\n!code\n**/*.pyc\ncode/secret\n", encoding="utf-8")
        base = f"FROM apache/airflow:slim-{version('apache-airflow')}-python3.12"
        (project / "Dockerfile").write_text("\n".join((base, *lines, "")), encoding="utf-8")
        return project

    def test_only_what_is_copied_and_not_left_out(self, tmp_path: Path) -> None:
        project = self._project(tmp_path, "WORKDIR /opt/x", "ENV A=1 B=2", "COPY --chown=0:0 code/ code/")
        folder = lay_out(project, tmp_path / "image")
        assert [one.name for one in (tmp_path / "image/opt/x/code").iterdir()] == ["a.py"]
        assert folder.environment == {"A": "1", "B": "2"}

    @pytest.mark.parametrize("line", ["ENTRYPOINT [x]", "COPY --from=other a b", "COPY *.py ./", "ADD a b"])
    def test_an_instruction_that_is_not_understood_is_an_error(self, tmp_path: Path, line: str) -> None:
        with pytest.raises(ComposeError, match="not understood"):
            lay_out(self._project(tmp_path, line), tmp_path / "image")

    def test_another_airflow_is_an_error(self, tmp_path: Path) -> None:
        project = self._project(tmp_path)
        (project / "Dockerfile").write_text("FROM apache/airflow:2.0.0-python3.12\n", encoding="utf-8")
        with pytest.raises(ComposeError, match="is installed here"):
            lay_out(project, tmp_path / "image")
