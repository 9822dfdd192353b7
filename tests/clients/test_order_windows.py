"""The orders of a stretch of time from the sandbox: every switch about lists, and a shop that changes meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.clients.order_cases import LONG_AGO, SMALL_PAGES, placed, plain_article, read_heads

from abicart_specter.clients.abicart_errors import AbicartRefusedError
from abicart_specter.clients.order_pages import Stretch, filtered_pages
from abicart_specter.errors import ServerFaultError

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture
def shop(abicart_server):
    """Orders at noon, a second before and a second after, and a cart."""
    rows = [{"article": plain_article(abicart_server.control)}]
    for seconds in (-1, 0, 0, 1):
        abicart_server.control.edit("place_order", rows=rows, ordered=at(seconds).isoformat())
    abicart_server.control.edit("place_order", rows=rows, cart=True)
    return abicart_server


@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
@pytest.mark.parametrize("time_format", ["offset", "z", "blank", "naive"])
@pytest.mark.parametrize("uid_filter", ["allowed", "refused"])
def test_bounds_are_the_same_however_the_shop_reads_them(shop, opening, bounds, time_format, uid_filter):
    shop.control.switches(range_bounds=bounds, time_format=time_format, uid_filter=uid_filter)
    client = opening.abicart(shop.url, SMALL_PAGES)
    for since, until, number in (
        (0, 1, 2),
        (-1, 0, 1),
        (-1, 1, 3),
        (-1, 2, 4),
        (1, 1, 0),
        (2, 60, 0),
        (1, 2, 1),
    ):
        found = read_heads(client, at(since), at(until))
        assert [one["ordered"] for one in found] == sorted(one["ordered"] for one in found)
        assert all(at(since) <= one["ordered"] < at(until) for one in found)
        assert len(found) == number
        assert client.orders.count_orders(at(since), at(until)) == number


@pytest.mark.parametrize("changed_filter", ["allowed", "refused"])
@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
def test_what_changed_is_found_with_and_without_a_filter(shop, opening, changed_filter, bounds):
    shop.control.switches(changed_filter=changed_filter, range_bounds=bounds)
    shop.control.advance_clock(3600)
    wanted = [one["uid"] for one in placed(shop.control)][::3]
    for uid in wanted:
        shop.control.advance_clock(2)
        shop.control.edit("Order", uid=uid, patch={"note": "Ring först"})
    client = opening.abicart(shop.url, SMALL_PAGES)
    everything = read_heads(client, changed=True)
    assert sorted(one["uid"] for one in everything) == [one["uid"] for one in placed(shop.control)]
    moments = sorted(one["changed"] for one in everything)[-len(wanted) :]
    found = read_heads(client, moments[0], changed=True)
    assert sorted(one["uid"] for one in found) == wanted
    some = read_heads(client, moments[0], moments[-1], changed=True)
    assert sorted(one["uid"] for one in some) == wanted[:-1]
    before = client.counts.requests
    assert read_heads(client, moments[-1] + 5 * SECOND, changed=True) == []
    # Known by now: no filter is tried again.
    assert client.counts.requests - before == 1


def test_a_refusal_that_has_nothing_to_do_with_the_filter_is_told(shop, opening):
    client = opening.abicart(shop.url)
    pages = client.orders.iter_order_pages(LONG_AGO)
    shop.control.fault("rpc_internal", count=None)
    with pytest.raises(ServerFaultError, match=r"Order.list: the server failed \(code -32603\)"):
        next(pages)


def test_the_reader_may_go_away(shop, opening):
    client = opening.abicart(shop.url, SMALL_PAGES)
    pages = client.orders.iter_order_pages(LONG_AGO)
    assert len(next(pages)) == 7
    pages.close()
    asked = client.counts.requests
    assert asked <= 3
    assert len(read_heads(client)) == len(placed(shop.control))


def test_an_order_that_comes_in_while_we_read_is_not_doubled_nor_loses_another(shop, opening):
    shop.control.switches(uid_filter="refused")
    client = opening.abicart(shop.url, SMALL_PAGES)
    before = [one["uid"] for one in placed(shop.control)]
    found = []
    for number, page in enumerate(client.orders.iter_order_pages(LONG_AGO)):
        found += [one["uid"] for one in page]
        if number == 0:
            shop.control.edit("place_order", rows=[{"article": plain_article(shop.control)}])
    assert len(found) == len(set(found))
    assert set(before) <= set(found)


def test_only_a_refused_filter_by_changed_is_read_around(opening):
    def refuse(selection):
        raise AbicartRefusedError("no", code="-32602", words="No", pointers=("/ordered",))

    pages = filtered_pages(refuse, Stretch("ordered", START, None), 10, "Order.list")
    with pytest.raises(AbicartRefusedError):
        pages.next_page()
