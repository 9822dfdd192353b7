"""newArticleSubmit: what is stored, what is refused, and every switch of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

FULL = {
    "articleNo": "ÄGG-1".replace("Ä", "A"),
    "name": "Äggkopp “Élan” & fat",
    "priceExclVAT": "199.20",
    "buyPrice": "80.5",
    "stockPrice": "81",
    "vatPercent": "12.000",
    "barCode": "7350012345678",
    "productWeight": "0.250",
    "productVolume": "0.01",
    "createArticleStock": "1",
    "noItemsInStock": "7",
    "manufacturingCountryCode": "SE",
    "supplierNo": "77",
    "supplierName": "Leverantören",
    "supplierArticleNo": "L-1",
    "supplierBuyPrice": "70.25",
    "webShopText": "okänt fält",
}


def row(number: str, **fields: str) -> dict[str, str]:
    return {"articleNo": number, "name": f"Artikel {number}", "priceExclVAT": "10.00"} | fields


def test_every_field_is_stored(specter) -> None:
    full = FULL | {"name": "Äggkopp Élan & fat"}
    assert specter.call.articles(full)[:2] == ("1", "1")
    stored = specter.article("AGG-1")
    assert stored["name"] == "Äggkopp Élan & fat"
    assert {name: Decimal(stored[name]) for name in ("price", "buy_price", "vat_percent", "weight")} == {
        "price": Decimal("199.20"),
        "buy_price": Decimal("80.5"),
        "vat_percent": Decimal(12),
        "weight": Decimal("0.250"),
    }
    assert stored["bar_code"] == "7350012345678" and stored["country"] == "SE"
    assert Decimal(stored["available"]) == 7
    assert stored["supplier_name"] == "" and stored["extra"] == {"webshoptext": "okänt fält"}
    assert specter.control.counters()["article_rows"] == 1


def test_supplier_fields_count_only_with_add_supplier(specter) -> None:
    specter.call.articles(FULL | {"name": "x"}, addSupplier="1")
    stored = specter.article("AGG-1")
    assert (stored["supplier_number"], stored["supplier_name"]) == ("77", "Leverantören")
    assert Decimal(stored["supplier_buy_price"]) == Decimal("70.25")


def test_existing_articles_are_left_alone_without_force(specter) -> None:
    specter.call.articles(row("A-1", createArticleStock="1", noItemsInStock="5"))
    assert specter.call.articles(row("A-1", name="Ny", noItemsInStock="9"))[0] == "1"
    assert specter.article("A-1")["name"] == "Artikel A-1"
    assert specter.call.articles(row("A-1", name="Ny", noItemsInStock="9"), force=True)[0] == "1"
    stored = specter.article("A-1")
    assert (stored["name"], Decimal(stored["available"]), stored["updates"]) == ("Ny", 5, 1)


def test_stock_on_update_switch(specter) -> None:
    specter.call.articles(row("A-1", createArticleStock="1", noItemsInStock="5"))
    specter.control.switches(stock_on_update="applied")
    specter.call.articles(row("A-1", noItemsInStock="9"), force=True)
    assert Decimal(specter.article("A-1")["available"]) == 9


def test_omitted_fields_switch(specter) -> None:
    specter.call.articles(row("A-1", barCode="123", vatPercent="6"))
    specter.call.articles({"articleNo": "A-1", "name": "Ny"}, force=True)
    assert specter.article("A-1")["bar_code"] == "123"
    specter.control.switches(omitted_fields="cleared")
    specter.call.articles({"articleNo": "A-1", "name": "Ny"}, force=True)
    stored = specter.article("A-1")
    assert (stored["bar_code"], Decimal(stored["price"]), Decimal(stored["vat_percent"])) == ("", 0, 25)


@pytest.mark.parametrize(
    ("switch", "stored"), [("all_or_nothing", []), ("before_bad", ["A-1"]), ("all_good", ["A-1", "A-3"])]
)
def test_partial_rows_switch(specter, switch: str, stored: list[str]) -> None:
    specter.control.switches(partial_rows=switch)
    answer = specter.call.articles(row("A-1"), row("B 2"), row("A-3"))
    assert answer[:2] == ("0", "9011")
    assert "Rad 2" in answer[2] and "'B 2'" in answer[2]
    assert specter.numbers() == stored


@pytest.mark.parametrize(
    ("rule", "refused"),
    [
        ("none", []),
        ("blanks", ["A 1", " A1", "A\xa01"]),
        ("strict", ["A 1", " A1", "A\xa01", "Ä1", "å1", "A&1", "A%1", "A,1", "A#1", "A¤1"]),
    ],
)
def test_article_number_rule_switch(specter, rule: str, refused: list[str]) -> None:
    specter.control.switches(article_number_rule=rule)
    tried = ["A 1", " A1", "A\xa01", "Ä1", "å1", "A&1", "A%1", "A,1", "A#1", "A¤1", "A-1/2.3_é"]
    assert [number for number in tried if specter.call.articles(row(number))[:2] == ("0", "9011")] == refused


def test_lists_and_lengths_that_are_refused(specter) -> None:
    specter.control.switches(refused_numbers=["A-9"], article_number_max_length=5, article_name_max_length=12)
    assert specter.call.articles(row("A-9"))[:2] == ("0", "9011")
    assert specter.call.articles(row("A-2345"))[:2] == ("0", "9012")
    assert specter.call.articles(row("A-1", name="x" * 13))[:2] == ("0", "9012")
    assert specter.call.articles(row("A-1", name="x" * 12))[0] == "1"
    specter.control.switches(too_long="cut")
    assert specter.call.articles(row("A-2", name="y" * 13))[0] == "1"
    assert specter.article("A-2")["name"] == "y" * 12


@pytest.mark.parametrize("value", ["1 000.00", "1,000.00", "1e3", "x", "--1", "12."])
def test_numbers_that_are_none(specter, value: str) -> None:
    answer = specter.call.articles(row("A-1", priceExclVAT=value))
    assert answer[:2] == ("0", "9007") and specter.numbers() == []


def test_decimal_input_switch(specter) -> None:
    assert specter.call.articles(row("A-1", priceExclVAT="10,50"))[0] == "1"
    assert Decimal(specter.article("A-1")["price"]) == Decimal("10.50")
    specter.control.switches(decimal_input="point")
    assert specter.call.articles(row("A-2", priceExclVAT="10,50"))[:2] == ("0", "9007")
    assert specter.call.articles(row("A-2", priceExclVAT="10.50"))[0] == "1"


@pytest.mark.parametrize(("which", "number"), [("last", "2"), ("first", "1"), ("rows", "2"), ("none", "")])
def test_article_answer_id_switch(specter, which: str, number: str) -> None:
    specter.control.switches(article_answer_id=which)
    assert specter.call.articles(row("A-1"), row("A-2"))[:2] == ("1", number)


def test_number_of_rows(specter) -> None:
    rows = [row(f"A-{index}") for index in range(101)]
    assert specter.call.articles(*rows)[:2] == ("0", "9010")
    assert specter.call.articles(*rows[:100])[0] == "1"
    specter.control.switches(max_article_rows=0)
    assert specter.call.articles(*rows)[0] == "1"
    assert specter.control.inspect("article_count") == 101
    assert specter.control.counters()["article_rows"] == 302


def test_rows_after_a_gap(specter) -> None:
    fields = {"articleNo_1": "A-1", "name_1": "x", "articleNo_3": "A-3", "name_3": "x"}
    assert specter.call.put("newArticleSubmit", "A-1", fields)[:2] == ("0", "9003")
    specter.control.switches(row_gaps="ignored")
    assert specter.call.put("newArticleSubmit", "A-1", fields)[0] == "1"
    assert specter.numbers() == ["A-1"]


def test_what_is_missing(specter) -> None:
    assert specter.call.put("newArticleSubmit", "", {"name_1": "x"})[:2] == ("0", "9003")
    assert specter.call.put("newArticleSubmit", "", {})[:2] == ("0", "9003")
    assert specter.call.articles({"articleNo": "A-1"})[:2] == ("0", "9003")
    specter.control.switches(name_required="off")
    assert specter.call.articles({"articleNo": "A-1"})[0] == "1"


def test_article_number_match_switch(specter) -> None:
    specter.call.articles(row("a-1"))
    specter.call.articles(row("A-1"))
    assert specter.numbers() == ["a-1", "A-1"]
    specter.control.reset(switches={"article_number_match": "case_insensitive"})
    specter.call.articles(row("a-1"))
    specter.call.articles(row("A-1", name="Samma"), force=True)
    assert [one["name"] for one in specter.control.inspect("articles")] == ["Samma"]


def test_own_writes_on_queue_switch(specter) -> None:
    stock = {"createArticleStock": "1", "noItemsInStock": "3"}
    specter.call.articles(row("A-1", **stock))
    assert specter.control.inspect("queues") == {"stock": [], "article_info": [], "orders": []}
    specter.control.switches(own_writes_on_queue="on")
    specter.call.articles(row("A-2", **stock))
    specter.call.articles(row("A-1"), force=True)
    waiting = specter.control.inspect("queues")
    assert (waiting["stock"], waiting["article_info"]) == (["A-2"], ["A-2", "A-1"])


def test_form_too_large_is_the_web_servers_html_page(specter) -> None:
    rows = [row(f"A-{index}", name="x" * 3000) for index in range(90)]
    answer = specter.call.send(
        "putInfo.asp",
        "newArticleSubmit",
        "A-0",
        {f"{k}_{i}": v for i, r in enumerate(rows, 1) for k, v in r.items()},
    )
    assert answer.status_code == 500 and answer.content.startswith(b"<html")
    assert specter.numbers() == []
    specter.control.switches(query_limit_bytes=60)
    assert specter.call.send("getInfo.asp", "checkAccountSettings", "", {}).status_code == 404


@pytest.mark.parametrize(
    ("charset", "name"), [("windows-1252", "pris 5 € “nu”\x81"), ("iso-8859-1", "pris 5 \x80 \x93nu\x94\x81")]
)
def test_request_charset_switch(specter, charset: str, name: str) -> None:
    """€ and curly quotes as Windows-1252 bytes; a byte that Windows-1252 leaves undefined is kept."""
    specter.control.switches(request_charset=charset)
    body = "articleNo_1=A-1&name_1=pris+5+%80+%93nu%94%81"
    query = f"action=newArticleSubmit&sbmId=1000&apiUserId=12&key={specter.call.key('A-1')}"
    specter.call.session.post(f"{specter.call.url}/putInfo.asp?{query}", body, timeout=10)
    assert specter.article("A-1")["name"] == name
