"""Writes to products: batched, shown in the answer, read again, refused, lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.clients.abicart_cases import ABICART_FAULT_NAMES, ABICART_FAULTS, IMPATIENT
from tests.clients.write_cases import (
    FIELDS,
    answering,
    goods,
    price_write,
    product_alternatives,
    stored_prices,
)

from abicart_specter.clients.article_writes import GONE, ArticleWrite
from abicart_specter.clients.options import HttpOptions
from abicart_specter.errors import AbicartSpecterError, CredentialsError

SMALL = HttpOptions(connect_timeout=2, read_timeout=5, page_size=7, batch_size=20)


def shown(document) -> tuple:
    return document["price"]["regular"]["SEK"], document["price"]["regular"]["EUR"], document["name"]["sv"]


def test_twenty_writes_are_one_request_whose_answer_is_the_products_after_it(abicart_server, opening):
    uids = goods(abicart_server.control)
    client = opening.abicart(abicart_server.url)
    written = client.write_articles([price_write(uid) for uid in uids], FIELDS)
    assert (client.counts.requests, client.counts.writes) == (1, 20)
    assert list(written) == uids
    for one in written.values():
        assert (one.ok, one.words, one.refused, one.unconfirmed) == (True, "", False, False)
        assert set(one.document) == {"uid", *FIELDS}
        assert shown(one.document) == (Decimal("249.95"), Decimal("19.95"), "Mössa")
    assert [one.document for one in written.values()] == client.get_articles(uids, FIELDS)
    assert {stored_prices(abicart_server.control)[uid] for uid in uids} == {Decimal("249.95")}


@pytest.mark.parametrize(("switch", "value"), list(product_alternatives()))
def test_writes_arrive_and_are_shown_under_every_switch(abicart_server, opening, switch, value):
    control = abicart_server.control
    uids = goods(control)
    control.switches(**{switch: value})
    # A client that has not asked for a product before: what the shop does not know it learns here.
    client = opening.abicart(abicart_server.url, SMALL)
    writes = [price_write(uid, name={"sv": "Vante", "en": "Mitten"}) for uid in uids]
    written = client.write_articles(writes, FIELDS)
    assert {shown(one.document) for one in written.values()} == {
        (Decimal("249.95"), Decimal("19.95"), "Vante")
    }
    assert all(one.ok for one in written.values())
    assert [one.document for one in written.values()] == client.get_articles(uids, FIELDS)
    assert {stored_prices(control)[uid] for uid in uids} == {Decimal("249.95")}
    assert client.counts.retries == 0


def test_a_price_and_its_vat_rate_are_one_write(abicart_server, opening):
    (uid,) = goods(abicart_server.control, 1)
    client = opening.abicart(abicart_server.url)
    written = client.write_articles([price_write(uid, "179.00", vatRate=Decimal("0.12"))], ("pricing",))
    assert set(written[uid].document) == {"uid", "price", "vatRate", "pricing"}
    assert written[uid].document["vatRate"] == Decimal("0.12")
    assert client.counts.requests == 1
    stored = abicart_server.control.inspect("prices")[str(uid)]
    assert (Decimal(stored["regular"]["SEK"]), Decimal(stored["vat_rate"])) == (179, Decimal("0.12"))


def test_a_vat_rate_that_is_read_only_is_named_and_leaves_the_price_alone(abicart_server, opening):
    first, second = goods(abicart_server.control, 2)
    abicart_server.control.switches(vat_rate_write="refused")
    client = opening.abicart(abicart_server.url)
    written = client.write_articles(
        [price_write(first, vatRate=Decimal("0.12")), price_write(second)], ("articleNumber", "vatRate")
    )
    assert (written[first].ok, written[first].refused, written[first].document) == (False, True, None)
    assert written[first].pointers == ("/vatRate",)
    assert written[second].ok
    prices = stored_prices(abicart_server.control)
    assert (prices[first], prices[second]) == (Decimal("199.50"), Decimal("249.95"))
    # The rate is still read.
    assert client.get_articles([first], ("vatRate",))[0]["vatRate"] == Decimal("0.25")


@pytest.mark.parametrize("known", ["error", "ignored"])
def test_a_field_that_the_shop_does_not_know_is_asked_for_no_more(abicart_server, opening, known):
    uids = goods(abicart_server.control, 3)
    abicart_server.control.switches(unknown_key=known)
    client = opening.abicart(abicart_server.url)
    fields = ("noSuchField", "articleNumber")
    written = client.write_articles([price_write(uid) for uid in uids], fields)
    assert all(one.ok and set(one.document) == {"uid", "price", "articleNumber"} for one in written.values())
    requests = client.counts.requests
    client.write_articles([price_write(uid) for uid in uids], fields)
    assert client.counts.requests - requests == 1


def test_a_field_that_the_shop_cannot_write_is_no_field_of_the_query(abicart_server, opening):
    (uid,) = goods(abicart_server.control, 1)
    client = opening.abicart(abicart_server.url)
    written = client.write_articles([ArticleWrite(uid, {"noSuchField": 1})], FIELDS)[uid]
    assert (written.ok, written.refused, written.pointers) == (False, True, ("/noSuchField",))


@pytest.mark.parametrize("missing", ["9003", "-32602", "null"])
def test_a_product_that_is_gone_leaves_the_others_alone(abicart_server, opening, missing):
    first, second, third = goods(abicart_server.control, 3)
    abicart_server.control.switches(missing_object=missing)
    abicart_server.control.edit("delete", **{"class": "Article", "uid": second})
    client = opening.abicart(abicart_server.url)
    written = client.write_articles([price_write(uid) for uid in (first, second, third)], FIELDS)
    assert [one.ok for one in written.values()] == [True, False, True]
    assert (written[second].words, written[second].refused) == (GONE, True)


def test_two_writes_to_one_product_are_a_mistake_of_the_caller(abicart_server, opening):
    client = opening.abicart(abicart_server.url)
    with pytest.raises(ValueError, match="written twice"):
        client.write_articles([price_write(1), price_write(1)], FIELDS)
    assert client.counts.requests == 0


def test_nothing_to_write_is_nothing_sent(abicart_server, opening):
    client = opening.abicart(abicart_server.url)
    assert client.write_articles([], FIELDS) == {}
    assert client.counts.requests == 0


@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
def test_one_fault_of_each_kind_is_mended(abicart_server, opening, fault):
    uids = goods(abicart_server.control)
    client = opening.abicart(abicart_server.url, IMPATIENT)
    abicart_server.control.fault(**fault)
    written = client.write_articles([price_write(uid) for uid in uids], FIELDS)
    assert all(one.ok and one.document for one in written.values())
    assert client.counts.retries == 1
    assert {stored_prices(abicart_server.control)[uid] for uid in uids} == {Decimal("249.95")}


@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
def test_a_write_whose_answers_are_all_lost_is_told_with_the_product_as_it_is_now(
    abicart_server, opening, fault
):
    uids = goods(abicart_server.control)
    client = opening.abicart(abicart_server.url, IMPATIENT)
    client.webshop()
    abicart_server.control.fault(**fault, count=3, action="Article.set")
    written = client.write_articles([price_write(uid) for uid in uids], FIELDS)
    stored = stored_prices(abicart_server.control)
    for uid, one in written.items():
        assert (one.ok, one.refused) == (False, False)
        assert "Shop demo: Abicart" in one.words
        assert one.unconfirmed is (fault["kind"] != "too_many")  # 429 comes before any work
        if one.unconfirmed:
            assert one.document["price"]["regular"]["SEK"] == stored[uid]
        else:
            assert (one.document, stored[uid]) == (None, Decimal("199.50"))


def test_a_shop_that_stays_away_is_told_for_each_product(abicart_server, opening):
    uids = goods(abicart_server.control)
    client = opening.abicart(abicart_server.url, IMPATIENT)
    client.webshop()
    abicart_server.control.fault("drop_after", count=None)
    written = client.write_articles([price_write(uid) for uid in uids], FIELDS)
    assert {(one.ok, one.refused, one.unconfirmed, one.document) for one in written.values()} == {
        (False, False, True, None)
    }


def test_a_write_that_was_taken_but_cannot_be_seen_is_unconfirmed(opening):
    server, _ = answering(
        {"Article.set": None, "Article.get": {"error": {"code": -32603, "message": "Oops"}}}
    )
    with server:
        written = opening.abicart(server.url, IMPATIENT).write_articles([price_write(5)], FIELDS)[5]
    assert (written.ok, written.refused, written.unconfirmed, written.document) == (False, False, True, None)
    assert "the server failed" in written.words


def test_what_was_written_before_the_line_broke_is_told(abicart_server, opening):
    uids = goods(abicart_server.control)
    options = HttpOptions(connect_timeout=0.5, read_timeout=0.5, max_tries=2, batch_size=8)
    client = opening.abicart(abicart_server.url, options)
    abicart_server.control.fault("drop_before", count=None, after=1, action="Article.set")
    written = list(client.write_articles([price_write(uid) for uid in uids], FIELDS).values())
    assert [one.ok for one in written] == [True] * 8 + [False] * 12
    assert [one.unconfirmed for one in written] == [False] * 8 + [True] * 8 + [False] * 4
    assert all("not sent" in one.words for one in written[16:])


def test_before_each_request_the_caller_is_asked(abicart_server, opening):
    uids = goods(abicart_server.control)
    client = opening.abicart(
        abicart_server.url, HttpOptions(connect_timeout=2, read_timeout=5, batch_size=10)
    )
    asked = []
    client.write_articles([price_write(uid) for uid in uids], FIELDS, before_try=lambda: asked.append(1))
    assert len(asked) == 2

    def stop():
        raise AbicartSpecterError("lease lost")

    requests = client.counts.requests
    with pytest.raises(AbicartSpecterError, match="lease lost"):
        client.write_articles([price_write(uids[0])], FIELDS, before_try=stop)
    assert client.counts.requests == requests


def test_a_token_that_is_no_longer_taken_is_fatal(abicart_server, opening):
    (uid,) = goods(abicart_server.control, 1)
    abicart_server.control.edit("revoke_token", token="demo-token-1")
    with pytest.raises(CredentialsError, match="1004"):
        opening.abicart(abicart_server.url).write_articles([price_write(uid)], FIELDS)


KEPT = {"uid": 5, "price": {"regular": {"SEK": 7}}, "articleNumber": "A"}


@pytest.mark.parametrize(
    ("answer", "read_again"),
    [
        (None, True),
        (5, True),
        ("5", True),
        ([], True),
        ({}, True),
        ({"uid": 5}, True),
        ({"uid": "?", "price": {}}, True),
        (KEPT | {"uid": 6}, True),
        (KEPT, False),
        (KEPT | {"uid": "5"}, False),
    ],
)
def test_an_answer_that_does_not_show_the_product_is_read_again(opening, answer, read_again):
    server, methods = answering({"Article.set": answer, "Article.get": KEPT})
    with server:
        written = opening.abicart(server.url).write_articles([price_write(5)], ("articleNumber",))[5]
    assert written.ok and written.document == KEPT
    assert methods == ["Article.set", "Article.get"] if read_again else ["Article.set"]


def test_a_product_that_is_gone_after_a_write_without_an_answer(opening):
    server, _ = answering({"Article.set": None, "Article.get": None})
    with server:
        written = opening.abicart(server.url).write_articles([price_write(5)], ())[5]
    assert (written.ok, written.refused, written.words) == (False, True, GONE)


def test_a_token_that_may_not_write_is_a_refusal_of_each_product(opening):
    server, _ = answering({"Article.set": {"error": {"code": 1006, "message": "Forbidden"}}})
    with server:
        written = opening.abicart(server.url).write_articles([price_write(5), price_write(6)], ())
    assert [(one.ok, one.refused, "1006" in one.words) for one in written.values()] == [
        (False, True, True)
    ] * 2


def test_variants_that_come_as_uids_are_made_whole(opening):
    variant = {"uid": 9, "article": 5, "articleNumber": "A-1", "stock": 3}
    server, methods = answering({"Article.set": KEPT | {"variants": [9]}, "ArticleVariant.get": variant})
    with server:
        written = opening.abicart(server.url).write_articles([price_write(5)], ("variants",))[5]
    assert methods == ["Article.set", "ArticleVariant.get"]
    assert written.document["variants"] == [
        {"uid": 9, "definedBy": {}, "overrides": {"articleNumber": "A-1", "stock": 3}}
    ]
