"""Articles by uid: from a list where the shop has one, else one by one, always the same articles."""

from __future__ import annotations

import pytest
from tests.clients.write_cases import FIELDS, answering, goods, product_alternatives

from abicart_specter.clients.options import HttpOptions
from abicart_specter.clients.whole_articles import WORTH_A_LIST

PAGES_OF_30 = HttpOptions(connect_timeout=2, read_timeout=5, page_size=30, batch_size=20)


def one_by_one(client, uids) -> list[dict]:
    return [client.get_articles([uid], FIELDS)[0] for uid in uids]


def test_a_hundred_articles_are_one_request_in_the_order_asked(abicart_server, opening):
    uids = goods(abicart_server.control, 100)[::-1]
    client = opening.abicart(abicart_server.url)
    found = client.get_articles(uids, FIELDS)
    assert client.counts.requests == 1
    assert [one["uid"] for one in found] == uids
    assert found[::25] == one_by_one(client, uids[::25])


def test_a_few_are_not_worth_a_list(abicart_server, opening):
    uids = goods(abicart_server.control, WORTH_A_LIST)
    client = opening.abicart(abicart_server.url)
    assert len(client.get_articles(uids, FIELDS)) == WORTH_A_LIST
    assert abicart_server.control.counters()["calls"] == {"Article.get": WORTH_A_LIST}


@pytest.mark.parametrize(("switch", "value"), list(product_alternatives()))
def test_they_are_the_same_under_every_switch(abicart_server, opening, switch, value):
    control = abicart_server.control
    uids = goods(control, 64)
    control.edit("delete", **{"class": "Article", "uid": uids[3]})
    control.switches(**{switch: value})
    client = opening.abicart(abicart_server.url, PAGES_OF_30)
    found = client.get_articles([*uids, 9_999_999], FIELDS)
    assert [one["uid"] for one in found] == [uid for uid in uids if uid != uids[3]]
    assert found[::20] == one_by_one(client, [one["uid"] for one in found[::20]])
    assert client.counts.retries == 0


def test_a_shop_without_a_list_by_uid_is_asked_for_one_once(abicart_server, opening):
    control = abicart_server.control
    uids = goods(control, 60)
    control.switches(uid_filter="refused")
    control.reset_counters()
    client = opening.abicart(abicart_server.url, PAGES_OF_30)
    for _ in range(2):
        assert [one["uid"] for one in client.get_articles(uids, FIELDS)] == uids
    assert control.counters()["calls"] == {"Article.list": 1, "Article.get": 120}


def test_a_list_that_leaves_the_filter_out_is_not_used(opening):
    uids = list(range(1, 31))
    server, methods = answering(
        lambda call: (
            [{"uid": uid} for uid in range(1, 101)]
            if call["method"] == "Article.list"
            else {"uid": call["params"][0]}
        )
    )
    with server:
        client = opening.abicart(server.url, PAGES_OF_30)
        assert [one["uid"] for one in client.get_articles(uids, ())] == uids
        assert [one["uid"] for one in client.get_articles(uids, ())] == uids
    assert methods.count("Article.list") == 1


def test_what_a_short_list_leaves_out_is_asked_for(opening):
    uids = list(range(1, 31))
    server, methods = answering(
        lambda call: (
            [{"uid": uid} for uid in range(1, 26)]
            if call["method"] == "Article.list"
            else {"uid": call["params"][0]}
        )
    )
    with server:
        found = opening.abicart(server.url, PAGES_OF_30).get_articles([*uids, 7], ())
    assert [one["uid"] for one in found] == uids
    assert sorted(methods) == ["Article.get"] * 5 + ["Article.list"]
