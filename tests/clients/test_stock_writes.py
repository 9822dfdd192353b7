"""Stock figures written to products and variants: in the form the shop takes, shown after it, refused, lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.clients.abicart_cases import ABICART_FAULT_NAMES, ABICART_FAULTS, IMPATIENT
from tests.clients.write_cases import answering, goods, product_alternatives

from abicart_specter.clients.article_writes import GONE
from abicart_specter.clients.options import HttpOptions
from abicart_specter.clients.stock_writes import (
    HAS_VARIANTS,
    NOT_MANAGED,
    VARIANT_GONE,
    StockWrite,
    StockWritten,
)
from abicart_specter.errors import AbicartSpecterError, CredentialsError

D = Decimal


def managed(control, count: int = 20) -> list[int]:
    return goods(control, count, stock={"useStock": True, "stock": 12})


def stored(control, uid: int) -> tuple[bool, Decimal]:
    stock = control.inspect("Article", uid=uid)["stock"]
    return stock["useStock"], D(stock["stock"])


def variants(control) -> list[dict]:
    """Variants of the seeded shop, with their article."""
    return control.inspect("ArticleVariant", limit=20)


def test_twenty_figures_of_products_just_read_are_one_request(abicart_server, opening):
    uids = managed(abicart_server.control)
    client = opening.abicart(abicart_server.url)
    known = {one["uid"]: one["stock"] for one in client.get_articles(uids, ("stock",))}
    requests = client.counts.requests
    written = client.write_article_stocks([StockWrite(uid, uid, known[uid]) for uid in uids])
    assert client.counts.requests - requests == 1
    assert written == {uid: StockWritten(True, D(uid)) for uid in uids}
    assert [stored(abicart_server.control, uid) for uid in uids] == [(True, D(uid)) for uid in uids]


@pytest.mark.parametrize(("switch", "value"), list(product_alternatives()))
def test_figures_of_products_arrive_under_every_switch(abicart_server, opening, switch, value):
    uids = managed(abicart_server.control, 5)
    abicart_server.control.switches(**{switch: value})
    client = opening.abicart(abicart_server.url)
    for known in (None, {"useStock": True, "stock": 12, "message": {"sv": "I lager"}}):
        for stock in (7, D("2.5"), 0):
            written = client.write_article_stocks([StockWrite(uid, stock, known) for uid in uids])
            assert written == {uid: StockWritten(True, D(stock)) for uid in uids}
            assert {stored(abicart_server.control, uid) for uid in uids} == {(True, D(stock))}
    assert client.counts.retries == 0


def test_the_form_that_a_shop_takes_is_learned_once(abicart_server, opening):
    uids = managed(abicart_server.control, 3)
    abicart_server.control.switches(stock_write="number")
    client = opening.abicart(abicart_server.url)
    known = {"useStock": True, "stock": 12}
    assert client.write_article_stocks([StockWrite(uids[0], 1, known)])[uids[0]].ok
    assert client.counts.requests == 2
    assert client.write_article_stocks([StockWrite(uids[1], 1, known)])[uids[1]].ok
    assert client.counts.requests == 3
    # The shop changes its mind: the other form is tried again, once.
    abicart_server.control.switches(stock_write="object")
    assert client.write_article_stocks([StockWrite(uids[2], 1, known)])[uids[2]].ok
    assert client.counts.requests == 5


@pytest.mark.parametrize(("switch", "value"), list(product_alternatives()))
def test_figures_of_variants_arrive_under_every_switch(abicart_server, opening, switch, value):
    uids = [one["uid"] for one in variants(abicart_server.control)][:5]
    abicart_server.control.switches(**{switch: value})
    client = opening.abicart(abicart_server.url)
    written = client.write_variant_stocks([StockWrite(uid, D("7.5")) for uid in uids])
    assert written == {uid: StockWritten(True, D("7.5")) for uid in uids}
    shown = [D(abicart_server.control.inspect("ArticleVariant", uid=uid)["stock"]) for uid in uids]
    assert shown == [D("7.5")] * 5
    assert (client.counts.requests, client.counts.retries) == (1, 0)


@pytest.mark.parametrize("switch", ["ignored", "error"])
def test_a_product_with_variants_is_never_written_to(abicart_server, opening, switch):
    control = abicart_server.control
    control.switches(variant_article_stock=switch)
    uid = variants(control)[0]["article"]
    before = stored(control, uid)
    client = opening.abicart(abicart_server.url)
    written = client.write_article_stocks([StockWrite(uid, 999)])[uid]
    assert (written.ok, written.refused, written.words, written.shown) == (
        False,
        True,
        HAS_VARIANTS,
        before[1],
    )
    assert client.counts.writes == 0
    # Whoever says to have looked and is wrong is told.
    wrong = client.write_article_stocks([StockWrite(uid, 999, {"useStock": True, "stock": 1})])[uid]
    assert (wrong.ok, wrong.refused) == (False, True)
    assert stored(control, uid) == before


def test_a_product_whose_stock_is_not_managed_is_never_written_to(abicart_server, opening):
    (uid,) = goods(abicart_server.control, 1, stock={"useStock": False, "stock": 3})
    client = opening.abicart(abicart_server.url)
    for known in (None, {"useStock": False, "stock": 3}):
        written = client.write_article_stocks([StockWrite(uid, 5, known)])[uid]
        assert (written.refused, written.words, written.shown) == (True, NOT_MANAGED, 3)
    assert client.counts.writes == 0 and stored(abicart_server.control, uid) == (False, 3)


@pytest.mark.parametrize("missing", ["9003", "-32602", "null"])
def test_what_is_gone_leaves_the_others_alone(abicart_server, opening, missing):
    control = abicart_server.control
    control.switches(missing_object=missing)
    client = opening.abicart(abicart_server.url)
    first, second = managed(control, 2)
    control.edit("delete", **{"class": "Article", "uid": second})
    for known in (None, {"useStock": True, "stock": 12}):
        written = client.write_article_stocks([StockWrite(second, 1, known), StockWrite(first, 2, known)])
        assert written == {
            second: StockWritten(False, words=GONE, refused=True),
            first: StockWritten(True, D(2)),
        }
    kept = variants(control)[0]["uid"]
    written = client.write_variant_stocks([StockWrite(999_999, 1), StockWrite(kept, 2)])
    assert written[999_999] == StockWritten(False, words=VARIANT_GONE, refused=True)
    assert written[kept].ok


@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
def test_one_fault_of_each_kind_is_mended(abicart_server, opening, fault):
    uids = [one["uid"] for one in variants(abicart_server.control)]
    client = opening.abicart(abicart_server.url, IMPATIENT)
    abicart_server.control.fault(**fault)
    assert all(one.ok for one in client.write_variant_stocks([StockWrite(uid, 4) for uid in uids]).values())
    assert client.counts.retries == 1


@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
def test_figures_whose_answers_are_all_lost_are_told_with_what_the_shop_shows(abicart_server, opening, fault):
    control = abicart_server.control
    articles, rows = managed(control, 2), [one["uid"] for one in variants(control)][:2]
    client = opening.abicart(abicart_server.url, IMPATIENT)
    client.webshop()
    control.fault(**fault, count=3, action="Article.set")
    known = {"useStock": True, "stock": 12}
    written = client.write_article_stocks([StockWrite(uid, 4, known) for uid in articles])
    control.clear_faults()
    control.fault(**fault, count=3, action="ArticleVariant.set")
    written_too = client.write_variant_stocks([StockWrite(uid, 4) for uid in rows])
    for uid, one in (written | written_too).items():
        assert (one.ok, one.refused, one.unconfirmed) == (False, False, fault["kind"] != "too_many")
        assert "Shop demo: Abicart" in one.words
        kind = "Article" if uid in written else "ArticleVariant"
        now = control.inspect(kind, uid=uid)["stock"]
        assert one.shown == (D(now["stock"] if uid in written else now) if one.unconfirmed else None)


def test_a_shop_that_stays_away_is_told_for_each_figure(abicart_server, opening):
    rows = [one["uid"] for one in variants(abicart_server.control)][:3]
    client = opening.abicart(abicart_server.url, IMPATIENT)
    client.webshop()
    abicart_server.control.fault("drop_after", count=None)
    for one in client.write_variant_stocks([StockWrite(uid, 4) for uid in rows]).values():
        assert (one.ok, one.shown, one.refused, one.unconfirmed) == (False, None, False, True)


def test_before_each_request_the_caller_is_asked_and_may_stop(abicart_server, opening):
    rows = [StockWrite(one["uid"], 4) for one in variants(abicart_server.control)]
    client = opening.abicart(
        abicart_server.url, HttpOptions(connect_timeout=2, read_timeout=5, batch_size=10)
    )
    asked = []
    client.write_variant_stocks(rows, before_try=lambda: asked.append(1))
    assert len(asked) == 2

    def stop():
        raise AbicartSpecterError("an order came in")

    (uid,) = managed(abicart_server.control, 1)
    for write in (client.write_variant_stocks, client.write_article_stocks):
        requests = client.counts.writes
        with pytest.raises(AbicartSpecterError, match="an order came in"):
            write(
                [StockWrite(rows[0].uid, 9) if write == client.write_variant_stocks else StockWrite(uid, 9)],
                before_try=stop,
            )
        assert client.counts.writes == requests


def test_two_figures_for_one_are_a_mistake_of_the_caller_and_none_are_nothing(abicart_server, opening):
    client = opening.abicart(abicart_server.url)
    for write in (client.write_variant_stocks, client.write_article_stocks):
        with pytest.raises(ValueError, match="written twice"):
            write([StockWrite(5, 1), StockWrite(5, 2)])
        assert write([]) == {}
    assert client.counts.requests == 0


def test_a_token_that_is_no_longer_taken_is_fatal(abicart_server, opening):
    uid = variants(abicart_server.control)[0]["uid"]
    abicart_server.control.edit("revoke_token", token="demo-token-1")
    with pytest.raises(CredentialsError, match="1004"):
        opening.abicart(abicart_server.url).write_variant_stocks([StockWrite(uid, 1)])


def refusing(pointer):
    return {"error": {"code": -32602, "message": "No", "data": [{"message": "No", "pointer": pointer}]}}


@pytest.mark.parametrize("answer", [None, 5, {"uid": 6, "stock": 4}, {"uid": 5}])
def test_an_answer_that_does_not_show_the_figure_is_read_again(opening, answer):
    server, methods = answering({"ArticleVariant.set": answer, "ArticleVariant.get": {"uid": 5, "stock": 4}})
    with server:
        written = opening.abicart(server.url).write_variant_stocks([StockWrite(5, 4)])[5]
    assert written == StockWritten(True, D(4))
    assert methods == ["ArticleVariant.set", "ArticleVariant.get"]


def test_somebody_bought_in_between(opening):
    server, _ = answering({"ArticleVariant.set": None, "ArticleVariant.get": {"uid": 5, "stock": 3}})
    with server:
        written = opening.abicart(server.url).write_variant_stocks([StockWrite(5, 4)])[5]
    assert (written.ok, written.shown, written.refused, written.unconfirmed) == (False, 3, False, False)
    assert written.words == "the shop took 4 but shows 3"


@pytest.mark.parametrize("shows", [None, {}, {"stock": None}, {"stock": "many"}, {"stock": True}])
def test_a_shop_that_shows_no_figure_leaves_it_open(opening, shows):
    server, _ = answering({"ArticleVariant.set": {"uid": 5, "stock": shows}})
    with server:
        written = opening.abicart(server.url).write_variant_stocks([StockWrite(5, 4)])[5]
    assert (written.ok, written.shown, written.unconfirmed) == (False, None, True)


@pytest.mark.parametrize("pointer", ["/stock/message", "/1/stock/message/sv", "/patch/stock/message"])
def test_a_part_of_the_stock_that_cannot_be_written_is_left_out_from_then_on(opening, pointer):
    """A shop may refuse the text for shoppers that it shows itself."""
    patches = []

    def answer(call):
        patches.append(call["params"][1])
        stock = patches[-1]["stock"]
        return refusing(pointer) if "message" in stock else {"uid": 5, "stock": stock}

    known = {"useStock": True, "stock": 2, "message": {"sv": "I lager: 2"}}
    with answering(answer)[0] as server:
        client = opening.abicart(server.url)
        assert client.write_article_stocks([StockWrite(5, 4, known)])[5] == StockWritten(True, D(4))
        assert client.write_article_stocks([StockWrite(5, 6, known)])[5] == StockWritten(True, D(6))
    assert [sorted(one["stock"]) for one in patches] == [["message", "stock", "useStock"]] + [
        ["stock", "useStock"]
    ] * 2


def test_a_figure_that_itself_is_refused_is_not_written_in_other_forms(opening):
    server, methods = answering({"Article.set": refusing("/stock/stock")})
    with server:
        written = opening.abicart(server.url).write_article_stocks([StockWrite(5, 4, {"useStock": True})])[5]
    assert (written.ok, written.refused, written.pointers) == (False, True, ("/stock/stock",))
    assert methods == ["Article.set"]


def test_stock_that_is_refused_in_every_form_is_refused(opening):
    server, methods = answering({"Article.set": refusing("/stock")})
    with server:
        client = opening.abicart(server.url)
        assert client.write_article_stocks([StockWrite(5, 4, {"useStock": True})])[5].refused
    assert methods == ["Article.set"] * 2
