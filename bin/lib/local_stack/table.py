"""The table that a demo ends with."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rich import box
from rich.table import Table

from local_stack.flow_run import OUTCOMES, SYSTEMS, FlowResult

MEANING = {
    "sent": "Specter accepted it in this run",
    "unchanged": "Specter has it so already",
    "linked": "was already there",
    "unconfirmed": "sent, but the answer was lost",
    "held": "its reason says what is wrong",
    "excluded": "left out by a rule",
    "failed": "was refused",
}


def flow_table(result: FlowResult) -> Table:
    """Found, every outcome, flags per rule, requests, seconds."""
    figures = result.figures
    table = Table(title=result.flow.dag_id, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("what")
    table.add_column("count", justify="right")
    table.add_column("meaning")
    table.add_row("found", str(figures["found"]), result.flow.found, style="bold")
    for outcome in OUTCOMES:
        bad = outcome in ("failed", "unconfirmed") and figures[outcome]
        table.add_row(outcome, str(figures[outcome]), MEANING[outcome], style="red" if bad else None)
    table.add_section()
    for rule, count in sorted(figures["flags"].items()):
        table.add_row(f"flag {rule}", str(count), "")
    table.add_section()
    for system in SYSTEMS:
        counted = result.counters[system]["requests"]
        table.add_row(
            f"requests to {system}", str(figures["requests"].get(system, 0)), f"the sandbox counts {counted}"
        )
    table.add_row("seconds", f"{figures['seconds']:.1f}", "from first task to report")
    return table


def figures_table(result: FlowResult) -> Table:
    """Every figure of a run that finds no records but compares two systems."""
    table = Table(title=result.flow.dag_id, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("what")
    table.add_column("count", justify="right")
    for name, figure in result.figures.items():
        if isinstance(figure, Mapping):
            for part, count in figure.items():
                table.add_row(f"{name.replace('_', ' ')}: {part}", str(count))
        else:
            bad = name in ("failed", "not_ended") and figure
            table.add_row(name.replace("_", " "), str(figure), style="red" if bad else None)
    return table


def proof_table(number: str, specter_number: str, proof: Mapping[str, Any]) -> Table:
    """An order's amounts in the shop beside those sent to Specter, per VAT rate, in kronor."""
    table = Table(
        title=f"Proof of order {number}, in Specter as {specter_number}",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        caption=f"VAT by the {proof['model']}. Specter returns no totals: these are computed from the rows sent.",
        caption_justify="left",
    )
    for name in ("", "shop", "sent"):
        table.add_column(name, justify="left" if not name else "right")
    for rate in proof["rates"]:
        percent = rate["percent"]
        table.add_row(f"taxable at {percent} %", _kronor(rate["shop_ex"]), _kronor(rate["sent_ex"]))
        table.add_row(f"VAT {percent} %", _kronor(rate["shop_vat"]), _kronor(rate["sent_vat"]))
    table.add_section()
    for name, words in (("gift_cards_sold", "gift cards sold"), ("gift_cards_used", "gift cards used")):
        if Decimal(proof[name]):
            table.add_row(words, _kronor(proof[name]), _kronor(proof[name]))
    if Decimal(proof["rounding"]):
        table.add_row("rounding row", "", _kronor(proof["rounding"]))
    table.add_row("to pay", _kronor(proof["shop_total"]), _kronor(proof["sent_total"]), style="bold")
    table.add_row("difference", "", _kronor(proof["difference"]))
    return table


def _kronor(amount: str) -> str:
    return f"{Decimal(amount):,.2f}"
