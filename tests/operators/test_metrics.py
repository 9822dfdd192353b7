"""A run's figures reach a StatsD server, green or red; trouble with them fails no run; nothing is told otherwise."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow.sdk.configuration import conf
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics import stats_utils
from harness import Export

from abicart_specter.errors import IncompleteRunError
from abicart_specter.flows.metrics import Measure, Metric, run_metrics
from abicart_specter.operators.metrics import measured, tell

NOWHERE = "http://127.0.0.1:9"
ROOT = "airflow.abicart_specter.demo"


class Listener:
    """What a StatsD client sent."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(5)
        self.port = self._socket.getsockname()[1]

    def close(self) -> None:
        self._socket.close()

    def until(self, last: str) -> list[str]:
        """The lines up to this one."""
        lines: list[str] = []
        while not lines or lines[-1] != last:
            lines += self._socket.recv(65536).decode().splitlines()
        return lines


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """Metrics are switched on, as a task's process does it."""
    running = Listener()
    monkeypatch.setenv("AIRFLOW__METRICS__STATSD_ON", "True")
    monkeypatch.setenv("AIRFLOW__METRICS__STATSD_HOST", "127.0.0.1")
    monkeypatch.setenv("AIRFLOW__METRICS__STATSD_PORT", str(running.port))
    stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=True)
    yield running
    monkeypatch.undo()
    stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=True)
    running.close()


@pytest.fixture
def export(ledger_folder: Path) -> Iterator[Export]:
    running = Export(NOWHERE, NOWHERE, ledger_folder)
    yield running
    running.close()


def end(listener: Listener) -> list[str]:
    """Everything told so far, without what this says itself."""
    tell("demo", [Metric(Measure.COUNTER, "end", 1)])
    return listener.until(f"{ROOT}.end:1|c")[:-1]


def test_a_red_run_tells_its_figures(export: Export, listener: Listener) -> None:
    ctx = export.context("run")
    ctx.begin()
    with pytest.raises(IncompleteRunError), measured(ctx):
        ctx.ledger.finish_run(
            ctx.run, {"found": 3, "sent": 2, "held": 1, "seconds": 1.5, "requests": {"specter": 4}}
        )
        raise IncompleteRunError("red")
    lines = end(listener)
    assert {
        f"{ROOT}.product_export.runs.red:1|c",
        f"{ROOT}.product_export.found:3|g",
        f"{ROOT}.product_export.held:1|g",
        f"{ROOT}.product_export.outcome.sent:2|c",
        f"{ROOT}.product_export.requests.specter:4|c",
        f"{ROOT}.orders.unconfirmed:0|g",
        f"{ROOT}.alarms.open:0|g",
        f"{ROOT}.flags.open.error:0|g",
    } <= set(lines)
    assert any(
        line.startswith(f"{ROOT}.product_export.duration:1500") and line.endswith("|ms") for line in lines
    )


def test_a_run_that_did_not_get_to_its_figures_tells_that_it_was_red(
    export: Export, listener: Listener
) -> None:
    ctx = export.context("run")
    ctx.begin()
    with pytest.raises(IncompleteRunError), measured(ctx):
        raise IncompleteRunError("red")
    lines = end(listener)
    assert f"{ROOT}.product_export.runs.red:1|c" in lines
    assert not any(".found:" in line or ".duration:" in line for line in lines)


def test_trouble_with_metrics_harms_no_run(
    export: Export, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    ctx = export.context("run")
    ctx.begin()
    with measured(ctx):
        ctx.ledger.finish_run(ctx.run, {"seconds": "long"})
    assert "no metrics of this run: ValueError" in caplog.text


def test_nothing_is_told_or_asked_where_metrics_are_off(
    export: Export, caplog: pytest.LogCaptureFixture
) -> None:
    assert not conf.getboolean("metrics", "statsd_on")
    ctx = export.context("run")
    with measured(ctx):
        ctx.ledger.close()  # would be seen by whoever asked it something
        (export.folder / "ledger.db").unlink()
    assert caplog.text == ""


def test_no_word_of_a_report_that_is_not_known_becomes_a_name() -> None:
    """Rules, numbers and whatever else stands in a report would be names without end."""
    summary = {
        "found": 1,
        "sent": 1,
        "flags": {"rule 4711": 2},
        "states": {"written": 1, "order 10023": 5},
        "held": {"number_unknown": 2, "anna@example.org": 1},
        "requests": {"specter": 1, "https://x?key=1": 2},
        "removed": {"outcomes": 3, "anything": 1},
        "seconds": 1,
    }
    names = {metric.name for metric in run_metrics("stock_import", summary)}
    assert "stock_import.change.written" in names
    assert "stock_import.removed.outcomes" in names
    assert not any(word in name for name in names for word in ("4711", "10023", "anna", "key", "anything"))
    held = [
        metric.value for metric in run_metrics("stock_import", summary) if metric.name == "stock_import.held"
    ]
    assert held == [3]
