"""Plays a case: chaos first, then runs that nobody disturbs; counts what was killed and cut."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cut_line import BEFORE, CutLine, cut_line
from import_check import Check
from import_draw import PASSES, Attempt, Case, Round
from import_people import People
from import_stage import HOUR, ImportStage
from import_tasks import NIGHT, STOCK, ImportDag, Wanted

MINUTE = timedelta(minutes=1)


@dataclass
class Figures:
    """``cuts`` by kind; ``values``: how many products Specter told something of; what became of them at the end."""

    cases: int = 0
    cuts: Counter[str] = field(default_factory=Counter)
    told: int = 0
    ends: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.cases + other.cases,
            self.cuts + other.cuts,
            self.told + other.told,
            self.ends + other.ends,
        )


@dataclass
class Play:
    """One case on a stage."""

    case: Case
    stage: ImportStage
    figures: Figures = field(default_factory=lambda: Figures(1))
    _number: int = 0
    _dead: Wanted | None = None

    def run(self) -> Figures:
        stage, case = self.stage, self.case
        stage.restore()
        stage.abicart.switches(**case.shop)
        stage.specter.switches(**case.specter)
        self.people = People(stage)
        self.lost: list[bytes] = []
        self.lab = stage.lab(case.settings)
        try:
            for one in case.rounds:
                self._round(one)
            self._finish()
        finally:
            self.lab.close()
        return self.figures

    # chaos

    def _round(self, one: Round) -> None:
        self.people.do(one.before)
        self._dead = None
        for attempt in one.attempts:
            self._attempt(one.flow, attempt)
        while one.ends and self._dead is not None:
            self._take_up(one.flow)
        self.stage.later(HOUR)

    def _attempt(self, flow: str, attempt: Attempt) -> None:
        wanted = self._dead if attempt.again and self._dead else self._new(flow, attempt.answers)
        order = self.stage.order(wanted, self.case.settings) | {"fate": attempt.fate}
        for system, faults in attempt.faults.items():
            if attempt.line and attempt.line[0] == system:
                continue  # the line does it all
            for fault in faults:
                getattr(self.stage, system).fault(**fault)
        with ExitStack() as stack:
            line = None
            if attempt.line is not None:
                system, cut = attempt.line
                line = stack.enter_context(
                    cut_line(order[system], cut, lambda: self.people.do(attempt.during))
                )
                order |= {system: line.url, "impatient": True}
            code = self._work(order, line)
        self._count(attempt, line, killed=code != 0)
        self._dead = wanted if code else None
        self._clear_faults()
        self.people.do(attempt.after)
        self.stage.later(HOUR)

    def _work(self, order: dict[str, Any], line: CutLine | None = None) -> int:
        workers = self.stage.workers
        pid = workers.begin(order)
        if line is not None:
            line.aim(pid)
        code = os.waitstatus_to_exitcode(workers.wait(pid))
        if line is not None:
            line.worker_ended()
        assert code in (0, -signal.SIGKILL), f"a worker ended with {code}"
        return code

    def _take_up(self, flow: str) -> None:
        """The run whose worker was killed, without any disturbance."""
        assert self._dead is not None
        wanted, self._dead = self._dead, None
        assert self._work(self.stage.order(wanted, self.case.settings)) == 0
        result = json.loads((self.stage.folder / f"result-{wanted.run_id}.json").read_text())
        # Red where changes of an earlier try of this run are not ended, or failed: the next run has them.
        assert set(result["errors"]) <= {"report"}, f"{flow}: {result['errors']}"

    def _new(self, flow: str, answers: dict[str, str], *, whole: bool = False) -> Wanted:
        self._number += 1
        return Wanted(f"{flow}-{self._number}", flow, answers, whole=whole)

    def _count(self, attempt: Attempt, line: CutLine | None, *, killed: bool) -> None:
        if line is not None and line.struck:
            cut = line.cut
            self.figures.cuts[f"{cut.action} {cut.moment}" + (", killed" if cut.kill else "")] += 1
            if cut.moment not in (BEFORE, PASSES):
                self.lost.append(line.body)
        if killed and (line is None or not line.struck):
            self.figures.cuts[f"killed in “{attempt.fate['zone']}”"] += 1
        self.figures.cuts["killed, in all"] += killed

    def _clear_faults(self) -> None:
        for server in (self.stage.abicart, self.stage.specter):
            self.figures.cuts.update(server.counters()["faults"])
            server.clear_faults()

    # the end

    def _finish(self) -> None:
        check = Check(self.stage, self.lab, self.people, self.lost)
        last = [self._here(NIGHT, whole=True), self._here(STOCK)]
        check.nothing_is_open()
        self.figures.ends = check.everything_arrived_or_waits(*last)
        self.figures.told = sum(len(past) > 1 for past in self.people.history.values())
        writes = check.writes()
        check.nothing_was_written_twice(writes)
        check.pairs_are_what_both_hold(last[0])
        check.journal_tells_the_same()
        self.stage.later(MINUTE)  # no longer: the guard forgets the changes of the last 24 hours
        again = [self._here(NIGHT, whole=True), self._here(STOCK)]
        assert check.writes()[len(writes) :] == [], "a further run wrote something"
        check.everything_arrived_or_waits(*again)
        check.only_these_are_open(*again)

    def _here(self, flow: str, *, whole: bool = False) -> Wanted:
        wanted = self._new(flow, self.case.answers, whole=whole)
        errors = ImportDag(self.lab, wanted).run()
        assert errors == {}, f"{flow}: {errors}"
        return wanted


__all__ = ["Figures", "Play"]
