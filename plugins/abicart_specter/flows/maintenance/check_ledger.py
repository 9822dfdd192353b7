"""How the ledger is, once a week: whole, how large, and what ought to be over by now."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from abicart_specter.errors import LedgerError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.reports import log_table, write_csv
from abicart_specter.ledger import Lasting, LedgerSize

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
LONG = timedelta(days=1)
"""Of what ought to be short: after so long a person should look."""
MUCH_FREE = 0.5

_WHAT_TO_DO = {
    "orders intent": "Run order_export: it takes up what a dead task left. If it stays, look at that DAG's red runs.",
    "orders unconfirmed": "Look for each in Specter and answer in order_export_single.",
    "customers with a write begun": "They are settled when their next order goes; see the held orders.",
    "products with a write begun": "Run product_export (or wait for product_change_export): it looks and sends again.",
    "values with a write begun": "The next import compares them with the shop anew.",
    "leases run out and not given back": "Nothing: who comes next takes them over. Many of them mean killed tasks.",
}


def check_ledger(ctx: FlowContext) -> dict[str, Any]:
    """Look and tell; changes nothing, in no kind of run. That this is the right ledger was checked when it was opened.

    :raises LedgerError: the file is damaged.
    """
    keeping = ctx.ledger.keeping
    size, faults, lasting = keeping.size(), keeping.faults(), keeping.lasting(ctx.shop)
    log.info(
        "The ledger is %s, the one this installation knows; it is on %s.", ctx.ledger.id, ctx.ledger.backend
    )
    _show_size(ctx, size)
    _show_lasting(ctx, lasting)
    if faults is None:
        log.info(
            "PostgreSQL looks after its own files: checksums and autovacuum are the database's business."
        )
    elif faults:
        for fault in faults:
            log.error("Shop %s: the ledger's file: %s", ctx.shop, fault)
        raise LedgerError(
            f"Shop {ctx.shop}: the ledger's file is damaged ({len(faults)} findings, above).",
            remedy="Stop all runs, keep the file for later, and restore the ledger from its last backup "
            "(docs/disaster.md).",
        )
    else:
        log.info("SQLite's quick_check and foreign_key_check found nothing.")
    return {
        "bytes": size.total,
        "rows": sum(table.rows for table in size.tables),
        "open": {one.name: one.count for one in lasting if one.count},
    }


def _show_size(ctx: FlowContext, size: LedgerSize) -> None:
    tables = sorted((table for table in size.tables if table.rows), key=lambda table: -table.rows)
    log_table(
        log,
        f"Size of the ledger, of all shops: {_megabytes(size.total)}",
        ("table", "rows", "size"),
        [(table.name, table.rows, "" if table.size is None else _megabytes(table.size)) for table in tables],
    )
    if size.free is not None:
        log.info("%s of them are free and are used again.", _megabytes(size.free))
        if size.free > MUCH_FREE * size.total and size.total > 100 * MEGABYTE:
            log.warning(
                "More than half of the ledger's file is free. To give it back to the disk, stop all runs once and "
                "run: python -m abicart_specter.ledger vacuum URL"
            )
    path = write_csv(
        ctx,
        "ledger_tables.csv",
        ("table", "rows", "bytes"),
        [(t.name, t.rows, t.size or "") for t in size.tables],
    )
    log.info("Shop %s: every table: %s", ctx.shop, path)


def _show_lasting(ctx: FlowContext, lasting: list[Lasting]) -> None:
    now = ctx.clock()
    log_table(
        log,
        f"What ought to be short, of shop {ctx.shop} (leases: of all shops)",
        ("what", "open", "oldest", "to do"),
        [
            (one.name, one.count, _age(now, one.oldest), _WHAT_TO_DO[one.name] if one.count else "")
            for one in lasting
        ],
    )
    for one in lasting:
        if (
            one.oldest is not None
            and now - one.oldest > LONG
            and one.name in ("orders intent", "orders unconfirmed")
        ):
            log.warning(
                "Shop %s: %s for %s: %s", ctx.shop, one.name, _age(now, one.oldest), _WHAT_TO_DO[one.name]
            )


def _age(now: datetime, moment: datetime | None) -> str:
    if moment is None:
        return ""
    passed = now - moment
    return f"{passed.days} d" if passed.days else f"{passed.seconds // 60} min"


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB"
