"""What a probe of Specter learns from the change queues, where it may read them."""

from __future__ import annotations

import pytest
from tests.clients.raw_server import RawServer, http
from tests.flows.probe.specter_probes import Remembered, ask, by_switch, fill, only_reads

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.clients.specter_probe import MOST_READ_AGAIN
from abicart_specter.domain.probe.records import Finding, Verdict
from abicart_specter.domain.probe.specter import findings

QUEUE_SWITCHES = (
    "read_api_response",
    "empty_read",
    "row_end",
    "header_row",
    "article_info_fields",
    "description_name",
    "empty_description",
    "article_info_id",
    "field_case",
    "decimal_output",
    "quantity_output",
    "batch_reread",
    "batch_scope",
    "response_limit",
    "limit_scope",
    "stock_site_names",
    "stock_changes",
)


def probe(server, queues: Remembered | None = None) -> dict[str, Finding]:
    found = by_switch(ask(server, queues or Remembered()))
    only_reads(server, queues=True)
    assert found["key_check"].value == "on"
    return found


def told(found: dict[str, Finding]) -> dict[str, object]:
    return {name: found[name].value for name in QUEUE_SWITCHES if found[name].verdict is Verdict.TOLD}


def test_without_leave_no_queue_is_read_and_the_report_says_why(specter_server) -> None:
    fill(specter_server)
    found = by_switch(ask(specter_server))
    only_reads(specter_server, queues=False)
    assert {found[name].verdict for name in QUEUE_SWITCHES} == {Verdict.NOT_ASKED}
    assert specter_server.control.inspect("batches") == []


def test_the_defaults_are_found(specter_server) -> None:
    fill(specter_server)
    found = probe(specter_server)
    assert told(found) == {
        "read_api_response": "on",
        "row_end": "cr",
        "header_row": "on",
        "article_info_fields": "attributes",
        "description_name": "webShopLongText",
        "empty_description": "off",
        "article_info_id": "off",
        "field_case": "camel",
        "decimal_output": "comma",
        "quantity_output": "short",
        "response_limit": 500,
        "stock_site_names": "stocksiteId,name",
        "stock_changes": "one",
    }
    assert found["empty_read"].verdict is Verdict.NOT_TOLD
    assert found["batch_scope"].verdict is Verdict.NOT_TOLD


@pytest.mark.parametrize(
    ("switch", "value"),
    [
        ("read_api_response", "off"),
        ("row_end", "crlf"),
        ("row_end", "lf"),
        ("header_row", "off"),
        ("article_info_fields", "elements"),
        ("article_info_fields", "all_elements"),
        ("description_name", "longDescription"),
        ("empty_description", "on"),
        ("article_info_id", "on"),
        ("field_case", "lower"),
        ("field_case", "upper"),
        ("decimal_output", "point"),
        ("quantity_output", "two"),
        ("batch_scope", "account"),
        ("response_limit", 4),
        ("stock_site_names", "siteId"),
        ("stock_site_names", "siteNoId,siteName"),
        ("stock_changes", "per_site"),
        ("xml_charset", "utf-8"),
        ("xml_text", "escaped"),
        ("xml_root", "Svar"),
        ("text_charset", "windows-1252"),
    ],
)
def test_each_alternative_is_told(specter_server, switch: str, value: str | int) -> None:
    fill(specter_server)
    specter_server.control.switches(**{switch: value})
    assert probe(specter_server)[switch].value == value


@pytest.mark.parametrize(("scope", "value"), [("article_info", "article_info"), ("all", "all")])
def test_which_reads_are_limited(specter_server, scope: str, value: str) -> None:
    fill(specter_server)
    specter_server.control.switches(response_limit=5, limit_scope=scope)
    assert probe(specter_server)["limit_scope"].value == value


@pytest.mark.parametrize("shape", ["container", "empty_body", "api_response_only"])
@pytest.mark.parametrize("waiting", [False, True])
def test_an_empty_queue_shows_its_form(specter_server, shape: str, waiting: bool) -> None:
    specter_server.control.switches(empty_read=shape)
    if waiting:
        specter_server.control.edit("article.new", number="A-1", name="Sjal")
    assert probe(specter_server)["empty_read"].value == shape


def test_a_refused_empty_read_is_told_only_beside_a_queue_that_can_be_read(specter_server) -> None:
    specter_server.control.switches(empty_read="error_triple")
    assert probe(specter_server)["empty_read"].verdict is Verdict.NOT_TOLD
    specter_server.control.edit("article.new", number="A-1", name="Sjal")
    specter_server.control.reset_counters()
    assert probe(specter_server)["empty_read"].value == "error_triple"


def test_a_batch_that_grows_is_seen_when_something_changes_meanwhile(specter_server) -> None:
    fill(specter_server)

    def one_more(queue: Queue) -> None:
        if queue is Queue.ARTICLE_INFO:
            specter_server.control.edit("article.new", number="B-1", name="Filt")

    assert probe(specter_server, Remembered(one_more))["batch_reread"].verdict is Verdict.NOT_TOLD
    fill(specter_server)
    specter_server.control.switches(batch_reread="grown")
    assert probe(specter_server, Remembered(one_more))["batch_reread"].value == "grown"


def test_every_id_is_remembered_before_it_is_asked_with_and_what_was_read_after(specter_server) -> None:
    fill(specter_server)
    specter_server.control.edit("queue.clear", queue="orders")
    queues = Remembered()
    ask(specter_server, queues)
    sent = [
        one["query"].partition("batchNo=")[2].partition("&")[0]
        for one in specter_server.control.requests()
        if "batchNo=" in one["query"]
    ]
    assert sent == [batch for _, batch in queues.asked]
    per_queue = {queue: [batch for one, batch in queues.asked if one is queue] for queue in Queue}
    for queue in (Queue.STOCK, Queue.ARTICLE_INFO):
        first, *rest = per_queue[queue]
        assert len(rest) == 3 and rest[:2] == [first, first] and rest[2] != first
    first, again = per_queue[Queue.ORDERS]
    assert first == again, "an empty queue is not asked with another id: that might open a second batch"
    assert [(one.queue, one.batch_no) for one in queues.read] == [
        (queue, per_queue[queue][0]) for queue in (Queue.STOCK, Queue.ARTICLE_INFO)
    ]


def test_the_batch_that_we_have_open_is_read_again(specter_server) -> None:
    fill(specter_server)
    specter_server.control.edit("queue.open_batch", queue="stock", batch="ours", api_user=12)
    queues = Remembered(open={Queue.STOCK: ["ours", "other"]})
    answers = ask(specter_server, queues)
    assert [batch for queue, batch in queues.asked if queue is Queue.STOCK] == [
        "ours",
        "ours",
        "ours",
        "other",
    ]
    assert b"noItemsAv" in answers["stock"].body
    assert {
        one["number"] for one in specter_server.control.inspect("batches") if one["queue"] == "stock"
    } == {"ours"}


def test_another_readers_batch_is_left_alone(specter_server) -> None:
    fill(specter_server)
    specter_server.control.edit("queue.open_batch", queue="stock", batch="theirs", api_user=12)
    queues = Remembered()
    answers = ask(specter_server, queues)
    only_reads(specter_server, queues=True)
    assert "stock_plain" not in answers and "theirs" not in [batch for _, batch in queues.asked]
    assert by_switch(answers)["article_info_fields"].value == "attributes"


def test_a_very_large_batch_is_read_once() -> None:
    rows = "<article><articleNo>A</articleNo><noItemsAv>1</noItemsAv></article>" * (MOST_READ_AGAIN // 60)
    stock = f"<r><stockChanges><stock><articles>{rows}</articles></stock></stockChanges></r>"

    def script(request):
        return [http(stock if "getArticleExternal" in request.target else "0;7;nej")]

    with RawServer(script) as server:
        queues = Remembered()
        answers = ask(server, queues)
    assert len(answers["stock"].body) > MOST_READ_AGAIN
    assert not {"stock_plain", "stock_again", "stock_other_id"} & set(answers)
    assert [one.queue for one in queues.read] == [Queue.STOCK]


def test_what_another_id_gets_and_the_codes_of_orders_are_told(specter_server) -> None:
    fill(specter_server)
    orders = specter_server.control.inspect("orders")
    specter_server.control.edit("order.cancel", number=orders[-1]["number"])
    found = {one.question: one for one in findings(ask(specter_server, Remembered())) if not one.switch}
    assert found["7"].value == "99"
    assert found["Q26"].value == "statusId 3, 5; deliveryStatus D"


@pytest.mark.parametrize("mode", ["strict", "lenient", "chaos"])
def test_no_mode_is_unexpected(specter_server, mode: str) -> None:
    """A mode's faults may cost answers, and are not mistaken for an alternative."""
    fill(specter_server)
    specter_server.control.mode(mode)
    stands = {one["name"]: one["value"] for one in specter_server.control.known_switches()}
    found = by_switch(ask(specter_server, Remembered()))
    for name, one in found.items():
        if one.verdict is Verdict.TOLD and name not in ("error_status", "batch_scope"):
            assert str(one.value).lower() == str(stands[name]).lower(), one
