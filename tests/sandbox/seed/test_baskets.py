"""Real baskets as a shop: a small file of this test's own in their shape and, where it is named, the real folder."""

from __future__ import annotations

import gzip
import os
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shop_sandbox.abicart.service import AbicartService
from shop_sandbox.abicart.state import dump_shop
from shop_sandbox.core.errors import UsageError

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
FIRST = (
    HEAD
    + """\
100001,10002a,RED MUG,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
100001,10002A,RED MUG TWIN,2,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
100001,POST,POSTAGE,1,2010-12-01 08:26:00,18.00,17850.0,United Kingdom
100001,10002a,RED MUG,1,2010-12-01 08:26:00,2.10,17850.0,United Kingdom
100002,BANK CHARGES,Bank Charges,1,2010-12-01 09:00:00,15.00,,EIRE
100003,10003,,3,2010-12-01 09:30:00,0.00,,United Kingdom
C100004,10002a,RED MUG,-2,2010-12-01 10:00:00,2.55,17850.0,United Kingdom
100005,10003,damaged,-9,2010-12-01 11:00:00,0.00,,United Kingdom
100006,10003,"LAMP, GREEN",1,2010-12-01 12:00:00,9.95,12345.0,Sweden
100006,10003,"LAMP, GREEN",1,2010-12-01 12:00:00,,12345.0,Sweden
100006,10003,"LAMP, GREEN",-1,2010-12-01 12:00:00,9.95,12345.0,Sweden
100006,gift_0001_20,Dotcomgiftshop Gift Voucher,1,2010-12-01 12:00:00,16.67,12345.0,Sweden
"""
)
SECOND = HEAD + "100007,10003,LAMP,4,2010-12-02 00:10:00,9.95,17850.0,Unspecified\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "2010-12-01.csv").write_text(FIRST, encoding="utf-8")
    (tmp_path / "2010-12-02.csv.gz").write_bytes(gzip.compress(SECOND.encode()))
    (tmp_path / "README.md").write_text("not a basket", encoding="utf-8")
    return tmp_path


def built(folder: Path | str, **seed: Any) -> AbicartService:
    service = AbicartService()
    service.reset({"baskets": str(folder), **seed})
    return service


def order(service: AbicartService, invoice: str) -> dict[str, Any]:
    told = service.manifest.invoices[invoice]
    shown: dict[str, Any] = service.inspect("Order", {"uid": str(told["uid"])})
    return shown


def items(service: AbicartService, invoice: str) -> list[Any]:
    rows = service.shop.order_items.rows
    return [rows[uid] for uid in service.shop.orders.rows[service.manifest.invoices[invoice]["uid"]].items]


def test_what_each_invoice_became(folder) -> None:
    told = built(folder).inspect("manifest", {})["invoices"]
    assert {number: one["became"] for number, one in told.items()} == {
        "100001": "order",
        "100002": "order",
        "100003": "order",
        "C100004": "cancelled_order",
        "100005": "skipped",
        "100006": "order",
        "100007": "order",
    }
    assert told["100005"]["left_out"] == {"wrong_sign": 1} and "uid" not in told["100005"]
    assert told["100006"]["left_out"] == {"unreadable": 1, "wrong_sign": 1} and told["100006"]["rows"] == 2
    assert told["100001"]["orderNumber"] == "100001"


def test_orders_at_their_local_times_with_prices_without_vat(folder) -> None:
    service = built(folder)
    shown = order(service, "100001")
    assert shown["ordered"] == "2010-12-01T08:26:00+01:00" and shown["currency"] == "SEK"
    rows = items(service, "100001")
    assert [(row.base_number, row.quantity, row.total.ex) for row in rows] == [
        ("10002a", 6, Decimal("15.3")),
        ("10002A", 2, Decimal("6.78")),
        ("POST", 1, 18),
        ("10002a", 1, Decimal("2.1")),
    ]
    costs = shown["costs"]
    assert costs["cart"]["exVat"] == Decimal("42.18") and costs["total"] == costs["cart"]
    assert costs["shipment"]["incVat"] == 0 and shown["paymentStatus"] == "paid"
    assert order(service, "100007")["ordered"] == "2010-12-02T00:10:00+01:00"


def test_dirt_is_kept(folder) -> None:
    service = built(folder)
    numbers = {one["product_number"]: one for one in service.inspect("items", {})}
    assert set(numbers) == {"10002a", "10002A", "POST", "BANK CHARGES", "10003", "gift_0001_20"}
    assert numbers["10003"]["name"] == "LAMP, GREEN" and numbers["10003"]["price"] == Decimal("9.95")
    assert numbers["10002a"]["vat_rate"] == numbers["10002A"]["vat_rate"]
    assert service.shop.webshop.prices_with_vat is False
    assert order(service, "100003")["costs"]["total"]["incVat"] == 0
    voucher = items(service, "100006")[1]
    assert not voucher.is_goods and voucher.total.rate == 0


def test_a_cancellation_is_a_cancelled_order_that_takes_no_stock(folder) -> None:
    service = built(folder)
    shown = order(service, "C100004")
    assert shown["discarded"] is True and shown["orderNumber"] == "10001"
    assert items(service, "C100004")[0].quantity == 2
    (mug,) = (one for one in service.inspect("items", {}) if one["product_number"] == "10002a")
    assert mug["stock"] == 100 + 2  # what was cancelled came back
    placed = service.edit("place_order", {"rows": [{"article": mug["uid"]}], "customer": 6001})
    assert placed["orderNumber"] == "100008"


def test_customers_have_invented_names_and_real_countries(folder) -> None:
    service = built(folder)
    first, guest, lamp = (order(service, one)["customer"] for one in ("100001", "100002", "100006"))
    assert first["address"]["country"] == "GB" and first["info"]["nin"] is None
    assert first["info"]["email"].endswith((".17850@example.com", ".17850@example.se"))
    assert guest["address"]["country"] == "IE" and lamp["address"]["country"] == "SE"
    assert order(service, "100007")["customer"]["uid"] == first["uid"]
    assert len(service.shop.customers) == 4, "two customers and two guests"
    # Whatever days are read, the same number is the same person; a country that is none has no code.
    later = order(built(folder, basket_days=["2010-12-02"]), "100007")["customer"]
    assert later["info"]["email"] == first["info"]["email"] and later["address"]["country"] is None


def test_guests_with_and_without_an_email(tmp_path) -> None:
    lines = [f"{100_000 + at},10001,MUG,1,2010-12-01 08:00:00,1.00,,France\n" for at in range(200)]
    (tmp_path / "day.csv").write_text(HEAD + "".join(lines), encoding="utf-8")
    emails = [one.person.info["email"] for one in built(tmp_path).shop.customers.rows.values()]
    assert len(emails) == 200 and 40 < emails.count(None) < 80
    assert len(set(emails) - {None}) == 200 - emails.count(None)


def test_days_seeds_and_other_data(folder) -> None:
    assert set(built(folder, basket_days=["2010-12-02"]).manifest.invoices) == {"100007"}
    tables = dump_shop(built(folder).shop)["tables"]
    assert dump_shop(built(folder).shop)["tables"] == tables
    assert dump_shop(built(folder, seed=2).shop)["tables"]["customers"] != tables["customers"]
    both = built(folder, items=50, orders=12, customers=10)
    assert both.inspect("counts", {})["items"] == 56 and both.inspect("counts", {})["orders"] == 12 + 1 + 6


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("readme.txt", "x", "no folder with .csv"),
        ("a.csv", "InvoiceNo,StockCode\n", "a.csv has no column Description"),
        ("a.csv", HEAD + "1,A,x,1,yesterday,1,,Sweden\n", "a.csv row 2 has no InvoiceNo or no InvoiceDate"),
    ],
)
def test_folders_that_are_none(tmp_path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        built(tmp_path)


@pytest.mark.parametrize(
    ("seed", "words"),
    [({"baskets": 5}, "baskets is a folder"), ({"basket_days": "2010-12-01"}, "a list of days")],
)
def test_wrong_options(seed: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        AbicartService().reset(seed)


def test_the_real_folder() -> None:
    """Named by SANDBOX_BASKETS: the twelve days of "Online Retail", 1 to 14 December 2010."""
    named = os.environ.get("SANDBOX_BASKETS")
    if not named:
        pytest.skip("SANDBOX_BASKETS names no folder with the Online Retail files")
    service = built(named)
    told = service.manifest.invoices
    assert Counter(one["became"] for one in told.values()) == {
        "order": 1175,
        "cancelled_order": 215,
        "skipped": 68,
    }
    counts = service.inspect("counts", {})
    assert counts["orders"] == 1175 + 215 and counts["order_items"] + 68 == 31_102
    assert counts["items"] > 2600
    days = Counter(one.ordered.date().isoformat() for one in service.shop.orders.rows.values() if one.ordered)
    assert len(days) == 12
    assert all(one["left_out"] == {"wrong_sign": 1} for one in told.values() if one["became"] == "skipped")
