"""Stock under every open question about the two systems that touches it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stock_lab import StockLab

ABICART = [
    {"stock_write": "number"},
    {"stock_write": "both"},
    {"set_result": "uid"},
    {"set_nested": "merge"},
    {"variant_article_stock": "error"},
    {"uid_type": "string"},
    {"number_filter": "refused"},
    {"changed_filter": "refused"},
    {"uid_filter": "refused"},
    {"range_bounds": "exclusive"},
    {"time_format": "naive"},
    {"unknown_key": "ignored"},
    {"missing_object": "null"},
    {"empty_object": "array"},
    {"order_expansion": "uids"},
    {"item_quantity": "top_level"},
    {"item_number": "base"},
    {"order_customer": "uid"},
    {"batch_limit": "20", "list_limit": "100"},
]
SPECTER = [
    {"row_end": "crlf"},
    {"header_row": "off"},
    {"decimal_output": "point"},
    {"quantity_output": "two"},
    {"empty_read": "empty_body"},
    {"empty_read": "api_response_only"},
    {"read_api_response": "off"},
    {"stock_site_names": "nr"},
    {"stock_changes": "per_site"},
    {"batch_reread": "grown"},
    {"ack_answer": "empty"},
    {"limit_scope": "all", "response_limit": 1},
]


def switched(server, wanted: dict) -> None:
    """Sets a switch; a value that the sandbox does not have is a mistake here."""
    server.control.switches(**wanted)


def names(wanted: dict) -> str:
    return "-".join(f"{name}_{value}" for name, value in wanted.items())


def check(lab: StockLab) -> None:
    """An article and a variant with new figures, an order of each that Specter has not, one that it has."""
    article, variant = lab.item("article"), lab.item("variant")
    for item, stock in ((article, 31), (variant, 17)):
        lab.specter_stock(item["product_number"], stock)
        lab.buy(item, 2)
    lab.later(timedelta(minutes=10))
    lab.export_orders()
    lab.sold.clear()
    lab.buy(article, 3)
    lab.buy(variant, 1)
    lab.later(timedelta(minutes=10))
    run = lab.stock_import()
    assert run.report is not None
    assert run.ended == {"written": 2}
    assert (lab.stock(article), lab.stock(variant)) == (26, 14)
    lab.later(timedelta(minutes=10))
    again = lab.stock_import()
    assert again.planned.changes == 0
    assert (lab.stock(article), lab.stock(variant)) == (26, 14)


@pytest.mark.parametrize("wanted", ABICART, ids=names)
def test_of_the_shop(lab: StockLab, wanted: dict) -> None:
    switched(lab.abicart_server, wanted)
    check(lab)


@pytest.mark.parametrize("wanted", SPECTER, ids=names)
def test_of_specter(lab: StockLab, wanted: dict) -> None:
    switched(lab.specter_server, wanted)
    check(lab)
