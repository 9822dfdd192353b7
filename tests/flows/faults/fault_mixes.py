"""Random circumstances from a seed: answers to open questions, faults of either server, limits of the shop."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from fault_switches import Tried, tried

CHANGED_SHARE = 0.3
"""Of the switches that can touch products."""

KINDS: dict[str, list[dict[str, Any]]] = {
    "both": [
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
        {"kind": "too_many", "seconds": 2},
        {"kind": "too_many", "seconds": 3, "how": "date"},
        {"kind": "unavailable", "seconds": 1},
        {"kind": "unavailable", "seconds": 0},
        {"kind": "slow", "seconds": 0.02},
    ],
    "abicart": [{"kind": "rpc_internal"}, {"kind": "rpc_server"}],
    "specter": [
        {"kind": "error_99", "action": "getArticleInfoExternalNeedUpdate"},
        {"kind": "drop_after", "action": "newArticleSubmit"},
        {"kind": "drop_before", "action": "newArticleSubmit"},
        {"kind": "drop_after", "action": "updateArticleInfosFromBatch"},
    ],
}


@dataclass(frozen=True)
class Mix:
    """One draw. ``switches`` and ``faults`` by system; ``tries`` of each task in the run that meets them."""

    seed: int
    catalogue: int
    switches: dict[str, dict[str, Any]]
    faults: dict[str, list[dict[str, Any]]]
    limits: dict[str, int]
    page_size: int
    tries: int

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.switches} {self.faults} {self.limits} "
            f"page_size={self.page_size} tries={self.tries}"
        )


@dataclass
class Draw:
    """Everything of a mix comes from its seed, so that a failure can be run again."""

    seed: int
    catalogues: int
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(f"mix {self.seed}")

    def mix(self) -> Mix:
        return Mix(
            seed=self.seed,
            catalogue=1 + self.seed % self.catalogues,
            switches=self._switches(),
            faults={system: self._faults(system) for system in ("abicart", "specter")},
            limits={"group_rows": self.random.randint(3, 25)},
            page_size=self.random.randint(3, 40),
            tries=self.random.choice((1, 2, 5)),
        )

    def _switches(self) -> dict[str, dict[str, Any]]:
        by_name: dict[tuple[str, str], list[Tried]] = {}
        for one in tried():
            if not one.is_different:
                by_name.setdefault((one.system, one.name), []).append(one)
        drawn: dict[str, dict[str, Any]] = {"abicart": {}, "specter": {}}
        for (system, name), values in by_name.items():
            if self.random.random() < CHANGED_SHARE:
                drawn[system][name] = self.random.choice(values).value
        return drawn

    def _faults(self, system: str) -> list[dict[str, Any]]:
        """One to four, some that strike a few times, some that strike again and again."""
        return [self._fault(system) for _ in range(self.random.randint(1, 4))]

    def _fault(self, system: str) -> dict[str, Any]:
        fault = dict(self.random.choice(KINDS["both"] + KINDS[system]))
        if self.random.random() < 0.5:
            return fault | {"count": self.random.randint(1, 6), "after": self.random.randint(0, 8)}
        share = round(self.random.uniform(0.03, 0.35), 3)
        return fault | {"count": None, "probability": share, "seed": self.random.randint(1, 10**6)}
