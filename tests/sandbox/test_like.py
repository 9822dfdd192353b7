"""bin/sandbox --like: the switches as a connection probe found them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shop_sandbox import services
from shop_sandbox.core.control_client import Control
from shop_sandbox.core.errors import StartError
from shop_sandbox.likeness import read_likeness

SCRIPT = Path(__file__).parents[2] / "bin" / "sandbox"
ADDRESS = re.compile(r"^(\w+) sandbox: (http://\S+)", re.MULTILINE)

Write = Callable[..., Path]


def finding(switch: str, verdict: str = "told", value: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "question": "Q30",
        "switch": switch,
        "verdict": verdict,
        "value": value,
        "why": "As the answers show.",
        "answers": ["one"],
    } | more


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*, abicart: Any = None, specter: Any = None, **more: Any) -> Path:
        named = {"abicart": abicart, "specter": specter}
        systems = {
            name: {"address": "https://example.com", "findings": found, "answers": []}
            for name, found in named.items()
            if found is not None
        }
        document = {"format": 1, "made_at": "2026-11-25T12:00:00Z", "shop": "demo", "systems": systems} | more
        path = tmp_path / "probe.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return written


@pytest.fixture
def run() -> Iterator[Callable[..., tuple[dict[str, Control], subprocess.Popen[str], str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(
        count: int, last: str, *arguments: str
    ) -> tuple[dict[str, Control], subprocess.Popen[str], str]:
        """Reads what it prints until ``count`` lines hold ``last``."""
        command = [str(SCRIPT), "--abicart-port", "0", "--specter-port", "0", "--items", "5", *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        started.append(process)
        assert process.stdout is not None
        output = ""
        while output.count(last) < count:
            line = process.stdout.readline()
            assert line, f"ended early: {output}"
            output += line
        controls = {name.lower(): Control(url, timeout=10) for name, url in ADDRESS.findall(output)}
        return controls, process, output

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def standing(control: Control) -> dict[str, Any]:
    return {one["name"]: one["value"] for one in control.known_switches()}


def test_both_servers_stand_as_the_probe_found_and_say_so(run, write: Write) -> None:
    specter = [
        finding("error_status", value="500"),
        finding("response_limit", value=7),
        finding("order_vat", "not_asked", why="Only an order\nwould tell."),
        finding("row_end", "unexpected", why="Rows end with a tab."),
        finding("text_charset", "not_told", why="No letter outside ASCII came."),
        finding("", value="1", question="Q26", why="Codes seen: 1."),
    ]
    path = write(abicart=[finding("shipment_list", value="refused")], specter=specter)
    controls, _, output = run(2, "like probe.json", "--like", str(path))
    assert standing(controls["abicart"])["shipment_list"] == "refused"
    _, _, alone = run(1, "Q26", "--only", "specter", "--like", str(path))
    expected = {name: switch.default for name, switch in services.build("specter").switches.known.items()}
    assert standing(controls["specter"]) == expected | {"error_status": "500", "response_limit": 7}
    said = alone.split("like probe.json", 1)[1].splitlines()
    assert said == [
        " (shop demo, 2026-11-25T12:00:00Z): 2 switches set",
        "  error_status = 500 (Q30)",
        "  response_limit = 7 (Q30)",
        "  not asked: order_vat (Q30), stays sum: Only an order would tell.",
        "  unexpected: row_end (Q30), stays cr: Rows end with a tab.",
        "  unknown: text_charset (Q30), stays iso-8859-1: No letter outside ASCII came.",
        "  told: no switch (Q26): Codes seen: 1.",
    ]
    assert "like probe.json (shop demo, 2026-11-25T12:00:00Z): 1 switch set" in output


def test_over_mode_and_state_and_after_a_reset(run, write: Write, tmp_path: Path) -> None:
    path = write(specter=[finding("xml_root", value="Svar"), finding("row_end", value="lf")])
    state = ["--only", "specter", "--state", str(tmp_path / "kept.json")]
    controls, process, _ = run(1, "demo-integration-key", *state)
    controls["specter"].switches(xml_root="Old", xml_charset="utf-8")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    controls, _, _ = run(1, "row_end = lf", *state, "--mode", "chaos", "--like", str(path))
    control = controls["specter"]
    now = standing(control)
    assert (now["xml_root"], now["row_end"], now["xml_charset"]) == ("Svar", "lf", "utf-8")
    control.reset()
    now = standing(control)
    assert (now["xml_root"], now["row_end"], now["decimal_output"]) == ("Svar", "lf", "point")
    control.reset(switches={"row_end": "crlf"})
    assert standing(control)["row_end"] == "crlf"


def test_switches_stand_before_the_orders_are_placed(run, write: Write) -> None:
    """Some switches tell how orders look that are placed after; the seed's own are to look so too."""
    path = write(abicart=[finding("order_rounding", value="whole_kronor")])
    options = ["--only", "abicart", "--orders", "40", "--like", str(path)]
    controls, _, _ = run(1, "order_rounding", *options)
    totals = [one["costs"]["total"]["incVat"] for one in controls["abicart"].inspect("Order")]
    assert len(totals) > 40 and all(float(one).is_integer() for one in totals)


def test_nothing_about_a_server_leaves_it(write: Write) -> None:
    like = read_likeness(write(abicart=[]), services.build("specter"))
    assert like.switches == {}
    assert like.lines == (
        "like probe.json (shop demo, 2026-11-25T12:00:00Z): nothing about specter; the switches stay as they are",
    )


def test_a_terminal_is_not_steered(write: Write) -> None:
    like = read_likeness(
        write(specter=[finding("xml_root", value="A\x1b[2J")], shop="de\x1bmo"), services.build("specter")
    )
    assert not any("\x1b" in line for line in like.lines)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"specter": [finding("no_such", value="1")]}, "the specter sandbox has no switch 'no_such'"),
        (
            {"specter": [finding("row_end", value="tab")]},
            "switch row_end takes one of cr, crlf, lf, not 'tab'",
        ),
        (
            {"specter": [finding("response_limit", value="many")]},
            "response_limit takes a whole number from 0",
        ),
        ({"specter": [finding("row_end", value="lf")] * 2}, "findings[1]: switch row_end is told twice"),
        ({"specter": [finding("row_end", "sure", "lf")]}, "verdict is 'sure', not one of told"),
        ({"specter": [finding("row_end", "not_told", "lf")]}, "a value belongs to the verdict told"),
        ({"specter": [finding("row_end", "told", None)]}, "a value belongs to the verdict told"),
        ({"specter": [finding("row_end", value="lf", why=None)]}, "findings[0].why is missing or no text"),
        ({"specter": ["row_end"]}, "findings[0] is no object"),
        ({"specter": "row_end"}, "systems.specter.findings is no list"),
        ({"format": 2}, "format 1 is expected at its top"),
        ({"shop": 7}, "shop is missing or not of the expected kind"),
        ({"systems": []}, "systems is missing or not of the expected kind"),
    ],
)
def test_what_cannot_be_followed_is_named(write: Write, document: dict[str, Any], words: str) -> None:
    path = write(**document)
    with pytest.raises(StartError) as told:
        read_likeness(path, services.build("specter"))
    assert words in str(told.value)
    assert str(told.value).startswith(f"{path} cannot be followed: ")


def test_a_bad_file_starts_nothing(write: Write, tmp_path: Path) -> None:
    bad = write(specter=[finding("row_end", value="tab")])
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for path, words in ((bad, "not 'tab'"), (binary, "no JSON"), (tmp_path / "none", "cannot be read")):
        command = [str(SCRIPT), "--only", "specter", "--specter-port", "0", "--like", str(path)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert words in ended.stderr and len(ended.stderr.splitlines()) == 1
