"""What keeps bin/demo from starting is said in one sentence, before anything is installed or started."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_stack.files import PROJECT
from local_stack.ports import complaint, free_ports, is_free

OPTIONS = ("--port", "--abicart-port", "--specter-port")


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def demo(*options: str, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROJECT / "bin" / "demo", *options],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("option", "whose"),
    [
        ("--port", "Airflow's UI"),
        ("--abicart-port", "the Abicart sandbox"),
        ("--specter-port", "the Specter sandbox"),
    ],
)
def test_a_port_in_use_is_one_sentence(taken: int, option: str, whose: str, tmp_path: Path) -> None:
    ports = dict(zip(OPTIONS, free_ports(3), strict=True)) | {option: taken}
    done = demo("--once", *(word for name, port in ports.items() for word in (name, str(port))), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"demo: Port {taken} is in use, so {whose} cannot start: "
        f"stop what uses it or choose another with {option}.\n"
    )


def test_a_port_in_use_on_every_address_is_noticed() -> None:
    with socket.socket() as server:
        server.bind(("0.0.0.0", 0))  # noqa: S104 - the test is about a server that does so
        server.listen()
        port = server.getsockname()[1]
        assert complaint(port, "it", "--port") is not None
    assert is_free(port)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--items", "0"], "from 1 to 200000"),
        (["--items", "many"], "invalid"),
        (["--port", "70000"], "1 to 65535"),
        (["--port", "8081"], "the three ports must differ"),
        (["--twice"], "unrecognized arguments"),
    ],
)
def test_a_wrong_option_is_explained(options: list[str], words: str) -> None:
    done = demo(*options)
    assert done.returncode == 2
    assert words in done.stderr


def test_help_needs_no_installation() -> None:
    done = demo("--help")
    assert done.returncode == 0
    assert "--once" in done.stdout
