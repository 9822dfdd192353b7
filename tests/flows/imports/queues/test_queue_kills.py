"""F4: a reader that is killed at any line loses nothing. The next run goes on from what is stored."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
from queue_lab import ACCOUNT, QueueLab

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.flows.drain_queue import drain_queue
from abicart_specter.flows.imports.queue_rows import ARTICLE_FIELDS
from abicart_specter.flows.imports.replay import replay
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.ledger import Ledger

PROGRAM = Path(__file__).parent / "kill_reader.py"
NOBODY_IS_LEFT = LeaseTerms(write_timeout=5.0, margin=-5.0)
"""As in the program that is killed."""
SEED = 20261125


class Victims:
    """Readers that die; between two of them five records change and an hour goes by."""

    def __init__(self, program: subprocess.Popen[str], lab: QueueLab) -> None:
        self.program = program
        self.lab = lab
        self.now = datetime(2026, 11, 2, tzinfo=UTC)
        self._prices = count(1)
        self.open_ledger()

    def open_ledger(self) -> None:
        self.lab.export.ledger.close()
        self.lab.export.ledger = Ledger.open(self.lab.export.ledger_url, clock=lambda: self.now)

    def change(self, queue: Queue) -> None:
        """A new value for every record of the queue."""
        edits: list[dict[str, Any]] = []
        price = next(self._prices)
        if queue is Queue.ORDERS:
            edits = [
                {"what": "order.status", "number": one, "status_id": 100 + price} for one in self.lab.orders
            ]
        for number in self.lab.numbers if queue is not Queue.ORDERS else []:
            if queue is Queue.ARTICLE_INFO:
                edits.append({"what": "article.change", "number": number, "price": f"{price}.25"})
            else:
                edits.append({"what": "article.stock", "number": number, "available": price, "site": 1})
        self.lab.specter.edit("bulk", edits=edits)

    def die(self, queue: Queue, place: str = "", nth: int = 0) -> int:
        """Start a reader; how it ended."""
        order = {
            "specter": self.lab.export.specter_url,
            "folder": str(self.lab.export.folder),
            "queue": queue.value,
            "now": self.now.isoformat(),
            "place": place,
            "nth": nth,
        }
        assert self.program.stdin is not None and self.program.stdout is not None
        self.program.stdin.write(json.dumps(order) + "\n")
        self.program.stdin.flush()
        return os.waitstatus_to_exitcode(int(self.program.stdout.readline()))

    def lines(self, queue: Queue) -> dict[str, int]:
        """The lines that an undisturbed reader runs, and how often; not the very first one, which finds no journal."""
        for _ in range(2):
            self.change(queue)
            assert self.die(queue) == 0
            self.now += timedelta(hours=1)
        return dict(json.loads((self.lab.export.folder / "lines.json").read_text()))

    def recover(self, queue: Queue) -> None:
        """The next run, after the dead one's lease has run out."""
        self.now += timedelta(hours=1)
        ctx = self.lab.export.context()
        ctx.clock = lambda: self.now
        ctx.begin()
        drain_queue(ctx, self.lab.journal(), NOBODY_IS_LEFT, queue, ARTICLE_FIELDS)
        self.now += timedelta(hours=1)


@pytest.fixture
def victims(lab: QueueLab) -> Iterator[Victims]:
    lab.specter.switches(response_limit=2, limit_scope="all")
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        yield Victims(program, lab)
    finally:
        assert program.stdin is not None
        program.stdin.close()
        program.wait(30)


def recovered(victims: Victims, queue: Queue) -> bool:
    """Nothing is lost, and nothing is left open, here or at Specter."""
    lab = victims.lab
    return (
        lab.inbox(queue) == lab.truth(queue)
        and lab.export.ledger.in_flight(ACCOUNT, queue.value) == []
        and lab.specter.inspect("batches") == []
        and lab.specter.inspect("queues")[queue.value] == []
    )


def newest(ledger: Ledger, queue: Queue, numbers: list[str]) -> dict[str, dict[str, str | None]]:
    found = ledger.latest_values(ACCOUNT, queue.value, numbers)
    return {number: {name: one.value for name, one in told.items()} for number, told in found.items()}


@pytest.mark.parametrize("queue", Queue)
def test_killed_at_each_line(victims: Victims, queue: Queue, migrated_ledger: Path) -> None:
    """Every line that a reader of several batches runs: a third of them in each queue, at the first time it comes to
    it or at a later one. At the end the journal alone tells the same."""
    draw = random.Random(f"{SEED} {queue.value}")
    lines = victims.lines(queue)
    assert len([place for place in lines if place.startswith("flows/drain_queue.py")]) > 40
    assert len([place for place in lines if place.startswith("flows/journal.py")]) > 30
    for place in sorted(lines)[list(Queue).index(queue) :: len(Queue)]:
        nth = draw.choice([1, lines[place], draw.randint(1, lines[place])])
        victims.change(queue)
        assert victims.die(queue, place, nth) == -SIGKILL, (place, nth)
        victims.recover(queue)
        assert recovered(victims, queue), (place, nth)
    lab = victims.lab
    fresh = lab.export.folder / "fresh.db"
    fresh.write_bytes(migrated_ledger.read_bytes())
    with Ledger.open(f"sqlite:///{fresh}") as ledger:
        replay(lab.journal(), ledger)
        names = [str(one) for one in lab.orders] if queue is Queue.ORDERS else lab.numbers
        assert newest(ledger, queue, names) == newest(lab.export.ledger, queue, names)
        assert ledger.in_flight(ACCOUNT, queue.value) == []


def test_killed_again_and_again(victims: Victims) -> None:
    """Several readers die one after the other before one comes through, while values go on changing."""
    draw = random.Random(SEED)
    lines = {queue: victims.lines(queue) for queue in Queue}
    for _ in range(6):
        queue = draw.choice(list(Queue))
        for _ in range(draw.randint(2, 4)):
            victims.change(queue)
            place = draw.choice(list(lines[queue]))
            assert victims.die(queue, place, draw.randint(1, lines[queue][place])) in (0, -SIGKILL)
            victims.now += timedelta(hours=1)
        victims.recover(queue)
        assert recovered(victims, queue), queue
