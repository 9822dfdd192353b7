"""Every rule that can hold or flag an order is on a page that says what to do about it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

REPO = Path(__file__).parents[2]
CODE = [
    *sorted((REPO / "plugins/abicart_specter/domain/orders").glob("*.py")),
    *sorted((REPO / "plugins/abicart_specter/flows/orders").glob("*.py")),
]
PAGES = [REPO / "docs/orders-accountant.md", REPO / "docs/orders-data-team.md"]
RAISED = {"RecordError", "Flag", "Decision", "held", "warn"}
NO_RULE = {"discarded", "before_orders_from"}
"""Reasons for leaving an order out, which need no remedy."""


def rules() -> Iterator[str]:
    """The rules named where something is held or flagged: as ``rule=``, or as an argument that looks like one."""
    constants: dict[str, str] = {}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in CODE]
    for tree in trees:
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                constants |= {t.id: str(node.value.value) for t in node.targets if isinstance(t, ast.Name)}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in RAISED:
            continue
        for value in [*node.args, *(one.value for one in node.keywords if one.arg == "rule")]:
            text = constants.get(value.id) if isinstance(value, ast.Name) else getattr(value, "value", None)
            if isinstance(text, str) and re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", text):
                yield text


def test_each_rule_of_an_order_is_on_a_page() -> None:
    found = set(rules()) - NO_RULE
    assert {"awaiting_payment", "amounts_do_not_add_up", "freight_vat", "customer_shared"} <= found
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert sorted(rule for rule in found if f"`{rule}`" not in text) == []
