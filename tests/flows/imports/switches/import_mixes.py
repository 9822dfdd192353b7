"""Random circumstances from a seed: answers to open questions, and faults of either server while imports run."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from fault_mixes import KINDS as PRODUCT_KINDS
from fault_switches import Tried
from import_switches import Different, different, tried

CHANGED_SHARE = 0.3
"""Of the switches that can touch imports."""

NOT_IN_A_MIX = frozenset({"rate_limit"})
"""Drawn as a fault."""

KINDS: dict[str, list[dict[str, Any]]] = {
    "both": PRODUCT_KINDS["both"],
    "abicart": [
        {"kind": "rpc_internal"},
        {"kind": "rpc_server"},
        {"kind": "drop_after", "action": "Article.set"},
        {"kind": "drop_before", "action": "Article.set"},
        {"kind": "cut", "how": "length", "action": "Article.set"},
        {"kind": "html_500", "work": "before", "action": "Article.set"},
        {"kind": "drop_after", "action": "ArticleVariant.set"},
        {"kind": "drop_after", "action": "Order.set"},
        {"kind": "cut", "how": "chunked", "action": "Article.list"},
    ],
    "specter": [
        {"kind": "error_99", "action": "getArticleInfoExternalNeedUpdate"},
        {"kind": "error_99", "action": "getArticleExternalNeedUpdate"},
        {"kind": "error_99", "action": "getOrdersExternalNeedUpdate"},
        {"kind": "cut", "how": "chunked", "action": "getArticleInfoExternalNeedUpdate"},
        {"kind": "drop_after", "action": "getArticleExternalNeedUpdate"},
        {"kind": "drop_after", "action": "updateArticleInfosFromBatch"},
        {"kind": "drop_after", "action": "updateArticlesFromBatch"},
        {"kind": "drop_after", "action": "updateOrdersFromBatch"},
        {"kind": "drop_after", "action": "newArticleSubmit"},
        {"kind": "refusal", "words": "Just nu går det inte", "action": "getArticleInfoExternalNeedUpdate"},
    ],
}


@dataclass(frozen=True)
class ImportMix:
    """One draw. ``switches`` and ``faults`` by system; ``tries`` of each task."""

    seed: int
    switches: dict[str, dict[str, Any]]
    others: tuple[Different, ...]
    faults: dict[str, list[dict[str, Any]]]
    settings: dict[str, object]
    page_size: int
    tries: int

    def __str__(self) -> str:
        return (
            f"import mix {self.seed}: {self.switches} {self.faults} {self.settings} "
            f"page_size={self.page_size} tries={self.tries}"
        )


@dataclass
class Draw:
    """Everything of a mix comes from its seed, so that a failure can be run again."""

    seed: int
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(f"import mix {self.seed}")

    def mix(self) -> ImportMix:
        drawn = self._switches()
        switches: dict[str, dict[str, Any]] = {"abicart": {}, "specter": {}}
        for one in drawn:
            switches[one.system][one.name] = one.value
        settings = {name: value for one in drawn for name, value in different(one).settings.items()}
        settings["limits__chunks"] = self.random.choice((1, 2, 4))
        return ImportMix(
            seed=self.seed,
            switches=switches,
            others=tuple(different(one) for one in drawn),
            faults={system: self._faults(system) for system in ("abicart", "specter")},
            settings=settings,
            page_size=self.random.randint(3, 30),
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
        if "specter-use_xml_1=xml" in map(str, drawn):
            # No number of a customer could be read, so that no order would go (``order_switches``).
            drawn = [one for one in drawn if str(one) != "specter-xml_success_id=none"]
        if "specter-error_status=500_html" in map(str, drawn):
            # The refused acknowledgement of an empty batch then looks like a server that is down: red, nothing is lost.
            drawn = [one for one in drawn if one.name != "ack_unknown"]
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
