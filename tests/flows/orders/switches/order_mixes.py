"""Random circumstances from a seed: answers to open questions, faults of either server, which orders there are."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from fault_mixes import KINDS as PRODUCT_KINDS
from fault_switches import Tried
from order_switches import Different, different, tried

CHANGED_SHARE = 0.3
"""Of the switches that can touch orders."""

NOT_IN_A_MIX = frozenset(
    {
        "order_row_vat",  # Specter's totals are then others, whatever is sent
        "order_whole_krona",
        "rate_limit",  # drawn as a fault
        "article_name_max_length",  # refused or cut, as another switch says
    }
)

KINDS: dict[str, list[dict[str, Any]]] = {
    "both": PRODUCT_KINDS["both"],
    "abicart": [
        {"kind": "rpc_internal"},
        {"kind": "rpc_server"},
        {"kind": "drop_after", "action": "Order.set"},
        {"kind": "cut", "how": "length", "action": "Order.list"},
    ],
    "specter": [
        {"kind": "drop_after", "action": "newOrderSubmit"},
        {"kind": "drop_before", "action": "newOrderSubmit"},
        {"kind": "cut", "how": "chunked", "action": "newOrderSubmit"},
        {"kind": "html_500", "work": "before", "action": "newOrderSubmit"},
        {"kind": "drop_after", "action": "newCustomerSubmit"},
        {"kind": "drop_before", "action": "newCustomerSubmit"},
        {"kind": "refusal", "words": "Just nu går det inte", "action": "newOrderSubmit"},
        {"kind": "refusal", "words": "Just nu går det inte", "action": "newCustomerSubmit"},
        {"kind": "drop_after", "action": "newArticleSubmit"},
    ],
}


@dataclass(frozen=True)
class OrderMix:
    """One draw. ``switches`` and ``faults`` by system; ``tries`` of each task in the run that meets them."""

    seed: int
    names: tuple[str, ...]
    switches: dict[str, dict[str, Any]]
    others: tuple[Different, ...]
    faults: dict[str, list[dict[str, Any]]]
    settings: dict[str, object]
    page_size: int
    tries: int

    @property
    def trusted(self) -> bool:
        return self.settings.get("orders__duplicate_control") == "trusted"

    def __str__(self) -> str:
        return (
            f"order mix {self.seed}: {self.switches} {self.faults} {self.settings} {', '.join(self.names)} "
            f"page_size={self.page_size} tries={self.tries}"
        )


@dataclass
class Draw:
    """Everything of a mix comes from its seed, so that a failure can be run again."""

    seed: int
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(f"order mix {self.seed}")

    def mix(self, names: list[str]) -> OrderMix:
        drawn = self._switches()
        switches: dict[str, dict[str, Any]] = {"abicart": {}, "specter": {}}
        for one in drawn:
            switches[one.system][one.name] = one.value
        settings = {name: value for one in drawn for name, value in different(one).settings.items()}
        settings["orders__discount_in_percent"] = self.random.random() < 0.3
        settings["limits__chunks"] = self.random.choice((1, 3))
        if self.random.random() < 0.5 and switches["specter"].get("duplicate_order", "refuse") == "refuse":
            settings["orders__duplicate_control"] = "trusted"
            settings["orders__duplicate_answer"] = r"finns redan: order (?P<number>\d+)"
        return OrderMix(
            seed=self.seed,
            names=tuple(self.random.sample(names, 10)),
            switches=switches,
            others=tuple(different(one) for one in drawn),
            faults={system: self._faults(system) for system in ("abicart", "specter")},
            settings=settings,
            page_size=self.random.randint(2, 12),
            tries=self.random.choice((1, 2, 5)),
        )

    def _switches(self) -> list[Tried]:
        by_name: dict[tuple[str, str], list[Tried]] = {}
        for one in tried():
            if not different(one).stops and one.name not in NOT_IN_A_MIX:
                by_name.setdefault((one.system, one.name), []).append(one)
        drawn = [
            self.random.choice(values) for values in by_name.values() if self.random.random() < CHANGED_SHARE
        ]
        if "specter-error_status=500_html" in map(str, drawn):
            # A check that is refused then looks like a server that is down, and a run does not begin.
            drawn = [one for one in drawn if one.name not in ("account_check", "account_check_key")]
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
