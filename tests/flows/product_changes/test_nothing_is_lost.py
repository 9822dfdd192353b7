"""Whatever becomes of a run: what changed is sent by this one or by a later one."""

from __future__ import annotations

import itertools
import random
from contextlib import suppress

import pytest
from change_lab import FLOW, ChangeLab
from scenes import (
    add_article,
    key,
    new_article,
    plain_articles,
    reprice,
    specter_article,
    specter_numbers,
    with_outcome,
)

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import AbicartSpecterError, LeaseHeldError, RetriableError
from abicart_specter.flows.leases import hold_leases
from abicart_specter.flows.send_products import lease_name

PRICES = itertools.cycle([("250", "200.00"), ("500", "400.00"), ("750", "600.00")])


def price_in_specter(lab: ChangeLab, item) -> str:
    return str(specter_article(lab.specter_server, item["product_number"])["price"])


def test_a_run_that_could_not_read_to_the_end_moves_nothing(sent: ChangeLab) -> None:
    item = plain_articles(sent.abicart_server)[1]
    reprice(sent.abicart_server, item, "250")
    before = sent.ledger.product_changes.state("demo").read_to
    sent.abicart_server.control.fault("unavailable", count=None, action="Article.count")
    with pytest.raises(RetriableError):
        sent.read_changes()
    assert sent.ledger.product_changes.state("demo").read_to == before
    sent.abicart_server.control.clear_faults()
    sent.later(hours=2)
    assert sent.changes().sent == 1


def test_what_was_read_and_not_sent_is_sent_by_the_next_run(sent: ChangeLab) -> None:
    item = plain_articles(sent.abicart_server)[1]
    reprice(sent.abicart_server, item, "250")
    sent.specter_server.control.fault("unavailable", count=None, action="newArticleSubmit")
    run = sent.changes()
    assert run.report is None and run.red
    assert sent.waiting() == 1
    sent.specter_server.control.clear_faults()
    sent.quiet_while()
    again = sent.changes()
    assert (again.read.changed, again.sent) == (0, 1)
    assert price_in_specter(sent, item) == "200.00"
    assert sent.waiting() == 0


def test_a_run_that_died_after_reading_is_made_up_for(sent: ChangeLab) -> None:
    """Nobody reports; the next run of the flow even drops what was staged."""
    item = plain_articles(sent.abicart_server)[1]
    reprice(sent.abicart_server, item, "250")
    sent.read_changes()
    sent.quiet_while()
    assert sent.changes().sent == 1
    assert price_in_specter(sent, item) == "200.00"


def test_the_other_owner_of_a_number_is_not_forgotten_by_a_run_that_died(sent: ChangeLab) -> None:
    first = add_article(sent.abicart_server, "NY-1", price="100")
    add_article(sent.abicart_server, "NY-1", price="200")
    sent.changes()
    sent.later(minutes=31)
    sent.abicart_server.control.edit("Article", uid=first, patch={"articleNumber": "NY-2"})
    sent.read_changes()
    sent.quiet_while()
    assert sent.changes().sent == 2
    assert {"NY-1", "NY-2"} <= specter_numbers(sent.specter_server)


def test_products_under_another_runs_lease_wait_for_it(sent: ChangeLab) -> None:
    item = plain_articles(sent.abicart_server)[1]
    reprice(sent.abicart_server, item, "250")
    names = [lease_name("demo", partition) for partition in range(16)]
    with hold_leases(sent.ledger, names, "another run", sent.terms):
        run = sent.changes()
    assert run.report is None and "no outcome" in run.red
    sent.quiet_while()
    assert sent.changes().sent == 1


def test_a_held_lease_is_retriable(sent: ChangeLab) -> None:
    reprice(sent.abicart_server, plain_articles(sent.abicart_server)[1], "250")
    ctx = sent.context(flow=FLOW)
    sent.read_changes(ctx)
    (chunk,) = sent.plan(ctx)
    names = [lease_name("demo", partition) for partition in range(16)]
    with hold_leases(sent.ledger, names, "another run", sent.terms), pytest.raises(LeaseHeldError):
        sent.send(ctx, chunk)


def test_a_held_product_is_looked_at_again_the_next_day(sent: ChangeLab) -> None:
    """What held it was Specter, where nobody tells that it is mended."""
    item = plain_articles(sent.abicart_server)[1]
    reprice(sent.abicart_server, item, "250")
    sent.specter_server.control.switches(refused_numbers=[item["product_number"]])
    assert sent.changes().report.held == 1
    sent.specter_server.control.switches(refused_numbers=[])
    sent.quiet_while()
    assert sent.changes().read.articles == 0
    sent.later(hours=24)
    assert sent.changes().sent == 1
    assert sent.waiting() == 0


def test_a_whole_run_cleared_after_its_end_still_adds_up(sent: ChangeLab) -> None:
    item = plain_articles(sent.abicart_server)[1]
    reprice(sent.abicart_server, item, "250")
    ctx = sent.context("scheduled-1", flow=FLOW)
    assert sent.changes(ctx=ctx).sent == 1
    sent.quiet_while()
    again = sent.context("scheduled-1", flow=FLOW)
    run = sent.changes(ctx=again)
    assert (run.red, run.report.sent) == ("", 1)
    assert set(with_outcome(sent, again, Outcome.SENT)) == {key(item)}


def test_a_product_that_specter_has_already_is_brought_up_to_date(sent: ChangeLab) -> None:
    new_article(sent.specter_server, "NY-1", price="1")
    add_article(sent.abicart_server, "NY-1", price="250")
    sent.changes()
    assert specter_article(sent.specter_server, "NY-1")["price"] == "200.00"


@pytest.mark.parametrize("seed", range(4))
def test_under_faults_in_both_systems_every_change_arrives(sent: ChangeLab, seed: int) -> None:
    """A quarter of an hour after the other, people edit and things break; in the end Specter has what the shop has."""
    draw = random.Random(seed)
    expected: dict[str, str] = {}
    known = [one for one in plain_articles(sent.abicart_server) if float(one["vat_rate"]) == 0.25]
    for _ in range(8):
        for item in draw.sample(known, 2):
            price, without = next(PRICES)
            reprice(sent.abicart_server, item, price)
            expected[item["product_number"]] = without
        if draw.random() < 0.5:
            number = f"NY-{draw.randrange(10**6)}"
            add_article(sent.abicart_server, number, price="100")
            expected[number] = "80.00"
        server, call = draw.choice(
            [
                (sent.abicart_server, {"action": "Article.list"}),
                (sent.abicart_server, {"action": "Article.count"}),
                (sent.specter_server, {"action": "newArticleSubmit"}),
            ]
        )
        kind = draw.choice(["drop_before", "drop_after", "unavailable", "cut", "html_500"])
        server.control.fault(kind, count=draw.randrange(1, 9), **call)
        with suppress(AbicartSpecterError):
            sent.changes()
        server.control.clear_faults()
        sent.later(minutes=draw.choice([15, 15, 120]))
    sent.later(hours=1)
    assert sent.changes().red == ""
    articles = {
        one["number"]: one["price"] for one in sent.specter_server.control.inspect("articles", limit=1000)
    }
    assert {number: articles.get(number) for number in expected} == expected
    assert sent.waiting() == 0
