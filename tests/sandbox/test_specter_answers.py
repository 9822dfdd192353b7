"""Shapes and encodings of answers, and each switch that changes them (reference 3, 4, 11.1)."""

from __future__ import annotations

import pytest
from defusedxml.ElementTree import fromstring

STOCK, INFO = "getArticleExternalNeedUpdate", "getArticleInfoExternalNeedUpdate"
DONE = "updateArticlesFromBatch"


@pytest.fixture
def shop(specter):
    """Two articles on the queues: one with awkward texts, one without stock management."""
    specter.control.edit(
        "article.new",
        number="A-1",
        name="Skål <b>&</b> ]]> “é” €",
        price="1199.5",
        available="2.5",
        weight="0.250",
    )
    specter.control.edit("article.new", number="S-1", name="Montering", price=100)
    specter.control.edit("article.touch", number="S-1")
    return specter


def write(shop, xml: str) -> bytes:
    body = {"articleNo_1": "B-1", "name_1": "x"}
    return shop.call.send("putInfo.asp", "newArticleSubmit", "B-1", body, xml=xml).content


@pytest.mark.parametrize("use_xml", ["", "0", "1"])
def test_plain_write(shop, use_xml: str) -> None:
    assert write(shop, use_xml) == "1;3;Artiklarna är sparade".encode("latin-1")


def test_use_xml_1_switch(shop) -> None:
    shop.control.switches(use_xml_1="xml")
    assert write(shop, "1").startswith(b"<?xml") and not write(shop, "0").startswith(b"<")


@pytest.mark.parametrize(
    ("switch", "children"),
    [
        ("code", {"result": "1", "code": "3"}),
        ("child_id", {"result": "1", "code": "0", "id": "3"}),
        ("child_named", {"result": "1", "code": "0", "articleId": "3"}),
        ("none", {"result": "1", "code": "0"}),
    ],
)
def test_xml_success_id_switch(shop, switch: str, children: dict[str, str]) -> None:
    shop.control.switches(xml_success_id=switch)
    answer = fromstring(write(shop, "2")).find("APIresponse")
    found = {child.tag: child.text for child in answer}
    assert found.pop("message") == "Artiklarna är sparade"
    assert found == children


def test_named_children_of_the_other_writes(shop) -> None:
    shop.control.switches(xml_success_id="child_named")
    customer = shop.call.send("putInfo.asp", "newCustomerSubmit", "Eva", {"name": "Eva"}, xml="2").content
    assert fromstring(customer).findtext("APIresponse/customerId") == "5001"
    row = {"articleNo_1": "A-1", "noOfItems_1": "1", "priceExclVAT_1": "1", "vatPercent_1": "25"}
    order = shop.call.send(
        "putInfo.asp", "newOrderSubmit", "5001", {"customerId": "5001"} | row, xml="2"
    ).content
    assert fromstring(order).findtext("APIresponse/orderNo") == "70001"


@pytest.mark.parametrize("root", ["specterAPI", "Svar"])
def test_xml_root_switch(shop, root: str) -> None:
    shop.control.switches(xml_root=root)
    assert shop.call.tree(INFO, "b1").tag == root
    assert fromstring(write(shop, "2")).tag == root


@pytest.mark.parametrize(("switch", "present"), [("on", True), ("off", False)])
def test_read_api_response_switch(shop, switch: str, present: bool) -> None:
    shop.control.switches(read_api_response=switch)
    tree = shop.call.tree(STOCK, "b1")
    assert (tree.find("APIresponse/result") is not None) is present
    assert len(list(tree.iter("article"))) == 2


@pytest.mark.parametrize(
    ("switch", "xml", "plain"),
    [
        ("container", b"<articles/>", b"articleNo;name;priceExclVat;vatPercent;buyPrice;batchNo\r"),
        ("empty_body", b"", b""),
        (
            "api_response_only",
            b"<result>1</result>",
            b"articleNo;name;priceExclVat;vatPercent;buyPrice;batchNo\r",
        ),
        ("error_triple", b"<code>9013</code>", b"0;9013;Inget att rapportera"),
    ],
)
def test_empty_read_switch(specter, switch: str, xml: bytes, plain: bytes) -> None:
    specter.control.switches(empty_read=switch)
    answer = specter.call.get(INFO, "b1")
    assert (xml in answer) if xml else answer == b""
    assert (b"<articles" in answer) is (switch == "container")
    assert specter.call.get(INFO, "b1", xml="") == plain


@pytest.mark.parametrize(("switch", "end"), [("cr", b"\r"), ("crlf", b"\r\n"), ("lf", b"\n")])
def test_row_end_and_header_switches(shop, switch: str, end: bytes) -> None:
    shop.control.switches(row_end=switch)
    rows = [b"1;A-1;2,5;b1", b"2;S-1;noItemsAvailable;b1"]
    header = b"articleId;articleNo;noItemsAvailable;batchNo"
    assert shop.call.get(STOCK, "b1", xml="") == end.join([header, *rows]) + end
    shop.control.switches(header_row="off")
    assert shop.call.get(STOCK, "b1", xml="") == end.join(rows) + end


@pytest.mark.parametrize(
    ("mark", "decimals", "quantity"), [("comma", "short", "2,5"), ("point", "two", "2.50")]
)
def test_decimal_output_switches(shop, mark: str, decimals: str, quantity: str) -> None:
    shop.control.switches(decimal_output=mark, quantity_output=decimals)
    assert shop.call.tree(STOCK, "b1").findtext(".//article/noItemsAv") == quantity
    article = shop.call.tree(INFO, "b1").find("articles/article")
    sign = {"comma": ",", "point": "."}[mark]
    assert (article.get("priceExclVat"), article.get("productWeight")) == (f"1199{sign}50", f"0{sign}25")


ALL_FIELDS = {
    "buyPrice": "0,00",
    "priceExclVat": "1199,50",
    "barCode": "",
    "productWeight": "0,25",
    "vatPercent": "25",
    "standardOldPrice": "0,00",
    "showStandardOldPrice": "0",
    "articleType": "GW",
    "commodityCode": "",
}


@pytest.mark.parametrize(("switch", "attributes"), [("attributes", 9), ("elements", 4), ("all_elements", 0)])
def test_article_info_fields_switch(shop, switch: str, attributes: int) -> None:
    shop.control.switches(article_info_fields=switch)
    article = shop.call.tree(INFO, "b1").find("articles/article")
    children = {child.tag: child.text or "" for child in article}
    assert children.pop("articleNo") == "A-1" and children.pop("name").startswith("Skål")
    assert len(article.attrib) == attributes and article.attrib | children == ALL_FIELDS


@pytest.mark.parametrize(("switch", "name"), [("lower", "priceexclvat"), ("upper", "PRICEEXCLVAT")])
def test_field_case_switch(shop, switch: str, name: str) -> None:
    shop.control.switches(field_case=switch)
    assert shop.call.tree(INFO, "b1").find("articles/article").get(name) == "1199,50"


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8"])
@pytest.mark.parametrize("text", ["cdata", "escaped"])
def test_xml_texts_survive_in_every_encoding(shop, charset: str, text: str) -> None:
    shop.control.switches(xml_charset=charset, xml_text=text)
    raw = shop.call.get(INFO, "b1")
    assert f'encoding="{charset.upper()}"'.encode() in raw and (b"CDATA" in raw) is (text == "cdata")
    assert "Skål".encode(charset) in raw
    assert fromstring(raw).findtext("articles/article/name") == "Skål <b>&</b> ]]> “é” €"


def test_plain_text_charset_and_end_switches(shop) -> None:
    assert b"Sk\xe5l <b>&</b> ]]> ?\xe9? ?" in shop.call.get(INFO, "b1", xml="")
    shop.control.switches(text_charset="windows-1252", text_end="crlf")
    assert b"Sk\xe5l <b>&</b> ]]> \x93\xe9\x94 \x80" in shop.call.get(INFO, "b1", xml="")
    assert write(shop, "").endswith(b" sparade\r\n")


@pytest.mark.parametrize(
    ("switch", "status", "body"),
    [("200", 200, b"0;9008;"), ("500", 500, b"0;9008;"), ("500_html", 500, b"<html>")],
)
def test_error_status_switch(specter, switch: str, status: int, body: bytes) -> None:
    specter.control.switches(error_status=switch)
    answer = specter.call.send("getInfo.asp", "nothing", "", {})
    assert answer.status_code == status and answer.content.startswith(body)


@pytest.mark.parametrize(
    ("switch", "answer"),
    [
        ("triple", b"<result>1</result>"),
        ("settings", b"<sbmId>1000</sbmId>"),
        ("unknown_action", b"<code>9008</code>"),
    ],
)
def test_account_check_switch(specter, switch: str, answer: bytes) -> None:
    specter.control.switches(account_check=switch)
    assert answer in specter.call.send("getInfo.asp", "checkAccountSettings", "", {}, xml="2").content


@pytest.mark.parametrize(("names", "changes"), [("stocksiteId,name", "one"), ("siteid", "per_site")])
def test_stock_sites(specter, names: str, changes: str) -> None:
    account = {"sbm_id": 1000, "api_version": 2, "integration_key": "demo-integration-key"}
    account |= {"users": {"12": {"key": "demo-user-key"}}, "sites": {"1": "Lager", "4": "Butik"}}
    specter.control.reset(
        seed={"accounts": [account]}, switches={"stock_site_names": names, "stock_changes": changes}
    )
    specter.control.edit("article.new", number="A-1", available=3)
    specter.control.edit("article.stock", number="A-1", available=4, site=4)
    specter.control.edit("article.new", number="S-1")
    specter.control.edit("article.touch", number="S-1")
    tree = specter.call.tree(STOCK, "b1", getMultipleStocksites="1")
    assert len(tree.findall("stockChanges")) == (1 if changes == "one" else 2)
    sites = [
        (
            dict(site.attrib),
            {one.findtext("articleNo"): one.findtext("noItemsAv") for one in site.iter("article")},
        )
        for site in tree.iter("stock")
    ]
    first, _, second = names.partition(",")
    expected = [
        ({first: "1"} | ({second: "Lager"} if second else {}), {"A-1": "3", "S-1": "noItemsAvailable"}),
        ({first: "4"} | ({second: "Butik"} if second else {}), {"A-1": "4"}),
    ]
    assert sites == expected
    alone = specter.call.tree(STOCK, "b1").findall(".//stock")
    assert [(one.attrib, one.findtext(".//noItemsAv")) for one in alone] == [({}, "7")]


def test_refusal_on_demand(specter) -> None:
    specter.control.fault("refusal", action="newArticleSubmit", words="9042 Kontot är spärrat")
    specter.control.fault("refusal", action="newArticleSubmit", words="Spärrat")
    assert specter.call.article("A-1") == ("0", "9042", "Kontot är spärrat")
    assert specter.call.article("A-1") == ("0", "9099", "Spärrat")
    assert specter.call.article("A-1")[0] == "1"
