"""Last task of the nightly import: what became of everything that Specter told, and red when something is open."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.domain.imports.worst import value_in_words
from abicart_specter.domain.masters import Master
from abicart_specter.errors import IncompleteRunError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import own_account
from abicart_specter.flows.imports.changes_csv import change_rows, write_changes_csv
from abicart_specter.flows.imports.silence import silent_queues
from abicart_specter.flows.reports import log_table, write_csv
from abicart_specter.ledger import ChangeState

log = logging.getLogger(__name__)

HELD_PER_RULE = 10
CHANGES_SHOWN = 20
SYSTEMS = ("abicart", "specter")
HELD_COLUMNS = ("kind", "uid", "product_number", "field", "shop", "specter", "rule", "reason", "remedy")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The run's figures. ``looked_at`` counts product numbers, the states count writes to products."""

    looked_at: int
    unknown: int
    held: int
    applied: int
    waiting: int
    refused: int
    voided: int
    failed: int
    not_ended: int
    requests: dict[str, int]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def report_import(ctx: FlowContext, plan: Mapping[str, Any] | None, *, red_tasks: int = 0) -> ImportReport:
    """Show what was applied, what waits, what was refused and what is held, and store the figures.

    :param plan: what ``plan_import`` counted; ``None`` if it did not get so far.
    :param red_tasks: how many tasks before this one failed.
    :raises IncompleteRunError: a task before failed, or a change was not written although it might have been.
    """
    record = ctx.ledger.get_run(ctx.run)
    if record is None or (plan is None and not red_tasks):
        raise IncompleteRunError(
            f"Shop {ctx.shop}: the run did not get as far as comparing the two systems.",
            remedy="Read the red task above this one; when the cause is mended, clear it with what follows.",
        )
    counts = ctx.ledger.imports.change_counts(ctx.run)
    total = {state: sum(counts[part][state] for part in ImportPart) for state in ChangeState}
    counted = ctx.ledger.request_counts(ctx.run)
    result = ImportReport(
        looked_at=(plan or {}).get("looked_at", 0),
        unknown=(plan or {}).get("unknown", 0),
        held=sum(ctx.ledger.imports.held_counts(ctx.run).values()),
        applied=total[ChangeState.APPLIED] + total[ChangeState.UNDONE],
        waiting=total[ChangeState.WAITING],
        refused=total[ChangeState.REFUSED],
        voided=total[ChangeState.VOIDED],
        failed=total[ChangeState.FAILED],
        not_ended=total[ChangeState.PLANNED] + total[ChangeState.WRITING],
        requests={system: counted.get(system, {}).get("requests", 0) for system in SYSTEMS},
        seconds=round((ctx.clock() - record.started_at).total_seconds(), 1),
    )
    account = own_account(ctx)
    _show(ctx, account, result, counts)
    ctx.ledger.finish_run(ctx.run, result.as_dict())
    problems = []
    if red_tasks:
        problems.append(f"{red_tasks} of the tasks before this one are red")
    if result.failed:
        problems.append(f"the shop did not take {result.failed} changes")
    if result.not_ended:
        problems.append(f"{result.not_ended} changes were not written to their end")
    if result.held and ctx.settings.held_makes_run_red:
        problems.append(f"{result.held} values are held, and the shop's settings make that red")
    if problems:
        raise IncompleteRunError(
            f"Shop {ctx.shop}: {'; '.join(problems)}.",
            remedy="Read the red tasks above this one first, then the tables here; what was not applied stays open "
            "and is planned again next night.",
        )
    return result


def _show(
    ctx: FlowContext,
    account: str,
    result: ImportReport,
    counts: Mapping[ImportPart, Mapping[ChangeState, int]],
) -> None:
    log_table(
        log,
        f"{ctx.run.flow} of shop {ctx.shop}",
        ("what", "count"),
        [
            ("product numbers that Specter told of", result.looked_at),
            ("of these not in the shop", result.unknown),
            ("values held", result.held),
            *((f"requests to {system}", count) for system, count in sorted(result.requests.items())),
            ("seconds", result.seconds),
        ],
    )
    states = [state for state in ChangeState if any(counts[part][state] for part in ImportPart)]
    if states:
        log_table(
            log,
            "Changes to the shop's products",
            ("part", *(state.value for state in states)),
            [(part.value, *(counts[part][state] for state in states)) for part in ImportPart],
        )
    for part in ImportPart:
        _show_part(ctx, part)
    _show_changes(ctx)
    _show_held(ctx)
    for sentence in silent_queues(ctx, account):
        log.warning("Shop %s: %s", ctx.shop, sentence)
    path = write_changes_csv(ctx)
    log.info("Shop %s: every change, with what it was before: %s", ctx.shop, path)
    path = write_csv(ctx, "held.csv", HELD_COLUMNS, _held_rows(ctx))
    log.info("Shop %s: every value that was held: %s", ctx.shop, path)


def _show_part(ctx: FlowContext, part: ImportPart) -> None:
    record = ctx.ledger.imports.part(ctx.run, part)
    if record is None or not record.ask:
        return
    for reason in record.reasons:
        log.warning("Shop %s: %s is beyond the limits: %s", ctx.shop, part.value, reason.words)
    answer = record.answer
    if answer is None:
        log.warning("Shop %s: nobody has answered yet about %s.", ctx.shop, part.value)
    else:
        log.info("Shop %s: %s: %s by %s.", ctx.shop, part.value, answer.decision.value, answer.by)


def _show_changes(ctx: FlowContext) -> None:
    """Some of each state, those that were applied last: what needs somebody comes first."""
    for state in (ChangeState.FAILED, ChangeState.WRITING, ChangeState.VOIDED, ChangeState.APPLIED):
        rows = list(islice(change_rows(ctx, [state]), CHANGES_SHOWN + 1))
        if rows:
            log_table(
                log,
                f"{state.value}" + (f", the first {CHANGES_SHOWN}" if len(rows) > CHANGES_SHOWN else ""),
                ("product number", "field", "before", "after", "reason"),
                [(row[0], row[4], _words(row, 5), _words(row, 6), row[8]) for row in rows[:CHANGES_SHOWN]],
            )


def _words(row: tuple[object, ...], place: int) -> str:
    return value_in_words(Master(str(row[4])), str(row[place]) or None)


def _show_held(ctx: FlowContext) -> None:
    for rule, count in sorted(ctx.ledger.imports.held_counts(ctx.run).items()):
        shown = []
        for one in ctx.ledger.imports.iter_held(ctx.run, rule):
            shown.append(one)
            if len(shown) == HELD_PER_RULE:
                break
        log_table(
            log,
            f"held, {rule}: {count}",
            ("product number", "in the shop", "Specter told", "reason"),
            [
                (one.product_number, one.shop_value or "", one.specter_value or "", one.message)
                for one in shown
            ],
        )
        if count > len(shown):
            log.info("… and %s more in held.csv", count - len(shown))
        log.info("To do: %s", shown[0].remedy)


def _held_rows(ctx: FlowContext) -> Iterator[tuple[object, ...]]:
    for one in ctx.ledger.imports.iter_held(ctx.run):
        yield (
            one.key.kind.value,
            one.key.uid,
            one.product_number,
            one.field.value,
            one.shop_value or "",
            one.specter_value or "",
            one.rule,
            one.message,
            one.remedy,
        )
