"""The Abicart client against the sandbox: every switch that touches products or transport, every fault."""

from __future__ import annotations

import threading
from decimal import Decimal
from itertools import islice

import pytest
from tests.clients.conftest import QUICK, Opener
from tests.clients.raw_server import RawServer, http, in_turn

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.abicart_errors import AbicartRefusedError
from abicart_specter.clients.options import HttpOptions
from abicart_specter.domain.catalogue import ARTICLE_FIELDS, REQUIRED_FIELDS
from abicart_specter.domain.records import ShopFacts
from abicart_specter.errors import (
    AbicartSpecterError,
    ConfigurationError,
    CredentialsError,
    RateLimitedError,
    ServerFaultError,
    TransportError,
    UnconfirmedError,
    UnreadableAnswerError,
)
from shop_sandbox.abicart.switches import PRODUCTS, READING, TRANSPORT, VALUES

SMALL_PAGES = HttpOptions(connect_timeout=2, read_timeout=5, page_size=17, batch_size=20)
FACTS = ShopFacts(22222, "SEK", True, True, "SE", "sv")


def read_all(client: AbicartClient) -> list[dict]:
    pages = client.iter_article_pages(ARTICLE_FIELDS, required=REQUIRED_FIELDS)
    return [article for page in pages for article in page]


def outline(articles: list[dict]) -> list[tuple]:
    """What must come out the same under every switch."""
    return [
        (
            article["uid"],
            article.get("articleNumber"),
            [(one["uid"], one["overrides"].get("articleNumber")) for one in article.get("variants") or []],
            (article["price"].get("regular") or {}).get("SEK"),
        )
        for article in articles
    ]


def expected(control) -> list[tuple]:
    found: list[dict] = []
    while page := control.inspect("Article", offset=len(found), limit=500):
        found += page
    return [(one["uid"], one.get("articleNumber")) for one in found]


@pytest.fixture(scope="module")
def plain_outline(abicart_session):
    """The catalogue as it is read with every switch at its default."""
    abicart_session.control.reset()
    client = Opener().abicart(abicart_session.url)
    with client:
        return outline(read_all(client))


def test_the_shop_says_what_it_is(abicart_server, opening):
    assert opening.abicart(abicart_server.url).webshop() == FACTS


def test_every_article_is_read_once_over_one_connection(abicart_server, opening, plain_outline):
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    articles = read_all(client)
    assert outline(articles) == plain_outline
    assert [(one["uid"], one.get("articleNumber")) for one in articles] == expected(abicart_server.control)
    assert len(articles) == client.count_articles()
    assert sum(len(one.get("variants") or []) for one in articles) == client.count_variants()
    counters = abicart_server.control.counters()
    assert client.counts.as_dict() == {
        "requests": counters["requests"],
        "retries": 0,
        "writes": 0,
        "connections_opened": counters["connections"],
    }
    assert counters["connections"] == 1
    assert counters["writes"] == 0


def test_amounts_are_exact_and_uids_are_numbers(abicart_server, opening):
    prices = [
        amount
        for article in read_all(opening.abicart(abicart_server.url))
        for amount in (article["price"].get("regular") or {}).values()
        if amount is not None
    ]
    assert all(isinstance(one, int | Decimal) for one in prices)
    assert any(isinstance(one, Decimal) for one in prices)


def alternatives():
    for switch in (*TRANSPORT, *VALUES, *READING, *PRODUCTS):
        for value in switch.choices:
            if value != switch.default and switch.name != "secure_connection":
                yield switch.name, value


@pytest.mark.parametrize(("switch", "value"), list(alternatives()))
def test_the_catalogue_reads_the_same_under_every_switch(
    abicart_server, opening, plain_outline, switch, value
):
    abicart_server.control.switches(**{switch: value})
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    assert client.webshop() == FACTS
    articles = read_all(client)
    assert outline(articles) == plain_outline
    assert client.count_articles() == len(articles)
    some = [articles[place]["uid"] for place in (3, 0, 7)]
    fetched = client.get_articles([some[0], 999_999_999, *some[1:]], ARTICLE_FIELDS)
    assert [one["uid"] for one in fetched] == some
    assert outline(fetched) == outline([articles[place] for place in (3, 0, 7)])
    assert client.counts.retries == 0
    assert client.counts.connections_opened == 1


@pytest.mark.parametrize("mode", ["lenient", "chaos"])
def test_the_catalogue_reads_the_same_in_every_mode(abicart_server, opening, plain_outline, mode):
    abicart_server.control.mode(mode)
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    assert outline(read_all(client)) == plain_outline
    uids = [one[0] for one in plain_outline]
    assert [one["uid"] for one in client.get_articles(uids, ("articleNumber",))] == uids


def test_a_server_that_limits_is_waited_for(abicart_server, opening, plain_outline):
    abicart_server.control.switches(rate_limit=3)
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        abicart_server.control.advance_clock(seconds)

    client = opening.abicart(abicart_server.url, SMALL_PAGES, sleep=sleep)
    assert outline(read_all(client)) == plain_outline
    assert waits
    assert all(wait >= 1.0 for wait in waits)
    assert abicart_server.control.counters()["answers"]["429"] == client.counts.retries == len(waits)


def test_our_own_limit_keeps_the_server_from_limiting(abicart_server, opening, plain_outline):
    abicart_server.control.switches(rate_limit=3)
    now = [0.0]

    def sleep(seconds):
        now[0] += seconds
        abicart_server.control.advance_clock(seconds)

    options = HttpOptions(connect_timeout=2, read_timeout=5, page_size=17, rate_per_second=2.5)
    client = opening.abicart(abicart_server.url, options, sleep=sleep, clock=lambda: now[0])
    assert outline(read_all(client)) == plain_outline
    assert "429" not in abicart_server.control.counters()["answers"]
    assert now[0] == pytest.approx((client.counts.requests - 1) / 2.5)


# What the shop refuses


@pytest.mark.parametrize(
    ("settings", "kind", "words"),
    [
        ({"token": "wrong/+token"}, CredentialsError, "auth token"),
        ({"webshop": 4711}, ConfigurationError, "webshop id"),
        ({"language": "xx"}, ConfigurationError, "language"),
    ],
)
def test_wrong_settings_are_fatal_at_once_and_say_what_to_do(abicart_server, opening, settings, kind, words):
    client = opening.abicart(abicart_server.url, **settings)
    with pytest.raises(kind, match="Remedy") as caught:
        client.count_variants()
    assert words in caught.value.remedy
    assert "abicart_demo" in caught.value.remedy
    assert "wrong" not in str(caught.value)
    assert client.counts.requests == 1


@pytest.mark.parametrize("status", ["200", "by_code"])
def test_plain_http_may_be_refused(abicart_server, opening, status):
    abicart_server.control.switches(secure_connection="required", error_status=status)
    with pytest.raises(ConfigurationError, match="https"):
        opening.abicart(abicart_server.url).count_variants()


@pytest.mark.parametrize("status", ["200", "by_code"])
def test_a_refusal_carries_pointers(abicart_server, opening, status):
    abicart_server.control.switches(error_status=status)
    client = opening.abicart(abicart_server.url)
    with pytest.raises(AbicartRefusedError) as caught:
        client.call("Article.get", [1001, {"nosuch": True}], idempotent=True)
    assert caught.value.code == "-32602"
    assert caught.value.pointers == ("/nosuch",)
    with pytest.raises(AbicartRefusedError, match="-32601"):
        client.call("Nothing.get", [1], idempotent=True)
    assert client.counts.retries == 0


@pytest.mark.parametrize("answer", ["error", "ignored"])
def test_a_field_the_shop_does_not_know_is_left_out_with_a_warning(
    abicart_server, opening, plain_outline, caplog, answer
):
    abicart_server.control.switches(unknown_key=answer)
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    fields = [*ARTICLE_FIELDS, "nosuch", "neither"]
    articles = [one for page in client.iter_article_pages(fields, required=("uid",)) for one in page]
    assert outline(articles) == plain_outline
    warned = [
        one.getMessage() for one in caplog.records if "does not know the article field" in one.getMessage()
    ]
    if answer == "ignored":
        assert warned == []
        return
    assert len(warned) == 2
    assert "nosuch" in warned[0]
    assert "neither" in warned[1]
    asked = client.counts.requests
    client.get_articles([plain_outline[0][0]], fields)
    assert client.counts.requests == asked + 1


def test_a_field_the_export_cannot_do_without_is_a_fatal_error(abicart_server, opening):
    client = opening.abicart(abicart_server.url)
    pages = client.iter_article_pages(["articleNumber", "nosuch"], required=("nosuch",))
    with pytest.raises(ConfigurationError, match="nosuch"):
        next(pages)
    with pytest.raises(ConfigurationError, match="nosuch"):
        client.get_articles([1], ["nosuch"], required=("nosuch",))


# Batches


def test_a_batch_answers_each_call_in_its_place(abicart_server, opening):
    client = opening.abicart(abicart_server.url)
    results = client.batch(
        [
            ("Article.count", [{}]),
            ("Article.get", [999_999_999, {"uid": True}]),
            ("Language.list", [True, True]),
            ("Article.nosuch", []),
        ],
        idempotent=True,
    )
    assert results[0] == client.count_articles()
    assert isinstance(results[1], AbicartRefusedError)
    assert results[1].code == "9003"
    assert "sv" in {one["uid"] for one in results[2]}
    assert isinstance(results[3], AbicartRefusedError)
    assert client.counts.requests == 2


@pytest.mark.parametrize(("limit", "sizes"), [("100", [100, 100, 50]), ("20", [100, 50, 25, *[12] * 20, 10])])
def test_a_batch_that_is_too_large_is_halved_and_the_size_kept(abicart_server, opening, limit, sizes):
    abicart_server.control.switches(batch_limit=limit)
    client = opening.abicart(abicart_server.url, HttpOptions(batch_size=100))
    results = client.batch([("Article.count", [{}])] * 250, idempotent=True)
    assert results == [client.count_articles()] * 250
    calls = [len(one["calls"]) for one in abicart_server.control.requests()][:-1]
    assert calls == sizes


def test_writes_in_a_batch_are_counted_one_by_one(abicart_server, opening):
    client = opening.abicart(abicart_server.url)
    uid = abicart_server.control.inspect("Article", limit=1)[0]["uid"]
    calls = [("Article.set", [uid, {"ean": f"735000000000{digit}"}, ["uid", "ean"]]) for digit in range(5)]
    results = client.batch(calls, idempotent=True)
    assert results[-1] == {"uid": uid, "ean": "7350000000004"}
    assert client.counts.writes == abicart_server.control.counters()["writes"] == 5
    assert client.counts.requests == 1


# Faults

TRANSPORT_FAULTS = [
    {"kind": "refuse"},
    {"kind": "drop_before"},
    {"kind": "drop_before", "how": "reset"},
    {"kind": "drop_after"},
    {"kind": "drop_after", "how": "reset"},
    {"kind": "cut"},
    {"kind": "cut", "how": "chunked"},
    {"kind": "cut", "how": "clean"},
    {"kind": "html_500"},
    {"kind": "html_500", "work": "before"},
    {"kind": "too_many", "seconds": 1.0},
    {"kind": "unavailable", "seconds": 1.0},
    {"kind": "unavailable", "seconds": 0.0},
    {"kind": "slow", "seconds": 1.5},
    {"kind": "rpc_internal"},
    {"kind": "rpc_server"},
]
NAMES = [" ".join(str(value) for value in fault.values()) for fault in TRANSPORT_FAULTS]
IMPATIENT = HttpOptions(connect_timeout=0.5, read_timeout=0.5, page_size=50, max_tries=3)


@pytest.mark.parametrize("fault", TRANSPORT_FAULTS, ids=NAMES)
def test_one_fault_of_each_kind_is_got_over(abicart_server, opening, plain_outline, fault):
    abicart_server.control.fault(**fault, after=1)
    client = opening.abicart(abicart_server.url, IMPATIENT)
    assert outline(read_all(client)) == plain_outline
    assert client.counts.retries == 1
    counters = abicart_server.control.counters()
    assert sum(counters["faults"].values()) == 1
    assert client.counts.requests == counters["requests"] + counters["refused"]
    assert len(opening.waits) == 1
    assert opening.waits[0] >= fault.get("seconds", 0) or fault["kind"] == "slow"


READ_ERRORS = {
    "too_many": RateLimitedError,
    "html_500": ServerFaultError,
    "rpc_internal": ServerFaultError,
    "rpc_server": ServerFaultError,
    "cut": TransportError,
}


@pytest.mark.parametrize("fault", TRANSPORT_FAULTS, ids=NAMES)
def test_a_fault_that_stays_ends_a_read_with_its_own_error(abicart_server, opening, fault):
    abicart_server.control.fault(**fault, count=None)
    client = opening.abicart(abicart_server.url, IMPATIENT)
    kind = READ_ERRORS.get(fault["kind"], TransportError)
    if fault == {"kind": "cut", "how": "clean"}:
        kind = UnreadableAnswerError
    if fault["kind"] == "unavailable":
        kind = RateLimitedError if fault["seconds"] else ServerFaultError
    with pytest.raises(kind, match="after 3 tries") as caught:
        next(client.iter_article_pages(["uid"]))
    assert type(caught.value) is kind
    assert client.counts.retries == 2
    if kind is RateLimitedError:
        assert caught.value.retry_after == 1.0


@pytest.mark.parametrize("idempotent", [True, False])
@pytest.mark.parametrize("fault", TRANSPORT_FAULTS, ids=NAMES)
def test_a_fault_that_stays_ends_a_write_with_what_is_known_of_it(abicart_server, opening, fault, idempotent):
    abicart_server.control.fault(**fault, count=None)
    client = opening.abicart(abicart_server.url, IMPATIENT)
    kind = RateLimitedError if fault["kind"] == "too_many" else UnconfirmedError
    with pytest.raises(kind) as caught:
        client.call("Article.set", [1001, {"ean": "1"}, ["uid"]], idempotent=idempotent)
    assert type(caught.value) is kind
    assert client.counts.retries == (2 if idempotent else 0)


def test_a_write_to_a_server_that_is_not_there_was_surely_not_sent(opening):
    with RawServer(in_turn(http())) as server:
        url = server.url
    client = opening.abicart(url, IMPATIENT)
    with pytest.raises(TransportError, match="no connection could be made, after 1 try"):
        client.call("Article.set", [1, {}, ["uid"]], idempotent=False)
    with pytest.raises(TransportError, match="after 3 tries"):
        client.call("Article.set", [1, {}, ["uid"]], idempotent=True)
    assert client.counts.requests == 0


def test_a_server_that_wants_hours_is_not_waited_for(abicart_server, opening):
    abicart_server.control.fault("too_many", seconds=7200)
    client = opening.abicart(abicart_server.url)
    with pytest.raises(RateLimitedError) as caught:
        client.webshop()
    assert caught.value.retry_after == 7200
    assert opening.waits == []


def test_waits_grow_and_every_retry_is_one_line_in_the_log(abicart_server, opening, caplog):
    abicart_server.control.fault("html_500", count=4)
    assert opening.abicart(abicart_server.url).webshop() == FACTS
    assert opening.waits == [0.5, 1.0, 2.0, 4.0]
    lines = [one.getMessage() for one in caplog.records if one.name == "abicart_specter.clients.tries"]
    assert len(lines) == 4
    assert lines[1] == (
        "Shop demo: Abicart Webshop.get: try 2 of 5 failed: the server failed (HTTP 500); next try in 1.0 s"
    )


def test_before_each_try_the_caller_is_asked(abicart_server, opening):
    abicart_server.control.fault("drop_before", count=2)
    client = opening.abicart(abicart_server.url)
    asked = []
    client.call(
        "Article.count", [{}], idempotent=True, before_try=lambda: asked.append(client.counts.requests)
    )
    assert asked == [0, 1, 2]

    def stop():
        raise AbicartSpecterError("lease lost")

    with pytest.raises(AbicartSpecterError, match="lease lost"):
        client.call("Article.count", [{}], idempotent=True, before_try=stop)
    assert client.counts.requests == 3


# The pages' thread


def test_closing_the_pages_early_leaves_no_thread_and_the_client_usable(abicart_server, opening):
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    pages = client.iter_article_pages(["uid"])
    assert len(list(islice(pages, 2))) == 2
    pages.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("next-page")]
    assert client.webshop() == FACTS
    assert abicart_server.control.counters()["connections"] == 1


def test_closing_the_pages_ends_the_tries_for_the_next_one(abicart_server, opening):
    options = HttpOptions(connect_timeout=2, read_timeout=5, page_size=17, max_tries=2000)
    failed = threading.Event()
    client = opening.abicart(abicart_server.url, options, sleep=lambda seconds: failed.set())
    abicart_server.control.fault("html_500", after=1, count=None)
    pages = client.iter_article_pages(["uid"])
    next(pages)
    assert failed.wait(5)
    pages.close()
    assert client.counts.requests < 2000


def test_other_calls_between_pages_share_the_one_connection(abicart_server, opening, plain_outline):
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    found = []
    for page in client.iter_article_pages(ARTICLE_FIELDS):
        found += page
        client.get_articles([page[0]["uid"]], ("articleNumber",))
    assert outline(found) == plain_outline
    assert abicart_server.control.counters()["connections"] == 1


def test_a_shop_that_is_edited_while_it_is_read_loses_nothing(abicart_server, opening, plain_outline):
    control = abicart_server.control
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    found: list[dict] = []
    for page in client.iter_article_pages(ARTICLE_FIELDS):
        found += page
        if len(found) == len(page):
            control.edit("Article", patch={"name": {"sv": "Ny mössa"}, "articleNumber": "NY-1"})
    uids = [one["uid"] for one in found]
    assert len(uids) == len(set(uids))
    assert {one[0] for one in plain_outline} <= set(uids)
    assert "NY-1" in {one.get("articleNumber") for one in found}


@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
@pytest.mark.parametrize("uid_filter", ["allowed", "refused"])
@pytest.mark.parametrize("page_size", [1, 2, 50, 1000])
def test_any_page_size_reads_everything(
    abicart_server, opening, plain_outline, bounds, uid_filter, page_size
):
    abicart_server.control.switches(range_bounds=bounds, uid_filter=uid_filter)
    options = HttpOptions(connect_timeout=2, read_timeout=5, page_size=page_size)
    client = opening.abicart(abicart_server.url, options)
    found = [one["uid"] for page in client.iter_article_pages(["uid"]) for one in page]
    assert found == [one[0] for one in plain_outline]


def test_a_client_is_closed_by_its_block(abicart_server, opening):
    with opening.abicart(abicart_server.url, QUICK) as client:
        assert client.webshop() == FACTS
