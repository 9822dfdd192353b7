"""Build the inbox again from the journal of Specter's raw answers (rule 27).

``python -m abicart_specter.flows.imports.replay LEDGER_URL JOURNAL [--since DAY]``

For a ledger that was lost, or that was restored from a backup: Specter does not tell again what was acknowledged.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from abicart_specter.clients.specter_answers import Reply
from abicart_specter.clients.specter_batches import Queue
from abicart_specter.clients.specter_reads import read_answer
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.errors import AbicartSpecterError
from abicart_specter.flows.imports.queue_rows import ARTICLE_FIELDS, inbox_rows
from abicart_specter.flows.journal import Entry, Journal
from abicart_specter.flows.leases import LeaseTerms, hold_leases
from abicart_specter.flows.shared_account import fields_of_every_shop
from abicart_specter.ledger import Ledger, ReplayedBatch

log = logging.getLogger(__name__)

OWNER = "replay of the journal"
TERMS = LeaseTerms(write_timeout=300.0)
"""A replay is one transaction that may take minutes; nobody may read the queue meanwhile."""


def replay(
    journal: Journal,
    ledger: Ledger,
    *,
    since: datetime | None = None,
    fields: Collection[str] = ARTICLE_FIELDS,
    terms: LeaseTerms = TERMS,
    sbm_id: int | None = None,
) -> dict[tuple[str, str], int]:
    """Store every answer of the journal again, each account and queue in the order in which Specter told them.

    Always up to the newest answer, so that the newest value of everything is right afterwards; also when it is done
    twice, or over a ledger that still knows a part.

    :param since: leave out answers that were read before; a ledger from a backup needs those since the backup.
    :param fields: wire names, in lower case, that the inbox keeps of an article.
    :param sbm_id: only what this Specter account told; without, every account of the journal.
    :returns: by account and queue how many answers were stored.
    :raises LeaseHeldError: a task reads one of the queues now.
    :raises JournalError: an answer cannot be read.
    """
    queues = {queue.value for queue in Queue}
    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in journal.entries():
        if (
            entry.function in queues
            and entry.sbm_id is not None
            and sbm_id in (None, entry.sbm_id)
            and (since is None or entry.read_at >= since)
        ):
            found.setdefault((entry.account, entry.function), []).append(entry)
    stored: dict[tuple[str, str], int] = {}
    for (account, function), entries in found.items():
        with hold_leases(ledger, [f"queue/{account}/{function}"], OWNER, terms):
            kept = fields if isinstance(fields, frozenset) else frozenset(fields)
            batches = _batches(journal, entries, kept)
            stored[account, function] = ledger.store_replayed(account, function, batches)
    return stored


def _batches(journal: Journal, entries: Sequence[Entry], fields: frozenset[str]) -> Iterator[ReplayedBatch]:
    for entry in entries:
        try:
            answer = read_answer(Queue(entry.function), entry.batch_no, journal.read(entry.reference))
        except NotReadable as error:
            log.error("%s in the journal cannot be read and is left out: %s.", entry.reference, error.reason)
            continue
        if isinstance(answer, Reply):
            log.error("%s in the journal is a refusal and is left out.", entry.reference)
            continue
        yield ReplayedBatch(entry.batch_no, entry.read_at, entry.reference, tuple(inbox_rows(answer, fields)))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 0 when it succeeded."""
    parser = argparse.ArgumentParser(
        prog="python -m abicart_specter.flows.imports.replay",
        description="Put what Specter told back into a ledger, from the journal of its raw answers.",
    )
    parser.add_argument("ledger", metavar="LEDGER_URL", help="sqlite:////absolute/path or postgresql://…")
    parser.add_argument("journal", metavar="JOURNAL", type=Path, help="the journal's folder")
    parser.add_argument(
        "--since", type=_day, metavar="DAY", help="leave out what was read before, YYYY-MM-DD"
    )
    options = parser.parse_args(arguments)
    try:
        with Ledger.open(options.ledger) as ledger:
            stored = replay(
                Journal(options.journal), ledger, since=options.since, fields=fields_of_every_shop()
            )
    except AbicartSpecterError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for (account, function), number in sorted(stored.items()):
        sys.stdout.write(f"{account:<16} {function:<14} {number:>8} answers\n")
    if not stored:
        sys.stdout.write("There are no answers in the journal.\n")
    return 0


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
