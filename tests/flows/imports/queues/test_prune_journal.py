"""Answers leave the journal when they are older than the shop's setting says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from harness import demo_settings
from queue_lab import QueueLab

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.flows.imports.prune_journal import prune_journal
from abicart_specter.ledger import ShopBinding

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)


def test_as_many_days_as_the_setting_says(lab: QueueLab) -> None:
    ctx = lab.export.context()
    ctx.clock = lambda: NOW
    lab.export.ledger.bind(ShopBinding("demo", 22222, 1000, 12))
    lab.export.ledger.bind(ShopBinding("other", 22223, 1001, None))
    journal = lab.journal()
    for days in (31, 29, 8, 6):
        for account in ("1000/12", "1000/11", "1001/v1"):
            journal.write(account, Queue.STOCK.value, f"{days}", NOW - timedelta(days=days), b"")

    def kept(account: str) -> list[str]:
        return [entry.batch_no for entry in journal.entries(account)]

    assert ctx.settings.retention.journal_days == 30
    assert prune_journal(ctx, journal) == 2
    assert kept("1000/12") == kept("1000/11") == ["29", "8", "6"]
    ctx.settings = demo_settings(retention__journal_days=7)
    assert prune_journal(ctx, journal) == 4
    assert kept("1000/12") == kept("1000/11") == ["6"]
    # Another Specter account is another shop's business.
    assert kept("1001/v1") == ["31", "29", "8", "6"]
