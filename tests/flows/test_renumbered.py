"""A product keeps its article in Specter when its number changes, and no article changes hands (F13)."""

from __future__ import annotations

import pytest
from scenes import (
    add_article,
    article_calls,
    delete,
    flags,
    key,
    last_request,
    open_rules,
    outcomes,
    plain_articles,
    renumber,
    specter_article,
    specter_numbers,
)

from abicart_specter.domain.records import ItemKey, Kind, Outcome
from abicart_specter.flows.plan_chunks import Selection
from abicart_specter.flows.prepare_products import PrepareOptions

ACCEPT = PrepareOptions(accept_renumbered=True)


@pytest.fixture
def sent(small, abicart_server):
    """Everything was sent; ``item`` is one of the products, ``other`` another."""
    small.run()
    small.item, small.other = plain_articles(abicart_server)[:2]
    return small


def test_a_new_number_is_held_with_what_to_do(sent, abicart_server, specter_server) -> None:
    old = sent.item["product_number"]
    renumber(abicart_server, sent.item, "NYTT-1")
    after = last_request(specter_server)
    ctx = sent.context()
    result = sent.run(ctx=ctx)
    assert (result.held, result.sent, result.unchanged) == (1, 0, 11)
    assert article_calls(specter_server, after=after) == []
    flag = flags(sent, ctx)["renumbered"][key(sent.item)].flag
    assert old in flag.message and "NYTT-1" in flag.message
    assert old in flag.remedy and "Numbers were changed in Specter too" in flag.remedy
    renumber(abicart_server, sent.item, old)
    assert sent.run().unchanged == 12
    assert open_rules(sent, key(sent.item)) == set()


def test_accepted_it_goes_to_the_same_article_under_its_new_number(
    sent, abicart_server, specter_server
) -> None:
    old = sent.item["product_number"]
    article = specter_article(specter_server, old)
    renumber(abicart_server, sent.item, "NYTT-1")
    sent.run()
    specter_server.control.edit("article.renumber", number=old, to="NYTT-1")
    after = last_request(specter_server)
    result = sent.run(Selection(only="NYTT-1"), ACCEPT)
    assert (result.sent, result.excluded) == (1, 11)
    assert specter_article(specter_server, "NYTT-1")["id"] == article["id"]
    assert specter_article(specter_server, "NYTT-1")["stock"] == article["stock"]
    assert old not in specter_numbers(specter_server)
    assert [call.force for call in article_calls(specter_server, after=after)] == [False, True]
    assert sent.run().unchanged == 12
    assert open_rules(sent, key(sent.item)) == set()


def test_a_number_taken_over_from_a_product_that_is_still_there_is_held(
    sent, abicart_server, specter_server
) -> None:
    number = sent.item["product_number"]
    renumber(abicart_server, sent.item, "NYTT-1")
    newcomer = ItemKey(Kind.ARTICLE, add_article(abicart_server, number))
    after = last_request(specter_server)
    ctx = sent.context()
    result = sent.run(ctx=ctx)
    assert (result.held, result.sent) == (2, 0)
    assert article_calls(specter_server, after=after) == []
    assert outcomes(sent, ctx)[newcomer].rule == "number_taken_over"
    assert str(key(sent.item)) in outcomes(sent, ctx)[newcomer].reason
    assert number in flags(sent, ctx)["number_taken_over"][newcomer].flag.message
    assert sent.preview()["held"] == 2


def test_it_goes_as_soon_as_the_former_owner_has_its_new_number_in_specter(
    sent, abicart_server, specter_server
) -> None:
    number = sent.item["product_number"]
    renumber(abicart_server, sent.item, "NYTT-1")
    specter_server.control.edit("article.renumber", number=number, to="NYTT-1")
    sent.run(options=ACCEPT)
    add_article(abicart_server, number)
    result = sent.run()
    assert (result.sent, result.unchanged, result.held) == (1, 12, 0)
    ids = {specter_article(specter_server, one)["id"] for one in (number, "NYTT-1")}
    assert len(ids) == 2


def test_swapped_numbers_are_both_held(sent, abicart_server, specter_server) -> None:
    one, two = sent.item["product_number"], sent.other["product_number"]
    renumber(abicart_server, sent.item, "TILLFÄLLIGT")
    renumber(abicart_server, sent.other, one)
    renumber(abicart_server, sent.item, two)
    names = {number: specter_article(specter_server, number)["name"] for number in (one, two)}
    for options in (PrepareOptions(), ACCEPT):
        ctx = sent.context()
        sent.run(options=options, ctx=ctx)
        by_item = outcomes(sent, ctx)
        assert by_item[key(sent.item)].outcome is by_item[key(sent.other)].outcome is Outcome.HELD
    assert {number: specter_article(specter_server, number)["name"] for number in (one, two)} == names


def test_the_number_of_a_deleted_product_may_be_used_again(sent, abicart_server, specter_server) -> None:
    """A product that was made anew takes up its old article, with what Specter has in stock."""
    number = sent.item["product_number"]
    article = specter_article(specter_server, number)
    delete(abicart_server, sent.item)
    add_article(abicart_server, number, name={"sv": "Gjord på nytt"})
    result = sent.run()
    assert (result.sent, result.unchanged, result.held) == (1, 11, 0)
    now = specter_article(specter_server, number)
    assert (now["id"], now["name"], now["stock"]) == (article["id"], "Gjord på nytt", article["stock"])
