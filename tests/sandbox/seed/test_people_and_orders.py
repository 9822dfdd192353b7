"""The seed's customers and orders."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from shop_sandbox.abicart.service import AbicartService
from shop_sandbox.abicart.state import dump_shop
from shop_sandbox.seed.orders import KINDS


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
    assert {one.paid for one in orders} == {True, False}
    assert len({one.currency for one in orders}) == 1


@pytest.mark.parametrize(("items", "seed"), [(200, 1), (200, 2), (500, 3), (1000, 4)])
def test_orders_of_every_kind_from_the_first_dozen_on(items: int, seed: int) -> None:
    service = built(items=items, seed=seed, orders=len(KINDS))
    assert set(service.manifest.orders) == set(KINDS)
    shop = service.shop
    people = {one.uid: one.person for one in shop.orders.rows.values()}

    def the(kind: str) -> Any:
        (uid,) = service.manifest.orders[kind]
        return shop.orders.rows[uid]

    def rows(kind: str) -> list[Any]:
        return [shop.order_items.rows[uid] for uid in the(kind).items]

    def statuses(kind: str) -> list[str]:
        return [shop.payments.rows[uid].status for uid in the(kind).payments]

    assert rows("row_discount")[0].discount.name.startswith("Rabatt")
    goods = [row for row in rows("order_discount") if row.is_goods]
    assert goods == [] or all(row.discount.name == "VINTER10" for row in goods)
    methods = [shop.payments.rows[uid].method for uid in the("gift_card_used").payments]
    assert any(shop.payment_methods.rows[uid].gift_card for uid in methods)
    assert not rows("gift_card_sold")[-1].is_goods and rows("gift_card_sold")[-1].total.rate == 0
    assert the("free_freight").shipment.inc == 0 and the("split_freight").shipment.inc == 49
    assert the("cash_on_delivery").fee.inc == 49 and statuses("cash_on_delivery") == ["planned"]
    assert statuses("awaiting_payment") == ["unpaid"]
    company = people[the("company_elsewhere").uid]
    assert company.info["companyNumber"] and company.delivery_address["copyAddress"] is False
    assert people[the("foreign").uid].address["country"] in ("DE", "FI")
    assert the("without_vat").has_vat is False and the("without_vat").total.vat == 0


def test_ten_thousand_orders_are_the_same_every_time_and_of_all_kinds() -> None:
    service = built(items=1000, orders=10_000)
    orders = [one for one in service.shop.orders.rows.values() if one.ordered]
    assert len(orders) == 10_000 and len(service.shop.customers) == 2500
    assert len({one.customer_uid for one in orders}) > 2000
    for name, kind in KINDS.items():
        assert 0.8 * kind.share < len(service.manifest.orders[name]) / 10_000 < 1.2 * kind.share, name
    again = built(items=1000, orders=10_000)
    assert dump_shop(again.shop)["tables"]["orders"] == dump_shop(service.shop)["tables"]["orders"]


def test_the_day_can_be_chosen() -> None:
    service = built(items=30, now="2027-03-01T08:00:00+01:00")
    latest = max(one.ordered for one in service.shop.orders.rows.values() if one.ordered)
    assert latest.isoformat() > "2027-02-15"
