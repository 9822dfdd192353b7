"""A shop of 10,000 orders answers quickly: processor time of the server, with room for a busy machine."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from shop_sandbox.abicart.service import AbicartService
from shop_sandbox.core.messages import Request

COST = {"incVat": True, "exVat": True, "vat": True, "vatRate": True, "currency": True}
WHOLE = {
    **dict.fromkeys(
        ("uid", "orderNumber", "ordered", "changed", "currency", "exchangeRate", "language"), True
    ),
    **dict.fromkeys(("hasVat", "discarded", "note", "externalOrderNumber", "paymentStatus", "costs"), True),
    "customer": {},
    "delivery": True,
    "payments": {},
    "items": {
        **dict.fromkeys(("uid", "articleNumber", "articleName", "choices", "discountInfo"), True),
        "costs": {"unit": COST, "total": COST},
        "article": {
            **dict.fromkeys(("uid", "articleNumber", "type", "vatRate", "price", "variants"), True),
            "content": {"uid": True, "articleNumber": True, "price": True},
        },
    },
}


@pytest.fixture(scope="module")
def service() -> AbicartService:
    made = AbicartService()
    made.reset({"items": 2000, "orders": 10_000})
    return made


def call(service: AbicartService, *calls: tuple[str, list[Any]]) -> list[Any]:
    body = json.dumps(
        [
            {"jsonrpc": "2.0", "id": at, "method": name, "params": given}
            for at, (name, given) in enumerate(calls)
        ]
    ).encode()
    request = Request(1, "POST", "/backend/jsonrpc/v1/", b"webshop=22222&auth=demo-token-1", [], body, 0.0, 1)
    service.read(request)
    answer = service.answer(request).body
    return [one["result"] for one in json.loads(answer)]


def milliseconds(work: Any, times: int) -> float:
    started = time.process_time()
    for turn in range(times):
        work(turn)
    return (time.process_time() - started) / times * 1000


def test_a_page_of_100_orders_with_all_that_belongs_to_them(service) -> None:
    def page(turn: int) -> None:
        uids = list(range(50001 + 100 * turn, 50101 + 100 * turn))
        selection = {"filters": {"/uid": {"in": uids}}, "limit": 100}
        (orders,) = call(service, ("Order.list", [WHOLE, selection]))
        assert len(orders) == 100 and all(one["items"][0]["costs"] and one["payments"] for one in orders)

    assert milliseconds(page, 20) < 60


def test_a_scan_by_time_after_every_write(service) -> None:
    """A write forgets what earlier scans found, so the whole table is looked at again."""

    def page(turn: int) -> None:
        call(service, ("Order.set", [50001 + turn, {"externalOrderNumber": str(turn)}, ["uid"]]))
        window = {"/ordered": {"min": "2026-01-05T00:00:00Z", "max": "2026-01-06T00:00:00Z"}}
        (found,) = call(service, ("Order.list", [["uid", "ordered"], {"filters": window, "limit": 100}]))
        assert len(found) == 100

    assert milliseconds(page, 10) < 60


def test_a_batch_of_marks_that_answers_whole_orders(service) -> None:
    def batch(turn: int) -> None:
        sets = [
            ("Order.set", [50001 + 20 * turn + at, {"externalOrderNumber": f"S-{at}"}, WHOLE])
            for at in range(20)
        ]
        assert [one["externalOrderNumber"] for one in call(service, *sets)] == [f"S-{at}" for at in range(20)]

    assert milliseconds(batch, 10) < 60
