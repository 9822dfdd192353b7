"""The trigger form: only these numbers, at most so many, everything again."""

from __future__ import annotations

import pytest
from harness import demo_settings
from scenes import article_calls, items, key, last_request, outcomes, plain_articles, renumber

from abicart_specter.domain.records import Outcome
from abicart_specter.flows.plan_chunks import Selection
from abicart_specter.flows.prepare_products import PrepareOptions

NUMBERS = ("MUG-1", "MUG-2", "MUG-10", "mug-3", "CUP/1")


@pytest.fixture
def named(small, abicart_server):
    """Five of the twelve products have the numbers above."""
    for item, number in zip(plain_articles(abicart_server), NUMBERS, strict=False):
        renumber(abicart_server, item, number)
    return small


def numbers_sent(specter, *, after: int = 0) -> set[str]:
    calls = article_calls(specter, after=after)
    return {number for call in calls for number in call.numbers if call.force}


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ("MUG-1", {"MUG-1"}),
        ("MUG-1, CUP/1", {"MUG-1", "CUP/1"}),
        ("MUG-1\nCUP/1\r\n mug-3;MUG-2", {"MUG-1", "CUP/1", "mug-3", "MUG-2"}),
        ("MUG-*", {"MUG-1", "MUG-2", "MUG-10"}),
        ("MUG-?", {"MUG-1", "MUG-2"}),
        ("?UG-1*, CUP/1", {"MUG-1", "MUG-10", "CUP/1"}),
        ("NOBODY-1", set()),
        ("*", None),
    ],
)
def test_only_what_was_asked_for_is_sent(named, abicart_server, specter_server, only, expected) -> None:
    ctx = named.context()
    result = named.run(Selection.from_params({"only": only, "limit": None}), ctx=ctx)
    if expected is None:
        expected = {one["product_number"] for one in items(abicart_server)}
    assert numbers_sent(specter_server) == expected
    assert (result.found, result.sent, result.excluded) == (12, len(expected), 12 - len(expected))
    excluded = {
        record.product_number: record.rule
        for record in outcomes(named, ctx).values()
        if record.outcome is Outcome.EXCLUDED
    }
    assert set(excluded.values()) <= {"not_selected"}
    assert not set(excluded) & expected


def test_a_number_with_the_signs_of_a_pattern_can_be_named(small, abicart_server, specter_server) -> None:
    small.settings = demo_settings(product_numbers__also_allowed="-[]*")
    one, two, three = plain_articles(abicart_server)[:3]
    for item, number in ((one, "A[1]"), (two, "A1"), (three, "B*")):
        renumber(abicart_server, item, number)
    small.run(Selection(only="A[1]"))
    assert numbers_sent(specter_server) == {"A[1]", "A1"}


def test_a_limit_lets_so_many_go(small, specter_server) -> None:
    result = small.run(Selection.from_params({"only": None, "limit": 5}))
    assert (result.sent, result.excluded) == (5, 7)
    assert len(numbers_sent(specter_server)) == 5
    result = small.run(Selection(only="*-*", limit=2))
    assert (result.unchanged, result.excluded) == (2, 10)
    assert small.run().sent == 7


def test_what_is_held_stays_held_and_is_not_counted_by_the_limit(named, abicart_server) -> None:
    renumber(abicart_server, plain_articles(abicart_server)[0], "Å-1")
    ctx = named.context()
    result = named.run(Selection(limit=3), ctx=ctx)
    assert (result.held, result.sent, result.excluded) == (1, 3, 8)


def test_a_full_resend_of_some_sends_those_alone(named, specter_server) -> None:
    named.run()
    after = last_request(specter_server)
    result = named.run(Selection(only="MUG-*"), PrepareOptions.from_params({"full_resend": True}))
    assert numbers_sent(specter_server, after=after) == {"MUG-1", "MUG-2", "MUG-10"}
    assert (result.sent, result.excluded, result.unchanged) == (3, 9, 0)


def test_planning_again_does_not_let_more_go(small, abicart_server) -> None:
    """Somebody clears the task that plans: the run keeps to its limit."""
    ctx = small.context()
    selection = Selection(limit=4)
    (chunk,) = small.prepare(ctx, selection)
    small.send(ctx, chunk)
    assert small.plan(ctx, selection) == []
    by_item = outcomes(small, ctx)
    assert set(by_item) == {key(one) for one in items(abicart_server)}
    assert sum(record.outcome is Outcome.SENT for record in by_item.values()) == 4


def test_a_number_or_pattern_that_no_product_has_is_named(named, caplog) -> None:
    with caplog.at_level("WARNING"):
        named.run(Selection(only="MUG-1 NO-SUCH-*, ALSO-NOT"))
    said = [record.getMessage() for record in caplog.records if "no product to send" in record.getMessage()]
    assert [message.rsplit(" ", 1)[1] for message in said] == ["ALSO-NOT.", "NO-SUCH-*."]
