"""A confirmed write and the run's outcome of it, in one transaction (rules 4 and 5)."""

from __future__ import annotations

from collections.abc import Sequence

from abicart_specter.domain.records import Outcome
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.items import store_sent
from abicart_specter.ledger.outcomes import store_outcomes
from abicart_specter.ledger.records import OutcomeRecord, RunKey, Sent


def record_sent_in_run(db: Database, run: RunKey, sent: Sequence[Sent]) -> None:
    """Says that these rows were confirmed in this run.

    Killed between the two, a retry would find the product up to date and report "unchanged" for what the run sent.
    """
    if not sent:
        return
    records = [OutcomeRecord(row.key, row.product_number, Outcome.SENT) for row in sent]
    with db.write() as connection:
        store_sent(db, connection, run.shop, sent)
        store_outcomes(db, connection, run, records)
