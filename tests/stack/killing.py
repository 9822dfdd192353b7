"""A process that is killed while tasks below it send orders, and what must be true of the orders afterwards."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.stack.answering import answer_the_unconfirmed, unconfirmed
from tests.stack.more_flows import in_specter, place_marked_orders

from abicart_specter.ledger import Ledger, OrderState
from compose_processes.stack import ComposeStack
from local_stack.files import PROJECT
from local_stack.flow_run import SYSTEMS, failures
from local_stack.follow import follow
from local_stack.measure import TASK_TITLE, descendants
from local_stack.running import SHOP

log = logging.getLogger(__name__)

ORDER_EXPORT = f"order_export__{SHOP}"
ORDERS_OF_THE_KILL = 30
ORDER_WRITE, SLOW_MS = "newOrderSubmit", 4000
JUST_BEGUN = timedelta(seconds=1.5)
"""A write that began so short ago is still under way when the kill arrives."""
RUN_SECONDS = 600.0
SCHEDULE_SECONDS, QUIET_SECONDS = 600, 90
"""Orders are exported so often; and so long before it nothing is begun that a scheduled run would take over."""
SILENT_SECONDS = 45
"""After so long a task whose process was killed is taken for dead; as a person would set it, the default is 180."""


def impatient(folder: Path) -> dict[str, str]:
    """Settings of ``.env``; in the folder the demo's shop file with short limits.

    What a killed task was writing is waited for four of these limits, and a minute.
    """
    text = (PROJECT / "include" / "shops" / "demo.yaml").read_text(encoding="utf-8")
    limits = "connect_timeout: 10\n    read_timeout: 60\n"
    assert text.count(limits) == len(SYSTEMS)
    quick = text.replace(limits, "connect_timeout: 3\n    read_timeout: 12\n")
    (folder / "demo.yaml").write_text(quick, encoding="utf-8")
    return {"TASK_HEARTBEAT_TIMEOUT": str(SILENT_SECONDS), "SHOPS_DIR": str(folder)}


@dataclass(frozen=True, slots=True)
class Kill:
    """Which process was killed, which of its tasks was seen sending, and the orders that it was to send."""

    process: str
    task: Any
    run_id: str
    numbers: list[str]


def kill_while_sending(
    stack: ComposeStack, service: str, then: Callable[[str], None] = lambda _: None
) -> Kill:
    """Kill a process of the service in the middle of an order's write, and wait for the end of the run.

    Specter may have that order: it is not sent again without a person's word, and the run is red for it alone.

    :param then: what is done at once with the name of the process.
    """
    specter = stack.sandboxes["specter"]
    specter.latency(actions_ms={ORDER_WRITE: SLOW_MS})
    stack.wait_until_parsed(ORDER_EXPORT)
    stack.wait_for("A while without a scheduled run", 2 * QUIET_SECONDS, is_quiet)
    numbers = place_marked_orders(stack, ORDERS_OF_THE_KILL)
    killer = _Killer(stack, service, numbers, then)
    started = time.monotonic()
    run_id = stack.trigger(ORDER_EXPORT)
    run = follow(stack, ORDER_EXPORT, run_id, seconds=RUN_SECONDS, every=0.25, watch=killer.watch)
    log.info("killed %s; the run ended after %.0f s", killer.process, time.monotonic() - started)
    assert killer.process, f"no {service} was seen sending"
    assert [number for number in unconfirmed(stack) if number in numbers] == killer.begun
    assert [task.label for task in run.failed_tasks] == ["report"], failures(stack, run)
    assert "1 orders are unconfirmed" in failures(stack, run)[0]
    return Kill(killer.process, killer.task, run.run_id, numbers)


def all_went_once(stack: ComposeStack, numbers: list[str]) -> None:
    """After a person's answer each order is in Specter once, and after one more run its number is on the shop's."""
    answer_the_unconfirmed(stack)
    assert not stack.sandboxes["specter"].inspect("order_doubles")
    specters = in_specter(stack)
    assert {number: len(specters.get(number, [])) for number in numbers} == dict.fromkeys(numbers, 1)
    # what the killed try had not written onto the shop's orders, the next run does
    after = follow(stack, ORDER_EXPORT, stack.trigger(ORDER_EXPORT), seconds=RUN_SECONDS)
    assert failures(stack, after) == []
    assert {number: len(in_specter(stack)[number]) for number in numbers} == dict.fromkeys(numbers, 1)
    orders = {
        str(one["orderNumber"]): one for one in stack.sandboxes["abicart"].inspect("Order", limit=100_000)
    }
    with Ledger.open(stack.ledger_url) as ledger:
        states = ledger.orders.states(SHOP, [orders[number]["uid"] for number in numbers])
    for number in numbers:
        record = states[orders[number]["uid"]]
        assert record.state in (OrderState.SENT, OrderState.LINKED)
        assert record.specter_order_no == str(specters[number][0]) == orders[number]["externalOrderNumber"]


def is_quiet() -> bool:
    """Whether the next scheduled run is some way off."""
    return SCHEDULE_SECONDS - time.time() % SCHEDULE_SECONDS > QUIET_SECONDS


class _Killer:
    """Kills the process whose task is just writing an order, once; ``begun``: that order's number, in a list."""

    def __init__(
        self, stack: ComposeStack, service: str, numbers: list[str], then: Callable[[str], None]
    ) -> None:
        self._stack = stack
        self._service = service
        self._numbers = numbers
        self._then = then
        self.process = ""
        self.task: Any = None
        self.begun: list[str] = []

    def watch(self, tasks: list[Any]) -> None:
        sending = {
            task.ti_id: task for task in tasks if task.task_id == "send_orders" and task.state == "running"
        }
        if self.process or not sending or not set(self._numbers) & in_specter(self._stack).keys():
            return
        for process in self._stack.processes_of(self._service):
            for ti_id in tasks_of(self._stack.supervisor.pid_of(process.name)):
                if ti_id in sending and not self.process and (begun := self._just_begun()):
                    self._stack.kill(process.name)
                    self.process, self.task, self.begun = process.name, sending[ti_id], begun
        if self.process:
            self._stack.sandboxes["specter"].latency(actions_ms={})
            self._then(self.process)

    def _just_begun(self) -> list[str]:
        with Ledger.open(self._stack.ledger_url) as ledger:
            begun = ledger.orders.in_state(SHOP, OrderState.INTENT)
        since = datetime.now(UTC) - JUST_BEGUN
        return [one.number for one in begun if one.intent_at is not None and one.intent_at > since]


def tasks_of(process: int) -> Iterator[str]:
    """Ids of the tasks that run below a process."""
    for pid in descendants(process):
        with suppress(OSError):
            if title := TASK_TITLE.match((Path("/proc") / str(pid) / "cmdline").read_bytes()):
                yield title[1].decode()
