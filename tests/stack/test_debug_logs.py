"""Every flow through a real Airflow with everything logged that can be logged, and with metrics switched on.

No key, no token and no address with a key is in any log, report, table or metric; the metrics that docs/metrics.md
promises arrive at a real StatsD listener.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.privacy.marked_data import Finder, Mark, person_name

from abicart_specter.ledger import Ledger
from abicart_specter.settings import load_shop
from local_stack.files import project_home
from local_stack.follow import FinishedRun, follow
from local_stack.sandbox import INTEGRATION_KEY, TOKEN, USER_KEY, SandboxOptions
from local_stack.stack import SHOP, LocalStack, StackOptions

RUN_SECONDS = 600.0
LAST_METRICS = 30.0
DOCS = Path(__file__).parents[2] / "docs/metrics.md"
SHOP_FILE = Path(__file__).parents[2] / f"include/shops/{SHOP}.yaml"
METRIC = re.compile(r"airflow\.(abicart_specter\.[^:|]+):([^|]+)\|(c|g|ms)")
BUYER = {
    "info": {"type": "private", "email": "markgerd.zatter@omarkt.example", "nin": "191212121212"},
    "address": {
        "firstName": "Märkgerd",
        "lastName": "Zätterqvist",
        "address": "Qvistvägensände 77",
        "postcode": "987 65",
        "town": "Vrånghultby",
        "country": "SE",
    },
}
PERSON = [
    *person_name("Märkgerd", "Zätterqvist"),
    Mark("e-mail", "markgerd.zatter@omarkt.example"),
    Mark("street", "Qvistvägensände"),
    Mark("town", "Vrånghultby"),
    Mark("personal number", "191212121212"),
]
SECRETS = [Mark("token", TOKEN), Mark("user key", USER_KEY), Mark("integration key", INTEGRATION_KEY)]
ADDRESS_WITH_A_KEY = re.compile(rb"[?&](?:key|auth|token)=(?!\*\*\*)[^&\s\"'<>]{6,}", re.IGNORECASE)

FLOWS: dict[str, dict[str, Any]] = {
    "product_number_validation": {},
    "product_export": {"dry_run": False},
    "order_export": {},
    "order_export_single": {"numbers": "{order}", "dry_run": False},
    "order_duplicate_check": {"number": "{order}", "may_send_twice": True},
    "product_change_export": {},
    "connection_probe": {"read_queues": True},
    "stock_import": {},
    "nightly_import": {},
    "import_undo": {"run_id": "{nightly}", "dry_run": True},
    "ledger_maintenance": {},
}
"""In this order; with what their forms ask for."""


class StatsdListener:
    """Keeps what StatsD clients send over UDP."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while data := self._socket.recv(65536):
            with self._news:
                self.lines += data.decode("utf-8", "replace").splitlines()
                self._news.notify_all()

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()

    def ours(self) -> dict[str, list[tuple[str, float]]]:
        """Name → kind and value of each."""
        found: dict[str, list[tuple[str, float]]] = {}
        for line in list(self.lines):
            if match := METRIC.fullmatch(line):
                found.setdefault(match[1], []).append((match[3], float(match[2])))
        return found

    def wait_for(self, name: str) -> None:
        with self._news:
            assert self._news.wait_for(lambda: name in self.ours(), LAST_METRICS), name


@pytest.fixture(scope="module")
def statsd() -> Iterator[StatsdListener]:
    listener = StatsdListener()
    yield listener
    listener.close()


@pytest.fixture(scope="module")
def stack(statsd: StatsdListener) -> Iterator[LocalStack]:
    environment = {
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "DEBUG",
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
        "AIRFLOW__METRICS__STATSD_PORT": str(statsd.port),
    }
    options = StackOptions(sandbox=SandboxOptions(items=30), environment=environment)
    with ExitStack() as exits:
        yield exits.enter_context(LocalStack(project_home("debug_test"), options))


@pytest.fixture(scope="module")
def runs(stack: LocalStack, statsd: StatsdListener) -> dict[str, FinishedRun]:
    """Every flow once: somebody bought something, prices and stock changed in Specter, a product in the shop."""
    abicart, specter = stack.sandboxes["abicart"], stack.sandboxes["specter"]
    abicart.reset(seed={"items": 30, "faults": 0, "orders": 0, "customers": 1})
    product = next({one["kind"]: one["uid"]} for one in abicart.inspect("items"))
    at = datetime.now(UTC) - timedelta(minutes=25)
    order = abicart.edit(
        "place_order", rows=[product | {"quantity": 2}], customer=BUYER, ordered=at.isoformat()
    )
    known = {"order": order["orderNumber"], "nightly": ""}
    finished: dict[str, FinishedRun] = {}
    for flow, form in FLOWS.items():
        if flow == "connection_probe":  # it leaves what it reads to the imports after it
            change_in_specter(specter)
        dag_id = f"{flow}__{SHOP}"
        stack.wait_until_parsed(dag_id)
        asked = {
            name: value.format(**known) if isinstance(value, str) else value for name, value in form.items()
        }
        finished[flow] = follow(stack, dag_id, stack.trigger(dag_id, **asked), seconds=RUN_SECONDS)
        if flow == "nightly_import":  # this run, or the one that its schedule made when it was switched on
            with Ledger.open(stack.ledger_url) as ledger:
                known["nightly"] = ledger.imports.import_runs(SHOP)[0].run.run_id
    statsd.wait_for(f"abicart_specter.{SHOP}.ledger_maintenance.runs.green")
    return finished


def change_in_specter(specter: Any) -> None:
    special = set(load_shop(SHOP_FILE).special_numbers_by_number())
    products = [one for one in specter.inspect("articles", limit=1000) if one["number"] not in special]
    for article in products[:6]:
        specter.edit("article.stock", number=article["number"], available=7)
        specter.edit("article.change", number=article["number"], name=f"{article['name']} ny")


def computed_keys(specter: Any) -> list[Mark]:
    """Every key that Specter received; there must have been some."""
    requests = specter.requests(limit=100_000)
    keys = {key for one in requests for key in parse_qs(one["query"]).get("key", [])}
    assert len(keys) > 5
    return [Mark("computed key", key) for key in sorted(keys)]


def test_every_flow_ran(runs: dict[str, FinishedRun]) -> None:
    assert set(runs) >= {path.stem for path in (DOCS.parents[1] / "dags").glob("*.py")} - {
        "alerts",  # every 5 minutes by itself
        "ledger_rebuild",
        "shop_files",  # holds no DAG
    }
    assert {flow: run.state for flow, run in runs.items() if run.state != "success"} == {}


def test_no_secret_and_nobody_is_in_what_was_written(stack: LocalStack, runs: dict[str, FinishedRun]) -> None:
    home = stack.home
    wrote = [home.path / "logs", home.reports, home.airflow_database, home.ledger]
    logs = b"".join(path.read_bytes() for path in Finder.files([home.path / "logs"]))
    # The loudest there is was on, in tasks too: urllib3 tells of each request, without its query.
    assert b"urllib3.connectionpool" in logs
    assert re.search(rb"api\.php\?\*\*\*|\?\*\*\* HTTP/1\.1", logs)
    marks = Finder([*SECRETS, *PERSON, *computed_keys(stack.sandboxes["specter"])])
    # Connections are in Airflow's database, encrypted; the demo's are in the environment.
    assert [str(found) for found in marks.in_paths(wrote)] == []
    assert ADDRESS_WITH_A_KEY.findall(logs) == []


def test_metrics_arrive_and_tell_no_order_and_nobody(
    stack: LocalStack, runs: dict[str, FinishedRun], statsd: StatsdListener
) -> None:
    found = statsd.ours()
    root = f"abicart_specter.{SHOP}"
    for flow in runs:  # schedules make runs of their own besides
        if flow not in ("product_number_validation", "order_duplicate_check"):
            assert set(found[f"{root}.{flow}.runs.green"]) == {("c", 1.0)}, flow
        assert f"{root}.{flow}.runs.red" not in found

    def counted(name: str) -> float:
        assert {kind for kind, _ in found[f"{root}.{name}"]} == {"c"}
        return sum(value for _, value in found[f"{root}.{name}"])

    assert counted("order_export.outcome.sent") + counted("order_export_single.outcome.sent") == 1
    assert counted("product_export.outcome.sent") == 30
    assert found[f"{root}.product_export.found"] == [("g", 30.0)]
    ((kind, duration),) = found[f"{root}.product_export.duration"]
    assert kind == "ms"
    assert duration > 100
    assert counted("order_export.requests.specter") >= 2
    assert counted("stock_import.drained.stock") >= 6
    assert counted("nightly_import.drained.article_info") >= 6
    with Ledger.open(stack.ledger_url) as ledger:
        nights = [night.summary or {} for night in ledger.last_runs(SHOP, "nightly_import")]
    assert counted("nightly_import.change.applied") == sum(night.get("applied", 0) for night in nights) > 0
    assert found[f"{root}.orders.unconfirmed"][-1] == ("g", 0.0)
    everything = "\n".join(statsd.lines)
    assert Finder([*SECRETS, *PERSON]).in_text(everything) == []
    assert not any(re.search(r"\d{4,}", name) for name in found)
    written = DOCS.read_text("utf-8")
    unknown = {
        name.removeprefix(f"{root}.")
        for name in found
        if not documented(name.removeprefix(f"{root}."), written)
    }
    assert unknown == set()


def documented(name: str, page: str) -> bool:
    """Whether the page has the name; what varies is in angle brackets there."""
    for written in re.findall(r"^\| `([^`]+)`", page, re.MULTILINE):
        parts = [re.escape(part) for part in re.split(r"<[^>]+>", written)]
        if re.fullmatch("[a-z_]+".join(parts), name):
            return True
    return False


def test_the_maintenance_tells_what_it_did(stack: LocalStack, runs: dict[str, FinishedRun]) -> None:
    folder = stack.home.path / "logs" / f"dag_id=ledger_maintenance__{SHOP}"
    lines = [
        json.loads(line) for path in folder.rglob("*.log") for line in path.read_text("utf-8").splitlines()
    ]
    said = "\n".join(str(line.get("event")) for line in lines)
    assert "What went and what stays of shop demo" in said
    assert "quick_check and foreign_key_check found nothing" in said
