"""The sandbox's README names what there is."""

from __future__ import annotations

from pathlib import Path

from shop_sandbox.core.faults import KINDS
from shop_sandbox.specter.service import SpecterService
from shop_sandbox.specter.switches import SWITCHES

README = (Path(__file__).parents[2] / "include" / "sandbox" / "README.md").read_text(encoding="utf-8")


def test_every_specter_switch_with_its_values_and_help() -> None:
    section = README.split("\n## Specter\n")[1].split("\n## ")[0]
    lines = {line.split("`")[1]: line for line in section.splitlines() if line.startswith("| `")}
    for switch in SWITCHES:
        line = lines[switch.name]
        assert switch.help in line
        assert all(f"`{choice}`" in line for choice in switch.choices)
        assert f"`{switch.default}`" in line


def test_every_specter_edit_and_inspection() -> None:
    service = SpecterService()
    for name, help_text in (*service.edits.items(), *service.inspections.items()):
        assert f"| `{name}` | {help_text} |" in README, name


def test_every_fault_and_mode() -> None:
    service = SpecterService()
    for name in (*KINDS, *service.own_faults, *service.modes):
        assert f"| `{name}` |" in README
