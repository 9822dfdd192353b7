"""Every product found has exactly one outcome, and a run in which one does not is red (rule 5, F40)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from harness import demo_settings
from scenes import (
    add_article,
    delete,
    items,
    key,
    outcomes,
    plain_articles,
    renumber,
    reprice,
    specter_numbers,
    with_outcome,
)

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import IncompleteRunError, RetriableError, UnconfirmedError
from abicart_specter.flows.check_shop import check_shop
from abicart_specter.flows.plan_chunks import Selection
from abicart_specter.flows.report import report
from abicart_specter.ledger import RunKey


def test_found_and_outcomes_are_the_same_set(export, abicart_server, specter_server) -> None:
    ctx = export.context()
    result = export.run(ctx=ctx)
    by_item = outcomes(export, ctx)
    found = {key(one): one for one in items(abicart_server)}
    assert set(by_item) == set(found)
    assert {item: record.product_number for item, record in by_item.items()} == {
        item: one["product_number"] for item, one in found.items()
    }
    counts = Counter(record.outcome.value for record in by_item.values())
    assert {outcome.value: getattr(result, outcome.value) for outcome in Outcome} == {
        outcome.value: counts[outcome.value] for outcome in Outcome
    }
    assert result.found == abicart_server.control.inspect("counts")["items"] == sum(counts.values())
    sent = {by_item[item].product_number for item in with_outcome(export, ctx, Outcome.SENT)}
    assert specter_numbers(specter_server) == sent | set(export.settings.special_numbers_by_number())


def test_the_report_counts_requests_as_the_servers_do(export, abicart_server, specter_server) -> None:
    result = export.run()
    assert result.requests == {
        "abicart": abicart_server.control.counters()["requests"],
        "specter": specter_server.control.counters()["requests"],
    }
    kept = export.ledger.get_run(RunKey("demo", "product_export", "run-1"))
    assert kept.summary == result.as_dict()
    assert kept.finished_at is not None


def test_each_outcome_that_leaves_a_run_green(small, abicart_server, specter_server) -> None:
    small.run()
    one, two, three = plain_articles(abicart_server)[:3]
    reprice(abicart_server, one, "4321")
    renumber(abicart_server, two, "Å-2")
    specter_server.control.switches(refused_numbers=[three["product_number"]])
    reprice(abicart_server, three, "1234")
    added = add_article(abicart_server, "NY-1")
    ctx = small.context()
    everything_but_the_new = ",".join(
        one["product_number"] for one in items(abicart_server) if one["uid"] != added
    )
    result = small.run(Selection(only=everything_but_the_new), ctx=ctx)
    by_item = outcomes(small, ctx)
    assert {by_item[key(item)].rule for item in (two, three)} == {
        "number_forbidden_character",
        "refused_by_specter",
    }
    assert (result.sent, result.held, result.excluded, result.unchanged) == (1, 2, 1, 9)
    assert result.found == 13
    assert by_item[key(one)].outcome is Outcome.SENT


def test_unconfirmed_is_red_until_a_retry_settles_it(small, specter_server) -> None:
    ctx = small.context()
    chunks = small.prepare(ctx)
    specter_server.control.fault("drop_after", count=None, action="newArticleSubmit")
    with pytest.raises(UnconfirmedError):
        small.send(ctx, chunks[0])
    with pytest.raises(IncompleteRunError, match="12 products are unconfirmed"):
        report(ctx)
    assert small.ledger.get_run(ctx.run).summary["unconfirmed"] == 12
    specter_server.control.clear_faults()
    small.send(ctx, chunks[0])
    assert report(ctx).sent == 12


def test_a_product_without_an_outcome_is_red_and_named(small, abicart_server, caplog) -> None:
    ctx = small.context()
    small.prepare(ctx)
    with pytest.raises(IncompleteRunError, match="12 products have no outcome"):
        report(ctx)
    assert f"{key(items(abicart_server)[0])} was found but has no outcome" in caplog.text


def test_an_outcome_of_a_product_that_is_not_there_is_red(small, abicart_server) -> None:
    ctx = small.context()
    small.run(ctx=ctx)
    gone = plain_articles(abicart_server)[0]
    delete(abicart_server, gone)
    small.read(ctx)  # somebody clears the task that reads: what was sent stays sent
    small.validate(ctx)
    for chunk in small.plan(ctx):
        small.send(ctx, chunk)
    with pytest.raises(IncompleteRunError, match="1 outcomes belong to no product found"):
        report(ctx)
    assert outcomes(small, ctx)[key(gone)].outcome is Outcome.SENT


def test_a_catalogue_that_was_not_read_to_its_end_is_red(small, abicart_server, specter_server) -> None:
    small.options = replace(small.options, page_size=3)
    ctx = small.context()
    check_shop(ctx)
    abicart_server.control.fault("html_500", count=None, after=2, action="Article.list")
    with pytest.raises(RetriableError):
        small.read(ctx)
    with pytest.raises(IncompleteRunError, match="not read to its end"):
        report(ctx)
    assert specter_server.control.counters()["writes"] == 0


def test_a_run_that_got_nowhere_is_red(small) -> None:
    ctx = small.context()
    with pytest.raises(IncompleteRunError, match="did not get as far"):
        report(ctx)
    check_shop(ctx)
    with pytest.raises(IncompleteRunError, match="not read to its end"):
        report(ctx)


def test_held_is_green_unless_the_shop_wants_it_red(small, abicart_server) -> None:
    renumber(abicart_server, items(abicart_server)[0], "Å-1")
    assert small.run().held == 1
    small.settings = demo_settings(held_makes_run_red=True)
    with pytest.raises(IncompleteRunError, match="1 products are held"):
        small.run()


def test_a_chunk_that_runs_again_does_not_change_what_the_run_says(small, specter_server) -> None:
    """Rule 5: the second try finds every product up to date, and the run still says sent."""
    ctx = small.context()
    chunks = small.prepare(ctx)
    small.send(ctx, chunks[0])
    writes = specter_server.control.counters()["writes"]
    assert small.send(ctx, chunks[0]).outcomes == Counter()
    assert specter_server.control.counters()["writes"] == writes
    result = report(ctx)
    assert (result.sent, result.unchanged) == (12, 0)
    assert small.run().unchanged == 12


def test_a_red_task_makes_the_report_red_even_if_every_product_has_an_outcome(export) -> None:
    ctx = export.context()
    export.run(ctx=ctx)
    with pytest.raises(IncompleteRunError, match="1 of the tasks before this one are red"):
        report(ctx, red_tasks=1)
