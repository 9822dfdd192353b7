"""Rule 25: opening stock goes with what Specter creates, everything else over what it has; groups and their sizes."""

from __future__ import annotations

import pytest
import yaml
from harness import REPO, demo_settings
from scenes import article_calls, items, last_request, new_article, plain_articles, reprice, specter_article

from abicart_specter.domain.mapping import load_mapping
from abicart_specter.errors import UnconfirmedError
from abicart_specter.flows.prepare_products import PrepareOptions

SPECIAL_CALL = 1
"""The call that creates the special product numbers comes first."""


def product_calls(specter, *, after: int = 0):
    """Article writes without that of the special numbers."""
    return [call for call in article_calls(specter, after=after) if "FRAKT" not in call.numbers]


def stock_of(specter, number: str) -> str | None:
    """What is on the shelf, over all sites; ``None`` for an article without stock."""
    stock = specter_article(specter, number)["stock"]
    return str(next(iter(stock.values()))["shelf"]) if stock else None


def test_pass_1_creates_with_stock_and_pass_2_updates_without(small, abicart_server, specter_server) -> None:
    small.run()
    first, second = product_calls(specter_server)
    assert (first.force, second.force) == (False, True)
    assert first.numbers == second.numbers
    assert set(first.numbers) == {one["product_number"] for one in items(abicart_server)}
    stocks = {one["product_number"]: one["stock"] for one in items(abicart_server)}
    assert {row["articleNo"]: row["noItemsInStock"] for row in first.rows} == stocks
    without = [{name: value for name, value in row.items() if name != "noItemsInStock"} for row in first.rows]
    assert second.rows == without
    assert {number: stock_of(specter_server, number) for number in stocks} == stocks


@pytest.mark.parametrize("on_update", ["ignored", "applied"])
def test_an_article_that_was_there_before_is_updated_and_keeps_its_stock(
    small, abicart_server, specter_server, on_update
) -> None:
    """Even where Specter would take a stock for an article that it has (question 12)."""
    specter_server.control.switches(stock_on_update=on_update)
    item = plain_articles(abicart_server)[1]
    new_article(specter_server, item["product_number"], price="1", name="Gammalt", available=77)
    small.run()
    article = specter_article(specter_server, item["product_number"])
    assert (article["name"], stock_of(specter_server, item["product_number"])) == (item["name"], "77")
    assert article["price"] != "1"
    reprice(abicart_server, item, "4321")
    small.run(options=PrepareOptions(full_resend=True))
    assert stock_of(specter_server, item["product_number"]) == "77"


def test_the_shops_stock_never_overwrites_specters_afterwards(small, abicart_server, specter_server) -> None:
    specter_server.control.switches(stock_on_update="applied")
    small.run()
    item = plain_articles(abicart_server)[1]
    specter_server.control.edit("article.stock", number=item["product_number"], available=5)
    reprice(abicart_server, item, "4321")
    after = last_request(specter_server)
    small.run()
    assert not any(
        "noItemsInStock" in row for call in product_calls(specter_server) if call.force for row in call.rows
    )
    assert [call.force for call in product_calls(specter_server, after=after)] == [True]
    assert stock_of(specter_server, item["product_number"]) == "5"


def test_what_pass_1_created_is_not_created_again_when_pass_2_was_lost(small, specter_server) -> None:
    ctx = small.context()
    (chunk,) = small.prepare(ctx)
    specter_server.control.fault("drop_before", count=None, after=1, action="newArticleSubmit")
    with pytest.raises(UnconfirmedError):
        small.send(ctx, chunk)
    specter_server.control.clear_faults()
    after = last_request(specter_server)
    small.send(ctx, chunk)
    calls = product_calls(specter_server, after=after)
    assert {call.force for call in calls} == {True}
    assert sum(len(call.rows) for call in calls) == 12


def test_twenty_calls_for_a_thousand_products_at_first_and_ten_later(
    export, abicart_server, specter_server
) -> None:
    abicart_server.control.reset(seed={"items": 1000, "faults": 0, "orders": 0, "customers": 0})
    export.settings = demo_settings(limits__chunks=1)
    assert export.run().sent == 1000
    calls = product_calls(specter_server)
    assert [len(call.rows) for call in calls] == [100] * 20
    after = last_request(specter_server)
    export.run(options=PrepareOptions(full_resend=True))
    assert [len(call.rows) for call in product_calls(specter_server, after=after)] == [100] * 10


def test_no_group_is_larger_than_the_settings_say(export, abicart_server, specter_server) -> None:
    abicart_server.control.reset(seed={"items": 60, "faults": 0, "orders": 0, "customers": 0})
    export.settings = demo_settings(limits__group_rows=7)
    export.run()
    rows = [len(call.rows) for call in product_calls(specter_server)]
    assert max(rows) == 7 and sum(rows) == 120
    after = last_request(specter_server)
    export.settings = demo_settings(limits__group_bytes=5_000)
    export.run(options=PrepareOptions(full_resend=True))
    sizes = [call.size for call in product_calls(specter_server, after=after)]
    assert len(sizes) > 2
    assert max(sizes) <= 5_000
    assert all(size > 4_000 for size in sizes[:-1])


def test_long_texts_make_groups_of_at_most_90_kb(small, abicart_server, specter_server, tmp_path) -> None:
    mapping = yaml.safe_load((REPO / "include/mappings/article.yaml").read_text(encoding="utf-8"))
    mapping["also_accepted"] = ["longText"]
    mapping["fields"].append({"to": "longText", "from": "article.description.sv"})
    (tmp_path / "long.yaml").write_text(yaml.safe_dump(mapping, allow_unicode=True), encoding="utf-8")
    small.mapping = load_mapping(tmp_path / "long.yaml")
    for item in plain_articles(abicart_server):
        abicart_server.control.edit("Article", uid=item["uid"], patch={"description": {"sv": "ö" * 12_000}})
    small.run()
    calls = product_calls(specter_server)
    assert 36_000 < max(call.size for call in calls) <= 90_000
    assert sum(len(call.rows) for call in calls) == 24
