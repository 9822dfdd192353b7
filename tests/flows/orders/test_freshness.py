"""An order is read at most 60 s before it is written, however many orders its buyer has (rule 9)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from order_lab import NOON, OrderLab
from scan_lab import TEN


def test_a_buyer_with_many_orders_has_them_read_again_on_the_way(order_lab: OrderLab) -> None:
    """Each look at the clock takes 0.7 s here, so that sending them takes longer than one stays fresh."""
    person = {
        "info": {"type": "private", "email": "eva@example.com"},
        "address": {
            "firstName": "Eva",
            "lastName": "Ek",
            "address": "Storgatan 1",
            "town": "Ort",
            "country": "SE",
        },
    }
    uids = [order_lab.place(NOON + timedelta(seconds=number), customer=person) for number in range(60)]
    ctx = order_lab.context()
    moments = iter(range(10**6))
    ctx.clock = lambda: NOON + TEN + timedelta(seconds=0.7 * next(moments))
    ran = order_lab.export_orders(end=NOON + TEN, ctx=ctx)
    assert ran.report is not None
    assert ran.report.sent == len(uids)
    reads = [asked for asked in whole_reads(order_lab) if asked]
    assert reads[0] == len(uids)
    assert reads[-1] < len(uids), "those that had become too old were read again, and no others"
    numbers = [one["external_number"] for one in order_lab.specter_orders()]
    assert numbers == sorted(numbers), "in the order in which they were placed"


def whole_reads(lab: OrderLab) -> list[int]:
    """How many orders each request for whole orders asked for."""
    return [asked_for(one) for one in lab.abicart_server.control.requests()]


def asked_for(request: dict[str, Any]) -> int:
    """The uids in a request for whole orders; 0 for any other."""
    calls = json.loads(request["body"])
    for call in calls if isinstance(calls, list) else [calls]:
        if call["method"] == "Order.list" and "items" in call["params"][0]:
            return len(call["params"][1]["filters"]["/uid"]["in"])
    return 0
