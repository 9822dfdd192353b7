"""Added latency: per request, per article call, per action; parallel calls overlap."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests


def seconds(call) -> float:
    started = time.monotonic()
    call()
    return time.monotonic() - started


def test_latency_per_request_article_call_and_action(specter) -> None:
    specter.control.latency(request_ms=60, article_call_ms=1000, actions_ms={"newCustomerSubmit": 80})
    check = seconds(lambda: specter.call.send("getInfo.asp", "checkAccountSettings", "", {}))
    article = seconds(lambda: specter.call.article("A-1"))
    customer = seconds(specter.call.customer)
    assert 0.06 <= check < 1.0 and article >= 1.06
    assert 0.14 <= customer < 1.0


@pytest.mark.parametrize("control_call", ["counters", "faults", "health"])
def test_control_calls_do_not_wait(specter, control_call: str) -> None:
    specter.control.latency(request_ms=3000)
    assert seconds(getattr(specter.control, control_call)) < 3.0


def test_parallel_calls_overlap(specter) -> None:
    specter.control.latency(request_ms=500)
    calls = range(6)
    with ThreadPoolExecutor(6) as pool:
        taken = seconds(lambda: list(pool.map(lambda index: specter.call.article(f"A-{index}"), calls)))
    assert 0.5 <= taken < 2.5 and len(specter.numbers()) == 6


def test_many_calls_are_served_quickly(specter) -> None:
    """A smoke test of the overhead per request, with room for a busy machine."""
    rows = [{"articleNo": f"A-{index}", "name": "x" * 40, "priceExclVAT": "10.00"} for index in range(100)]
    started = time.process_time()
    for _ in range(20):
        specter.call.articles(*rows)
    assert (time.process_time() - started) / 20 < 0.1


def test_order_calls_wait_one_by_one_also_in_a_batch(abicart_server) -> None:
    """``Order.*`` is every method of Order and nothing else; the wait counts for each call of a batch."""
    abicart_server.control.latency(request_ms=20, actions_ms={"Order.*": 60})
    url = f"{abicart_server.url}/backend/jsonrpc/v1/?webshop=22222&auth=demo-token-1"

    def calls(*methods: str) -> list[dict[str, object]]:
        body = [{"jsonrpc": "2.0", "id": at, "method": name, "params": []} for at, name in enumerate(methods)]
        return requests.post(url, json=body, timeout=10).json()

    assert seconds(lambda: calls("Order.count")) >= 0.08
    assert seconds(lambda: calls("Order.count", "Customer.count", "Order.list", "Order.count")) >= 0.20
    abicart_server.control.latency(actions_ms={"order.get": 0, "Order.*": 3000})
    assert seconds(lambda: calls("Customer.count", "OrderItem.getSchema", "Order.get")) < 3
