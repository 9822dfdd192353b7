"""A rebuild that is killed at any function, several times, ends as one that nobody killed."""

from __future__ import annotations

import json
import random
import shutil
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from forked import ForkedWorkers, forked_workers
from rebuild_lab import RebuildLab
from rebuild_worker import ZONES

from abicart_specter.errors import LedgerError
from abicart_specter.ledger import Ledger

SEED, KILLS = 20261125, 28
SETTINGS = {"imports__price": True, "imports__vat": True}


@pytest.fixture(scope="module")
def workers() -> Iterator[ForkedWorkers]:
    with forked_workers(Path(__file__).parent / "rebuild_worker.py") as running:
        yield running


def truth(lab: RebuildLab) -> dict[str, Any]:
    """What the ledger says of orders, products and the rebuild, without the times at which it was written."""
    dump = lab.dump_ledger()
    states = lab.orders.states("demo", lab.states())
    return {
        "orders": {
            uid: (one.state, one.specter_order_no, one.external_no, one.rule, one.repeats, one.linked_by)
            for uid, one in states.items()
        },
        "doubts": dump["item_doubt"],
        "customers in question": len(dump["customer_sync"]),
        "told": {row[3:7] for row in dump["inbox_row"]},
        "finished": lab.ledger.rebuild.of("demo").finished,
        "scanned": lab.orders.scan_state("demo").scanned_to,
    }


def whole(lab: RebuildLab) -> bool:
    """Whether the shop may work; as long as the rebuild has not finished, it may not."""
    with Ledger.open(lab.export.ledger_url) as ledger:
        rebuild = ledger.rebuild.of("demo")
        if rebuild is None or not rebuild.finished:
            with pytest.raises(LedgerError, match="rebuild"):
                ledger.rebuild.require_whole("demo")
            return False
        ledger.rebuild.require_whole("demo")
        return True


def test_kills(lab: RebuildLab, workers: ForkedWorkers) -> None:
    lab.settings_are(**SETTINGS)
    lab.specter_server.control.edit("article.touch", number=lab.items()[0]["product_number"])
    lab.night()
    lab.sell(12)
    lab.export_all(runs=1)
    lab.sell(4)
    lab.lose()
    lost = lab.folder / "lost.db"
    lab.export.ledger.close()
    shutil.copy(lab.folder / "ledger.db", lost)
    order = {
        "abicart": lab.abicart_server.url,
        "specter": lab.specter_server.url,
        "folder": str(lab.folder),
        "stopped": lab.now.isoformat(),
        "begun": lab.begun.isoformat(),
        "settings": SETTINGS,
    }

    def fresh() -> None:
        for file in lab.folder.glob("ledger.db*"):
            file.unlink()
        shutil.copy(lost, lab.folder / "ledger.db")

    def run(**fate: Any) -> int:
        lab.later(timedelta(hours=1))  # what a dead worker held has run out
        status = workers.wait(workers.begin(order | {"now": lab.now.isoformat()} | fate))
        return 0 if status == 0 else status & 0x7F

    fresh()
    assert run(zone="anywhere", nth=0) == 0
    counts = json.loads((lab.folder / "entered.json").read_text())
    lab.open_ledger()
    wanted = truth(lab)
    lab.export.ledger.close()
    assert wanted["finished"]
    assert len(wanted["orders"]) == 16

    draw, died = random.Random(SEED), 0
    for _ in range(KILLS):
        fresh()
        zone = draw.choice(sorted(ZONES))
        for nth in (draw.randint(1, counts[zone]), draw.randint(1, counts[zone])):
            if (ended := run(zone=zone, nth=nth)) != 0:
                assert ended == signal.SIGKILL
                died += 1
            if whole(lab):
                break
        if not whole(lab):
            assert run() == 0
        lab.open_ledger()
        assert truth(lab) == wanted, f"after kills in {zone}"
        lab.export.ledger.close()
    assert died >= KILLS
    lab.open_ledger()
    lab.export_all(runs=1)
    assert set(lab.copies().values()) == {1}
