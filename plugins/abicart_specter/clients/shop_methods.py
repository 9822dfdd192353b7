"""The shop's ways to pay and to deliver (Abicart reference 6.5, 6.6, official documentation)."""

from __future__ import annotations

from typing import Any, TypedDict

from abicart_specter.clients.jsonrpc import as_object, as_uid
from abicart_specter.clients.unreadable import NotReadable

SUSPICIOUS = 100
"""So many rows of a list asked for as a whole may be a cap, not all there is (Abicart reference 10 #6)."""


class ShopMethod(TypedDict):
    """A payment or delivery method. ``type`` is empty for a delivery method; ``name`` in the shop's language."""

    uid: int
    type: str
    name: str


def read_methods(value: Any, language: str) -> list[ShopMethod]:
    """The result of ``PaymentMethod.list`` or ``DeliveryMethod.list``.

    :raises NotReadable: it is no list of objects with uids.
    """
    if not isinstance(value, list):
        raise NotReadable("the list of methods is not a list")
    return [_read(as_object(one), language) for one in value]


def _read(method: dict[str, Any], language: str) -> ShopMethod:
    kind = method.get("type")
    return {
        "uid": as_uid(method.get("uid")),
        "type": kind.strip() if isinstance(kind, str) else "",
        "name": _name(method.get("name"), language),
    }


def _name(value: Any, language: str) -> str:
    """A text by language, or the text itself."""
    if isinstance(value, dict):
        texts = [value.get(language), *value.values()]
        value = next((text for text in texts if isinstance(text, str) and text.strip()), "")
    return value.strip() if isinstance(value, str) else ""
