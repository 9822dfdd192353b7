"""The calls that a connection probe may make, in one place. Whatever is not here is refused before it is sent.

Nothing here changes anything: Abicart's reads, Specter's account check, and, only where the shop lets the probe read
them, the three change queues. A batch that was read is never acknowledged here: that call is not on the list.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.clients.specter_channel import READ_PAGE
from abicart_specter.clients.specter_check import CHECK_ACCOUNT, NO_SUCH_ACTION
from abicart_specter.clients.transport import HttpRequest
from abicart_specter.errors import FatalError

ABICART_PATH = "/backend/jsonrpc/v1/"
NO_SUCH_METHOD = "Article.noSuchMethod"
NO_SUCH_CLASS = "NoSuchThing.get"

SCHEMA_CLASSES = (
    "Article",
    "ArticleVariant",
    "Customer",
    "DeliveryMethod",
    "EventListener",
    "Order",
    "OrderItem",
    "Payment",
    "PaymentMethod",
    "Shipment",
    "Webshop",
)
ABICART_METHODS = frozenset(
    {
        "Article.count",
        "Article.get",
        "Article.list",
        "Language.list",
        "Order.count",
        "Order.get",
        "Order.list",
        "PaymentMethod.list",
        "Shipment.count",
        "Shipment.list",
        "Webshop.get",
        NO_SUCH_METHOD,
        NO_SUCH_CLASS,
    }
    | {f"{name}.getSchema" for name in SCHEMA_CLASSES}
)
"""Neither ``Context.get`` nor ``AuthToken.*``: their answers hold the token."""

SPECTER_ACTIONS = frozenset({CHECK_ACCOUNT, NO_SUCH_ACTION})
SPECTER_QUEUE_ACTIONS = frozenset(queue.read_action for queue in Queue)

Gate = Callable[[HttpRequest], None]


class NotAllowedError(FatalError):
    """A probe was about to make a call that is not on its list. The call was not made."""


def abicart_gate(request: HttpRequest) -> None:
    """Lets Abicart's reads through.

    :raises NotAllowedError: any other call, alone or inside a batch.
    """
    if request.path != ABICART_PATH or request.method != "POST" or request.writes:
        raise NotAllowedError("A connection probe may only read from Abicart, by its JSON-RPC address.")
    for call in _calls(request.body):
        method = call.get("method") if isinstance(call, dict) else None
        if method not in ABICART_METHODS:
            raise NotAllowedError(f"A connection probe may not call Abicart's {method}.")


def specter_gate(*, queues: bool) -> Gate:
    """Lets Specter's account check through, and with ``queues`` the reading of the three change queues.

    :raises NotAllowedError: (the gate) any other call.
    """
    allowed = SPECTER_ACTIONS | SPECTER_QUEUE_ACTIONS if queues else SPECTER_ACTIONS

    def gate(request: HttpRequest) -> None:
        actions = [
            value
            for name, value in parse_qsl(request.query, keep_blank_values=True)
            if name.lower() == "action"
        ]
        # A body is what is written; no read has one.
        if request.path != READ_PAGE or request.body or request.writes or len(actions) != 1:
            raise NotAllowedError("A connection probe may only read from Specter, one function per call.")
        if actions[0] not in allowed:
            raise NotAllowedError(f"A connection probe may not call Specter's {actions[0]}.")

    return gate


def _calls(body: bytes | None) -> list[Any]:
    try:
        content = json.loads(body or b"")
    except ValueError:
        return [None]
    if isinstance(content, list):
        return content or [None]
    return [content]
