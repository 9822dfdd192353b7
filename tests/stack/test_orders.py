"""The order export through a real Airflow: tasks killed at work, answers lost, nothing doubled, nobody's data shown."""

from __future__ import annotations

import logging
import os
import random
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.privacy.marked_buyers import marked_buyer
from tests.privacy.marked_data import Finder, Mark
from tests.stack.answering import answer_the_unconfirmed
from tests.stack.more_flows import in_specter

from abicart_specter.ledger import Ledger, OrderState
from local_stack.files import project_home
from local_stack.follow import FinishedRun, follow
from local_stack.measure import TASK_TITLE, descendants
from local_stack.running import SHOP
from local_stack.sandbox import INTEGRATION_KEY, TOKEN, USER_KEY, SandboxOptions
from local_stack.stack import LocalStack, StackOptions

log = logging.getLogger(__name__)

NAME = "orders_test"
DAG = f"order_export__{SHOP}"
BUYERS, ORDERS = 12, 36
RUN_SECONDS = 900.0


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    options = StackOptions(sandbox=SandboxOptions(items=30, request_ms=40))
    with LocalStack(project_home(NAME), options) as running:
        yield running


@pytest.fixture(scope="module")
def marks(stack: LocalStack) -> list[Mark]:
    """Buyers place orders; what must never show of them."""
    abicart = stack.sandboxes["abicart"]
    abicart.reset(seed={"items": 30, "faults": 0, "orders": 0, "customers": 1})
    products = [{item["kind"]: item["uid"]} for item in abicart.inspect("items")][:10]
    at = datetime.now(UTC) - timedelta(minutes=25)
    buyers = [marked_buyer(number) for number in range(BUYERS)]
    orders = [
        {
            "rows": [products[number % 10] | {"quantity": 1 + number % 3}],
            "customer": buyers[number % BUYERS][0],
            "ordered": (at + timedelta(seconds=number)).isoformat(),
            "discount": {"name": "TIO", "percent": 10} if number % 4 == 0 else None,
        }
        for number in range(ORDERS)
    ]
    abicart.edit("place_orders", orders=[{k: v for k, v in one.items() if v} for one in orders])
    secrets = [Mark("token", TOKEN), Mark("key", USER_KEY), Mark("key", INTEGRATION_KEY)]
    return [*(mark for _, of_buyer in buyers for mark in of_buyer), *secrets]


class Killer:
    """Kills task processes that send orders, each at a moment drawn by chance."""

    def __init__(self, stack: LocalStack, seed: int, kills: int) -> None:
        self._draw = random.Random(seed)
        self._scheduler = stack.supervisor.pid_of("scheduler")
        self._left = kills
        self._seen: dict[str, float] = {}
        self.killed: list[str] = []

    def watch(self, tasks: list[Any]) -> None:
        """At each look at the run's tasks."""
        sending = {task.ti_id for task in tasks if task.task_id == "send_orders" and task.state == "running"}
        for pid in descendants(self._scheduler):
            with suppress(OSError):
                title = TASK_TITLE.match((Path("/proc") / str(pid) / "cmdline").read_bytes())
                if title is None or self._left <= 0 or title[1].decode() not in sending:
                    continue
                looks = self._seen.setdefault(f"{title[1].decode()}/{pid}", self._draw.randrange(6))
                self._seen[f"{title[1].decode()}/{pid}"] -= 1
                if looks <= 0:
                    os.kill(pid, signal.SIGKILL)
                    self._left -= 1
                    self.killed.append(title[1].decode())


def run(stack: LocalStack, dag_id: str, run_id: str, killer: Killer | None = None) -> FinishedRun:
    watch = killer.watch if killer else (lambda _: None)
    return follow(stack, dag_id, run_id, seconds=RUN_SECONDS, every=0.25, watch=watch)


def test_tasks_killed_at_work_and_answers_lost_double_nothing_and_show_nobody(
    stack: LocalStack, marks: list[Mark], request: pytest.FixtureRequest
) -> None:
    kills, seed = request.config.getoption("--stack-kills"), 1
    log.info("seed %s, %s kills", seed, kills)
    specter = stack.sandboxes["specter"]
    specter.fault("drop_after", count=2, after=8, action="newOrderSubmit")
    stack.wait_until_parsed(DAG, unpause=False)
    killer = Killer(stack, seed, kills)
    run(stack, DAG, stack.first_scheduled(DAG), killer)
    specter.clear_faults()
    while len(killer.killed) < kills:  # a run that ended before all were killed is followed by another
        stack.sandboxes["abicart"].edit("place_orders", orders=more_orders(stack, 20))
        run(stack, DAG, stack.trigger(DAG), killer)
    run(stack, DAG, stack.trigger(DAG))
    log.info("killed %s tasks at work", len(killer.killed))
    assert len(killer.killed) >= kills

    answer_the_unconfirmed(stack)
    orders = stack.sandboxes["abicart"].inspect("Order", limit=100_000)
    specters = in_specter(stack)
    assert {number: len(found) for number, found in specters.items()} == {
        one["orderNumber"]: 1 for one in orders
    }
    assert len(stack.sandboxes["specter"].inspect("customers", limit=1000)) == BUYERS
    with Ledger.open(stack.ledger_url) as ledger:
        states = ledger.orders.states(SHOP, [one["uid"] for one in orders])
    for one in orders:
        assert states[one["uid"]].state in (OrderState.SENT, OrderState.LINKED)
        assert states[one["uid"]].specter_order_no == str(specters[one["orderNumber"]][0])
        assert one["externalOrderNumber"] == str(specters[one["orderNumber"]][0])

    home = stack.home
    finder = Finder(marks)
    wrote = [home.path / "logs", home.reports, home.airflow_database, home.ledger]
    assert any(re.search("send_orders", str(path)) for path in finder.files(wrote)), (
        "there is something to search"
    )
    assert [str(found) for found in finder.in_paths(wrote)] == []


def more_orders(stack: LocalStack, count: int) -> list[dict[str, Any]]:
    """Of buyers that are known already."""
    abicart = stack.sandboxes["abicart"]
    (product,) = [{item["kind"]: item["uid"]} for item in abicart.inspect("items")][:1]
    buyers = [marked_buyer(number)[0] for number in range(BUYERS)]
    return [{"rows": [product], "customer": buyers[number % BUYERS]} for number in range(count)]
