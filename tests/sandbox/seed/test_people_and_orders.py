"""The seed's customers and orders."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from shop_sandbox.abicart.service import AbicartService


def built(**seed: Any) -> AbicartService:
    service = AbicartService()
    service.reset(seed)
    return service


def checks_out(number: str) -> bool:
    """Luhn over the last ten digits."""
    digits = number.replace("-", "")[-10:]
    doubled = (int(digit) * (2, 1)[place % 2] for place, digit in enumerate(digits))
    return sum(one // 10 + one % 10 for one in doubled) % 10 == 0


def test_customers_can_belong_to_nobody() -> None:
    shop = built(items=50, customers=300).shop
    emails = set()
    for customer in shop.customers.rows.values():
        info, address = customer.person.info, customer.person.address
        assert re.fullmatch(r"[a-z.]+\.\d+@example\.(com|se)", info["email"])
        emails.add(info["email"])
        assert re.fullmatch(r"070-17406\d\d", address["phoneMobile"])
        if info["nin"]:
            assert re.fullmatch(r"(19|20)\d{6}-9[89]\d\d", info["nin"]) and checks_out(info["nin"])
        assert (info["type"] == "business") == (info["companyNumber"] is not None) == bool(address["company"])
        if info["companyNumber"]:
            assert info["companyNumber"].startswith("559999-") and checks_out(info["companyNumber"])
    assert len(emails) == 300
    countries = Counter(one.person.address["country"] for one in shop.customers.rows.values())
    assert countries["SE"] > 250 and len(countries) > 1


def test_orders_of_the_last_fortnight() -> None:
    service = built(items=2000, orders=120)
    orders = [one for one in service.shop.orders.rows.values() if one.ordered]
    assert len(orders) == 120 and [one.number for one in orders] == [str(10_001 + at) for at in range(120)]
    assert [one.ordered for one in orders] == sorted(one.ordered for one in orders)
    assert any(one.discount for one in service.shop.order_items.rows.values())
    assert {one.paid for one in orders} == {True, False}
    assert len({one.currency for one in orders}) == 1


def test_the_day_can_be_chosen() -> None:
    service = built(items=30, now="2027-03-01T08:00:00+01:00")
    latest = max(one.ordered for one in service.shop.orders.rows.values() if one.ordered)
    assert latest.isoformat() > "2027-02-15"
