"""Plays a case: chaos first, then one run without faults; counts what was cut."""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cut_airflow import SINGLE, OrderDag, Wanted
from cut_check import check_customers, check_marks, check_orders, check_outcomes, check_told
from cut_draw import BACKFILL, SCHEDULED, Case, Round, Run
from cut_line import MOMENTS, CutLine, cut_line
from cut_shop import SENT
from cut_stage import CutStage

from abicart_specter.ledger import RunKey
from abicart_specter.ledger.order_records import OrderRecord
from abicart_specter.ledger.order_rules import SETTLED

TEN = timedelta(minutes=10)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@dataclass
class Figures:
    """``cuts`` by kind; ``orders`` placed; ``unconfirmed`` before a person answered."""

    cuts: Counter[str] = field(default_factory=Counter)
    orders: int = 0
    unconfirmed: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.cuts + other.cuts, self.orders + other.orders, self.unconfirmed + other.unconfirmed
        )


@dataclass
class Play:
    """One case on a stage."""

    case: Case
    stage: CutStage
    figures: Figures = field(default_factory=Figures)
    _number: int = 0
    _dead: str = ""
    _runs: set[RunKey] = field(default_factory=set)
    _alive: set[int] = field(default_factory=set)

    def run(self) -> Figures:
        case = self.case
        self.shop, self.workers = self.stage.shop, self.stage.workers
        self.stage.clear()
        self.shop.set({"duplicate_order": case.duplicates})
        self.lab = self.stage.lab(case.settings)
        try:
            self._place(case.orders)
            with ExitStack() as lines:
                for one in case.rounds:
                    self._round(one, lines)
            self._finish()
        finally:
            self._leave_nobody()
            self.lab.close()
        self.figures.orders = len(self.shop.bought)
        return self.figures

    # chaos

    def _place(self, orders: list[tuple[int, str]]) -> None:
        now = self.lab.clock.now()
        customers = self.shop.customers
        self.shop.place(
            (
                (now - SECOND * (10 + 5 * (len(orders) - place))).replace(microsecond=0),
                None if self.case.always_new else customers[buyer],
                fate,
            )
            for place, (buyer, fate) in enumerate(orders)
        )

    def _round(self, one: Round, lines: ExitStack) -> None:
        self.lab.clock.jump(timedelta(minutes=one.minutes))
        if one.more:
            self._place([(place, SENT) for place in range(one.more)])
        for system, faults in one.faults.items():
            for fault in faults:
                getattr(self.shop, system).control.fault(**fault)
        begun = [self._begin(run, lines) for run in one.runs]
        stopped = [(pid, line) for pid, run_id, line in begun if not self._ended(pid, run_id, line)]
        if stopped:
            self._go_on(stopped)
        self._clear_faults()

    def _begin(self, run: Run, lines: ExitStack) -> tuple[int, str, CutLine | None]:
        line = None
        if run.cut is not None:
            line = lines.enter_context(cut_line(self.shop.specter.url, run.cut))
            lines.callback(self._count_line, line)
        wanted = self._wanted(run)
        self._runs.add(RunKey("demo", wanted.flow, wanted.run_id))
        order = self._order(wanted, line, run.fate)
        pid = self.workers.begin(order)
        self._alive.add(pid)
        if line is not None:
            line.aim(pid)
        return pid, wanted.run_id, line

    def _order(self, wanted: Wanted, line: CutLine | None, fate: dict[str, Any]) -> dict[str, Any]:
        return {
            "abicart": self.shop.abicart.url,
            "specter": self.shop.specter.url if line is None else line.url,
            "folder": str(self.stage.folder),
            "settings": self.case.settings,
            "impatient": line is not None,
            "run": wanted.as_json(),
            "fate": fate,
        }

    def _wanted(self, run: Run) -> Wanted:
        self._number += 1
        run_id, now = f"{run.kind}-{self._number}", self.lab.clock.now()
        if run.kind == SINGLE:
            numbers = [one.number for one in self.shop.bought if one.fate == SENT][:3]
            return Wanted(run_id, SINGLE, form={"numbers": numbers}, tries=run.tries)
        if run.kind == BACKFILL:
            return Wanted(run_id, BACKFILL, now - HOUR, now, tries=run.tries)
        if run.again and self._dead:
            run_id = self._dead
        return Wanted(run_id, SCHEDULED, now - TEN, now, tries=run.tries)

    def _ended(self, pid: int, run_id: str, line: CutLine | None) -> bool:
        """Whether it ended, by itself or killed; if not, it was stopped."""
        status = self.workers.wait(pid)
        if os.WIFSTOPPED(status):
            self.figures.cuts["stopped for hours"] += 1
            return False
        self._alive.discard(pid)
        code = os.waitstatus_to_exitcode(status)
        assert code in (0, -signal.SIGKILL), f"a worker ended with {code}"
        if code and (line is None or not line.struck):
            self.figures.cuts["killed in its own code"] += 1
        if code and run_id.startswith(SCHEDULED):
            self._dead = run_id
        if line is not None:
            line.worker_ended()
        return True

    def _go_on(self, stopped: list[tuple[int, CutLine | None]]) -> None:
        """Hours later another run took over; now those that were stopped go on as if nothing had happened."""
        self.lab.clock.jump(HOUR)
        self._run_here(SCHEDULED)
        for pid, line in stopped:
            os.kill(pid, signal.SIGCONT)
            assert os.waitstatus_to_exitcode(self.workers.wait(pid)) == 0
            self._alive.discard(pid)
            if line is not None:
                line.worker_ended()

    def _leave_nobody(self) -> None:
        """After an error some may be at work still."""
        for pid in self._alive:
            os.kill(pid, signal.SIGKILL)
            self.workers.wait(pid)

    def _count_line(self, line: CutLine) -> None:
        if line.struck:
            self.figures.cuts[MOMENTS[line.cut.moment] + (", killed" if line.cut.kill else "")] += 1

    def _clear_faults(self) -> None:
        for server in (self.shop.abicart, self.shop.specter):
            server.control.clear_faults()

    # the end

    def _run_here(self, kind: str, **form: Any) -> str:
        self._number += 1
        run_id, now = f"{kind}-here-{self._number}", self.lab.clock.now()
        wanted = Wanted(run_id, kind, now - TEN, now)
        if kind == SINGLE:
            wanted = Wanted(run_id, kind, form=form)
        self._runs.add(RunKey("demo", wanted.flow, wanted.run_id))
        errors = OrderDag(self.lab, wanted).run()
        errors.pop("report", None)  # red where orders wait for a person, which is looked at by itself
        assert errors == {}, errors
        return run_id

    def _finish(self) -> None:
        lab, shop = self.lab, self.shop
        self.figures.cuts.update(shop.struck())
        lab.clock.jump(HOUR)
        run_id = self._run_here(SCHEDULED)
        check_outcomes(lab, run_id)
        unconfirmed = check_orders(lab, shop, trusted=self.case.control == "trusted")
        self.figures.unconfirmed = len(unconfirmed)
        for record in unconfirmed:
            self._answer(record)
        lab.clock.jump(TEN)
        check_outcomes(lab, self._run_here(SCHEDULED))
        assert check_orders(lab, shop, trusted=False) == []
        check_customers(lab, shop)
        check_marks(lab, shop)
        check_told(lab, shop, self._runs)

    def _answer(self, record: OrderRecord) -> None:
        """A person looks into Specter and answers truly."""
        assert record.external_no is not None
        there = self.shop.in_specter().get(record.external_no, [])
        if there:
            self._run_here(SINGLE, numbers=[record.number], link_to=there[0]["number"])
        else:
            self._run_here(SINGLE, numbers=[record.number], looked_not_there=True)
        now = self.lab.ledger.orders.states("demo", [record.uid])[record.uid]
        assert now.state in SETTLED, f"answered, and still {now.words()}"
