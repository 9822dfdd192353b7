"""Abicart's error codes (Abicart reference 2) and what each of them means for us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from abicart_specter.clients.jsonrpc import Fault
from abicart_specter.clients.redact import Redactor
from abicart_specter.domain.orders.strangers import hide_strangers
from abicart_specter.errors import AbicartSpecterError, ConfigurationError, CredentialsError, RefusedError

INVALID_PARAMS = -32602
OBJECT_NOT_FOUND = 9003

BATCH_REFUSED = frozenset({-32600, -32700})
"""Codes of the one error object with which a batch can be refused as a whole (Abicart reference 10 #32)."""
BATCH_REFUSED_STATUS = frozenset({400, 413})
"""The same by HTTP status, where the body says nothing."""


class AbicartForbiddenError(CredentialsError):
    """Abicart says that the token may not do this (1006): all of it, or one method or one field."""


_FIELD = "login (webshop id)"
_FATAL: dict[int, tuple[type[AbicartSpecterError], str]] = {
    1001: (ConfigurationError, f"Enter the webshop id as {_FIELD} of connection abicart_{{shop}}."),
    1002: (ConfigurationError, f"Correct the {_FIELD} of connection abicart_{{shop}}."),
    1003: (ConfigurationError, "Correct language in the extra of connection abicart_{shop} (such as sv)."),
    1004: (
        CredentialsError,
        "Make a new auth token in Abicart; enter it as password of connection abicart_{shop}.",
    ),
    1006: (
        AbicartForbiddenError,
        "Use a token of an administrator as password of connection abicart_{shop}.",
    ),
    1007: (ConfigurationError, "Set the schema of connection abicart_{shop} to https."),
}


class AbicartRefusedError(RefusedError):
    """Abicart understood a call and said no.

    :param pointers: JSON Pointers to the places in the call that it names.
    """

    def __init__(
        self, message: str, *, code: str, words: str, pointers: tuple[str, ...] = (), remedy: str = ""
    ) -> None:
        super().__init__(message, code=code, words=words, remedy=remedy)
        self.pointers = pointers


_ABOUT_PEOPLE = frozenset({"Order", "OrderItem", "Payment", "Customer", "Shipment", "ShipmentItem"})
"""Classes whose errors may quote somebody's data."""


def is_server_fault(fault: Fault) -> bool:
    """Whether the server says that it failed itself; trying again may mend it."""
    return fault.code == -32603 or -32099 <= fault.code <= -32000


def error_from(fault: Fault, shop: str, method: str, redactor: Redactor) -> AbicartSpecterError:
    """The exception for an error object that trying again cannot mend."""
    problems = list(_problems(fault.data))
    texts = [fault.message, *(text for text, _ in problems)]
    about_people = method.partition(".")[0] in _ABOUT_PEOPLE
    told = redactor.clean("; ".join(text for text in texts if text))
    words = redactor.words(hide_strangers(told) if about_people else told) or "no words"
    pointers = tuple(redactor.clean(pointer) for _, pointer in problems if pointer)
    message = f"Shop {shop}: Abicart refuses {method}: {words} (code {fault.code})."
    if fault.code in _FATAL:
        kind, remedy = _FATAL[fault.code]
        return kind(message, remedy=remedy.format(shop=shop))
    if pointers:
        named = ", ".join(pointers)
        message = f"{message} Named: {redactor.words(hide_strangers(named) if about_people else named)}."
    return AbicartRefusedError(message, code=str(fault.code), words=words, pointers=pointers)


def says_it_is_gone(error: AbicartSpecterError) -> bool:
    """Whether a ``get`` was refused because nothing has that uid (Abicart reference 10 #35).

    -32602 means that only when its pointers name nothing but the uid; else the call itself is wrong.
    """
    if not isinstance(error, AbicartRefusedError):
        return False
    if error.code == str(OBJECT_NOT_FOUND):
        return True
    named = {pointer.rpartition("/")[2] for pointer in error.pointers}
    return error.code == str(INVALID_PARAMS) and bool(named) and named <= {"uid", "0"}


def _problems(data: Any) -> Iterator[tuple[str, str]]:
    """``data`` is a list of ``{message, pointer}``, one of them alone, or a text (Abicart reference 2)."""
    if isinstance(data, str):
        yield data, ""
    elif isinstance(data, list):
        for element in data:
            yield from _problems(element)
    elif isinstance(data, dict):
        message, pointer = data.get("message"), data.get("pointer")
        yield message if isinstance(message, str) else "", pointer if isinstance(pointer, str) else ""
