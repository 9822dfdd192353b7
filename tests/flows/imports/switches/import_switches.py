"""Every switch of both servers: which cannot touch what comes back from Specter, and which change how it ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fault_switches import SAMPLES as PRODUCT_SAMPLES
from fault_switches import Tried, known
from import_story import TAXED

SAMPLES: dict[str, dict[str, tuple[Any, ...]]] = {
    **PRODUCT_SAMPLES,
    "specter": PRODUCT_SAMPLES["specter"]
    | {
        "stock_site_names": ("lagerId,namn", "plats,namn"),
        "description_name": ("webShopInfo", "description"),
        "response_limit": (1, 3),
    },
}
"""Values of the switches that take a number, a text or a list."""

_MONEY = "shapes an order's amounts and rows, of which imports read who bought how many of what"
_BUYER = "is about buyers, whom imports never ask for"
_ORDERS = "decides what Specter makes of an order, long before imports read its status"
_ARTICLES = (
    "is about single bad rows of article writes, which the export on change makes as every export does"
)
_CHECK = "answers the check of the account, with which imports begin as every flow does"

UNTOUCHED: dict[str, dict[str, str]] = {
    "abicart": {
        "package_quantity": "is about packages, which are neither exported nor imported",
        "package_rows": "is about packages, which are neither exported nor imported",
        "item_costs": _MONEY,
        "order_discount": _MONEY,
        "gift_card": _MONEY,
        "order_rounding": _MONEY,
        "refund_shape": _MONEY,
        "customer_info": _BUYER,
        "custom_shape": _BUYER,
        "anonymous_stock": "is about readers without a token",
    },
    "specter": {
        "account_check": _CHECK,
        "account_check_key": _CHECK,
        "customer_key": _BUYER,
        "match_conflict": _BUYER,
        "match_without_force": _BUYER,
        "order_unknown_article": _ORDERS,
        "duplicate_order": _ORDERS,
        "duplicate_scope": _ORDERS,
        "order_vat": _ORDERS,
        "order_whole_krona": _ORDERS,
        "order_row_decimals": _ORDERS,
        "order_row_vat": _ORDERS,
        "partial_rows": _ARTICLES,
        "article_answer_id": _ARTICLES,
        "row_gaps": _ARTICLES,
        "name_required": _ARTICLES,
        "article_number_rule": _ARTICLES,
        "article_number_max_length": _ARTICLES,
        "article_name_max_length": _ARTICLES,
        "too_long": _ARTICLES,
        "refused_numbers": _ARTICLES,
        "max_article_rows": _ARTICLES,
        "article_number_match": _ARTICLES,
    },
}
"""Switches that are not tried alone, and why. One test sets them all at once."""

NOT_AT_ONCE = frozenset({"article_number_max_length", "article_name_max_length"})
"""Left out of that test: there the product export itself would end otherwise (``faults/test_switch_differences``)."""


@dataclass(frozen=True)
class Different:
    """What is otherwise under a value, and why that is right.

    :param ends: section of the picture → what of it → how it stands instead; ``None``: it is not there.
    :param writes: how many more calls that write.
    :param settings: what a shop has to set for a system like that.
    :param stops: nothing can run; has a test of its own.
    """

    why: str
    ends: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    writes: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    stops: bool = False


SAME = Different("nothing")

DIFFERENT: dict[tuple[str, str, str], Different] = {
    ("abicart", "secure_connection", "required"): Different("no token over plain http", stops=True),
    ("abicart", "stock_write", "number"): Different(
        "an article's stock is refused as an object, then written as a number", writes={"Article.set": 1}
    ),
    ("abicart", "vat_rate_write", "refused"): Different(
        "the new rate is held, and the price with it (rule 32)",
        ends={
            "price": {TAXED: ("49", None, "0.12")},
            "held": {f"{TAXED} vat": "vat_read_only"},
            "difference": dict.fromkeys(
                (f"value article 1009 {name}" for name in ("price", "vat")), "held vat_read_only"
            ),
        },
        writes={"Article.set": -1},
    ),
    ("abicart", "sent_by", "shipment"): Different(
        "settings for the shop: a shipment in place of a field",
        writes={"Order.set": -1},
        settings={"status__write_strategy": "shipment"},
    ),
    ("specter", "empty_read", "error_triple"): Different(
        "an error without a known code is an error (question 5)", stops=True
    ),
}
"""Values under which something is otherwise than by default. All others change nothing at all."""


def other_values(system: str, switch: dict[str, Any]) -> list[Any]:
    """What a switch can be set to besides its default."""
    choices = [choice for choice in switch["choices"] if choice != switch["default"]]
    return choices or list(SAMPLES[system].get(switch["name"], ()))


def different(one: Tried) -> Different:
    """What is otherwise under a value."""
    value = one.value if isinstance(one.value, str) else repr(one.value)
    return DIFFERENT.get((one.system, one.name, value), SAME)


def tried(*, untouched: bool = False) -> Iterator[Tried]:
    """Every value to try of the switches that can touch imports, or of those that cannot."""
    for system in ("abicart", "specter"):
        for switch in known(system):
            if (switch["name"] in UNTOUCHED[system]) == untouched:
                for value in other_values(system, switch):
                    yield Tried(system, switch["name"], value)
