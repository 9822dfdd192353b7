"""What came of order status: figures, tables in the log, ``order_status.csv``."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.status.apply_status import SOURCE, Acted, status_flag
from abicart_specter.flows.reports import log_table, write_csv
from abicart_specter.ledger.status_records import StatusRecord, StatusState

log = logging.getLogger(__name__)

NAMED_IN_LOG = 50
OPEN = (
    StatusState.LISTED,
    StatusState.UNCLEAR,
    StatusState.REFUSED,
    StatusState.WAITING,
    StatusState.UNKNOWN,
    StatusState.UNMATCHED,
)
"""The states that are listed in the file: all in which something is left for us or for people."""

COLUMNS = (
    "specter_order",
    "order",
    "uid",
    "state",
    "status_id",
    "delivery_status",
    "rule",
    "what",
    "remedy",
    "since",
)


@dataclass(frozen=True, slots=True)
class StatusSummary:
    """The run's figures, then how many orders stand in each state over all runs.

    :param reported: orders that Specter's queue told, each as often as it was told.
    :param told: orders of which something new was taken in; ``matched``: found in the shop by this run.
    """

    reported: int = 0
    told: int = 0
    matched: int = 0
    sent: int = 0
    cancelled: int = 0
    tracking: int = 0
    listed: int = 0
    refused: int = 0
    waiting: int = 0
    unknown: int = 0
    unclear: int = 0
    unmatched: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def report_status(
    ctx: FlowContext, acted: Sequence[Acted], *, reported: int, told: int, matched: int
) -> StatusSummary:
    """Log what was done and what waits for people, and write the file."""
    counts = ctx.ledger.status.state_counts(ctx.shop)
    summary = StatusSummary(
        reported=reported,
        told=told,
        matched=matched,
        sent=sum(one.what.startswith("marked") for one in acted),
        cancelled=sum(one.what == "cancelled" for one in acted),
        tracking=sum("address" in one.what for one in acted),
        listed=counts[StatusState.LISTED],
        refused=counts[StatusState.REFUSED],
        waiting=counts[StatusState.WAITING] + counts[StatusState.WRITING],
        unknown=counts[StatusState.UNKNOWN],
        unclear=counts[StatusState.UNCLEAR],
        unmatched=counts[StatusState.UNMATCHED],
    )
    _show_acted(ctx, acted)
    _show_open(ctx, summary)
    if not ctx.dry_run:
        _flag_unclear(ctx)
    path = write_csv(ctx, "order_status.csv", COLUMNS, _cells(ctx))
    log.info(
        "Shop %s: order status: %s reported, %s new; %s marked as sent, %s cancelled, %s tracking addresses; open: "
        "%s listed, %s refused, %s to be tried again, %s with unknown codes, %s unclear, %s not in the shop. %s",
        ctx.shop,
        summary.reported,
        summary.told,
        summary.sent,
        summary.cancelled,
        summary.tracking,
        summary.listed,
        summary.refused,
        summary.waiting,
        summary.unknown,
        summary.unclear,
        summary.unmatched,
        path,
    )
    return summary


def _show_acted(ctx: FlowContext, acted: Sequence[Acted]) -> None:
    if not acted:
        return
    title = "Would be written to the shop" if ctx.dry_run else "Written to the shop"
    log_table(
        log,
        f"{title}: {len(acted)}",
        ("order", "in Specter", "what", "remark"),
        [(one.record.number, one.record.order_no, one.what, one.words) for one in acted[:NAMED_IN_LOG]],
    )
    if len(acted) > NAMED_IN_LOG:
        log.info("… and %s more", len(acted) - NAMED_IN_LOG)


def _show_open(ctx: FlowContext, summary: StatusSummary) -> None:
    for state, count, title in (
        (StatusState.LISTED, summary.listed, "For a person to deal with"),
        (StatusState.UNCLEAR, summary.unclear, "Not acted on: no single order of the shop is meant"),
        (StatusState.REFUSED, summary.refused, "Refused by the shop"),
    ):
        if count:
            shown = _first(ctx, state)
            log_table(
                log,
                f"{title}: {count}",
                ("order", "in Specter", "what", "to do"),
                [(one.number, one.order_no, one.words, one.remedy) for one in shown],
            )
            if count > len(shown):
                log.info("… and %s more in order_status.csv", count - len(shown))
    if summary.unknown:
        codes = ctx.ledger.status.unknown_codes(ctx.shop)
        log_table(
            log,
            f"Codes that no setting explains; nothing is done for them: {summary.unknown} orders",
            ("statusId", "deliveryStatus", "orders", "for example Specter's"),
            [(one.status_id, one.delivery_status, one.orders, one.example) for one in codes[:NAMED_IN_LOG]],
        )
        log.info(
            "To do: look one of each up in Specter, then enter the code in the shop's status settings: where it "
            "belongs, or under other_status_codes and other_delivery_codes if it asks for nothing."
        )
    if summary.unmatched:
        shown = _first(ctx, StatusState.UNMATCHED)
        numbers = ", ".join(one.order_no for one in shown)
        more = f" and {summary.unmatched - len(shown)} more" if summary.unmatched > len(shown) else ""
        log.info(
            "Orders of Specter that the ledger does not know of this shop, such as those entered by hand: %s%s. They "
            "are kept and looked for again.",
            numbers,
            more,
        )


def _first(ctx: FlowContext, state: StatusState) -> list[StatusRecord]:
    return next(ctx.ledger.status.in_states(ctx.shop, [state], NAMED_IN_LOG), [])


def _flag_unclear(ctx: FlowContext) -> None:
    for page in ctx.ledger.status.in_states(ctx.shop, [StatusState.UNCLEAR]):
        flags = [flag for one in page if (flag := status_flag(one)) is not None]
        ctx.ledger.record_flags(
            ctx.run,
            flags,
            checked=[ItemKey(Kind.ORDER, one.uid) for one in page if one.uid is not None],
            source=SOURCE,
        )


def _cells(ctx: FlowContext) -> Iterator[Sequence[object]]:
    for page in ctx.ledger.status.in_states(ctx.shop, OPEN):
        for one in page:
            yield (
                one.order_no,
                one.number,
                "" if one.uid is None else one.uid,
                one.state.value,
                one.told.status_id,
                one.told.delivery_status,
                one.rule,
                one.words,
                one.remedy,
                one.state_since.isoformat(timespec="seconds"),
            )
