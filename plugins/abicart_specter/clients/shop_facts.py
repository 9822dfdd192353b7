"""Abicart's ``Webshop`` object → :class:`ShopFacts` (Abicart reference 8.1, official documentation)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abicart_specter.clients.jsonrpc import as_object, as_uid
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.domain.records import ShopFacts

WEBSHOP_FIELDS = (
    "uid",
    "baseCurrency",
    "priceStoredWithVat",
    "vatSupport",
    "vatCountry",
    "defaultLanguage",
)


def read_shop_facts(value: Any) -> ShopFacts:
    """Every fact must be there: money is computed from them, so none is guessed.

    :raises NotReadable: naming the fact that is missing or of the wrong type.
    """
    webshop = as_object(value)
    return ShopFacts(
        webshop_id=as_uid(webshop.get("uid")),
        base_currency=_text(webshop, "baseCurrency").upper(),
        prices_with_vat=_flag(webshop, "priceStoredWithVat"),
        vat_supported=_flag(webshop, "vatSupport"),
        vat_country=_text(webshop, "vatCountry").upper(),
        default_language=_text(webshop, "defaultLanguage").lower(),
    )


def read_shop_name(value: Any) -> str:
    """The name in any language, Swedish before others, on one line; empty if there is none. For messages only."""
    name = as_object(value).get("name")
    texts: list[Any] = [name] if isinstance(name, str) else []
    if isinstance(name, Mapping):
        texts = [name.get("sv"), *name.values()]
    return next((" ".join(text.split())[:80] for text in texts if isinstance(text, str) and text.strip()), "")


def _text(webshop: Mapping[str, Any], name: str) -> str:
    value = webshop.get(name)
    if not isinstance(value, str) or not value.strip():
        raise NotReadable(f"the shop does not say its {name}")
    return value.strip()


def _flag(webshop: Mapping[str, Any], name: str) -> bool:
    value = webshop.get(name)
    if value in (0, 1):  # True and False among them; PHP may write 0 and 1
        return bool(value)
    raise NotReadable(f"the shop does not say its {name}")
