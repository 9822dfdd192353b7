"""What all cases share: two servers whose state is put back between them, the ledger too, and the workers' program."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from cut_airflow import OrderDag
from cut_airflow import Wanted as OrderWanted
from cut_clock import SharedClock
from cut_lab import CutLab, open_ledger
from forked import ForkedWorkers, forked_workers
from import_lab import EVERYTHING
from import_tasks import NIGHT, STOCK, Wanted
from import_worker import TERMS

from abicart_specter.ledger import Ledger
from shop_sandbox import services
from shop_sandbox.core.control_client import Control
from shop_sandbox.core.server import SandboxServer

WORKER = Path(__file__).parent / "import_worker.py"
SETTINGS: dict[str, Any] = EVERYTHING | {"imports__stock": True, "limits__batch_size": 4}
ITEMS, ORDERS = 12, 3
HOUR = timedelta(hours=1)


@dataclass
class ImportStage:
    """A shop of a dozen products, all in Specter, with some orders there; as it was at the start of each case.

    :param entered: how often a run that nobody disturbs enters each part of the package, by flow.
    :param orders: the orders' uids → their numbers in Specter.
    """

    abicart: Control
    specter: Control
    workers: ForkedWorkers
    folder: Path
    clock: SharedClock
    ledger: Ledger
    entered: dict[str, dict[str, int]] = field(default_factory=dict)
    orders: dict[int, int] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)

    def lab(self, changes: dict[str, Any]) -> CutLab:
        """A lab of this process."""
        return CutLab(
            self.abicart.url,
            self.specter.url,
            self.folder,
            changes=changes,
            terms=TERMS,
            lent=self.ledger,
        )

    def order(self, wanted: Wanted, settings: dict[str, Any]) -> dict[str, Any]:
        """A worker's order, without any disturbance."""
        return {
            "abicart": self.abicart.url,
            "specter": self.specter.url,
            "folder": str(self.folder),
            "settings": settings,
            "impatient": False,
            "run": asdict(wanted),
            "fate": {},
        }

    def later(self, by: timedelta) -> None:
        """Time passes, for the flows and for both systems."""
        self.clock.jump(by)
        for server in (self.abicart, self.specter):
            server.advance_clock(by.total_seconds())

    def set_up(self) -> None:
        """Products exported, orders bought and exported, and all of that kept."""
        self.clock.restart()
        self.abicart.reset(seed={"items": ITEMS, "faults": 0, "orders": 0, "customers": 5})
        self.specter.reset()
        for uid, one in self.abicart.inspect("prices").items():
            if one["offer"]:  # a campaign of the shop's own, which no import touches
                price = {"regular": one["regular"], "specialOffer": None}
                self.abicart.edit("Article", uid=int(uid), patch={"price": price})
        self.items = self.abicart.inspect("items", limit=ITEMS * 3)
        lab = self.lab(SETTINGS)
        lab.run()
        now = self.clock.now()
        customers = [row["uid"] for row in self.abicart.inspect("Customer", limit=ORDERS)]
        self.abicart.edit(
            "place_orders",
            orders=[
                {
                    "rows": [{self.items[place]["kind"]: self.items[place]["uid"], "quantity": 1 + place}],
                    "ordered": (now - timedelta(seconds=30)).isoformat(),
                    "customer": customer,
                    "paid": True,
                }
                for place, customer in enumerate(customers)
            ],
        )
        errors = OrderDag(lab, OrderWanted("orders", "scheduled", now - HOUR, now)).run()
        assert errors == {}
        heads = {one["orderNumber"]: one["uid"] for one in self.abicart.inspect("order_heads")}
        self.orders = {heads[one["external_number"]]: one["number"] for one in self.specter.inspect("orders")}
        assert len(self.orders) == ORDERS
        self.later(2 * HOUR)
        for server in (self.abicart, self.specter):
            server.save()
        self.ledger.close()
        shutil.copytree(self.folder, self.kept)

    @property
    def fresh_ledger(self) -> Path:
        """A ledger that knows nothing."""
        return self.folder.parent / "fresh.db"

    @property
    def kept(self) -> Path:
        return self.folder.parent / "kept"

    def restore(self) -> None:
        """Everything as it was, but later: time never goes back."""
        for server in (self.abicart, self.specter):
            server.load()
        self.ledger.close()
        for path in self.folder.iterdir():
            if path.name == "clock":
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path in self.kept.iterdir():
            if path.is_dir():
                shutil.copytree(path, self.folder / path.name)
            elif path.name != "clock":
                shutil.copy(path, self.folder)
        self.clock.restart()
        self.clock.jump(2 * HOUR)

    def rehearse(self) -> None:
        """Two runs of each flow in peace: one that warms the workers' program, one that is counted."""
        for flow in (NIGHT, STOCK):
            for run_id, fate in (("warm", {}), ("counted", {"zone": "anywhere"})):
                self.restore()
                number = self.items[0]["product_number"]
                self.specter.edit("article.change", number=number, name="Another name")
                price = float(self.specter.inspect("prices")[number]["price"])
                self.specter.edit("article.change", number=number, price=f"{price * 1.1:.2f}")
                self.specter.edit("article.stock", number=number, available=7)
                self.specter.edit("order.deliver", number=next(iter(self.orders.values())))
                order = self.order(Wanted(run_id, flow), SETTINGS) | {"fate": fate}
                if run_id == "warm":
                    self.workers.warm(order)
                else:
                    assert self.workers.wait(self.workers.begin(order)) == 0
            result = json.loads((self.folder / "result-counted.json").read_text())
            assert result["errors"] == {}
            self.entered[flow] = dict(result["entered"])


@contextmanager
def import_stage(folder: Path, ledger_file: Path) -> Iterator[ImportStage]:
    """A stage in an empty folder."""
    room = folder / "room"
    room.mkdir()
    shutil.copy(ledger_file, room / "ledger.db")
    shutil.copy(ledger_file, folder / "fresh.db")
    clock = SharedClock(room)
    with ExitStack() as stack:
        controls = []
        for name in ("abicart", "specter"):
            server = SandboxServer(services.build(name), state_path=folder / f"{name}.json.gz")
            server.start_in_thread()
            stack.callback(server.stop)
            controls.append(Control(server.url))
        ledger = stack.enter_context(closing(open_ledger(room, clock)))
        workers = stack.enter_context(forked_workers(WORKER))
        stage = ImportStage(*controls, workers, room, clock, ledger)
        stage.set_up()
        stage.rehearse()
        yield stage
