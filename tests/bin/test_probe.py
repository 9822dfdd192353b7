"""``bin/probe``: the connection probe without Airflow, as a person runs it."""

from __future__ import annotations

import json
import os
import pty
import re
import selectors
import subprocess
import time
from pathlib import Path

import pytest
from tests.clients.raw_server import CLOSE, RawServer

import probe
from abicart_specter.clients.trust import PLAIN_HTTP_VARIABLE

SCRIPT = Path(__file__).parents[2] / "bin" / "probe"
KEYS = {
    "ABICART_TOKEN": "demo-token-1",
    "SPECTER_USER_KEY": "demo-user-key",
    "SPECTER_INTEGRATION_SECRET": "demo-integration-key",
}


def options(abicart: str, specter: str, folder: Path, *more: str) -> list[str]:
    return [
        *("--shop", "demo", "--abicart-url", abicart, "--webshop", "22222", "--specter-url", specter),
        *(
            "--sbm-id",
            "1000",
            "--api-user-id",
            "12",
            "--out",
            str(folder),
            "--requests-per-second",
            "10",
            *more,
        ),
    ]


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def test_both_systems_by_the_script(abicart_server, specter_server, tmp_path: Path) -> None:
    arguments = options(abicart_server.url, specter_server.url, tmp_path / "out")
    done = subprocess.run(
        [SCRIPT, *arguments], env=os.environ | KEYS, capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"Abicart \(http://127.0.0.1:\d+\): \d+ questions: 0 unexpected", done.stdout)
    assert "Specter" in (tmp_path / "out" / "report.md").read_text("utf-8")
    written = (tmp_path / "out" / "probe.json").read_text("utf-8")
    assert set(json.loads(written)["systems"]) == {"abicart", "specter"}
    for key in KEYS.values():
        assert key not in written + done.stdout
    assert abicart_server.control.counters()["writes"] == specter_server.control.counters()["writes"] == 0
    assert set(specter_server.control.counters()["calls"]) == {"checkAccountSettings", "checkNothingAtAll"}


def test_a_system_that_is_not_there_is_exit_code_1_and_the_other_is_asked(
    specter_server, tmp_path: Path, keys: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert probe.main(options("http://127.0.0.1:9", specter_server.url, tmp_path)) == probe.TROUBLE
    assert "Abicart did not answer at all: no connection could be made." in capsys.readouterr().err
    systems = json.loads((tmp_path / "probe.json").read_text("utf-8"))["systems"]
    assert [one for one in systems["specter"]["findings"] if one["verdict"] == "told"]


def test_without_a_token_visitors_questions_are_asked(
    abicart_server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABICART_TOKEN", "")
    assert probe.main(options(abicart_server.url, "", tmp_path, "--only", "abicart")) == probe.DONE
    assert "Order.list" not in abicart_server.control.counters()["calls"]


def without_keys() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in KEYS}


@pytest.mark.parametrize("redirected", ["</dev/null", "<&-"])
@pytest.mark.parametrize(
    ("only", "missing"),
    [
        (["--only", "abicart"], "ABICART_TOKEN"),
        (["--only", "specter"], "SPECTER_USER_KEY, SPECTER_INTEGRATION_SECRET"),
        ([], "ABICART_TOKEN, SPECTER_USER_KEY, SPECTER_INTEGRATION_SECRET"),
    ],
)
def test_without_keys_and_without_a_terminal_the_variables_are_named(
    redirected: str, only: list[str], missing: str, tmp_path: Path
) -> None:
    with RawServer(lambda _request: [CLOSE]) as server:
        asked = subprocess.run(
            [
                "bash",
                "-c",
                f'"$@" {redirected}',
                "-",
                SCRIPT,
                *options(server.url, server.url, tmp_path, *only),
            ],
            env=without_keys(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            start_new_session=True,
        )
        assert server.connections == 0
    assert (asked.returncode, asked.stdout) == (probe.WRONG_USE, "")
    (line,) = asked.stderr.splitlines()
    assert line.startswith(
        f"Not in the environment, and there is no terminal to ask on: {missing}. Remedy: Set"
    )


def test_on_a_terminal_the_key_is_asked_for(abicart_server, tmp_path: Path) -> None:
    person, terminal = pty.openpty()
    asked = subprocess.Popen(
        [SCRIPT, *options(abicart_server.url, "", tmp_path, "--only", "abicart")],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=without_keys(),
        start_new_session=True,
    )
    try:
        assert asked.stderr is not None
        prompt = b""
        with selectors.DefaultSelector() as either:
            either.register(person, selectors.EVENT_READ)
            either.register(asked.stderr, selectors.EVENT_READ)
            while not prompt.endswith(b"may read): "):
                ready = either.select(60)
                assert ready, f"no question within a minute, only {prompt!r}"
                prompt += b"".join(os.read(key.fd, 1) for key, _ in ready)
        os.write(person, KEYS["ABICART_TOKEN"].encode() + b"\n")
        out, _ = asked.communicate(timeout=300)
    finally:
        asked.kill()
        asked.wait()
        os.close(person)
        os.close(terminal)
    assert asked.returncode == probe.DONE
    assert "Order.list" in abicart_server.control.counters()["calls"]
    assert KEYS["ABICART_TOKEN"].encode() not in out


def test_a_wrong_key_of_specters_is_the_last_line(specter_server, tmp_path: Path) -> None:
    arguments = options("", specter_server.url, tmp_path, "--only", "specter")
    done = subprocess.run(
        [SCRIPT, *arguments],
        env=os.environ | KEYS | {"SPECTER_USER_KEY": "another-user-key"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (probe.DONE, "")
    last = done.stdout.splitlines()[-1]
    assert last.startswith("WARNING: Shop demo: Specter accepted none of the keys it was shown")
    assert last.endswith("Test the connection specter_demo with the button in the list of connections.")


def test_a_closed_port_costs_no_patience(
    tmp_path: Path, keys: None, caplog: pytest.LogCaptureFixture
) -> None:
    """At two tries a second, all questions would take half a minute."""
    arguments = options("http://127.0.0.1:9", "http://127.0.0.1:9", tmp_path)
    since = time.monotonic()
    with caplog.at_level("INFO"):
        assert probe.main([*arguments, "--requests-per-second", "2"]) == probe.TROUBLE
    assert time.monotonic() - since < 15
    assert "Abicart did not answer at all: no connection could be made." in caplog.text
    assert "Specter did not answer at all: no connection could be made." in caplog.text
    assert caplog.text.count("no connection could be made") < 10
    systems = json.loads((tmp_path / "probe.json").read_text("utf-8"))["systems"]
    assert {one["problem"] for part in systems.values() for one in part["answers"]} == {
        "no connection could be made"
    }
    assert len(systems["abicart"]["answers"]) > 20


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--shop", "demo", "--only", "abicart"], "--webshop is missing"),
        (["--shop", "demo", "--only", "specter"], "--sbm-id is missing"),
        (
            ["--shop", "demo", "--only", "abicart", "--webshop", "1", "--abicart-url", "shop"],
            "address of Abicart",
        ),
        (
            ["--shop", "demo", "--only", "specter", "--sbm-id", "1", "--specter-url", "x"],
            "address of Specter",
        ),
    ],
)
def test_wrong_options_are_said_before_anything_is_asked(
    arguments: list[str], words: str, keys: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert probe.main(arguments) == probe.WRONG_USE
    assert words in capsys.readouterr().err


SYSTEMS = {"abicart": "Abicart", "specter": "Specter"}


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_key_leaves_in_plain_http(
    system: str,
    tmp_path: Path,
    keys: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """0.0.0.0 leads to this machine, and is none of its loopback names."""
    monkeypatch.delenv(PLAIN_HTTP_VARIABLE, raising=False)
    with RawServer(lambda _request: [CLOSE]) as server:
        url = f"http://0.0.0.0:{server.port}"
        arguments = options(url, url, tmp_path / "out", "--only", system)
        assert probe.main(arguments) == probe.WRONG_USE
        said = capsys.readouterr().err
        assert f"The address of {SYSTEMS[system]} is plain http to 0.0.0.0, but keys travel in it" in said
        assert "Enter https." in said
        assert (server.connections, len(server.received)) == (0, 0)
        assert not (tmp_path / "out").exists()
        monkeypatch.setenv(PLAIN_HTTP_VARIABLE, "sandbox, 0.0.0.0")
        assert probe.main(arguments) == probe.TROUBLE
        assert server.connections > 0, "the address leads there, so that the count above means something"


@pytest.mark.parametrize("which", [("http://shop.textalk.se", ""), ("", "HTTP://api.specter.se")])
def test_one_bad_address_and_neither_system_is_asked(
    which: tuple[str, str],
    tmp_path: Path,
    keys: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv(PLAIN_HTTP_VARIABLE, raising=False)
    with RawServer(lambda _request: [CLOSE]) as server:
        abicart, specter = (url or server.url for url in which)
        assert probe.main(options(abicart, specter, tmp_path / "out")) == probe.WRONG_USE
        assert server.connections == 0
    assert re.search(
        r"is plain http to (shop.textalk|api.specter).se, but keys travel", capsys.readouterr().err
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--shop", "../x"],
        ["--shop", "demo", "--requests-per-second", "99"],
        ["--shop", "demo", "--read-queues"],
    ],
)
def test_options_that_are_none(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        probe.main(arguments)
    assert ended.value.code == probe.WRONG_USE
    assert capsys.readouterr().err
