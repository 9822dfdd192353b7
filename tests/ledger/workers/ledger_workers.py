"""What the ledger's tests run in processes of their own. The first argument is the pipe to the test."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic

from ledger_samples import article_key, articles

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import LeaseHeldError
from abicart_specter.ledger import PARTITIONS, Created, Intent, Ledger, OutcomeRecord, RunKey, Sent
from abicart_specter.ledger.migrate import upgrade

RUN = RunKey("demo", "product_export", "run-1")


def migrate(pipe: Connection, url: str) -> None:
    """Migrates when told to, and says the ledger's id."""
    pipe.send("ready")
    pipe.recv()
    pipe.send(upgrade(url))


def count_requests(pipe: Connection, url: str, times: int) -> None:
    """Adds one request to the run, again and again."""
    with Ledger.open(url) as ledger:
        for _ in range(times):
            ledger.add_requests(
                RUN, "specter", "send", {"requests": 1, "retries": 0, "writes": 1, "connections_opened": 0}
            )


def read_catalogue(pipe: Connection, url: str, pages: int, size: int) -> None:
    """Stages a catalogue of ``pages`` pages, and says so after each."""
    with Ledger.open(url) as ledger:
        ledger.reset_staging(RUN)
        for page in range(pages):
            ledger.stage_articles(RUN, articles(range(page * size + 1, (page + 1) * size + 1)))
            pipe.send(page)
        ledger.set_counts(RUN, pages * size, pages * size)


def send_chunk(pipe: Connection, url: str, batch: int) -> None:
    """Does for every item of the run what a chunk task does around its writes, telling each step."""
    with Ledger.open(url) as ledger:
        for part in ledger.iter_chunk(RUN, range(PARTITIONS), batch):
            keys = [found.item.key for found in part]
            known = [found.item.key for found in part if found.state.sent_hash == "h"]
            ledger.record_outcomes(RUN, [OutcomeRecord(key, "", Outcome.UNCHANGED) for key in known])
            open_keys = [key for key in keys if key not in known]
            ledger.record_intent(RUN.shop, [Intent(key, "h") for key in open_keys])
            pipe.send(("intended", open_keys))
            ledger.record_created(RUN.shop, [Created(key, f"N-{key.uid}") for key in open_keys])
            pipe.send(("created", open_keys))
            ledger.record_sent_in_run(RUN, [Sent(key, f"N-{key.uid}", "h") for key in open_keys])
            pipe.send(("sent", open_keys))


def record_outcomes(pipe: Connection, url: str, outcome: Outcome, uids: list[int]) -> None:
    """Records one outcome for all of these articles, in groups, when told to."""
    with Ledger.open(url) as ledger:
        pipe.send("ready")
        pipe.recv()
        for start in range(0, len(uids), 10):
            part = uids[start : start + 10]
            ledger.record_outcomes(RUN, [OutcomeRecord(article_key(uid), None, outcome) for uid in part])


def hold_leases(pipe: Connection, url: str, owner: str, times: int, counter: str) -> None:
    """Takes the lease ``times`` times; while it holds it, counts in a file that two at once would spoil.

    Tells for each acquisition its attempt number and when it began and ended, by the machine's monotonic clock.
    """
    held = []
    with Ledger.open(url) as ledger:
        pipe.send("ready")
        pipe.recv()
        while len(held) < times:
            try:
                lease = ledger.acquire_lease("chunk 0", owner, 30)
            except LeaseHeldError:
                continue
            began = monotonic()
            file = Path(counter)
            before = int(file.read_text(encoding="ascii"))
            ledger.lease_seconds_left(lease)
            file.write_text(str(before + 1), encoding="ascii")
            ended = monotonic()
            ledger.release_lease(lease)
            held.append((lease.attempt, began, ended, lease.took_over))
    pipe.send(held)


def race_for_lease(pipe: Connection, url: str, owner: str, names: list[str]) -> None:
    """Tries once for each name, and tells which it got."""
    got = []
    with Ledger.open(url) as ledger:
        pipe.send("ready")
        pipe.recv()
        for name in names:
            try:
                ledger.acquire_lease(name, owner, 60)
            except LeaseHeldError:
                continue
            got.append(name)
    pipe.send(got)


def hold_and_hang(pipe: Connection, url: str, owner: str, seconds: float) -> None:
    """Takes the lease, tells it, and never comes back."""
    with Ledger.open(url) as ledger:
        pipe.send(ledger.acquire_lease("chunk 0", owner, seconds))
        pipe.recv()
