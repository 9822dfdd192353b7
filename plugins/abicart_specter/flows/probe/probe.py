"""The flow: ask both systems, show what was found in the task's log, write the files."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from abicart_specter.clients.abicart_probe import ProbedShop
from abicart_specter.clients.options import HttpOptions
from abicart_specter.clients.probe_transport import REQUESTS_PER_SECOND
from abicart_specter.domain.probe.records import SystemProbe, Verdict
from abicart_specter.domain.probe.report import (
    COLUMNS,
    LEGEND,
    NAMES,
    VERDICTS,
    doubts,
    markdown,
    rows,
    summary,
    unanswered,
)
from abicart_specter.domain.probe.troubles import no_answer, refused_outright
from abicart_specter.errors import CredentialsError, FatalError, TransportError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.flows.probe.ask import OnSecret, Probed, ask_abicart, ask_specter
from abicart_specter.flows.probe.files import Written, document, write_files
from abicart_specter.flows.probe.specter_queues import queue_reads, queues_of
from abicart_specter.flows.reports import log_table, run_folder

log = logging.getLogger(__name__)

Ask = Callable[[], Probed]


@dataclass(slots=True)
class Gathered:
    """What came of the systems that were to be asked.

    :param troubles: in words, by system: why it was not asked, or did not answer, or refused everything.
    """

    probed: list[Probed] = field(default_factory=list)
    troubles: dict[str, FatalError | TransportError] = field(default_factory=dict)

    @property
    def probes(self) -> list[SystemProbe]:
        """The systems' parts, the shop's first."""
        return sorted((one.probe for one in self.probed), key=lambda one: one.system)


@dataclass(frozen=True, slots=True)
class QueueTerms:
    """What reading Specter's queues needs."""

    journal: Journal
    leases: LeaseTerms


def probe_shop(
    ctx: FlowContext,
    systems: Sequence[str],
    on_secret: OnSecret,
    queues: QueueTerms | None = None,
    *,
    rate: float = REQUESTS_PER_SECOND,
) -> dict[str, Any]:
    """The DAG's task.

    :param systems: of ``abicart`` and ``specter``; what is wrong with one of them does not keep the other from being
        asked.
    :param on_secret: told every key, for masking.
    :param queues: lets Specter's change queues be read; what was read waits for the next import.
    :param rate: most requests a second to each system; the shop's own limits hold too.
    :raises TransportError: a system did not answer at all. The files are written all the same.
    :raises FatalError: a connection is missing or wrong, or a system refused everything; likewise.
    :raises LeaseHeldError: another task reads one of the queues now; nothing was asked of Specter.
    """
    if queues is not None:
        ctx.ledger.rebuild.require_whole(ctx.shop)
    ctx.begin()
    asks: dict[str, Ask] = {
        "specter": lambda: _specter(ctx, on_secret, queues, rate),
        "abicart": lambda: _abicart(ctx, on_secret, rate),
    }
    gathered = gather({name: ask for name, ask in asks.items() if name in systems})
    written = write(ctx.shop, ctx.clock(), gathered, run_folder(ctx))
    show(ctx.shop, gathered, written)
    # What a person must mend first: trying again would not.
    for trouble in sorted(gathered.troubles.values(), key=lambda one: not isinstance(one, FatalError)):
        raise trouble
    result = counts(gathered.probes)
    ctx.ledger.finish_run(ctx.run, result)
    return result


def _abicart(ctx: FlowContext, on_secret: OnSecret, rate: float) -> Probed:
    with ctx.open_abicart() as client:
        shop, options = ProbedShop.of(client.connection), client.options
    return ask_abicart(shop, gently(options, ctx.settings.limits.abicart.rate_per_second, rate), on_secret)


def _specter(ctx: FlowContext, on_secret: OnSecret, queues: QueueTerms | None, rate: float) -> Probed:
    with ctx.open_specter() as client:
        connection = client.connection
    limits = ctx.settings.limits.specter
    options = HttpOptions(connect_timeout=limits.connect_timeout, read_timeout=limits.read_timeout)
    if queues is not None:
        names = [queue.value for queue in queues_of(ctx.settings)]
        log.info(
            "Shop %s: Specter's queues %s are read too; each batch stays open until the next import reads it again.",
            ctx.shop,
            ", ".join(names) or "(none: the shop imports nothing)",
        )
    reading = nullcontext() if queues is None else queue_reads(ctx, connection, queues.journal, queues.leases)
    with reading as reads:
        return ask_specter(connection, gently(options, limits.rate_per_second, rate), on_secret, reads)


def gently(options: HttpOptions, shops: float | None, rate: float = REQUESTS_PER_SECOND) -> HttpOptions:
    """The same time limits, with the probe's number of requests a second, or the shop's if that is smaller."""
    return replace(options, rate_per_second=min(shops or rate, rate))


def gather(asks: dict[str, Ask]) -> Gathered:
    """Ask each system; one that cannot be asked does not keep the others from it."""
    gathered = Gathered()
    for name, ask in asks.items():
        try:
            probed = ask()
        except FatalError as error:
            gathered.troubles[name] = error
            continue
        gathered.probed.append(probed)
        silence, refusal = no_answer(probed.probe), refused_outright(probed.probe)
        if silence:
            gathered.troubles[name] = TransportError(f"{NAMES[name]} did not answer at all: {silence}.")
        elif refusal:
            gathered.troubles[name] = CredentialsError(
                f"{NAMES[name]} refused whatever it was asked: {refusal}.",
                remedy="Correct the connection and run the probe again.",
            )
    return gathered


def write(shop: str, made_at: datetime, gathered: Gathered, folder: Path) -> Written:
    """Both files."""
    troubles = [str(one) for one in gathered.troubles.values()]
    report = markdown(shop, made_at, gathered.probes, troubles)
    return write_files(folder, document(shop, made_at, gathered.probed), report)


def show(shop: str, gathered: Gathered, written: Written) -> None:
    """What was found, in the log."""
    for probe in gathered.probes:
        log.info("Shop %s: %s", shop, summary(probe))
        _show_found(probe)
        for lost in unanswered(probe):
            log.warning("Shop %s: %s gave no complete answer to %s", shop, NAMES[probe.system], lost)
        for finding in probe.findings:
            if finding.verdict is Verdict.UNEXPECTED:
                log.warning(
                    "Shop %s: %s, question %s: unexpected: %s",
                    shop,
                    NAMES[probe.system],
                    finding.question,
                    finding.why,
                )
    for trouble in gathered.troubles.values():
        log.warning("Shop %s: %s", shop, trouble)
    log.info("Shop %s: the report: %s", shop, written.report)
    log.info(
        "Shop %s: findings and answers, without keys and personal data, to be sent on: %s",
        shop,
        written.probe,
    )
    for doubt in doubts(shop, gathered.probes):
        log.warning("Shop %s: %s", shop, doubt)


def _show_found(probe: SystemProbe) -> None:
    """What was asked, in a table; of the rest how much it is. Nothing where nothing was answered."""
    if no_answer(probe):
        return
    shown = [row for row in rows(probe) if row.verdict != VERDICTS[Verdict.NOT_ASKED]]
    log.info("%s", LEGEND)
    log_table(log, f"{NAMES[probe.system]}: what was found", COLUMNS, [row.cells() for row in shown])
    log.info(
        "%s: %d more were not asked, since only a write, or a read that was not allowed, would tell: see report.md",
        NAMES[probe.system],
        len(probe.findings) - len(shown),
    )


def counts(probes: Sequence[SystemProbe]) -> dict[str, Any]:
    """How many questions came to what, by system."""
    return {
        probe.system: {
            verdict.value: sum(one.verdict is verdict for one in probe.findings) for verdict in Verdict
        }
        for probe in probes
    }
