"""The kinds of things that a clean-up removes, in words, and why what stays does."""

from __future__ import annotations

from abicart_specter.flows.maintenance.terms import UNKNOWN_DAYS, Terms

KINDS: dict[str, str] = {
    "staged_articles": "catalogues as read: products",
    "staged_items": "catalogues as read: products and variants",
    "outcomes": "runs: outcomes",
    "run_flags": "runs: flags they saw",
    "run_orders": "runs: orders they found",
    "run_requests": "runs: requests by task",
    "import_changes": "imports: changes, with what was before",
    "import_held": "imports: values held",
    "import_parts": "imports: guard and answers",
    "stock_changes": "stock imports: changes",
    "stock_held": "stock imports: figures held",
    "stock_plans": "stock imports: plans",
    "run_params": "what runs were asked for in forms",
    "resolved_flags": "flags that are resolved",
    "order_details": "orders: what was bought, and the proof",
    "order_changes": "orders: changes after export, dealt with",
    "messages": "messages about alarms",
    "alarms": "alarms that are over",
    "leases": "leases given back",
    "tracking": "orders: tracking numbers",
    "tracking_told": "inbox: tracking numbers",
    "inbox_rows": "inbox: values",
    "batches": "inbox: batches",
    "journal_orders": "journal: answers about orders",
    "journal_articles": "journal: answers about products and stock",
    "reports": "reports: CSV files",
}


WHATEVER_ITS_AGE = (
    "Whatever its age, this stays: that an order or a product went, the last run of each flow, open flags, and what an "
    "open question, a write that is not confirmed or an order that is still looked for needs."
)


def why_kept(name: str, terms: Terms) -> str:
    """Why the rows that stay do, with the number of days that counts."""
    own = terms.own
    if name.startswith("staged_"):
        return "newest of each flow"
    if name in ("inbox_rows", "batches"):
        return f"newest values; {_days(terms.inbox_days)}"
    if name == "tracking_told":
        return f"{terms.queue_detail_days} days, or order open"
    if name in ("tracking", "order_details", "order_changes", "messages", "alarms"):
        return f"{own.personal_data_days} days, or open"
    if name == "leases":
        return "30 days, or write open"
    if name == "journal_orders":
        return f"{terms.journal_days_personal} days, or not acknowledged"
    if name == "journal_articles":
        return f"{_days(terms.journal_days)}, or not acknowledged"
    if name == "reports":
        return f"{own.report_days} days"
    if name == "resolved_flags":
        return f"{own.run_days} days"
    if name == "run_params":
        return f"{max(own.personal_data_days, 14)} days"
    return f"runs of {own.run_days} days"


def _days(days: int) -> str:
    return "a term not known" if days == UNKNOWN_DAYS else f"{days} days"
