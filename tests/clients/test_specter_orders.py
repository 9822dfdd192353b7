"""Customers and orders into Specter: on the wire, under every switch, accepted without a number, refused."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from tests.clients.raw_server import RawServer, http, in_turn
from tests.clients.specter_order_cases import (
    ALWAYS_NEW,
    CUSTOMER,
    FIELDS,
    MATCHED,
    ROWS,
    orders,
    wanted,
    with_articles,
)

from abicart_specter.errors import RefusedError, UnconfirmedError
from shop_sandbox.specter.switches import ANSWERS, CUSTOMERS, ORDERS, REQUESTS


def test_what_goes_over_the_wire(specter_server, opening):
    with_articles(specter_server.control)
    client = opening.specter(specter_server.url, webshop_id=7)
    customer = client.submit_customer(CUSTOMER, **MATCHED)
    client.submit_customer(CUSTOMER, force=True, ignore_email=True, ignore_organisation_number=False)
    order = client.submit_order(customer.number, FIELDS, ROWS)
    first, second, third = specter_server.control.requests()
    assert {(one["method"], one["path"]) for one in (first, second, third)} == {("POST", "/putInfo.asp")}
    queries = [parse_qs(one["query"]) for one in (first, second, third)]
    common = {"sbmId": ["1000"], "apiUserId": ["12"], "useXML": ["1"]}
    keys = [query.pop("key") for query in queries]
    assert queries == [
        {"action": ["newCustomerSubmit"], **common},
        {"action": ["newCustomerSubmit"], **common, "forceCustomerUpdate": ["1"]},
        {"action": ["newOrderSubmit"], **common, "webshopId": ["7"]},
    ]
    assert all(
        dict(one["headers"])["content-type"] == "application/x-www-form-urlencoded" for one in (first, third)
    )
    assert first["body"].startswith("name=%C5sa++%D6berg+AB&firstName=%C5sa&")
    assert "address=Storgatan+1+%26+%22B%22&zipCodeEng=111+22&city=G%F6teborg" in first["body"]
    assert "ignoreControl" not in first["body"]
    assert second["body"] == first["body"] + "&ignoreControlEmail=1"
    assert third["body"] == (
        f"customerId={customer.number}&externalOrderNo=W-10023&orderDate=2026-03-01&currency=SEK"
        "&payTypeIdentifier=SW&publishedComment=Ring+p%E5+d%F6rren%0D%0Atack"
        "&articleNo_1=BLA-1&articleName_1=Bl%E5+m%F6ssa&noOfItems_1=2&priceExclVAT_1=159.200&vatPercent_1=25"
        "&articleNo_2=FRAKT&articleName_2=Frakt&noOfItems_2=1&priceExclVAT_2=39.2&vatPercent_2=25"
    )
    assert order.number == specter_server.control.inspect("orders")[0]["number"]
    assert order.words == "Ordern är sparad"
    # Every computed key was told to those who mask.
    assert {key[0] for key in keys} <= set(opening.secrets)


def test_all_calls_of_a_task_share_one_connection(specter_server, opening):
    with_articles(specter_server.control)
    client = opening.specter(specter_server.url)
    number = client.submit_customer(CUSTOMER, **MATCHED).number
    for order in range(20):
        client.submit_order(number, FIELDS | {"externalOrderNo": str(order)}, ROWS)
    assert client.counts.as_dict() == {"requests": 21, "retries": 0, "writes": 21, "connections_opened": 1}


def alternatives():
    for switch in (*ANSWERS, *REQUESTS, *CUSTOMERS, *ORDERS):
        for value in switch.choices:
            if value != switch.default:
                yield {switch.name: value}
                if switch in ANSWERS and switch.name != "use_xml_1":
                    yield {"use_xml_1": "xml", switch.name: value}
    yield {"use_xml_1": "xml", "xml_root": "Svar"}


@pytest.mark.parametrize(
    ("switches", "version"), [({}, 1), *((switches, 2) for switches in alternatives())], ids=str
)
def test_an_order_is_in_specter_once_under_every_switch(specter_server, opening, switches, version):
    control = specter_server.control
    with_articles(control)
    account = {"account": 1001} if version == 1 else {}
    if account:
        for row in ROWS:
            control.edit("article.new", number=row["articleNo"], name=row["articleName"], **account)
    control.switches(**switches)
    client = opening.specter(specter_server.url, version=version)
    untold = switches.get("xml_success_id") == "none" and switches.get("use_xml_1") == "xml"
    customer = client.submit_customer(CUSTOMER, **MATCHED)
    (stored,) = control.inspect("customers", **account)
    assert customer.number == (None if untold else stored["number"])
    assert stored["fields"]["name"] == CUSTOMER["name"]
    assert (stored["fields"]["city"], stored["fields"]["address"]) == (CUSTOMER["city"], CUSTOMER["address"])
    assert client.submit_customer(CUSTOMER, **MATCHED) == customer
    assert len(control.inspect("customers", **account)) == 1
    answer = client.submit_order(stored["number"], FIELDS, ROWS)
    (order,) = control.inspect("orders", **account)
    assert answer.number == (None if untold else order["number"])
    if version == 2:
        assert orders(control) == [wanted(stored["number"])]
    assert order["fields"]["publishedcomment"] == FIELDS["publishedComment"]
    assert client.counts.retries == 0


@pytest.mark.parametrize("xml", ["text", "xml"])
@pytest.mark.parametrize("status", ["200", "500"])
def test_a_repeated_number_is_refused_in_specters_words(specter_server, opening, xml, status):
    with_articles(specter_server.control)
    specter_server.control.switches(use_xml_1=xml, error_status=status)
    client = opening.specter(specter_server.url)
    number = client.submit_customer(CUSTOMER, **MATCHED).number
    old = client.submit_order(number, FIELDS, ROWS)
    with pytest.raises(RefusedError) as caught:
        client.submit_order(number, FIELDS, ROWS)
    assert caught.value.words == f"Order med externt ordernummer 'W-10023' finns redan: order {old.number}"
    assert str(caught.value) == (
        f"Shop demo: Specter refuses newOrderSubmit of order W-10023: {caught.value.words} (code 9005)."
    )
    assert client.counts.requests == 3
    assert len(orders(specter_server.control)) == 1


def test_a_repeated_number_may_be_answered_with_the_old_order(specter_server, opening):
    with_articles(specter_server.control)
    specter_server.control.switches(duplicate_order="return_old")
    client = opening.specter(specter_server.url)
    number = client.submit_customer(CUSTOMER, **MATCHED).number
    assert client.submit_order(number, FIELDS, ROWS) == client.submit_order(number, FIELDS, ROWS)
    assert len(orders(specter_server.control)) == 1


@pytest.mark.parametrize("webshops", [(None, None), (None, 7), (7, 7), (7, 8)])
def test_the_webshop_is_told_where_there_is_one(specter_server, opening, webshops):
    with_articles(specter_server.control)
    specter_server.control.switches(duplicate_scope="webshop")
    first, second = (opening.specter(specter_server.url, webshop_id=one) for one in webshops)
    number = first.submit_customer(CUSTOMER, **MATCHED).number
    first.submit_order(number, FIELDS, ROWS)
    if webshops[0] == webshops[1]:
        with pytest.raises(RefusedError):
            second.submit_order(number, FIELDS, ROWS)
    else:
        second.submit_order(number, FIELDS, ROWS)
    shown = [one["webshop_id"] for one in specter_server.control.inspect("orders")]
    assert shown == [str(one or "") for one in webshops[: len(shown)]]


def test_a_refusal_in_html_is_no_answer(specter_server, opening):
    """Nobody can tell it from a server that failed after the work was done."""
    with_articles(specter_server.control)
    client = opening.specter(specter_server.url)
    number = client.submit_customer(CUSTOMER, **MATCHED).number
    client.submit_order(number, FIELDS, ROWS)
    specter_server.control.switches(error_status="500_html")
    with pytest.raises(UnconfirmedError, match="of order W-10023: the server failed"):
        client.submit_order(number, FIELDS, ROWS)


XML = '<?xml version="1.0" encoding="ISO-8859-1"?><R>{}</R>'
ACCEPTED = [
    ("1;5001;Ordern är sparad", 5001),
    ("1;5001;", 5001),
    ("  1;5001;Sparad\r\n", 5001),
    ("1;5001;Sparad; tack; hej", 5001),
    ("1;;Sparad", None),
    ("1;0;Sparad", None),
    ("1;OK;Sparad", None),
    ("1;W-10023;Sparad", None),
    ("1;99;Order 'W-10023' är sparad", 99),
    (XML.format("<APIresponse><result>1</result><code>5001</code></APIresponse>"), 5001),
    (XML.format("<APIresponse><result>1</result><code>0</code><orderNo>5001</orderNo></APIresponse>"), 5001),
    (XML.format("<orderNo>5001</orderNo><APIresponse><result>1</result></APIresponse>"), 5001),
    (XML.format("<APIresponse result='1' code='5001'/>"), 5001),
    (XML.format("<APIresponse><result>1</result></APIresponse>"), None),
    (XML.format("<APIresponse><result>1</result><message>5001</message></APIresponse>"), None),
    # Order number 99, and words that quote: among reads this would be an open batch.
    (XML.format("<APIresponse><result>1</result><code>99</code><message>'W-1'</message></APIresponse>"), 99),
]


@pytest.mark.parametrize(("body", "number"), ACCEPTED)
def test_what_was_accepted_is_never_an_error_though_its_number_cannot_be_read(opening, body, number):
    with RawServer(in_turn(http(body.encode("latin-1")))) as server:
        client = opening.specter(server.url)
        assert client.submit_order(4, FIELDS, ROWS).number == number
        assert client.submit_customer(CUSTOMER, **ALWAYS_NEW).number == number
        assert len(server.received) == 2


UNREADABLE = [
    "",
    "1",
    "1;",
    "1;50",
    "OK",
    "<html><body>1;5001;Sparad</body></html>",
    XML.format("<APIresponse><result>1</result><code>5001</code></APIresponse>")[:-4],
    XML.format("<orderNo>5001</orderNo>"),
    XML.format("<APIresponse><code>5001</code></APIresponse>"),
    XML.format("<APIresponse><code>99</code><message>'W-1'</message></APIresponse>"),
]


@pytest.mark.parametrize("body", UNREADABLE)
@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_an_answer_that_nobody_can_read_leaves_an_order_unconfirmed(opening, body, status):
    with RawServer(in_turn(http(body, status))) as server:
        with pytest.raises(UnconfirmedError) as caught:
            opening.specter(server.url).submit_order(4, FIELDS, ROWS)
        assert len(server.received) == 1
    assert "Shop demo: Specter newOrderSubmit of order W-10023: " in str(caught.value)
    assert "may or may not have taken effect" in str(caught.value)
    assert caught.value.remedy == "Before it is sent again, look whether it took effect in Specter."


@pytest.mark.parametrize("status", [302, 404, 500, 503])
def test_a_success_under_an_odd_status_is_not_believed(opening, status):
    with RawServer(in_turn(http("1;5001;Sparad", status))) as server, pytest.raises(UnconfirmedError):
        opening.specter(server.url).submit_order(4, FIELDS, ROWS)


@pytest.mark.parametrize(
    "body", ["0;9005;Finns redan", "-1;;Nej", "2;5001;Nja", "0;99;Annan batch 'B1' är öppen"]
)
def test_what_was_refused_is_told_as_a_refusal(opening, body):
    with RawServer(in_turn(http(body.encode("latin-1")))) as server, pytest.raises(RefusedError):
        opening.specter(server.url).submit_order(4, FIELDS, ROWS)
