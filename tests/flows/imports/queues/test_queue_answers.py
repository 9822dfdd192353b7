"""Whatever shape Specter's answers have, the inbox holds what the account holds, and no batch stays open."""

from __future__ import annotations

import pytest
from harness import demo_settings
from queue_lab import QueueLab
from relay import relay_to

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.errors import RefusedError
from abicart_specter.flows.imports.queue_rows import ARTICLE_FIELDS

SHAPES = {
    "as documented": {},
    "another root": {"xml_root": "svar"},
    "no envelope": {"read_api_response": "off"},
    "empty body when empty": {"empty_read": "empty_body"},
    "envelope alone when empty": {"empty_read": "api_response_only"},
    "other fields as elements": {"article_info_fields": "elements"},
    "all fields as elements": {"article_info_fields": "all_elements"},
    "lower case": {"field_case": "lower"},
    "upper case": {"field_case": "upper", "article_info_fields": "all_elements"},
    "escaped texts": {"xml_text": "escaped"},
    "windows-1252": {"xml_charset": "windows-1252", "text_charset": "windows-1252"},
    "utf-8": {"xml_charset": "utf-8"},
    "decimal point": {"decimal_output": "point"},
    "two decimals": {"quantity_output": "two"},
    "two decimals and point": {"quantity_output": "two", "decimal_output": "point"},
    "triples that end a line": {"text_end": "crlf"},
    "stock changes per site": {"stock_changes": "per_site"},
    "site ids of another name": {"stock_site_names": "lagerId,namn"},
    "grown batches": {"batch_reread": "grown"},
    "unknown batches refused": {"ack_unknown": "error"},
    "silent acknowledgements": {"ack_answer": "empty"},
    "two articles an answer": {"response_limit": 2},
    "one record an answer": {"response_limit": 1, "limit_scope": "all"},
    "three records an answer, grown": {"response_limit": 3, "limit_scope": "all", "batch_reread": "grown"},
    "one batch per account": {"batch_scope": "account", "response_limit": 2, "limit_scope": "all"},
    "one batch per account and queue": {"batch_scope": "account_function"},
    "errors with a status of their own": {"error_status": "500_html"},
}


@pytest.mark.parametrize("switches", SHAPES.values(), ids=SHAPES)
def test_every_shape_of_answers(lab: QueueLab, switches: dict) -> None:
    lab.specter.switches(**switches)
    for queue in Queue:
        drained = lab.drain(queue)
        assert drained.reported == len(lab.truth(queue))
        assert lab.inbox(queue) == lab.truth(queue)
    assert lab.nothing_is_open()


@pytest.mark.parametrize("mode", ["lenient", "chaos"])
def test_every_mode_of_the_account(lab: QueueLab, mode: str) -> None:
    lab.specter.mode(mode)
    for queue in Queue:
        lab.drain(queue, tries=40)
    for queue in Queue:
        assert lab.inbox(queue) == lab.truth(queue)
    lab.specter.clear_faults()
    for queue in Queue:  # the last acknowledgement may have got lost
        lab.drain(queue)
    assert lab.nothing_is_open()


def test_sites_without_an_id_are_added_up(lab: QueueLab) -> None:
    """Reference, question 31: the attribute's name is not known."""
    lab.specter.switches(stock_site_names="plats,namn", stock_changes="per_site")
    lab.drain(Queue.STOCK)
    assert lab.inbox(Queue.STOCK) == lab.truth(Queue.STOCK, sites=False)
    assert lab.inbox(Queue.STOCK)["Å-1"] == {"available": None}
    assert lab.inbox(Queue.STOCK)["Å-2"] == {"available": "1.5"}


@pytest.mark.parametrize("header", ["on", "off"])
@pytest.mark.parametrize("row_end", ["cr", "crlf", "lf"])
@pytest.mark.parametrize("mark", ["comma", "point"])
def test_the_plain_form_of_stock(lab: QueueLab, header: str, row_end: str, mark: str) -> None:
    """An account that knows no XML: article id; number; quantity; batch."""
    lab.specter.switches(header_row=header, row_end=row_end, decimal_output=mark, quantity_output="two")
    ids = {one["number"]: str(one["id"]) for one in lab.specter.inspect("articles")}

    def without_xml(passing) -> None:
        passing.path = passing.path.replace("&useXML=2", "")

    with relay_to(lab.export.specter_url, before=without_xml) as relay:
        lab.export.specter_url = relay.url
        assert lab.drain(Queue.STOCK).reported == 5
    want = lab.truth(Queue.STOCK, sites=False)
    assert lab.inbox(Queue.STOCK) == {
        number: told | {"specterid": ids[number]} for number, told in want.items()
    }
    assert want["Å-1"] == {"available": None}
    assert lab.specter.inspect("batches") == []
    kept = [lab.journal().read(entry.reference) for entry in lab.journal().entries()]
    assert b"<" not in b"".join(kept)


def test_both_forms_of_the_acknowledgement_of_an_empty_answer(lab: QueueLab) -> None:
    """F5: an empty batch is acknowledged too, so that nothing of it can stay open."""
    for queue in Queue:
        lab.specter.edit("queue.clear", queue=queue.value)
        assert lab.drain(queue).batches == 1
        assert lab.batches_asked(queue.acknowledge_action) == lab.batches_asked(queue.read_action)
    assert lab.nothing_is_open()


def test_an_empty_queue_that_is_refused_is_an_error_with_a_remedy(lab: QueueLab) -> None:
    """Codes other than 99 are not public, so this may be any error (reference, question 5)."""
    lab.specter.switches(empty_read="error_triple")
    for queue in Queue:
        with pytest.raises(RefusedError, match="Inget att rapportera") as caught:
            lab.drain(queue)
        assert f"queue {queue.value} cannot be read" in caught.value.message
        assert "Nothing is lost" in caught.value.remedy
        # All that was told before is kept, and one unopened id waits to be asked again.
        assert lab.inbox(queue) == lab.truth(queue)
        assert len(lab.export.ledger.in_flight("1000/12", queue.value)) == 1
    lab.specter.switches(empty_read="container")
    for queue in Queue:
        assert lab.drain(queue).reported == 0
    assert lab.nothing_is_open()


def test_a_refusal_stops_before_anything_is_acknowledged(lab: QueueLab) -> None:
    """F37: an error inside of HTTP 200."""
    lab.specter.fault("refusal", count=1, action=Queue.ORDERS.read_action, words="9001 Fel nyckel")
    with pytest.raises(RefusedError, match="Fel nyckel"):
        lab.drain(Queue.ORDERS)
    assert lab.batches_asked(Queue.ORDERS.acknowledge_action) == []
    assert lab.drain(Queue.ORDERS).reported == 4
    assert lab.inbox(Queue.ORDERS) == lab.truth(Queue.ORDERS)


def test_the_fields_of_the_shops_mapping_are_kept_whatever_is_imported(lab: QueueLab) -> None:
    """What was told while an import was off must be known when it is switched on."""
    lab.export.settings = demo_settings(imports__vat=True)
    lab.specter.switches(description_name="webShopLongText")
    lab.specter.edit("article.change", number="Å-4", description="<p>Fyra &amp; fem</p>")
    lab.drain(Queue.ARTICLE_INFO)
    told = lab.inbox(Queue.ARTICLE_INFO)["Å-4"]
    assert told["webshoplongtext"] == "&lt;p&gt;Fyra &amp;amp; fem&lt;/p&gt;"
    assert set(told) == {"webshoplongtext", *ARTICLE_FIELDS}


def test_only_the_fields_that_were_asked_for_are_kept_of_an_article(lab: QueueLab) -> None:
    from abicart_specter.flows.drain_queue import drain_queue

    ctx = lab.export.context()
    ctx.begin()
    drain_queue(ctx, lab.journal(), lab.export.terms, Queue.ARTICLE_INFO, {"articletype", "priceexclvat"})
    assert {number: set(told) for number, told in lab.inbox(Queue.ARTICLE_INFO).items()} == {
        number: {"articletype", "priceexclvat"} for number in lab.numbers
    }


def test_news_of_deliveries_outlive_a_later_status(lab: QueueLab) -> None:
    """Specter tells once that deliveries changed. A later row without it must not hide it before anybody acted."""
    lab.drain(Queue.ORDERS)
    delivered = str(lab.orders[1])
    before = lab.inbox(Queue.ORDERS)[delivered]
    lab.specter.edit("order.status", number=lab.orders[1], status_id=7)
    lab.drain(Queue.ORDERS)
    assert lab.inbox(Queue.ORDERS)[delivered] == before | {"statusid": "7"}
    assert before["updated"] == "1" and before["tracking"] == "SE 1/ä"
