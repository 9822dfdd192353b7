"""Several shops on one Airflow: north and south on one Specter account, west on its own, and what people do in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from abicart_specter.ledger import Ledger, RunKey
from local_stack.files import PROJECT, project_home
from local_stack.follow import task_log
from local_stack.ports import LOOPBACK, free_ports
from local_stack.sandbox import SandboxOptions, airflow_connections, sandbox_component
from local_stack.stack import LocalStack, StackOptions
from shop_sandbox.core.control_client import Control

RUN_SECONDS = 420.0
SEEN_SECONDS = 240.0
BUYER = {
    "info": {"type": "private", "email": "ofta@example.com"},
    "address": {"firstName": "Ofta", "lastName": "Köpare", "address": "Gatan 1", "postcode": "111 22"}
    | {"town": "Ort", "country": "SE"},
}
DEMO = (PROJECT / "include/shops/demo.yaml").read_text(encoding="utf-8").replace("  chunks: 8", "  chunks: 1")
SETTINGS = {
    "north": DEMO.replace('number_prefix: ""', 'number_prefix: "N-"'),
    "south": DEMO.replace('number_prefix: ""', 'number_prefix: "S-"'),
    "west": DEMO.replace('number_prefix: ""', 'number_prefix: "W"')
    .replace("  name: true", "  name: false")
    .replace("  page_size: 100", "  page_size: 4")
    .replace("  group_rows: 100", "  group_rows: 3"),
}
SETTING = {
    # Nine runs at once: with more processes they wait for each other at Airflow's SQLite, and so does its API.
    "AIRFLOW__CORE__PARALLELISM": "4",
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "20",
    "AIRFLOW__DAG_PROCESSOR__PARSING_CLEANUP_INTERVAL": "5",
    "AIRFLOW__DAG_PROCESSOR__STALE_DAG_THRESHOLD": "10",
}
"""Airflow's own pace of looking at DAG files is 30, 60 and 50 seconds."""


@dataclass(slots=True)
class Shop:
    """A shop and the account that its books are in."""

    name: str
    webshop: int
    sbm_id: int
    abicart: Control
    specter: Control
    prefix: str

    def items(self) -> dict[str, dict[str, Any]]:
        """Everything it sells, by product number."""
        return {one["product_number"]: one for one in self.abicart.inspect("items")}

    def orders(self) -> list[dict[str, Any]]:
        return [dict(one) for one in self.abicart.inspect("order_heads")]

    def place_orders(self, count: int) -> None:
        """Orders of just now, one of them of a buyer who buys everywhere. Older ones might lie before what the
        schedule has read already."""
        products = [{one["kind"]: one["uid"]} for one in self.items().values()]
        at = datetime.now(UTC) - timedelta(seconds=count)
        orders: list[dict[str, Any]] = [
            {
                "rows": [products[number % len(products)] | {"quantity": 1 + number}],
                "ordered": (at + timedelta(seconds=number)).isoformat(),
            }
            for number in range(count)
        ]
        orders[0]["customer"] = BUYER
        self.abicart.edit("place_orders", orders=orders)

    def price_from(self, number: str) -> Decimal:
        """What a product must cost here when Specter's price has come."""
        rate = Decimal(str(self.items()[number]["vat_rate"]))
        price = Decimal(str(self.specter.inspect("prices")[number]["price"]))
        return (price * (1 + rate)).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def price(self, number: str) -> Decimal:
        return Decimal(str(self.items()[number]["price"]))


@dataclass(slots=True)
class Several:
    """The stack, its shops, and the folder of their files."""

    stack: LocalStack
    folder: Path
    shops: dict[str, Shop] = field(default_factory=dict)

    def write(self, shop: str, text: str) -> None:
        (self.folder / f"{shop}.yaml").write_text(text, encoding="utf-8")

    def switch_on(self, *dags: str) -> None:
        """Wait until Airflow knows all of them, whatever is wrong with other files, and let them run. At once, before
        a task runs: on SQLite, Airflow's API can wait a minute for itself when a DAG is switched on while tasks run.
        """
        for dag in dags:
            self.stack.wait_for(f"Reading {dag}", SEEN_SECONDS, lambda dag=dag: self.stack.api.dag(dag))
        for dag in dags:
            self.stack.api.unpause(dag)
        first = [(dag, run) for dag in dags for run in self._first_runs(dag)]
        if first:
            self.ended(*first)

    def _first_runs(self, dag: str) -> list[str]:
        """What the schedule makes of a DAG that is switched on."""
        if dag.startswith(("nightly_import__", "order_export__")):
            self.stack.wait_for(f"The run of {dag}", SEEN_SECONDS, lambda: self.stack.api.runs(dag))
        return self.stack.api.runs(dag)

    def trigger(self, flow: str, shop: str, **conf: Any) -> tuple[str, str]:
        dag = f"{flow}__{shop}"
        return dag, self.stack.api.trigger(dag, conf)

    def ended(self, *runs: tuple[str, str]) -> dict[str, str]:
        """DAG → state, once all have ended."""
        states: dict[str, str] = {}

        def look() -> bool:
            states.update({dag: str(self.stack.api.run(dag, run)["state"]) for dag, run in runs})
            return set(states.values()) <= {"success", "failed"}

        self.stack.wait_for(f"The end of {len(runs)} runs", RUN_SECONDS, look)
        return states

    def log_of(self, dag: str, run: str, task_id: str) -> str:
        """What a task wrote in its last try."""
        task = next(one for one in self.stack.api.task_states(dag, run) if one.task_id == task_id)
        lines = task_log(self.stack, dag, run, task).read_text(encoding="utf-8").splitlines()
        return "\n".join(str(json.loads(line).get("event")) for line in lines)

    def sent_products(self, shop: str, run: str) -> set[str]:
        """Product numbers that a run of the product export has an outcome for in the ledger."""
        with Ledger.open(self.stack.ledger_url) as ledger:
            rows = ledger.iter_outcomes(RunKey(shop, "product_export", run))
            return {str(row.record.product_number) for row in rows}

    def orders_in_ledger(self, shop: str) -> dict[str, str]:
        """Order number → number in Specter, of every order that the ledger knows for a shop."""
        since, until = datetime(2020, 1, 1, tzinfo=UTC), datetime.now(UTC)
        with Ledger.open(self.stack.ledger_url) as ledger:
            uids = ledger.orders.known_between(shop, since, until)
            records = ledger.orders.states(shop, uids).values()
            return {one.number: str(one.specter_order_no) for one in records}

    def alarms(self, shop: str) -> set[str]:
        """Causes that a shop's alerts tell people of now."""
        with Ledger.open(self.stack.ledger_url) as ledger:
            return {one.cause for one in ledger.orders.open_alarms(shop)}

    def import_errors(self) -> str:
        return "\n".join(trace for _, trace in self.stack.api.import_errors())


@contextmanager
def several_shops(folder: Path, name: str) -> Iterator[Several]:
    """Everything started; no shop file is written yet."""
    options = StackOptions(
        sandbox=SandboxOptions(items=1),
        environment={"ABICART_SPECTER_SHOPS_DIR": str(folder), **SETTING},
    )
    with LocalStack(project_home(name), options) as stack:
        ports = dict(zip(("south", "west", "west_books"), free_ports(3), strict=True))
        for shop, port in ports.items():
            server = "specter" if shop == "west_books" else "abicart"
            component = sandbox_component(stack.home, server, port, SandboxOptions(items=1))
            own = stack.home.logs / f"sandbox-{shop}.log"
            stack.supervisor.start(replace(component, name=f"sandbox-{shop}", log=own))
        several = Several(stack, folder)
        controls = {shop: Control(f"http://{LOOPBACK}:{port}") for shop, port in ports.items()}
        north, books = stack.sandboxes["abicart"], stack.sandboxes["specter"]
        several.shops = {
            "north": Shop("north", 30001, 1000, north, books, "N-"),
            "south": Shop("south", 30002, 1000, controls["south"], books, "S-"),
            "west": Shop("west", 30003, 2000, controls["west"], controls["west_books"], "W"),
        }
        for control in controls.values():
            stack.wait_for("The start of a sandbox", SEEN_SECONDS, lambda control=control: _answers(control))
        for shop in several.shops.values():
            _fill(shop)
            connect(stack, shop, shop.name)
        yield several


def _answers(control: Control) -> bool:
    try:
        return control.health()["status"] == "ok"
    except OSError:
        return False


def _fill(shop: Shop) -> None:
    """North and south sell the same 16 products, but for four of each; west sells others."""
    seed = {"items": 16, "faults": 0, "orders": 0, "customers": 1, "seed": 7 if shop.name == "west" else 1}
    shop.abicart.reset(seed=seed | {"webshop": shop.webshop, "token": f"{shop.name}-token-1"})
    if shop.name == "west":
        users = {"12": {"key": "west-user-key"}}
        account = {
            "sbm_id": shop.sbm_id,
            "api_version": 2,
            "integration_key": "west-integration",
            "users": users,
        }
        shop.specter.reset(seed={"accounts": [account]})
        return
    alone = [one for one in shop.items().values() if one["kind"] == "article"][:4]
    for place, one in enumerate(alone):
        shop.abicart.edit("Article", uid=one["uid"], patch={"articleNumber": f"{shop.name.upper()}-{place}"})


def connect(stack: LocalStack, shop: Shop, name: str) -> None:
    """Give a shop called ``name`` the connections of ``shop``."""
    ports = {"abicart": _port(shop.abicart), "specter": _port(shop.specter)}
    for connection_id, (fields, extra) in airflow_connections(name, ports).items():
        if connection_id.startswith("abicart"):
            fields |= {"login": str(shop.webshop), "password": f"{shop.name}-token-1"}
        elif shop.name == "west":
            fields |= {"login": str(shop.sbm_id), "password": "west-user-key"}
            extra |= {"integration_secret": "west-integration"}
        stack.api.put_connection(connection_id, fields, extra)


def _port(control: Control) -> int:
    return int(control.url.rpartition(":")[2])


def pages_asked(control: Control) -> list[int]:
    """How many records each list call to the shop asked for."""
    found: list[int] = []
    for one in control.requests():
        calls = json.loads(one["body"] or "[]")
        for call in calls if isinstance(calls, list) else [calls]:
            found += [
                part["limit"]
                for part in call.get("params", [])
                if isinstance(part, Mapping) and "limit" in part
            ]
    return found


def rows_sent(control: Control) -> list[int]:
    """How many products each write to Specter held, but for the special numbers, which go together."""
    bodies = [one["body"] for one in control.requests() if "articleNo" in one["body"]]
    return [body.count("articleNo") for body in bodies if "FRAKT" not in body]
