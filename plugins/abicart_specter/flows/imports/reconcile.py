"""Once a night: everything that one system has and the other has not, or has otherwise, with the reason (fault F11).

Orders: in the shop = sent + linked + held + excluded + unconfirmed + failed + waiting, by the day they were placed.
Products: in the shop = in Specter as far as sent + held + excluded + failed + unconfirmed + not exported yet.
Values: those that differ from what both agreed on last. What nothing explains turns the task red.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from abicart_specter.domain.imports.import_mapping import ImportMapping
from abicart_specter.domain.reconcile.orders import ORDER_COLUMNS
from abicart_specter.domain.reconcile.standing import Line, Standing
from abicart_specter.errors import IncompleteRunError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import own_account
from abicart_specter.flows.imports.reconcile_items import ItemAccount, item_lines
from abicart_specter.flows.imports.reconcile_orders import OrderAccount, order_lines
from abicart_specter.flows.imports.reconcile_values import value_lines
from abicart_specter.flows.reports import log_table, write_csv
from abicart_specter.flows.requests_made import counted_abicart

log = logging.getLogger(__name__)

CSV = "reconciliation.csv"
COLUMNS = (
    "what",
    "day",
    "kind",
    "uid",
    "number",
    "field",
    "standing",
    "rule",
    "why",
    "remedy",
    "shop",
    "specter",
)
NAMED_IN_LOG = 50
_PRODUCTS = {Standing.SENT: "in Specter as far as sent", Standing.WAITING: "not exported yet"}


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The figures: by standing, and values by field and reason."""

    orders: dict[str, int]
    orders_gone: int
    products: dict[str, int]
    products_gone: int
    values: dict[str, int]
    unexplained: int

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def reconcile(ctx: FlowContext, mapping: ImportMapping) -> Reconciliation:
    """Compare the two systems by the run's staged catalogue, the ledger and the shop's orders of the last days.

    :raises IncompleteRunError: something is unexplained.
    :raises StagingGoneError: the catalogue was not read in this run, or a later run has read it again.
    """
    record = ctx.staging.get_run(ctx.run)
    if record is None:
        raise IncompleteRunError(
            f"Shop {ctx.shop}: the run did not get as far as reading the catalogue.",
            remedy="Read the red task above this one; when the cause is mended, clear it with what follows.",
        )
    account = own_account(ctx)
    orders, items = OrderAccount(), ItemAccount()
    unexplained: list[Line] = []
    with counted_abicart(ctx, "reconcile") as abicart:
        facts = abicart.webshop()

        def lines() -> Iterator[Line]:
            yield from order_lines(ctx, abicart, orders)
            yield from item_lines(ctx, facts, record.started_at, items)
            yield from value_lines(ctx, account, mapping, facts, items)

        path = write_csv(ctx, CSV, COLUMNS, map(_cells, _noting(lines(), unexplained)))
    result = Reconciliation(
        orders=_named(orders.days.total()),
        orders_gone=orders.gone,
        products=_named(items.standings),
        products_gone=items.gone,
        values={
            f"{name or 'number'}: {rule}": count for (name, _, rule), count in sorted(items.values.items())
        },
        unexplained=_unexplained(orders, items),
    )
    _show(ctx, orders, items, path)
    if result.unexplained:
        for line in unexplained:
            log.error(
                "Shop %s: %s %s %s: %s", ctx.shop, line.what, line.number, line.field, line.reason.words
            )
        raise IncompleteRunError(
            f"Shop {ctx.shop}: nothing explains {result.unexplained} differences between the two systems.",
            remedy=f"They are named above and in {CSV}, each with what to do.",
        )
    log.info("Shop %s: every difference between the two systems is explained.", ctx.shop)
    return result


def _noting(lines: Iterable[Line], unexplained: list[Line]) -> Iterator[Line]:
    for line in lines:
        if line.reason.standing is Standing.UNEXPLAINED and len(unexplained) < NAMED_IN_LOG:
            unexplained.append(line)
        yield line


def _cells(line: Line) -> tuple[object, ...]:
    return (
        line.what,
        "" if line.day is None else line.day.isoformat(),
        line.kind,
        line.uid or "",
        line.number,
        line.field,
        line.reason.standing.value,
        line.reason.rule,
        line.reason.words,
        line.reason.remedy,
        "" if line.shop_value is None else line.shop_value,
        "" if line.specter_value is None else line.specter_value,
    )


def _named(counts: Counter[Standing]) -> dict[str, int]:
    return {one.value: counts[one] for one in Standing}


def _unexplained(orders: OrderAccount, items: ItemAccount) -> int:
    values = sum(
        count for (_, standing, _), count in items.values.items() if standing is Standing.UNEXPLAINED
    )
    return orders.days.total()[Standing.UNEXPLAINED] + items.standings[Standing.UNEXPLAINED] + values


def _show(ctx: FlowContext, orders: OrderAccount, items: ItemAccount, path: str) -> None:
    log_table(log, f"Orders of shop {ctx.shop} by day", ORDER_COLUMNS, orders.days.rows())
    _show_reasons("Why orders are not simply in Specter", orders.reasons)
    log_table(
        log,
        f"Products of shop {ctx.shop}",
        ("what", "count"),
        [
            ("in the shop", items.standings.total()),
            *((_PRODUCTS.get(one, one.value), items.standings[one]) for one in Standing),
            ("in Specter, deleted in the shop", items.gone),
        ],
    )
    _show_reasons("Why products are not simply in Specter", items.reasons)
    if items.values:
        log_table(
            log,
            "Values that differ",
            ("field", "standing", "rule", "count"),
            [
                (name or "number", standing.value, rule, count)
                for (name, standing, rule), count in sorted(items.values.items())
            ],
        )
    if orders.gone:
        log.warning(
            "Shop %s: %s orders that the ledger knows are deleted in the shop.", ctx.shop, orders.gone
        )
    log.info("Shop %s: each of them with its reason: %s", ctx.shop, path)


def _show_reasons(title: str, reasons: Counter[tuple[Standing, str]]) -> None:
    rows = [(standing.value, rule, count) for (standing, rule), count in sorted(reasons.items()) if rule]
    if rows:
        log_table(log, title, ("standing", "rule", "count"), rows)
