"""Every rule that can hold a value from Specter, or explain a difference, is on the page that says what to do."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
PACKAGE = REPO / "plugins/abicart_specter"
PAGE = (REPO / "docs/imports.md").read_text(encoding="utf-8")


def constants(path: Path) -> dict[str, str]:
    """The texts that a module gives names in capitals."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


@pytest.mark.parametrize("rule", sorted(constants(PACKAGE / "domain/imports/held.py").values()))
def test_each_rule_that_holds_a_value_is_on_the_page(rule: str) -> None:
    assert f"`{rule}`" in PAGE
