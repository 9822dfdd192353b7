"""bin/sandbox: starts both servers, says where, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop_sandbox.core.control_client import Control
from shop_sandbox.core.server import LOOPBACK

SCRIPT = Path(__file__).parents[2] / "bin" / "sandbox"
ADDRESS = re.compile(r"^(\w+) sandbox: (http://\S+)", re.MULTILINE)


class Started:
    """A run of the script with its own process group, and what it printed."""

    def __init__(self, *arguments: str) -> None:
        command = [str(SCRIPT), "--abicart-port", "0", "--specter-port", "0", "--items", "5", *arguments]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self.output = ""

    def controls(self, count: int) -> dict[str, Control]:
        """The servers that announced themselves, by name, once ``count`` have."""
        assert self.process.stdout is not None
        while len(ADDRESS.findall(self.output)) < count:
            line = self.process.stdout.readline()
            assert line, f"ended early: {self.output}"
            self.output += line
        return {name.lower(): Control(url, timeout=10) for name, url in ADDRESS.findall(self.output)}


@pytest.fixture
def start() -> Iterator[type[Started]]:
    runs: list[Started] = []

    def started(*arguments: str) -> Started:
        runs.append(Started(*arguments))
        return runs[-1]

    yield started
    for run in runs:
        if run.process.poll() is None:
            os.killpg(run.process.pid, signal.SIGKILL)
        run.process.wait()
        run.process.stdout.close()


def gone(control: Control) -> bool:
    """Whether the server stops answering within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            control.health()
        except OSError:
            return True
    return False


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_both_servers_start_and_leave_no_process(start, stop: signal.Signals) -> None:
    """Killed outright, the parent can tell nobody: its children notice by themselves."""
    run = start()
    controls = run.controls(2)
    assert {name: control.health()["service"] for name, control in controls.items()} == {
        "abicart": "abicart",
        "specter": "specter",
    }
    assert all(control.url.startswith("http://127.0.0.1:") for control in controls.values())
    run.process.send_signal(stop)
    assert run.process.wait(timeout=60) == (-9 if stop == signal.SIGKILL else 0)
    assert all(gone(control) for control in controls.values())


def test_one_server_stopped_ends_the_other(start) -> None:
    run = start()
    controls = run.controls(2)
    controls["abicart"].shutdown()
    assert run.process.wait(timeout=60) == 0
    assert gone(controls["specter"])


def test_options_reach_the_server(start, tmp_path: Path) -> None:
    options = ["--only", "specter", "--specter-articles", "4", "--mode", "lenient", "--latency-ms", "1.5"]
    options += ["--article-latency-ms", "2", "--state", str(tmp_path / "kept.json")]
    run = start(*options)
    control = run.controls(1)["specter"]
    assert control.inspect("article_count") == 4 and control.health()["mode"] == "lenient"
    assert control.latency() == {"request_ms": 1.5, "article_call_ms": 2.0, "actions_ms": {}}
    control.edit("article.new", number="A-1")
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(timeout=60) == 0
    assert "demo-user-key" in run.output + run.process.stdout.read()
    assert [one.name for one in tmp_path.iterdir()] == ["kept-specter.json.gz"]
    again = start(*options).controls(1)["specter"]
    assert again.inspect("article_count") == 5


def test_a_shop_of_orders_and_one_of_real_baskets(start, tmp_path: Path) -> None:
    few = start("--only", "abicart", "--orders", "3").controls(1)["abicart"]
    counts = few.inspect("counts")
    assert (counts["items"], counts["orders"]) == (5, 3 + 1)  # and a cart
    (tmp_path / "day.csv").write_text(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "100001,A-1,MUG,2,2010-12-01 08:00:00,2.50,17850.0,Sweden\n"
        "100002,A-1,MUG,1,2010-12-02 08:00:00,2.50,17850.0,Sweden\n",
        encoding="utf-8",
    )
    wanted = ["--baskets", str(tmp_path), "--basket-days", "2010-12-02"]
    real = start("--only", "abicart", *wanted).controls(1)["abicart"]
    assert set(real.inspect("manifest")["invoices"]) == {"100002"}
    assert real.inspect("counts")["items"] == 5 + 1
    ended = subprocess.run(
        [str(SCRIPT), "--only", "abicart", "--abicart-port", "0", "--baskets", str(tmp_path / "none")],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1 and "no folder with .csv" in ended.stderr


def test_keys_are_never_printed_when_called(start) -> None:
    """Neither by a good call nor by one that is no HTTP at all."""
    run = start("--only", "specter")
    control = run.controls(1)["specter"]
    host, port = control.url.removeprefix("http://").split(":")
    for request in (
        b"GET /getInfo.asp?action=checkAccountSettings&key=0123abcd HTTP/1.0\r\n\r\n",
        b"BL\xc4 /getInfo.asp?key=0123abcd\r\n\r\n",
    ):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(request)
            assert connection.recv(100)
    assert control.counters()["requests"] == 1
    control.shutdown()
    run.process.wait(timeout=60)
    assert "0123abcd" not in run.output + run.process.stdout.read()


def test_port_in_use_is_one_clear_sentence() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        command = [str(SCRIPT), "--only", "specter", "--specter-port", str(port)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"Port {port} is in use, so the specter sandbox cannot start:"
        " stop what uses it or choose another port with --specter-port.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--mode", "wild"], 1), (["--only", "other"], 2), (["--latency-ms", "-1"], 1)]
)
def test_wrong_arguments(arguments: list[str], code: int) -> None:
    command = [str(SCRIPT), "--specter-port", "0", "--only", "specter", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == code and ended.stdout == "" and "Traceback" not in ended.stderr


@pytest.mark.parametrize(("options", "reachable"), [([], False), (["--host", "0.0.0.0"], True)])  # noqa: S104 - what the test is about
def test_loopback_unless_told_otherwise(start, options: list[str], reachable: bool) -> None:
    """127.0.0.2 reaches a server that listens on every address, and no other."""
    control = start("--only", "specter", *options).controls(1)["specter"]
    elsewhere = Control(f"http://127.0.0.2:{control.url.rpartition(':')[2]}", timeout=5)
    assert control.health()["status"] == "ok"
    if reachable:
        assert elsewhere.health()["status"] == "ok"
    else:
        with pytest.raises(OSError):
            elsewhere.health()
