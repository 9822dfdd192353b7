"""Rule 24: while a field's import is on, Specter is its master; an export sends what Specter itself said last.

Rule 22: what both systems agree on is written neither way.
"""

from __future__ import annotations

import pytest
from harness import demo_settings
from scenes import (
    article_calls,
    change,
    flags,
    key,
    last_request,
    new_article,
    open_rules,
    plain_articles,
    reprice,
    specter_article,
    with_outcome,
)

from abicart_specter.domain.records import Outcome, Severity
from abicart_specter.ledger import PairOrigin

OVERRULED = "shop_edit_overruled"


@pytest.fixture
def mastered(small, abicart_server):
    """A shop with the imports of price, name and VAT on, sent once. ``item`` costs 250 kr with VAT, 200 without."""
    small.settings = demo_settings(imports__price=True, imports__name=True, imports__vat=True)
    small.item = plain_articles(abicart_server)[1]
    reprice(abicart_server, small.item, "250")
    small.run()
    return small


def in_specter(specter, item, field: str = "price") -> str:
    return str(specter_article(specter, item["product_number"])[field])


def in_ledger(export, item):
    return export.ledger.pairs("demo", [key(item)])[key(item)]


def specter_says(specter, item, **values: str) -> None:
    """A person in Specter changes an article, which puts it on the article-info queue."""
    specter.control.edit("article.change", number=item["product_number"], **values)


def test_an_edit_in_the_shop_never_reaches_specter_and_is_flagged_with_both_values(
    mastered, abicart_server, specter_server
) -> None:
    """Nothing has come from Specter yet: what it holds is known from our own confirmed write."""
    reprice(abicart_server, mastered.item, "375")
    ctx = mastered.context()
    result = mastered.run(ctx=ctx)
    assert (result.sent, result.unchanged) == (0, 12)
    assert in_specter(specter_server, mastered.item) == "200.00"
    flag = flags(mastered, ctx)[OVERRULED][key(mastered.item)].flag
    assert flag.severity is Severity.WARNING
    assert "'375'" in flag.message and "'200.00'" in flag.message
    assert "imports.price" in flag.remedy


def test_the_flag_stays_until_the_edit_is_undone(mastered, abicart_server) -> None:
    reprice(abicart_server, mastered.item, "375")
    mastered.run()
    mastered.run()
    assert OVERRULED in open_rules(mastered, key(mastered.item))
    reprice(abicart_server, mastered.item, "250")
    mastered.run()
    assert OVERRULED not in open_rules(mastered, key(mastered.item))


def test_specters_price_goes_back_with_a_change_of_another_field(
    mastered, abicart_server, specter_server
) -> None:
    """A complete record is sent, and its price is the one that Specter has just told."""
    specter_says(specter_server, mastered.item, price="199.5", name="Specters namn")
    change(abicart_server, mastered.item, ean="2099999999990")
    after = last_request(specter_server)
    mastered.run()
    (call,) = article_calls(specter_server, after=after)
    row = next(row for row in call.rows if row["articleNo"] == mastered.item["product_number"])
    assert (row["priceExclVAT"], row["name"], row["barCode"]) == ("199.50", "Specters namn", "2099999999990")
    assert in_specter(specter_server, mastered.item, "name") == "Specters namn"


def test_the_queue_is_emptied_before_the_first_write(mastered, abicart_server, specter_server) -> None:
    specter_says(specter_server, mastered.item, price="199.5")
    change(abicart_server, mastered.item, ean="2099999999990")
    after = last_request(specter_server)
    mastered.run()
    calls = [call for one in specter_server.control.requests(after=after) for call in one["calls"]]
    assert "updateArticleInfosFromBatch" in calls[: calls.index("newArticleSubmit")]
    assert specter_server.control.inspect("queues")["article_info"] == []


def test_what_specter_changed_itself_is_not_sent_back_to_it(mastered, specter_server) -> None:
    specter_says(specter_server, mastered.item, price="199.5", vat_percent="12")
    before = specter_server.control.counters()["calls"]["newArticleSubmit"]
    result = mastered.run()
    assert (result.sent, result.unchanged) == (0, 12)
    assert specter_server.control.counters()["calls"]["newArticleSubmit"] == before
    assert in_specter(specter_server, mastered.item) == "199.5"


def test_prices_that_are_equal_by_rule_22_are_neither_written_nor_flagged(
    mastered, abicart_server, specter_server
) -> None:
    """The shop comes to what Specter says: 199.50 without VAT is 249.38 with it, rounded."""
    specter_says(specter_server, mastered.item, price="199.5")
    reprice(abicart_server, mastered.item, "249.38")
    ctx = mastered.context()
    assert mastered.run(ctx=ctx).unchanged == 12
    assert OVERRULED not in flags(mastered, ctx)


def test_a_price_of_the_shop_that_differs_from_specters_news_is_overruled(
    mastered, abicart_server, specter_server
) -> None:
    specter_says(specter_server, mastered.item, price="199.5")
    reprice(abicart_server, mastered.item, "375")
    ctx = mastered.context()
    mastered.run(ctx=ctx)
    flag = flags(mastered, ctx)[OVERRULED][key(mastered.item)].flag
    assert "'375'" in flag.message and "'199.50'" in flag.message
    assert in_specter(specter_server, mastered.item) == "199.5"


def test_name_and_vat_have_their_master_too(mastered, abicart_server, specter_server) -> None:
    change(abicart_server, mastered.item, name={"sv": "Butikens namn"}, vatRate="0.12")
    ctx = mastered.context()
    mastered.run(ctx=ctx)
    assert in_specter(specter_server, mastered.item, "name") == mastered.item["name"]
    assert in_specter(specter_server, mastered.item, "vat_percent") == "25"
    flag = flags(mastered, ctx)[OVERRULED][key(mastered.item)].flag
    assert "Butikens namn" in flag.message and mastered.item["name"] in flag.message


def test_a_confirmed_write_of_the_shops_price_settles_the_pair(small, abicart_server) -> None:
    """Whatever the imports: what was confirmed is what both hold, and is replaced by the next write."""
    item = plain_articles(abicart_server)[1]
    for price, without in (("250", "200.00"), ("375", "300.00")):
        reprice(abicart_server, item, price)
        small.run()
        pair = in_ledger(small, item)["price"]
        assert (pair.shop_value, pair.specter_value, pair.origin) == (price, without, PairOrigin.EXPORT)
    assert in_ledger(small, item)["vat"].specter_value == "25"
    assert in_ledger(small, item)["name"].shop_value == item["name"]


def test_an_overruled_edit_settles_nothing(mastered, abicart_server, specter_server) -> None:
    """The shop still has its own value. Were it settled, the import would never bring Specter's."""
    specter_says(specter_server, mastered.item, price="199.5")
    change(abicart_server, mastered.item, ean="2099999999990", price={"regular": {"SEK": "375"}})
    mastered.run()
    pair = in_ledger(mastered, mastered.item)["price"]
    assert (pair.shop_value, pair.specter_value) == ("250", "200.00")


def test_the_newer_of_pair_and_inbox_counts(mastered, abicart_server, specter_server) -> None:
    """Specter told 199.50; later the import was off, and the shop's 300 was confirmed; that is what Specter has now."""
    specter_says(specter_server, mastered.item, price="199.5")
    mastered.run()
    imports_on, mastered.settings = mastered.settings, demo_settings()
    reprice(abicart_server, mastered.item, "375")
    mastered.run()
    assert in_specter(specter_server, mastered.item) == "300.00"
    mastered.settings = imports_on
    specter_server.control.edit("queue.clear", queue="article_info")
    reprice(abicart_server, mastered.item, "500")
    ctx = mastered.context()
    mastered.run(ctx=ctx)
    assert in_specter(specter_server, mastered.item) == "300.00"
    assert "'300.00'" in flags(mastered, ctx)[OVERRULED][key(mastered.item)].flag.message
    specter_says(specter_server, mastered.item, price="310")
    change(abicart_server, mastered.item, ean="2099999999990")
    mastered.run()
    assert in_specter(specter_server, mastered.item) == "310.00"


def test_a_product_that_specter_knew_first_keeps_specters_price(
    small, abicart_server, specter_server
) -> None:
    item = plain_articles(abicart_server)[1]
    new_article(specter_server, item["product_number"], price="77.7", vat_percent="25")
    small.settings = demo_settings(imports__price=True)
    small.run()
    assert in_specter(specter_server, item) == "77.70"
    assert in_specter(specter_server, item, "name") == item["name"]


def test_without_its_import_a_field_is_the_shops(mastered, abicart_server, specter_server) -> None:
    mastered.settings = demo_settings(imports__name=True)
    specter_says(specter_server, mastered.item, price="199.5", name="Specters namn")
    reprice(abicart_server, mastered.item, "375")
    mastered.run()
    assert in_specter(specter_server, mastered.item) == "300.00"
    assert in_specter(specter_server, mastered.item, "name") == "Specters namn"


def test_a_text_of_specters_that_cannot_be_written_back_holds_its_product_alone(
    mastered, abicart_server, specter_server
) -> None:
    """F30: Specter's own pages take a dash that its interface does not."""
    specter_server.control.switches(xml_charset="utf-8")
    specter_says(specter_server, mastered.item, name="Kaffe \u2013 500 g")
    other = plain_articles(abicart_server)[2]
    change(abicart_server, mastered.item, ean="2099999999990")
    change(abicart_server, other, ean="2099999999983")
    ctx = mastered.context()
    result = mastered.run(ctx=ctx)
    held = with_outcome(mastered, ctx, Outcome.HELD)
    assert (result.sent, set(held)) == (1, {key(mastered.item)})
    assert held[key(mastered.item)].rule == "specter_text_unwritable"
    assert "U+2013" in held[key(mastered.item)].reason
    assert "in Specter" in flags(mastered, ctx)["specter_text_unwritable"][key(mastered.item)].flag.remedy
    assert mastered.preview()["held"] == 1
    assert in_specter(specter_server, other, "bar_code") == "2099999999983"
    assert in_specter(specter_server, mastered.item, "name") == "Kaffe \u2013 500 g"
