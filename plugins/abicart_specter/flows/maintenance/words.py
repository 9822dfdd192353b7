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


def why_kept(name: str, terms: Terms) -> str:
    """Why the rows that stay do, with the number of days that counts."""
    own = terms.own
    if name.startswith("staged_"):
        return "the newest catalogue of each flow"
    if name in ("inbox_rows", "batches"):
        return f"Specter's newest value of each field; younger than {_days(terms.inbox_days)}"
    if name == "tracking_told":
        return f"younger than {terms.queue_detail_days} days, or its order is still looked for"
    if name == "tracking":
        return f"younger than {own.personal_data_days} days, or not dealt with yet"
    if name == "order_details":
        return f"younger than {own.personal_data_days} days, or not surely in Specter"
    if name == "leases":
        return "younger than 30 days, or a write under it is open"
    if name == "journal_orders":
        return f"younger than {terms.journal_days_personal} days, or not acknowledged yet"
    if name == "journal_articles":
        return f"younger than {_days(terms.journal_days)}, or not acknowledged yet"
    if name == "reports":
        return f"younger than {own.report_days} days"
    if name == "resolved_flags":
        return f"younger than {own.run_days} days"
    if name == "run_params":
        return f"younger than {max(own.personal_data_days, 14)} days"
    if name in ("order_changes", "messages", "alarms"):
        return f"younger than {own.personal_data_days} days, or open"
    return f"run younger than {own.run_days} days, the last of its flow, or with a question open"


def _days(days: int) -> str:
    return "a term that is not known" if days == UNKNOWN_DAYS else f"{days} days"
