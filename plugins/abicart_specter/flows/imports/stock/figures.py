"""Specter's figures, joined to the items that they are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.imports.stock import Figure, NoFigure, Taken, ToldStock, read_figure
from abicart_specter.domain.records import CatalogueItem, ItemKey
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import queue_account
from abicart_specter.ledger.stock_records import HeldStock, SettledStock


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item with a figure of Specter's."""

    key: ItemKey
    number: str
    figure: Figure


def account_of(ctx: FlowContext) -> str:
    """Whose queue tells the shop's stock."""
    with ctx.open_specter() as specter:
        return queue_account(specter)


def figures_of(ctx: FlowContext, account: str, numbers: Sequence[str]) -> dict[str, Figure | NoFigure]:
    """The newest figure of each number that has one, by the shop's sites."""
    queue = Queue.STOCK.value
    latest = ctx.ledger.latest_values(account, queue, numbers)
    batches = {value.batch_no for fields in latest.values() for value in fields.values()}
    opened = ctx.ledger.imports.batch_openings(account, queue, sorted(batches))
    sites = [str(site) for site in ctx.settings.stock.sites]
    own = ctx.settings.orders.stock_site
    orders_site = None if own is None else str(own)
    return {
        number: read_figure(
            {
                name: ToldStock(value.value, value.row_id, opened[value.batch_no])
                for name, value in fields.items()
            },
            sites,
            orders_site,
        )
        for number, fields in latest.items()
        if fields
    }


def candidates(
    ctx: FlowContext, account: str, numbers: Sequence[str], held: list[HeldStock]
) -> list[Candidate]:
    """Those of which Specter tells a figure and that the shop may take it for; the rest is held."""
    figures = figures_of(ctx, account, numbers)
    exported = ctx.ledger.stock.exported(ctx.shop, figures)
    found: list[Candidate] = []
    for number, figure in figures.items():
        owners = exported.get(number, [])
        if not owners:
            held.append(
                HeldStock(
                    number,
                    "number_unknown",
                    f"No product of the shop went to Specter as {number}.",
                    "None is needed if the shop does not sell it; else export the product.",
                )
            )
        elif len(owners) > 1:
            names = ", ".join(str(one.key) for one in owners)
            held.append(
                HeldStock(
                    number,
                    "number_ambiguous",
                    f"Several products of the shop went to Specter as {number}: {names}.",
                    "Give all but one of them another number, then export them.",
                )
            )
        elif not owners[0].managed_at_first:
            held.append(
                HeldStock(
                    number,
                    "stock_off_at_first",
                    f"The shop did not manage the stock of {owners[0].key} when it went to Specter first.",
                    "Its stock is the shop's own; nothing is written.",
                    owners[0].key,
                )
            )
        elif isinstance(figure, NoFigure):
            held.append(HeldStock(number, figure.rule, figure.message, figure.remedy, owners[0].key))
        else:
            found.append(Candidate(owners[0].key, number, figure))
    return found


def unreadable(key: ItemKey, number: str, takes: Taken) -> HeldStock:
    """An item that may be in an order which cannot be read, or of which a lost ledger knew whether Specter has it."""
    return HeldStock(
        number,
        "stock_order_unreadable",
        f"Nobody can tell how many of {key} these orders take besides Specter's figure: "
        f"{', '.join(takes.unreadable[:10])}.",
        "If they wait for an answer, give it in order_export_single. Else correct them in the shop, or enter them in "
        "Specter by hand and link them.",
        key,
    )


def settled_stock(one: Candidate, item: CatalogueItem, takes: Taken, stock: int) -> SettledStock:
    """What is kept of an item whose stock in the shop is as it should be."""
    return SettledStock(
        key=one.key,
        article_uid=item.article_uid,
        product_number=one.number,
        quantity=one.figure.quantity,
        opened_after=one.figure.opened_after,
        row_id=one.figure.row_id,
        subtracted=takes.quantity,
        orders=takes.orders,
        shop_stock=stock,
    )
