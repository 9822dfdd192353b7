"""``bin/probe``: the connection probe without Airflow, as a person runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
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


def test_without_the_variable_the_key_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No terminal here, so the question ends with the input."""
    monkeypatch.delenv("ABICART_TOKEN", raising=False)
    asked = subprocess.run(
        [SCRIPT, *options("http://127.0.0.1:9", "", tmp_path, "--only", "abicart")],
        input="",
        env={name: value for name, value in os.environ.items() if name not in KEYS},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        start_new_session=True,
    )
    assert asked.returncode == probe.WRONG_USE
    assert "Set ABICART_TOKEN." in asked.stderr
    assert "Traceback" not in asked.stderr
    assert "Abicart's auth token" in asked.stderr


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
