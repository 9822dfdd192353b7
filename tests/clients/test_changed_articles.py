"""Which products changed since a time, and which there are, whatever the shop can be filtered by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.clients.abicart_cases import ABICART_FAULT_NAMES, ABICART_FAULTS, IMPATIENT
from tests.clients.write_cases import answering, product_alternatives

from abicart_specter.clients.options import HttpOptions
from abicart_specter.errors import ConfigurationError, UnreadableAnswerError

SMALL = HttpOptions(connect_timeout=2, read_timeout=5, page_size=7, batch_size=20)
FIELDS = ("articleNumber", "price")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def changed(client, since, until=None, **more) -> list[dict]:
    pages = client.iter_changed_articles(since, FIELDS, until=until, **more)
    return [article for page in pages for article in page]


@pytest.fixture
def edited(abicart_server):
    """The seeded shop an hour later, thirty of its products edited, two through a variant, one deleted after that."""
    control = abicart_server.control
    now = datetime.fromisoformat(control.advance_clock(3600))
    articles = control.inspect("Article", limit=500)
    plain = [one["uid"] for one in articles if not one["variants"]][:29]
    owned = [one for one in articles if one["variants"]][:2]
    for uid in plain:
        control.edit("Article", uid=uid, patch={"news": True})
    for one in owned:
        control.edit("ArticleVariant", uid=one["variants"][0]["uid"], patch={"stock": 77})
    control.edit("delete", **{"class": "Article", "uid": plain[0]})
    uids = sorted([*plain[1:], *(one["uid"] for one in owned)])
    return abicart_server, uids, now.astimezone(UTC).replace(microsecond=0)


def alternatives():
    yield from product_alternatives()
    yield pytest.param("uid_filter", ["refused", {"changed_filter": "refused"}], id="neither")


@pytest.mark.parametrize(("switch", "value"), list(alternatives()))
def test_what_changed_is_read_once_under_every_switch(edited, opening, switch, value):
    server, uids, now = edited
    server.control.switches(**({switch: value[0]} | value[1] if isinstance(value, list) else {switch: value}))
    client = opening.abicart(server.url, SMALL)
    found = changed(client, now)
    assert sorted(one["uid"] for one in found) == uids
    assert all(one["changed"].utcoffset() == timedelta(0) and now <= one["changed"] for one in found)
    # To the second: the bounds may be in or out.
    later = min(one["changed"] for one in found) + timedelta(seconds=1)
    assert {one["uid"] for one in changed(client, now, later)} == {
        one["uid"] for one in found if one["changed"] < later
    }
    assert changed(client, max(one["changed"] for one in found) + timedelta(seconds=1)) == []
    assert client.counts.retries == 0


def test_fewer_pages_are_asked_for_than_the_shop_has(edited, opening):
    server, uids, now = edited
    for switch, most in (("allowed", 6), ("refused", 8)):
        server.control.switches(changed_filter=switch)
        client = opening.abicart(server.url, SMALL)
        assert len(changed(client, now)) == len(uids)
        first = client.counts.requests
        assert first <= most
        # A shop that cannot filter is asked only once whether it can.
        assert len(changed(client, now)) == len(uids)
        assert client.counts.requests - first == first - (switch == "refused")


def test_everything_changed_since_long_ago(abicart_server, opening):
    client = opening.abicart(abicart_server.url, SMALL)
    every = [article["uid"] for page in client.iter_article_pages(("uid",)) for article in page]
    assert [one["uid"] for one in changed(client, LONG_AGO)] == every
    abicart_server.control.switches(changed_filter="refused")
    assert (
        sorted(one["uid"] for one in changed(opening.abicart(abicart_server.url, SMALL), LONG_AGO)) == every
    )


@pytest.mark.parametrize("switch", ["allowed", "refused"])
def test_products_that_change_or_go_while_they_are_read_make_nobody_lose_another(edited, opening, switch):
    server, uids, now = edited
    server.control.switches(changed_filter=switch)
    client = opening.abicart(server.url, SMALL)
    pages = client.iter_changed_articles(now, FIELDS)
    found = [one["uid"] for one in next(pages)]
    rest = [uid for uid in uids if uid not in found]
    server.control.edit("Article", uid=found[0], patch={"news": False})
    server.control.edit("Article", uid=rest[-1], patch={"news": False})
    server.control.edit("delete", **{"class": "Article", "uid": found[1]})
    found += [one["uid"] for page in pages for one in page]
    assert len(found) == len(set(found))
    assert set(found) >= set(uids)


def test_the_field_changed_is_one_no_shop_may_be_without(opening):
    server, _ = answering(
        lambda call: {
            "error": {
                "code": -32602,
                "message": "No",
                "data": [{"message": "Unknown", "pointer": "/changed"}],
            }
        }
    )
    with server, pytest.raises(ConfigurationError, match="changed"):
        changed(opening.abicart(server.url), LONG_AGO)


@pytest.mark.parametrize("value", ["soon", 5, "2026-13-01T00:00:00Z"])
def test_a_time_that_is_none_is_no_answer(opening, value):
    server, _ = answering({"Article.list": [{"uid": 5, "changed": value}]})
    with server, pytest.raises(UnreadableAnswerError, match="no time"):
        changed(opening.abicart(server.url), LONG_AGO)


@pytest.mark.parametrize("value", [None, ""])
def test_a_product_that_tells_no_time_may_have_changed(opening, value):
    pages = [[{"uid": 5, "changed": value}], []]
    server, _ = answering(lambda call: pages.pop(0))
    with server:
        assert changed(opening.abicart(server.url), datetime.now(UTC)) == [{"uid": 5, "changed": None}]


def test_the_beginning_must_be_aware(abicart_server, opening):
    with pytest.raises(ValueError, match="aware"):
        changed(opening.abicart(abicart_server.url), datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused


def test_variants_that_come_as_uids_are_made_whole(opening):
    lists = [[{"uid": 5, "changed": "2026-01-02T10:00:00Z", "articleNumber": "A", "variants": [9]}], []]
    variant = {"uid": 9, "article": 5, "articleNumber": "A-1", "stock": 3}
    server, _ = answering(lambda call: lists.pop(0) if call["method"] == "Article.list" else variant)
    with server:
        pages = opening.abicart(server.url).iter_changed_articles(LONG_AGO, ("articleNumber", "variants"))
        (found,) = [article for page in pages for article in page]
    assert found["variants"] == [
        {"uid": 9, "definedBy": {}, "overrides": {"articleNumber": "A-1", "stock": 3}}
    ]


@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
def test_one_fault_of_each_kind_is_mended(edited, opening, fault):
    server, uids, now = edited
    client = opening.abicart(server.url, IMPATIENT)
    server.control.fault(**fault)
    assert [one["uid"] for one in changed(client, now)] == uids
    assert client.counts.retries == 1


@pytest.mark.parametrize(("switch", "value"), list(alternatives()))
def test_all_uids_under_every_switch(edited, opening, switch, value):
    server, _, _ = edited
    every = [int(uid) for uid in server.control.inspect("prices")]
    server.control.switches(**({switch: value[0]} | value[1] if isinstance(value, list) else {switch: value}))
    for options in (SMALL, HttpOptions(connect_timeout=2, read_timeout=5)):
        client = opening.abicart(server.url, options)
        assert [uid for page in client.iter_article_uids() for uid in page] == every
        assert client.count_articles() == len(every)


def test_uids_come_in_pages_as_large_as_the_shop_gives(abicart_server, opening):
    abicart_server.control.seed(items=1200, orders=0, faults=0)
    client = opening.abicart(abicart_server.url)
    pages = list(client.iter_article_uids())
    assert len(pages[0]) == 500
    assert client.counts.requests == len(pages) + 1
