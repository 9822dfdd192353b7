"""What goes of files: Specter's raw answers in the journal, and the CSV files of old runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.journal import Entry, Journal
from abicart_specter.flows.maintenance.terms import PERSONAL_QUEUES, Terms
from abicart_specter.ledger import KindAccount

_REPORTS = ("*/*/*.csv", "connection_probe/*/probe.json", "connection_probe/*/report.md")


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    written_at: datetime


def clean_journal(
    ctx: FlowContext, journal: Journal, terms: Terms, *, dry_run: bool
) -> Iterator[KindAccount]:
    """Answers older than the terms, of the shop's Specter account; never one whose batch is not acknowledged yet."""
    of_account = [one for one in journal.entries() if terms.sbm_id is not None and one.sbm_id == terms.sbm_id]
    needed = _needed(ctx, {(one.account, one.function) for one in of_account})
    now = ctx.clock()

    def goes(entry: Entry) -> bool:
        limit = now - timedelta(days=terms.days_of_journal(entry.function))
        return entry.read_at < limit and entry.reference not in needed

    for name, personal in (("journal_orders", True), ("journal_articles", False)):
        entries = [one for one in of_account if (one.function in PERSONAL_QUEUES) is personal]
        old = [one for one in entries if goes(one)]
        gone = len(old) if dry_run else journal.remove(old)
        kept = [one.read_at for one in entries if not goes(one)]
        yield KindAccount(name, gone, len(kept), min(kept, default=None))


def _needed(ctx: FlowContext, queues: set[tuple[str, str]]) -> set[str]:
    open_batches = [batch for queue in queues for batch in ctx.ledger.in_flight(*queue)]
    return {batch.journal_ref for batch in open_batches if batch.journal_ref}


def clean_reports(ctx: FlowContext, *, dry_run: bool) -> KindAccount:
    """The files of runs of this shop that are older than ``retention.report_days``, with folders that are empty then.

    Only what lies where this project writes it, ``<reports>/<shop>/<flow>/<run>/*.csv`` and a probe's two files: nobody
    else's file is touched.
    """
    limit = ctx.clock() - timedelta(days=ctx.settings.retention.report_days)
    files = list(_report_files(ctx.reports_dir / ctx.shop))
    old = [one for one in files if one.written_at < limit]
    if not dry_run:
        _remove(old)
    kept = [one.written_at for one in files if one.written_at >= limit]
    return KindAccount("reports", len(old), len(kept), min(kept, default=None))


def _report_files(folder: Path) -> Iterator[_File]:
    for path in sorted(path for pattern in _REPORTS for path in folder.glob(pattern)):
        with suppress(FileNotFoundError):
            found = path.lstat()
            if path.is_file() and not path.is_symlink():
                yield _File(path, datetime.fromtimestamp(found.st_mtime, UTC))


def _remove(files: Sequence[_File]) -> None:
    for one in files:
        one.path.unlink(missing_ok=True)
    for run in {one.path.parent for one in files}:
        with suppress(OSError):  # something is in it still
            run.rmdir()
