"""Every switch of both sandbox servers: what to try it with, and whether it can touch the export of products.

The switches themselves come from the servers, so that a new one is tried without a word here, or asks for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from shop_sandbox import services

SAMPLES: dict[str, dict[str, tuple[Any, ...]]] = {
    "abicart": {"rate_limit": (20,)},
    "specter": {
        "xml_root": ("Response",),
        "post_limit_bytes": (0, 90_500),
        "query_limit_bytes": (0, 300),
        "max_article_rows": (0, 30),
        "article_number_max_length": (14,),
        "article_name_max_length": (45,),
        "refused_numbers": ([],),
        "batch_expiry_minutes": (1,),
        "response_limit": (3,),
        "rate_limit": (20,),
        "stock_site_names": ("id",),
        "description_name": ("webShopInfo",),
    },
}
"""Values of the switches that take a number, a text or a list."""

_ORDERS_ONLY = "shapes orders and their rows, which the export of products never asks for"
_NO_WRITES = "answers a write to the shop, and the export of products writes nothing there"
_ORDERS_IN_SPECTER = "decides about orders in Specter; the export sends none"
_STOCK_QUEUE = "shapes the stock queue, which the export does not read"

UNTOUCHED: dict[str, dict[str, str]] = {
    "abicart": {
        "changed_filter": "the full export filters by uid only",
        "number_filter": "the full export filters by uid only",
        "order_number_filter": _ORDERS_ONLY,
        "order_expansion": _ORDERS_ONLY,
        "set_nested": _NO_WRITES,
        "set_result": _NO_WRITES,
        "stock_write": _NO_WRITES,
        "variant_article_stock": _NO_WRITES,
        "vat_rate_write": _NO_WRITES,
        "item_quantity": _ORDERS_ONLY,
        "item_number": _ORDERS_ONLY,
        "item_costs": _ORDERS_ONLY,
        "order_discount": _ORDERS_ONLY,
        "gift_card": _ORDERS_ONLY,
        "package_rows": _ORDERS_ONLY,
        "status_words": _ORDERS_ONLY,
        "sent_by": _ORDERS_ONLY,
        "shipment_list": _ORDERS_ONLY,
        "order_marks": _ORDERS_ONLY,
        "customer_info": "names inside a customer, whom the export never asks for",
        "custom_shape": "names inside a customer, whom the export never asks for",
        "order_rounding": _ORDERS_ONLY,
        "refund_shape": _ORDERS_ONLY,
        "order_customer": _ORDERS_ONLY,
    },
    "specter": {
        "customer_key": "covers the key of customer calls; the export sends no customers",
        "match_conflict": "matches customers; the export sends none",
        "match_without_force": "matches customers; the export sends none",
        "order_unknown_article": _ORDERS_IN_SPECTER,
        "duplicate_order": _ORDERS_IN_SPECTER,
        "duplicate_scope": _ORDERS_IN_SPECTER,
        "order_vat": _ORDERS_IN_SPECTER,
        "order_whole_krona": _ORDERS_IN_SPECTER,
        "order_row_decimals": _ORDERS_IN_SPECTER,
        "order_row_vat": _ORDERS_IN_SPECTER,
        "order_delete_event": _ORDERS_IN_SPECTER,
        "stock_site_names": _STOCK_QUEUE,
        "stock_changes": _STOCK_QUEUE,
    },
}
"""Switches that cannot touch products, and why. One test sets them all at once."""

DIFFERENT: dict[tuple[str, str, Any], str] = {
    ("abicart", "secure_connection", "required"): "the shop takes no token over plain http: nothing runs",
    ("specter", "empty_read", "error_triple"): "an error without a known code is an error (question 5)",
    (
        "specter",
        "error_status",
        "500_html",
    ): "a refusal without words cannot be told from a fault (question 30)",
    ("specter", "article_number_max_length", 14): "what is longer is refused, so it is held",
    ("specter", "article_name_max_length", 45): "what is longer is refused, so it is held",
    ("specter", "refused_numbers", "[]"): "the poison record is none any more",
    ("specter", "article_number_match", "case_insensitive"): "twins become one article",
}
"""Values under which the export ends otherwise than by default; each has a test of its own."""


class Tried(NamedTuple):
    """One switch at one value."""

    system: str
    name: str
    value: Any

    def __str__(self) -> str:
        return f"{self.system}-{self.name}={self.value}"

    @property
    def is_different(self) -> bool:
        value = self.value if isinstance(self.value, str | int) else repr(self.value)
        return (self.system, self.name, value) in DIFFERENT


def known(system: str) -> list[dict[str, Any]]:
    """The switches of a server, as it describes them itself."""
    return services.build(system).switches.describe()


def other_values(system: str, switch: dict[str, Any]) -> list[Any]:
    """What a switch can be set to besides its default."""
    choices = [choice for choice in switch["choices"] if choice != switch["default"]]
    return choices or list(SAMPLES[system].get(switch["name"], ()))


def tried(*, untouched: bool = False) -> Iterator[Tried]:
    """Every value to try of the switches that can touch products, or of those that cannot."""
    for system in ("abicart", "specter"):
        for switch in known(system):
            if (switch["name"] in UNTOUCHED[system]) == untouched:
                for value in other_values(system, switch):
                    yield Tried(system, switch["name"], value)


def as_switches(one: Tried) -> dict[str, dict[str, Any]]:
    """For ``Scene.set``."""
    return {f"{one.system}_switches": {one.name: one.value}}
