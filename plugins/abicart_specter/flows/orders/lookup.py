"""Finding orders by what a person typed: the ledger first, then the shop (rule 13)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.domain.orders.info_names import InfoNames
from abicart_specter.errors import RecordError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.found import found_orders
from abicart_specter.ledger.order_records import OrderRecord

log = logging.getLogger(__name__)

RULE = "order_not_found"


@dataclass(frozen=True, slots=True)
class LookedUp:
    """An order that was asked for: ``asked`` is what was typed."""

    asked: str
    uid: int
    number: str


def look_up(
    ctx: FlowContext, abicart: AbicartClient, names: Sequence[str], info: InfoNames
) -> list[LookedUp]:
    """The orders of these numbers or uids, each once, in the order in which they were asked for.

    Unless this is a dry run, those that the ledger did not know are recorded in it and added to the run, and the
    others are added to the run.

    :param info: where the shop keeps what it knows of a buyer (``OrderMapping.names``).
    :raises RecordError: ``order_not_found`` names all that neither the ledger nor the shop has;
        ``order_number_ambiguous`` names one that fits two orders. Nothing was recorded then.
    """
    known = ctx.ledger.orders.find(ctx.shop, names)
    found = {name: record for name, records in known.items() if (record := _by_number(ctx, name, records))}
    missing = [name for name in names if name not in found]
    heads = abicart.orders.find_orders(missing) if missing else {}
    lost = [name for name in missing if name not in heads]
    if lost:
        raise RecordError(
            f"Shop {ctx.shop}: the shop has no order {', '.join(lost)}, neither as number nor as uid.",
            rule=RULE,
            remedy="Check the number in the shop's admin pages. An order far back is found by its uid only, or by a "
            "backfill of its day.",
        )
    if not ctx.dry_run:
        ctx.ledger.orders.record_found(ctx.run, found_orders(ctx, heads.values(), info))
        ctx.ledger.orders.add_to_run(ctx.run, [record.uid for record in found.values()])
    by_name = {name: (record.uid, record.number) for name, record in found.items()}
    by_name |= {name: (head["uid"], head["orderNumber"]) for name, head in heads.items()}
    return _each_once(LookedUp(name, *by_name[name]) for name in names)


def _by_number(ctx: FlowContext, name: str, records: Sequence[OrderRecord]) -> OrderRecord | None:
    """The order with this number. One that has it as its uid is no answer: the shop may have another of that number."""
    by_number = [record for record in records if record.number == name]
    if len(by_number) > 1:
        raise RecordError(
            f"Shop {ctx.shop}: {len(by_number)} orders have the number {name}: their uids are "
            f"{', '.join(str(record.uid) for record in by_number)}.",
            rule="order_number_ambiguous",
            remedy="Ask for the order by its uid.",
        )
    return by_number[0] if by_number else None


def _each_once(orders: Iterable[LookedUp]) -> list[LookedUp]:
    found: dict[int, LookedUp] = {}
    for order in orders:
        if order.asked != order.number:
            log.info("%s is the uid of order %s.", order.asked, order.number)
        found.setdefault(order.uid, order)
    return list(found.values())
