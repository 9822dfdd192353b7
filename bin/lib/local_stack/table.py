"""The table that a demo ends with."""

from __future__ import annotations

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
    table.add_row("found", str(figures["found"]), "products and variants sold", style="bold")
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
