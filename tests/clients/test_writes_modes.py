"""Writes to the shop under the sandbox's modes: a forgiving shop, and a bad day."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.clients.order_cases import placed, plain_article
from tests.clients.write_cases import FIELDS, goods, price_write, stored_prices

from abicart_specter.clients.options import HttpOptions
from abicart_specter.clients.order_states import SendStrategy, SentOrder, is_sent
from abicart_specter.clients.stock_writes import StockWrite

PATIENT = HttpOptions(connect_timeout=2, read_timeout=5, max_tries=8, page_size=50)


@pytest.mark.parametrize("mode", ["strict", "lenient", "chaos"])
def test_everything_written_is_there_in_the_end(abicart_server, opening, mode):
    control = abicart_server.control
    uids = goods(control, 60, stock={"useStock": True, "stock": 12})
    rows = [{"article": plain_article(control)}]
    control.edit("place_orders", orders=[{"rows": rows} for _ in range(20)])
    orders = [one["uid"] for one in placed(control)][-20:]
    variants = [one["uid"] for one in control.inspect("ArticleVariant", limit=20)]
    control.mode(mode)
    client = opening.abicart(abicart_server.url, PATIENT)

    written = client.write_articles([price_write(uid) for uid in uids], FIELDS)
    stocks = client.write_article_stocks([StockWrite(uid, 3) for uid in uids])
    more = client.write_variant_stocks([StockWrite(uid, 4) for uid in variants])
    sent = {}
    for _ in range(5):  # as often as a run would come back
        waiting = [
            SentOrder(uid, "https://spar.example.se/1")
            for uid in orders
            if not (uid in sent and sent[uid].ok)
        ]
        sent |= client.orders.mark_sent(waiting, SendStrategy.SHIPMENT)

    for results in (written, stocks, more, sent):
        assert [uid for uid, one in results.items() if not one.ok] == []
    assert {stored_prices(control)[uid] for uid in uids} == {Decimal("249.95")}
    assert {Decimal(control.inspect("Article", uid=uid)["stock"]["stock"]) for uid in uids} == {3}
    assert {Decimal(control.inspect("ArticleVariant", uid=uid)["stock"]) for uid in variants} == {4}
    assert all(is_sent(control.inspect("Order", uid=uid)) for uid in orders)
    assert len(control.inspect("Shipment")) == 20
