"""Everything of a case from its seed: settings, how both systems behave, who changes what, what is killed and cut."""

from __future__ import annotations

import random
import signal
from dataclasses import dataclass, field
from typing import Any

from cut_line import AFTER, ARRIVES, BEFORE, LATE, Cut
from import_stage import SETTINGS
from import_tasks import APPROVE, NIGHT, NOBODY, REFUSE, STOCK
from import_worker import ZONES

PASSES = "passes"
"""A moment at which nothing is cut: only somebody changes something in Specter."""
READ_INFO, ACK_INFO = "getArticleInfoExternalNeedUpdate", "updateArticleInfosFromBatch"
READ_STOCK, ACK_STOCK = "getArticleExternalNeedUpdate", "updateArticlesFromBatch"
READ_ORDERS, ACK_ORDERS = "getOrdersExternalNeedUpdate", "updateOrdersFromBatch"

SPECTER_FAULTS: list[dict[str, Any]] = [
    {"kind": "refuse"},
    {"kind": "drop_before"},
    {"kind": "drop_after"},
    {"kind": "drop_after", "how": "reset"},
    {"kind": "cut", "how": "length"},
    {"kind": "cut", "how": "chunked"},
    {"kind": "cut", "how": "clean"},
    {"kind": "html_500", "work": "before"},
    {"kind": "html_500"},
    {"kind": "unavailable", "seconds": 0},
    {"kind": "error_99", "action": "get*NeedUpdate"},
]
SHOP_FAULTS: list[dict[str, Any]] = [
    {"kind": "refuse"},
    {"kind": "drop_before", "action": "Article.set"},
    {"kind": "drop_after", "action": "Article.set"},
    {"kind": "drop_after", "how": "reset", "action": "Article.set"},
    {"kind": "cut", "how": "length", "action": "Article.set"},
    {"kind": "cut", "how": "chunked"},
    {"kind": "html_500", "work": "before", "action": "Article*.set"},
    {"kind": "rpc_internal", "action": "Article.set"},
    {"kind": "rpc_server"},
    {"kind": "drop_after", "action": "Order.set"},
    {"kind": "unavailable", "seconds": 0},
]
"""None of them leaves open whether a request that it hit was worked off."""

EDITS = {
    NIGHT: [
        *["price"] * 5,
        *["price_back"] * 4,
        *["price_far", "vat", "name", "name_back", "sale", "sale_end", "all_variants", "touch", "deliver"]
        * 2,
        "one_variant",
    ],
    STOCK: [*["stock"] * 6, "deliver", "touch"],
}


@dataclass(frozen=True)
class Edit:
    """What somebody does in Specter: ``kind``, to which of the products, and a number to make a value of."""

    kind: str
    which: int
    size: float

    def __str__(self) -> str:
        return f"{self.kind} {self.which} {self.size}"


@dataclass(frozen=True)
class Attempt:
    """One worker.

    :param again: it takes up the run of the worker that was killed before it, as Airflow does; else a new run.
    :param during: is changed while the line's request passes; ``after`` when the worker has ended.
    """

    again: bool
    fate: dict[str, Any]
    line: tuple[str, Cut] | None
    during: list[Edit]
    after: list[Edit]
    faults: dict[str, list[dict[str, Any]]]
    answers: dict[str, str]

    def __str__(self) -> str:
        words = ["again" if self.again else "new run"]
        if self.fate:
            words.append(f"killed at {self.fate['nth']} of “{self.fate['zone']}”")
        if self.line:
            words.append(f"{self.line[0]} {self.line[1]}, meanwhile {[str(one) for one in self.during]}")
        words.append(f"faults {self.faults}, answers {self.answers}, then {[str(one) for one in self.after]}")
        return ", ".join(words)


@dataclass(frozen=True)
class Round:
    """A flow, with the workers that try it; ``ends``: the last run is taken up until it is done."""

    flow: str
    before: list[Edit]
    attempts: list[Attempt]
    ends: bool


@dataclass(frozen=True)
class Case:
    """A whole case."""

    seed: int
    settings: dict[str, Any]
    shop: dict[str, Any]
    specter: dict[str, Any]
    rounds: list[Round]
    answers: dict[str, str]

    def __str__(self) -> str:
        lines = [
            f"seed {self.seed}: {self.settings}, {self.shop}, {self.specter}; answers at the end {self.answers}"
        ]
        for one in self.rounds:
            lines.append(
                f"  {one.flow}: {[str(edit) for edit in one.before]}, taken up to its end: {one.ends}"
            )
            lines += [f"    {attempt}" for attempt in one.attempts]
        return "\n".join(lines)


@dataclass
class Draw:
    """:param entered: how often a run in peace enters each zone of the package, by flow."""

    seed: int
    entered: dict[str, dict[str, int]]
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(f"import kill {self.seed}")

    def case(self) -> Case:
        draw = self.random
        tight = {"import_guard__smallest_number": 2, "import_guard__largest_share_percent": 25}
        settings = dict(SETTINGS) | (tight if draw.random() < 0.3 else {})
        shop = {"set_result": draw.choice(["null", "uid"]), "set_nested": draw.choice(["replace", "merge"])}
        specter = {
            "batch_reread": draw.choice(["frozen", "grown"]),
            "response_limit": draw.choice([1, 2, 3, 500]),
            "limit_scope": "all",
            "batch_scope": draw.choice(["user_function", "user_function", "account"]),
            "row_end": draw.choice(["cr", "crlf", "lf"]),
            "decimal_output": draw.choice(["comma", "point"]),
            "ack_unknown": draw.choice(["success", "error"]),
        }
        flows = draw.choice([[NIGHT], [NIGHT], [NIGHT, NIGHT], [NIGHT, STOCK], [STOCK]])
        return Case(
            self.seed, settings, shop, specter, [self._round(flow) for flow in flows], self._answers(0.7)
        )

    def _round(self, flow: str) -> Round:
        attempts = [self._attempt(flow, again=place > 0) for place in range(self.random.choice([1, 2, 2, 3]))]
        return Round(flow, self._edits(flow, 2, 7), attempts, ends=self.random.random() < 0.7)

    def _attempt(self, flow: str, *, again: bool) -> Attempt:
        draw = self.random
        fate: dict[str, Any] = {}
        line, lot = None, draw.random()
        if lot < 0.6:
            entered = self.entered[flow]
            zones = (
                ["draining", "draining", "planning", "writing", "writing", "answers", "status"]
                if flow == NIGHT
                else ["stock", "stock", "draining"]
            )
            zone = draw.choice([*zones, "in a transaction", "on the wire", "anywhere"])
            # More was changed than when it was counted, so that a run may be longer.
            most = int(entered.get(zone, 1) * 1.5)
            fate = {"zone": zone, "nth": draw.randint(1, max(1, most)), "signal": signal.SIGKILL}
        elif lot < 0.95:
            line = self._line(flow)
        during = self._edits(flow, 0, 2) if line else []
        if line and line[1].moment == PASSES:
            during = self._edits(flow, 1, 3)
        return Attempt(
            again=again and draw.random() < 0.75,
            fate=fate,
            line=line,
            during=during,
            after=self._edits(flow, 0, 3),
            faults={"specter": self._faults(SPECTER_FAULTS), "abicart": self._faults(SHOP_FAULTS)},
            answers=self._answers(0.6),
        )

    def _line(self, flow: str) -> tuple[str, Cut]:
        draw = self.random
        actions = (
            [("specter", READ_INFO), ("specter", ACK_INFO), ("abicart", "Article.set")] * 2
            + [("specter", READ_ORDERS), ("specter", ACK_ORDERS), ("abicart", "Order.set")]
            if flow == NIGHT
            else [
                ("specter", READ_STOCK),
                ("specter", ACK_STOCK),
                ("abicart", "Article.set"),
                ("abicart", "ArticleVariant.set"),
            ]
        )
        system, action = draw.choice(actions)
        moment = draw.choice([BEFORE, ARRIVES, ARRIVES, AFTER, AFTER, LATE, PASSES, PASSES])
        kill = moment == ARRIVES or (moment in (BEFORE, AFTER) and draw.random() < 0.7)
        return system, Cut(action, draw.choice([1, 1, 2, 3]), moment, kill)

    def _edits(self, flow: str, fewest: int, most: int) -> list[Edit]:
        draw = self.random
        return [
            Edit(draw.choice(EDITS[flow]), draw.randrange(100), round(draw.random(), 3))
            for _ in range(draw.randint(fewest, most))
        ]

    def _answers(self, approve: float) -> dict[str, str]:
        draw = self.random
        return {
            part: APPROVE if draw.random() < approve else draw.choice([REFUSE, NOBODY])
            for part in ("price", "vat", "text", "stock")
        }

    def _faults(self, kinds: list[dict[str, Any]]) -> list[dict[str, Any]]:
        draw = self.random
        return [self._fault(kinds) for _ in range(draw.choice([0, 0, 0, 1, 1, 2]))]

    def _fault(self, kinds: list[dict[str, Any]]) -> dict[str, Any]:
        draw = self.random
        fault = dict(draw.choice(kinds))
        if draw.random() < 0.7:
            return fault | {"count": draw.randint(1, 5), "after": draw.randint(0, 3)}
        return fault | {
            "count": None,
            "probability": round(draw.uniform(0.1, 0.5), 2),
            "seed": draw.randint(1, 10**6),
        }


__all__ = ["PASSES", "ZONES", "Attempt", "Case", "Draw", "Edit", "Round"]
