"""What the seed planted, so that a test can compare findings with the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Item = tuple[str, int]
"""Kind (``article`` or ``variant``) and uid; the two kinds are numbered separately."""


@dataclass(slots=True)
class Manifest:
    """The planted faults.

    :param planted: kind of fault → the items that have it, of both sides where two items clash.
    :param rules: kind of fault → the rule that finds it; several kinds share a rule.
    :param pairs: kind of fault → the groups of items that clash with each other.
    :param orders: what sets an order apart → the uids of such orders.
    :param invoices: of baskets read from files: invoice number → what became of it.
    """

    planted: dict[str, list[Item]] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    pairs: dict[str, list[tuple[Item, ...]]] = field(default_factory=dict)
    orders: dict[str, list[int]] = field(default_factory=dict)
    invoices: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, fault: str, rule: str, *items: Item) -> None:
        self.rules[fault] = rule
        self.planted.setdefault(fault, []).extend(items)
        if len(items) > 1:
            self.pairs.setdefault(fault, []).append(items)

    def by_rule(self) -> dict[str, list[Item]]:
        """Rule → items, each once, in order."""
        found: dict[str, set[Item]] = {}
        for fault, items in self.planted.items():
            found.setdefault(self.rules[fault], set()).update(items)
        return {rule: sorted(items) for rule, items in sorted(found.items())}

    def as_dict(self) -> dict[str, Any]:
        return {
            "rules": {rule: [list(one) for one in items] for rule, items in self.by_rule().items()},
            "planted": {
                fault: {
                    "rule": self.rules[fault],
                    "items": [list(one) for one in items],
                    "groups": [[list(one) for one in group] for group in self.pairs.get(fault, [])],
                }
                for fault, items in self.planted.items()
            },
            "orders": self.orders,
            "invoices": self.invoices,
        }

    @classmethod
    def from_dict(cls, state: Mapping[str, Any]) -> Manifest:
        manifest = cls(orders=dict(state.get("orders", {})), invoices=dict(state.get("invoices", {})))
        for fault, found in state["planted"].items():
            manifest.rules[fault] = found["rule"]
            manifest.planted[fault] = [(kind, uid) for kind, uid in found["items"]]
            groups = [tuple((kind, uid) for kind, uid in group) for group in found["groups"]]
            if groups:
                manifest.pairs[fault] = groups
        return manifest
