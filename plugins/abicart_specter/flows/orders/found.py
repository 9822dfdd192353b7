"""From what the shop lists of an order to what the ledger keeps of it. Who bought becomes a key here, and goes no
further.
"""

from __future__ import annotations

from collections.abc import Iterable

from abicart_specter.clients.order_documents import OrderHead
from abicart_specter.domain.orders.customer import customer_key_of
from abicart_specter.domain.orders.info_names import InfoNames
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.plan import PARTITIONS
from abicart_specter.ledger.order_records import FoundOrder


def partition_of(customer_key: str) -> int:
    """The partition of a customer key (hexadecimal): the same in every run, so that chunks share no customer."""
    return int(customer_key[:8], 16) % PARTITIONS


def found_orders(ctx: FlowContext, heads: Iterable[OrderHead], names: InfoNames) -> list[FoundOrder]:
    """What the ledger keeps of listed orders: nothing of it is personal.

    :param names: where the shop keeps what it knows of a buyer.
    """
    return [_found(ctx, head, names) for head in heads]


def _found(ctx: FlowContext, head: OrderHead, names: InfoNames) -> FoundOrder:
    key = customer_key_of(head["customer"], head["uid"], ctx.settings, names, ctx.customer_secret)
    return FoundOrder(
        uid=head["uid"],
        number=head["orderNumber"],
        ordered_at=head["ordered"],
        customer_key=key,
        partition=partition_of(key),
        external_mark=head["externalOrderNumber"].strip(),
        discarded=head["discarded"],
    )
