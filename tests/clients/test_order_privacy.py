"""Nothing of a buyer in a log line, an exception or what an object shows of itself, whatever goes wrong."""

from __future__ import annotations

import logging
import traceback

import pytest
from tests.clients.abicart_cases import ABICART_FAULT_NAMES, ABICART_FAULTS
from tests.clients.abicart_cases import IMPATIENT as IMPATIENT_SHOP
from tests.clients.order_cases import LONG_AGO, placed, plain_article
from tests.clients.raw_server import RawServer, http, in_turn
from tests.clients.specter_cases import IMPATIENT, SPECTER_FAULT_NAMES, SPECTER_FAULTS
from tests.clients.specter_order_cases import ALWAYS_NEW, FIELDS, MATCHED, ROWS

from abicart_specter.errors import AbicartSpecterError, RefusedError

MARK = "Hemligström"
BUYER = {
    "name": f"{MARK}  Handel AB",
    "firstName": "Hemlighild",
    "surName": f"von {MARK}",
    "contactPerson": f"Hemlighild von {MARK}",
    "emailAddress": "hemlighild@hemlig.example",
    "orgNo": "19790217-9873",
    "phoneNo": "0701234567",
    "address": "Hemligvägen 17",
    "zipCodeEng": "12345",
    "city": "Hemligköping",
    "countryCode": "SE",
}
COMMENT = FIELDS | {"publishedComment": "Lägg i hemliglådan"}
SHOP_BUYER = {
    "info": {"email": "hemlighild@hemlig.example", "nin": "19790217-9873"},
    "address": {
        "firstName": "Hemlighild",
        "lastName": MARK,
        "address": "Hemligvägen 17",
        "town": "Hemligköping",
    },
}


def nothing_shown(*texts: str) -> bool:
    shown = "\n".join(texts).lower()
    return not any(part in shown for part in ("hemlig", "19790217", "0701234567", "12345"))


def told(caplog, error: BaseException | None) -> list[str]:
    lines = [record.getMessage() for record in caplog.records] + [caplog.text]
    if error is not None:
        lines += [str(error), repr(error), "".join(traceback.format_exception(error, chain=True, limit=0))]
    return lines


@pytest.mark.parametrize("fault", SPECTER_FAULTS, ids=SPECTER_FAULT_NAMES)
@pytest.mark.parametrize("flags", [MATCHED, ALWAYS_NEW], ids=["matched", "always_new"])
def test_a_fault_at_specter_shows_nothing_of_the_buyer(specter_server, opening, caplog, fault, flags):
    specter_server.control.fault(**fault, count=None)
    client = opening.specter(specter_server.url, IMPATIENT)
    with caplog.at_level(logging.DEBUG):
        with pytest.raises(AbicartSpecterError) as customer:
            client.submit_customer(BUYER, **flags)
        with pytest.raises(AbicartSpecterError) as order:
            client.submit_order(4, COMMENT, ROWS)
    assert nothing_shown(*told(caplog, customer.value), *told(caplog, order.value))
    assert "W-10023" in str(order.value)


QUOTES = [
    f"Kunden {MARK} Handel AB finns redan med adress hemlighild@hemlig.example",
    "Hemlighild VON HEMLIGSTRÖM (19790217-9873, tel 0701234567) är spärrad",
    f"{'fel: ' * 38}{MARK}, {MARK}, {MARK}, {MARK}",
    f"{'fel: ' * 37}Hemligvägen\n17, 12345 Hemligköping",
]


@pytest.mark.parametrize("words", QUOTES)
@pytest.mark.parametrize("answer", ["0;9100;{}", "1;5001;{}"])
def test_specters_own_words_quote_nobody(opening, words, answer):
    with RawServer(in_turn(http(answer.format(words).encode("latin-1")))) as server:
        client = opening.specter(server.url)
        personal = sorted({part for text in BUYER.values() for part in (text, *text.split())}, key=len)[::-1]
        seen = []
        for call in (
            lambda: client.submit_customer(BUYER, **MATCHED),
            lambda: client.submit_order(4, COMMENT, ROWS, personal=[one for one in personal if len(one) > 2]),
        ):
            try:
                seen.append(repr(call()))
            except RefusedError as error:
                seen += [str(error), error.words, repr(error)]
    assert nothing_shown(*seen)
    assert all(" finns redan " in one or " är spärrad" in one or "fel: fel: " in one for one in seen)


def test_an_orders_own_number_may_be_quoted(opening):
    words = "Order med externt ordernummer 'W-10023' finns redan: order 5001"
    with RawServer(in_turn(http(f"0;9005;{words}".encode("latin-1")))) as server:
        with pytest.raises(RefusedError) as caught:
            opening.specter(server.url).submit_order(4, COMMENT, ROWS, personal=["Hemlighild"])
        assert caught.value.words == words


@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
def test_a_fault_at_the_shop_shows_nothing_of_the_buyer(abicart_server, opening, caplog, fault):
    control = abicart_server.control
    control.edit("place_order", rows=[{"article": plain_article(control)}], customer=SHOP_BUYER)
    order = placed(control)[-1]
    control.fault(**fault, count=None)
    client = opening.abicart(abicart_server.url, IMPATIENT_SHOP)
    texts: list[str] = []
    with caplog.at_level(logging.DEBUG):
        for call in (
            lambda: client.orders.get_orders([order["uid"]]),
            lambda: client.orders.find_orders([order["orderNumber"]]),
            lambda: list(client.orders.iter_order_pages(LONG_AGO)),
            lambda: client.orders.mark_orders([(order["uid"], "7")]),
        ):
            try:
                texts.append(repr(call()))
            except AbicartSpecterError as error:
                texts += told(caplog, error)
    assert nothing_shown(*texts, *told(caplog, None))
    assert "Shop demo: Abicart" in "\n".join(texts)


def test_an_order_that_cannot_be_read_shows_nothing_of_the_buyer(opening, caplog):
    body = f'{{"jsonrpc":"2.0","id":1,"result":[{{"uid":"{MARK}","customer":"{MARK}"}}]}}'
    with (
        RawServer(in_turn(http(body))) as server,
        caplog.at_level(logging.DEBUG),
        pytest.raises(AbicartSpecterError) as caught,
    ):
        opening.abicart(server.url, IMPATIENT_SHOP).orders.get_orders([1])
    assert nothing_shown(*told(caplog, caught.value))
