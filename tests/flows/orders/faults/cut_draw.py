"""Everything of a case from its seed: the account, the orders, the runs, and what is cut."""

from __future__ import annotations

import random
import signal
from dataclasses import dataclass, field
from typing import Any

from cut_line import AFTER, ARRIVES, BEFORE, LATE, VERY_LATE, Cut
from cut_shop import CANCELLED, NO_EMAIL, SENT, SETTINGS, UNPAID
from cut_worker import ZONES

DUPLICATE_ANSWER = "finns redan: order (?P<number>[0-9]+)"
ALWAYS_NEW = {"customers__ignore_email": True, "customers__ignore_organisation_number": True}
TRUSTED = {"orders__duplicate_control": "trusted", "orders__duplicate_answer": DUPLICATE_ANSWER}

ACCOUNTS: list[tuple[str, str, bool]] = [
    ("untrusted", "refuse", False),
    ("untrusted", "off", False),
    ("untrusted", "return_old", False),
    ("trusted", "refuse", False),
    ("trusted", "return_old", False),
    ("untrusted", "off", True),
    ("trusted", "refuse", True),
]
"""Setting ``duplicate_control``, Specter's own control, and whether every order makes a customer."""

CUSTOMER, ORDER, ARTICLE = "newCustomerSubmit", "newOrderSubmit", "newArticleSubmit"
FAULTS: dict[str, list[dict[str, Any]]] = {
    "specter": [
        {"kind": "refuse"},
        {"kind": "drop_before"},
        {"kind": "drop_before", "how": "reset"},
        {"kind": "drop_after"},
        {"kind": "drop_after", "how": "reset"},
        {"kind": "cut", "how": "length"},
        {"kind": "cut", "how": "chunked"},
        {"kind": "cut", "how": "clean"},
        {"kind": "cut", "how": "length", "keep": 0.0},
        {"kind": "html_500"},
        {"kind": "html_500", "work": "before"},
        {"kind": "unavailable", "seconds": 0},
        {"kind": "too_many", "seconds": 0},
    ],
    "abicart": [
        {"kind": "refuse"},
        {"kind": "drop_before"},
        {"kind": "drop_after"},
        {"kind": "drop_after", "how": "reset"},
        {"kind": "drop_before", "action": "Order.set"},
        {"kind": "drop_after", "action": "Order.set"},
        {"kind": "cut", "how": "length"},
        {"kind": "cut", "how": "chunked"},
        {"kind": "html_500"},
        {"kind": "html_500", "work": "before"},
        {"kind": "rpc_internal"},
        {"kind": "rpc_server"},
    ],
}
ACTIONS: list[str | None] = [None, CUSTOMER, ORDER, ORDER, ORDER, ORDER, ARTICLE]
SCHEDULED, BACKFILL, SINGLE = "scheduled", "backfill", "single"


@dataclass(frozen=True)
class Run:
    """``again``: takes up the last run that was killed, as Airflow tries a task again; else a run of its own."""

    kind: str
    fate: dict[str, Any] = field(default_factory=dict)
    cut: Cut | None = None
    again: bool = False
    tries: int = 2

    def __str__(self) -> str:
        words = [self.kind + (" again" if self.again else "")]
        if self.fate:
            name = signal.Signals(self.fate["signal"]).name
            words.append(f"{name} at {self.fate['nth']} of “{self.fate['zone']}”")
        if self.cut:
            words.append(f"{self.cut}")
        return ", ".join(words)


@dataclass(frozen=True)
class Round:
    """Runs at once, under faults; before it some buy more, and time passes."""

    minutes: float
    more: int
    faults: dict[str, list[dict[str, Any]]]
    runs: list[Run]


@dataclass(frozen=True)
class Case:
    """A whole case."""

    seed: int
    control: str
    duplicates: str
    always_new: bool
    orders: list[tuple[int, str]]
    rounds: list[Round]

    @property
    def settings(self) -> dict[str, Any]:
        trusted = TRUSTED if self.control == "trusted" else {}
        return SETTINGS | trusted | (ALWAYS_NEW if self.always_new else {})

    def __str__(self) -> str:
        head = f"seed {self.seed}: {self.control}, duplicates {self.duplicates}, always new {self.always_new}"
        lines = [
            f"  after {one.minutes:.1f} min: {len(one.runs)} runs: {'; '.join(map(str, one.runs))}; {one.faults}"
            for one in self.rounds
        ]
        return "\n".join([head, *lines])


@dataclass
class Draw:
    """:param entered: how often a run in peace enters each zone of the package."""

    seed: int
    entered: dict[str, int]
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(f"order cut {self.seed}")

    def case(self) -> Case:
        draw = self.random
        control, duplicates, always_new = ACCOUNTS[self.seed % len(ACCOUNTS)]
        fates = [SENT] * draw.randint(3, 7) + draw.sample([NO_EMAIL, UNPAID, CANCELLED], draw.randint(0, 2))
        draw.shuffle(fates)
        orders = [(0 if always_new else draw.randint(0, 4), fate) for fate in fates]
        rounds = [self._round(first=not place, always_new=always_new) for place in range(draw.randint(1, 2))]
        return Case(self.seed, control, duplicates, always_new, orders, rounds)

    def _round(self, *, first: bool, always_new: bool) -> Round:
        draw = self.random
        runs = [self._run(SCHEDULED, first=first, always_new=always_new)]
        if draw.random() < 0.55:
            runs.append(
                self._run(draw.choice([BACKFILL, BACKFILL, SINGLE]), first=True, always_new=always_new)
            )
        if draw.random() < 0.1:
            runs.append(self._run(SINGLE, first=True, always_new=always_new))
        faults = {system: self._faults(system) for system in ("specter", "abicart")}
        minutes = 0.0 if first else draw.choice([0.0, 0.0, 1.0, 10.0])
        return Round(minutes, 0 if first else draw.randint(0, 2), faults, runs)

    def _run(self, kind: str, *, first: bool, always_new: bool) -> Run:
        draw = self.random
        fate: dict[str, Any] = {}
        cut, lot = None, draw.random()
        if lot < 0.4:
            zone = draw.choice([*ZONES, "sending", "sending"])
            fate = {
                "zone": zone,
                "nth": draw.randint(1, max(1, self.entered[zone])),
                "signal": signal.SIGKILL,
            }
        elif lot < 0.5 and not always_new:
            zone = draw.choice(["deciding", "on the wire"])
            fate = {
                "zone": zone,
                "nth": draw.randint(1, max(1, self.entered[zone])),
                "signal": signal.SIGSTOP,
            }
        elif lot < 0.85:
            moments = [BEFORE, ARRIVES, AFTER, LATE] + ([] if always_new else [VERY_LATE])
            moment = draw.choice(moments)
            kill = moment == ARRIVES or (moment in (BEFORE, AFTER) and draw.random() < 0.5)
            action = draw.choice([CUSTOMER, CUSTOMER, ORDER, ORDER, ORDER, ARTICLE])
            cut = Cut(action, 1 if action == ARTICLE else draw.randint(1, 3), moment, kill)
        return Run(kind, fate, cut, again=not first and draw.random() < 0.5, tries=draw.choice([1, 2, 3]))

    def _faults(self, system: str) -> list[dict[str, Any]]:
        draw = self.random
        most = [0, 0, 1, 1, 2] if system == "specter" else [0, 0, 0, 1]
        return [self._fault(system) for _ in range(draw.choice(most))]

    def _fault(self, system: str) -> dict[str, Any]:
        draw = self.random
        fault = dict(draw.choice(FAULTS[system]))
        if system == "specter" and fault["kind"] != "refuse" and (action := draw.choice(ACTIONS)):
            fault["action"] = action
        if draw.random() < 0.6:
            return fault | {"count": draw.randint(1, 3), "after": draw.randint(0, 3)}
        return fault | {
            "count": None,
            "probability": round(draw.uniform(0.03, 0.3), 3),
            "seed": draw.randint(1, 10**6),
        }
