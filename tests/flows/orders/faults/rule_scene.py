"""A stage for one rule: whole runs in this process, and a line to Specter at which a test acts between two requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cut_airflow import SINGLE, OrderDag, Wanted
from cut_check import check_customers, check_orders
from cut_lab import CutLab
from cut_shop import SENT, SETTINGS, Bought, CutShop
from cut_stage import CutStage
from relay import Passing, Relay, relay_to

from abicart_specter.ledger.order_records import OrderRecord

CUSTOMER, ORDER = "newCustomerSubmit", "newOrderSubmit"
SCHEDULED, BACKFILL = "scheduled", "backfill"
TEN, SECOND, DAY = timedelta(minutes=10), timedelta(seconds=1), timedelta(days=1)


@dataclass
class RuleScene:
    """``lab`` is what runs work with; its ``specter_url`` may lead through a relay."""

    stage: CutStage
    lab: CutLab
    _number: int = 0

    @property
    def shop(self) -> CutShop:
        return self.stage.shop

    def buy(self, *buyers: int, fate: str = SENT) -> list[Bought]:
        """Orders of these customers (by their place in the shop), one second after the other."""
        now = self.lab.clock.now().replace(microsecond=0) - SECOND * (len(buyers) + 1)
        customers = self.shop.customers
        return self.shop.place(
            (now + SECOND * place, customers[buyer], fate) for place, buyer in enumerate(buyers)
        )

    def run(self, kind: str = SCHEDULED, lab: CutLab | None = None, **form: Any) -> dict[str, str]:
        """A run; returns what failed in it, but for a report that is red because of that."""
        self._number += 1
        run_id, now = f"{kind}-{self._number}", self.lab.clock.now()
        wanted = Wanted(run_id, kind, now - (DAY if kind == BACKFILL else TEN), now, tries=1)
        if kind == SINGLE:
            wanted = Wanted(run_id, kind, form=form, tries=1)
        errors = OrderDag(lab or self.lab, wanted).run()
        errors.pop("report", None)
        return {task: type(error).__name__ for task, error in errors.items()}

    def later(self, by: timedelta = TEN) -> None:
        self.lab.clock.jump(by)

    @contextmanager
    def line(self, **hooks: Callable[[Passing], None]) -> Iterator[Relay]:
        """Runs of ``lab`` speak to Specter through it; a lab that a hook makes speaks directly."""
        direct = self.lab.specter_url
        with relay_to(direct, **hooks) as relay:
            self.lab.specter_url = relay.url
            try:
                yield relay
            finally:
                self.lab.specter_url = direct

    def beside(self) -> CutLab:
        """A lab for another run at the same time."""
        return self.stage.lab(self.lab.changes | {})

    def record(self, one: Bought) -> OrderRecord:
        return self.lab.ledger.orders.states("demo", [one.uid])[one.uid]

    def order_calls(self) -> int:
        """How many orders Specter was asked to take."""
        return int(self.shop.specter.control.counters()["calls"].get(ORDER, 0))

    def numbers(self, *orders: Bought) -> list[int]:
        """Specter's numbers of these, each of which is there once."""
        found = self.shop.in_specter()
        assert [len(found.get(one.number, [])) for one in orders] == [1] * len(orders)
        return [found[one.number][0]["number"] for one in orders]

    def all_is_well(self) -> None:
        assert check_orders(self.lab, self.shop, trusted=False) == []
        check_customers(self.lab, self.shop)


@contextmanager
def rule_scene(
    stage: CutStage, specter: dict[str, Any] | None = None, **settings: Any
) -> Iterator[RuleScene]:
    """A shop and an account as new, with these switches of Specter and settings of the shop."""
    stage.clear()
    stage.shop.set(specter)
    lab = stage.lab(SETTINGS | settings)
    try:
        yield RuleScene(stage, lab)
    finally:
        lab.close()


def once(action: str, act: Callable[[], None], nth: int = 1) -> Callable[[Passing], None]:
    """A hook that acts at the nth request of an action."""

    def hook(passing: Passing) -> None:
        if (passing.action, passing.nth) == (action, nth):
            act()

    return hook
