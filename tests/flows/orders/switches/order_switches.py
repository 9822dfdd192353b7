"""Every switch of both servers: what to try it with, which cannot touch orders, and which change what becomes of one.

The switches themselves come from the servers, so that a new one is tried without a word here, or asks for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fault_switches import SAMPLES as PRODUCT_SAMPLES
from fault_switches import Tried, known

SAMPLES: dict[str, dict[str, tuple[Any, ...]]] = {
    **PRODUCT_SAMPLES,
    "specter": PRODUCT_SAMPLES["specter"] | {"rate_limit": (60,)},
}
"""Values of the switches that take a number, a text or a list."""

_NO_QUEUE = "shapes a queue, and the order export reads none"
_NO_ARTICLES = "is about writes of articles that are there already; orders only make those that are missing"
_NO_STOCK = "answers a write or a reader that the order export is not"

UNTOUCHED: dict[str, dict[str, str]] = {
    "abicart": {
        "stock_write": _NO_STOCK,
        "anonymous_stock": _NO_STOCK,
        "variant_article_stock": _NO_STOCK,
        "vat_rate_write": _NO_STOCK,
        "set_nested": "an order's mark is no object that could be merged",
        "sent_by": "is about orders that Specter has sent; the export marks none",
        "shipment_list": "is about orders that Specter has sent; the export marks none",
        "refund_shape": "shapes refunds made after; they are tested among the settings, with number 30",
    },
    "specter": {
        "read_api_response": _NO_QUEUE,
        "empty_read": _NO_QUEUE,
        "row_end": _NO_QUEUE,
        "header_row": _NO_QUEUE,
        "article_info_fields": _NO_QUEUE,
        "description_name": _NO_QUEUE,
        "empty_description": _NO_QUEUE,
        "article_info_id": _NO_QUEUE,
        "field_case": _NO_QUEUE,
        "decimal_output": _NO_QUEUE,
        "quantity_output": _NO_QUEUE,
        "stock_on_update": _NO_ARTICLES,
        "own_writes_on_queue": _NO_QUEUE,
        "order_delete_event": _NO_QUEUE,
        "batch_reread": _NO_QUEUE,
        "batch_scope": _NO_QUEUE,
        "ack_unknown": _NO_QUEUE,
        "ack_answer": _NO_QUEUE,
        "batch_expiry_minutes": _NO_QUEUE,
        "response_limit": _NO_QUEUE,
        "limit_scope": _NO_QUEUE,
        "stock_site_names": _NO_QUEUE,
        "stock_changes": _NO_QUEUE,
    },
}
"""Switches that cannot touch orders, and why. One test sets them all at once."""


@dataclass(frozen=True)
class Different:
    """What is otherwise under a value, and why that is right.

    :param outcomes: name of an order → outcome and rule.
    :param rows: names of orders whose rows or comments differ; their totals never do.
    :param all_rows: every order's may.
    :param settings: what a shop has to set for an account like that.
    :param stops: no order goes at all; has a test of its own.
    """

    why: str
    outcomes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    rows: frozenset[str] = frozenset()
    all_rows: bool = False
    settings: Mapping[str, object] = field(default_factory=dict)
    stops: bool = False


_BY_ORDER = "a discount on the whole order is told as such, and not row by row"

DIFFERENT: dict[tuple[str, str, str], Different] = {
    ("abicart", "secure_connection", "required"): Different("no token over plain http", stops=True),
    ("specter", "xml_success_id", "none"): Different("no customer's number can be read", stops=True),
    ("abicart", "package_quantity", "none"): Different(
        "nobody tells how many of a part: one, and a flag", rows=frozenset({"package"})
    ),
    ("abicart", "order_discount", "negative_item"): Different(_BY_ORDER, rows=frozenset({"order_discount"})),
    ("abicart", "order_discount", "property"): Different(_BY_ORDER, rows=frozenset({"order_discount"})),
    ("abicart", "gift_card", "negative_item"): Different(
        "what the cards leave to pay is a payment of its own, of nothing", rows=frozenset({"cards_pay_all"})
    ),
    ("abicart", "gift_card", "total_reduced"): Different(
        "a total that is lower without a reason is never taken for a gift card (rule 18)",
        outcomes=dict.fromkeys(("golden_868", "cards_pay_all"), ("held", "amounts_do_not_add_up")),
    ),
    ("abicart", "package_rows", "with_parts"): Different("", rows=frozenset({"package"})),
    ("abicart", "package_rows", "parts_only"): Different(
        "the shop has shared the price out itself", rows=frozenset({"package"})
    ),
    ("abicart", "order_rounding", "whole_kronor"): Different("a rounding row each", all_rows=True),
    ("specter", "article_name_max_length", "45"): Different(
        "a product whose name Specter refuses cannot go first",
        outcomes={"variants": ("held", "article_missing_in_specter")},
    ),
    ("specter", "rate_limit", "60"): Different(
        "settings for the account", settings={"limits__specter__rate_per_second": 50.0}
    ),
    ("specter", "order_vat", "row"): Different(
        "settings for the account", settings={"prices__vat_rounding": "row"}, all_rows=True
    ),
    ("specter", "order_row_decimals", "2"): Different(
        "settings for the account", settings={"prices__order_decimals": 2}, all_rows=True
    ),
    ("specter", "order_row_decimals", "4"): Different(
        "settings for the account", settings={"prices__order_decimals": 4}, all_rows=True
    ),
}
"""Values under which something is otherwise than by default. All others change nothing at all."""


NEEDS_XML = frozenset({"xml_root", "xml_success_id", "xml_text", "xml_charset"})
"""Switches that shape XML: tried with answers to writes in XML, since writes are asked for in text."""

ABOUT_ORDERS = frozenset(
    {
        "package_quantity",
        "item_quantity",
        "item_number",
        "item_costs",
        "order_discount",
        "gift_card",
        "package_rows",
        "status_words",
        "order_rounding",
        "order_unknown_article",
        "order_vat",
        "order_row_decimals",
    }
)
"""Switches that are tried with the whole order set in any case; the others with a few, unless asked for."""


def other_values(system: str, switch: dict[str, Any]) -> list[Any]:
    """What a switch can be set to besides its default."""
    choices = [choice for choice in switch["choices"] if choice != switch["default"]]
    return choices or list(SAMPLES[system].get(switch["name"], ()))


def different(one: Tried) -> Different:
    """What is otherwise under a value."""
    value = one.value if isinstance(one.value, str) else repr(one.value)
    return DIFFERENT.get((one.system, one.name, value), Different("nothing"))


def tried(*, untouched: bool = False) -> Iterator[Tried]:
    """Every value to try of the switches that can touch orders, or of those that cannot."""
    for system in ("abicart", "specter"):
        for switch in known(system):
            if (switch["name"] in UNTOUCHED[system]) == untouched:
                for value in other_values(system, switch):
                    yield Tried(system, switch["name"], value)
