"""Writing Specter's order number back to the shop's orders, and reading what each order holds after that."""

from __future__ import annotations

from dataclasses import dataclass, field

from abicart_specter.clients.order_documents import OrderDocument

MARK = "externalOrderNumber"


@dataclass(frozen=True, slots=True)
class MarkResult:
    """What became of one mark.

    :param ok: the shop shows the number.
    :param words: why not, fit for a log.
    :param document: the order as it is after the write, if it could be read.
    :param refused: the shop says no; asking again will not help. Else it was not reached.
    """

    ok: bool
    words: str
    document: OrderDocument | None = field(default=None, repr=False)
    refused: bool = False
