"""Plays a week: people, buyers and flows by turns under faults, then one quiet evening and night."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from week_flows import FLOWS, Answer, Question, Run, Steps, nightly_import
from week_lab import WeekLab
from week_people import People

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = datetime(2026, 10, 19, 6, 0, tzinfo=STOCKHOLM)
"""The week ends with the night in which the clocks change."""
TICK = timedelta(hours=3)
DAYS = 7
AWAKE = range(6, 23)
NIGHT = (2, 30)
NOBODY_ANSWERS = timedelta(hours=12)

FAULTS: dict[str, list[dict[str, Any]]] = {
    "both": [
        {"kind": "refuse"},
        {"kind": "drop_before"},
        {"kind": "drop_after"},
        {"kind": "drop_after", "how": "reset"},
        {"kind": "cut", "how": "length"},
        {"kind": "cut", "how": "chunked"},
        {"kind": "html_500"},
        {"kind": "html_500", "work": "before"},
        {"kind": "too_many", "seconds": 2},
        {"kind": "unavailable", "seconds": 1},
        {"kind": "slow", "seconds": 0.02},
    ],
    "abicart": [
        {"kind": "rpc_internal"},
        {"kind": "rpc_server"},
        {"kind": "drop_after", "action": "Article.set"},
        {"kind": "drop_before", "action": "Article.set"},
        {"kind": "drop_after", "action": "ArticleVariant.set"},
        {"kind": "drop_after", "action": "Order.set"},
    ],
    "specter": [
        {"kind": "error_99", "action": "get*NeedUpdate"},
        {"kind": "drop_after", "action": "newArticleSubmit"},
        {"kind": "drop_after", "action": "newOrderSubmit"},
        {"kind": "drop_after", "action": "newCustomerSubmit"},
        {"kind": "drop_after", "action": "update*FromBatch"},
        {"kind": "drop_after", "action": "get*NeedUpdate"},
    ],
}


@dataclass
class Going:
    """A run under way; ``asked`` since when it waits for a person, who will answer at ``answer_at``."""

    run: Run
    steps: Steps
    question: Question | None = None
    answer: Answer | None = None
    answer_at: datetime | None = None


@dataclass
class Week:
    """``ran`` counts runs by flow and colour, ``answers`` what people said."""

    lab: WeekLab
    seed: int
    people: People
    draw: random.Random = field(init=False)
    going: dict[str, Going] = field(default_factory=dict)
    ran: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    last: dict[str, Run] = field(default_factory=dict)
    quiet: bool = False
    reconciled: Callable[[Run], None] = lambda run: None
    _due: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.draw = random.Random(f"week {self.seed}")
        self.stock_every = self.draw.choice((TICK, 2 * TICK, timedelta(hours=24)))

    def __str__(self) -> str:
        ran = ", ".join(f"{flow} {colour} {count}" for (flow, colour), count in sorted(self.ran.items()))
        answers = ", ".join(f"{said} {count}" for said, count in sorted(self.answers.items()))
        faults, people = self.faults.total(), self.people.did.total()
        return (
            f"{people} things done by people, {self.people.did['buy']} orders; {faults} faults armed; "
            f"runs: {ran}; answers: {answers}; red tasks: {dict(self.errors)}"
        )

    # the whole of it

    def play(self) -> None:
        self.lab.clock.start_at(MONDAY)
        self._alone("product_export")
        self._due["stock_import"] = self._due["nightly_import"] = self._at_night(MONDAY)
        if self.stock_every < timedelta(hours=24):
            self._due["stock_import"] = MONDAY
        bad = MONDAY + timedelta(hours=self.draw.randrange(8, (DAYS - 1) * 24 - 40))
        mended = bad + timedelta(hours=self.draw.randrange(12, 36))
        now = MONDAY
        while now < MONDAY + timedelta(days=DAYS - 1, hours=12):
            self.lab.clock.until(now)
            for moment in (bad, mended):
                if now <= moment < now + TICK:
                    self.people.bad_price_list()
            self._tick(now)
            now += TICK
        self._quiet(now)

    def _tick(self, now: datetime) -> None:
        """What is due begins; runs and people take turns until every run has ended or waits for a person."""
        self._arm()
        self._answer_what_is_due()
        for flow in FLOWS:
            due = self._due.get(flow, now)
            if flow != "product_export" and due <= now and flow not in self.going:
                self._begin(flow, now)
        awake = now.astimezone(STOCKHOLM).hour in AWAKE
        for _ in range(self.draw.randint(0, 6) if awake else 0):
            self.people.something()
        self._turns(people=0.15 if awake else 0.03)
        self._disarm()

    def _quiet(self, now: datetime) -> None:
        """Nobody does anything and nothing breaks: exports, stock, the night."""
        self.quiet = True
        self.lab.clock.until(now + NOBODY_ANSWERS + TICK)
        self._answer_what_is_due()
        self._turns(people=0.0)
        for _ in range(2):
            for flow in ("order_export", "product_change_export", "stock_import"):
                self._alone(flow)
            self.lab.clock.pass_by(TICK)
        night = self._at_night(self.lab.clock.now().astimezone(STOCKHOLM))
        self.lab.clock.until(night)
        for flow in ("order_export", "product_change_export", "stock_import", "nightly_import"):
            self._alone(flow)

    # runs

    def _begin(self, flow: str, now: datetime) -> None:
        run = Run(self.lab, flow, now, disturbed=dict(self.people.disturbed))
        steps = nightly_import(run, self.reconciled) if flow == "nightly_import" else FLOWS[flow](run)
        self.going[flow] = Going(run, steps)
        if flow == "nightly_import":
            self._due[flow] = self._at_night(now)
        elif flow == "stock_import":
            self._due[flow] = now + self.stock_every

    def _alone(self, flow: str) -> None:
        self._begin(flow, self.lab.clock.now())
        while flow in self.going and self.going[flow].question is None:
            self._step(flow)

    def _turns(self, people: float) -> None:
        while busy := [flow for flow, one in self.going.items() if one.question is None]:
            self._step(self.draw.choice(busy))
            if self.draw.random() < people:
                self.people.something()
            if self.draw.random() < 0.1:
                self.lab.clock.pass_by(timedelta(seconds=self.draw.randint(1, 90)))

    def _step(self, flow: str, answer: Answer | None = None) -> None:
        going = self.going[flow]
        try:
            question = going.steps.send(answer)
        except StopIteration:
            self._ended(going.run)
            del self.going[flow]
            return
        if question is not None:
            going.question = question
            going.answer, wait = self._draw_answer()
            going.answer_at = self.lab.clock.now() + wait

    def _ended(self, run: Run) -> None:
        self.ran[run.flow, "green" if run.green else "red"] += 1
        self.people.story.append(f"{self.lab.clock.now():%a %d %H:%M:%S} -- {run}")
        self.last[run.flow] = run
        self.errors.update(f"{run.flow}: {type(error).__name__}" for error in run.errors.values())
        if run.flow == "stock_import" and run.green:
            self._stock_was_imported(run)

    def _stock_was_imported(self, run: Run) -> None:
        """What was disturbed before it began is put right, unless it is held or waits."""
        stock, imports = self.lab.ledger.stock, self.lab.ledger.imports
        held = {one.product_number for one in stock.iter_held(run.ctx.run)}
        held |= {one.product_number for one in imports.iter_open("demo", "stock") if one.why == "planned"}
        for number in list(self.people.disturbed):
            if self.people.disturbed[number] == run.disturbed.get(number) and number not in held:
                del self.people.disturbed[number]

    # people who are asked

    def _draw_answer(self) -> tuple[Answer, timedelta]:
        if self.quiet:
            return Answer(False, ""), NOBODY_ANSWERS
        said = self.draw.choice(("yes", "no", "nobody"))
        self.answers[said] += 1
        if said == "nobody":
            return Answer(False, ""), NOBODY_ANSWERS
        return Answer(said == "yes", "anna"), timedelta(hours=self.draw.uniform(0.1, 11))

    def _answer_what_is_due(self) -> None:
        for flow, one in list(self.going.items()):
            if one.answer_at is not None and one.answer_at <= self.lab.clock.now():
                answer, one.question, one.answer_at = one.answer, None, None
                self.people.story.append(f"{self.lab.clock.now():%a %d %H:%M:%S} -- answer {flow} {answer}")
                self._step(flow, answer)

    # faults

    def _arm(self) -> None:
        if self.draw.random() < 0.35:
            return
        for system in ("abicart", "specter"):
            control = getattr(self.lab, f"{system}_server").control
            for _ in range(self.draw.randint(0, 3)):
                fault = dict(self.draw.choice(FAULTS["both"] + FAULTS[system]))
                self.faults[f"{system} {fault['kind']}"] += 1
                if self.draw.random() < 0.6:
                    fault |= {"count": self.draw.randint(1, 4), "after": self.draw.randint(0, 12)}
                else:
                    share = round(self.draw.uniform(0.03, 0.3), 3)
                    fault |= {"count": None, "probability": share, "seed": self.draw.randint(1, 10**6)}
                control.fault(**fault)

    def _disarm(self) -> None:
        for server in (self.lab.abicart_server, self.lab.specter_server):
            server.control.clear_faults()

    @staticmethod
    def _at_night(after: datetime) -> datetime:
        """The next 02:30 in Stockholm."""
        here = after.astimezone(STOCKHOLM)
        night = here.replace(hour=NIGHT[0], minute=NIGHT[1], second=0, microsecond=0, fold=0)
        while night <= after:
            day = (night + timedelta(days=1)).date()
            night = datetime(day.year, day.month, day.day, *NIGHT, tzinfo=STOCKHOLM)
        return night
