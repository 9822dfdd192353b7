"""Every rule for which an order's status waits for a person is on the page that says what to do about it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

REPO = Path(__file__).parents[2]
PACKAGE = REPO / "plugins/abicart_specter"
CODE = [
    PACKAGE / "domain/imports/status.py",
    PACKAGE / "domain/imports/status_match.py",
    *sorted((PACKAGE / "flows/imports/status").glob("*.py")),
]
NO_PERSON = {"partly_delivered_as_sent"}
"""Rules of what was written; they wait for nobody."""


def rules() -> Iterator[str]:
    """Texts that look like a rule, given to something that lists an order."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in {
                "WishFor",
                "Step",
                "Match",
                "StatusResult",
            }:
                continue
            for value in node.args:
                text = getattr(value, "value", None)
                if isinstance(text, str) and re.fullmatch(r"[a-z]+(_[a-z]+)+", text):
                    yield text


def test_each_rule_of_order_status_is_on_its_page() -> None:
    found = set(rules())
    assert {"cancelled_in_specter", "earlier_version", "order_gone", "status_not_written"} <= found
    page = (REPO / "docs/order-status.md").read_text(encoding="utf-8")
    assert sorted(rule for rule in found - NO_PERSON if f"| `{rule}` |" not in page) == []
