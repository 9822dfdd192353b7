"""A dry run shows the rows that a real run then sends, and writes nothing anywhere but the log."""

from __future__ import annotations

import ast
import re

import pytest
from harness import Export, demo_settings
from scenes import (
    add_article,
    article_calls,
    change,
    items,
    last_request,
    new_article,
    plain_articles,
    renumber,
    reprice,
    table_dump,
)

from abicart_specter.flows.check_shop import check_shop
from abicart_specter.flows.plan_chunks import Selection
from abicart_specter.flows.prepare_products import PrepareOptions

FIELD = re.compile(r"(\w+)=('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
PRINTED = re.compile(
    r"(?P<number>\S+) \((?:new|changed): [^)]*\): (?P<row>.*?)(?:; only in pass 1: (?P<more>.*))?$"
)


def printed(caplog) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """Product number → the row, and what goes along in pass 1 alone, as the log has them."""
    lines = [PRINTED.match(record.getMessage()) for record in caplog.records]
    found = {
        line["number"]: (_fields(line["row"]), _fields(line["more"] or ""))
        for line in lines
        if line is not None
    }
    caplog.clear()
    return found


def _fields(text: str) -> dict[str, str]:
    return {name: ast.literal_eval(value) for name, value in FIELD.findall(text)}


def received(specter, *, after: int = 0) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """The same from what Specter got."""
    calls = [call for call in article_calls(specter, after=after) if "FRAKT" not in call.numbers]
    first = {row["articleNo"]: row for call in calls if not call.force for row in call.rows}
    rows = {row["articleNo"]: row for call in calls if call.force for row in call.rows}
    return {
        number: (row, {name: text for name, text in first.get(number, {}).items() if name not in row})
        for number, row in rows.items()
    }


def test_the_rows_printed_are_those_that_are_sent_afterwards(
    export: Export, abicart_server, specter_server, caplog
) -> None:
    caplog.set_level("INFO")
    counts = export.preview()
    shown = printed(caplog)
    report = export.run()
    assert shown == received(specter_server)
    assert counts == {"would be sent": report.sent, "held": report.held, "unchanged": 0, "excluded": 0}
    assert len(shown) == report.sent == 180


def test_so_are_those_of_a_later_run(small, abicart_server, specter_server, caplog) -> None:
    """A new product, a changed one, one that was renumbered, one whose number changed hands, one Specter changed."""
    caplog.set_level("INFO")
    small.settings = demo_settings(imports__price=True)
    small.run()
    one, two, three, four = plain_articles(abicart_server)[:4]
    change(abicart_server, one, ean="2099999999990")
    specter_server.control.edit("article.change", number=one["product_number"], price="77.5")
    small.drain(small.context())
    reprice(abicart_server, two, "4321")
    renumber(abicart_server, three, "NYTT-1")
    add_article(abicart_server, three["product_number"])
    add_article(abicart_server, "NYTT-2", name={"sv": 'Skål "Åre", 3 st\\par'})
    caplog.clear()
    counts = small.preview()
    assert "renumbered: 1" in caplog.text and "number_taken_over: 1" in caplog.text
    shown = printed(caplog)
    after = last_request(specter_server)
    report = small.run()
    assert shown == received(specter_server, after=after)
    assert set(shown) == {one["product_number"], "NYTT-2"}
    assert shown[one["product_number"]][0]["priceExclVAT"] == "77.50"
    assert shown["NYTT-2"][1] == {"noItemsInStock": "3"}
    assert counts == {"would be sent": 2, "held": 2, "unchanged": 10, "excluded": 0}
    assert (report.sent, report.held, report.unchanged) == (2, 2, 10)
    assert four["product_number"] not in shown


@pytest.mark.parametrize(
    ("selection", "options"),
    [
        (Selection(limit=5), PrepareOptions()),
        (Selection(only="HK-*"), PrepareOptions(full_resend=True)),
        (Selection(), PrepareOptions(full_resend=True)),
    ],
)
def test_it_heeds_the_parameters(small, specter_server, caplog, selection, options) -> None:
    caplog.set_level("INFO")
    small.run(Selection(limit=8))
    caplog.clear()
    counts = small.preview(selection, options)
    shown = printed(caplog)
    after = last_request(specter_server)
    report = small.run(selection, options)
    assert shown == received(specter_server, after=after)
    assert counts == {
        "would be sent": report.sent,
        "held": report.held,
        "unchanged": report.unchanged,
        "excluded": report.excluded,
    }


def test_it_writes_nothing_anywhere(small, abicart_server, specter_server) -> None:
    """Not in the shop, not in Specter, not in the ledger, not on disk; Specter is not even asked."""
    new_article(specter_server, "HAR-1")
    small.settings = demo_settings(imports__price=True)
    small.run(Selection(limit=6))
    renumber(abicart_server, items(abicart_server)[0], "Å-1")
    ledger, files = table_dump(small), sorted(small.folder.rglob("*"))
    assert len(ledger["item"]) == 6 and len(ledger["flag"]) == 0
    specter_requests = specter_server.control.counters()["requests"]
    abicart_writes = abicart_server.control.counters()["writes"]
    abicart_requests = abicart_server.control.counters()["requests"]
    assert small.preview()["would be sent"] == 6
    assert table_dump(small) == ledger
    assert [path for path in sorted(small.folder.rglob("*")) if path not in files] == []
    assert specter_server.control.counters()["requests"] == specter_requests
    assert abicart_server.control.counters()["writes"] == abicart_writes
    assert abicart_server.control.counters()["requests"] > abicart_requests


def test_its_check_of_the_shop_writes_nothing_either(small, specter_server) -> None:
    ledger = table_dump(small)
    ctx = small.context()
    ctx.dry_run = True
    assert check_shop(ctx).webshop_id == 22222
    assert table_dump(small) == ledger
    assert small.ledger.bindings() == []
    assert specter_server.control.counters()["writes"] == 0


def test_a_shop_that_was_never_sent_can_be_previewed_again_and_again(small, caplog) -> None:
    caplog.set_level("INFO")
    small.preview()
    first = printed(caplog)
    small.preview()
    assert printed(caplog) == first
    assert len(first) == 12
