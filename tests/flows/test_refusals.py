"""Of a refused group the bad rows are found, held and named, and the rest goes (F30, F38, F40)."""

from __future__ import annotations

import pytest
import yaml
from harness import REPO, demo_settings
from scenes import (
    article_calls,
    change,
    flags,
    items,
    key,
    last_request,
    open_rules,
    outcomes,
    plain_articles,
    reprice,
    specter_numbers,
    with_outcome,
)

from abicart_specter.domain.mapping import load_mapping
from abicart_specter.domain.records import Outcome
from abicart_specter.errors import IncompleteRunError, RefusedAlikeError, UnconfirmedError
from abicart_specter.flows.plan_chunks import Selection
from abicart_specter.flows.prepare_products import PrepareOptions
from abicart_specter.flows.report import report

REFUSED = "refused_by_specter"


def product_groups(specter, *, after: int = 0) -> list[list[str]]:
    """Numbers of the products in each accepted update, in the order in which they went."""
    return [call.numbers for call in article_calls(specter, after=after) if call.force and not call.refused]


@pytest.mark.parametrize("kept", ["all_or_nothing", "before_bad", "all_good"])
def test_bad_rows_are_found_and_named_and_all_others_go(export, abicart_server, specter_server, kept) -> None:
    abicart_server.control.reset(seed={"items": 90, "faults": 0, "orders": 0, "customers": 0})
    bad = [items(abicart_server)[place] for place in (3, 40, 41)]
    numbers = {one["product_number"] for one in bad}
    specter_server.control.switches(refused_numbers=sorted(numbers), partial_rows=kept)
    ctx = export.context()
    result = export.run(ctx=ctx)
    assert (result.sent, result.held, result.failed) == (87, 3, 0)
    held = with_outcome(export, ctx, Outcome.HELD)
    found = flags(export, ctx)[REFUSED]
    assert set(held) == set(found) == {key(one) for one in bad}
    for item, record in held.items():
        assert record.product_number in numbers
        assert record.product_number in record.reason
        assert "Artikelnumret är inte tillåtet" in record.reason
        assert "next export sends the product again" in found[item].flag.remedy
    good = {one["product_number"] for one in items(abicart_server)} - numbers
    assert specter_numbers(specter_server) == good | set(export.settings.special_numbers_by_number())
    assert len(article_calls(specter_server)) < 40


def test_a_refusal_is_over_when_the_product_was_sent(small, abicart_server, specter_server) -> None:
    bad = plain_articles(abicart_server)[0]
    specter_server.control.switches(refused_numbers=[bad["product_number"]])
    small.run()
    assert open_rules(small, key(bad)) == {REFUSED}
    after = last_request(specter_server)
    small.run()
    assert {number for call in article_calls(specter_server, after=after) for number in call.numbers} == {
        bad["product_number"]
    }
    assert open_rules(small, key(bad)) == {REFUSED}
    specter_server.control.switches(refused_numbers=[])
    assert small.run().sent == 1
    assert open_rules(small, key(bad)) == set()


def test_refused_after_it_was_sent_once(small, abicart_server, specter_server) -> None:
    """Pass 2 alone is refused: Specter keeps what it had, and the product is sent again until it is taken."""
    small.run()
    bad = plain_articles(abicart_server)[0]
    old = bad["price"]
    specter_server.control.switches(refused_numbers=[bad["product_number"]])
    reprice(abicart_server, bad, "4321")
    assert small.run().held == 1
    specter_server.control.switches(refused_numbers=[])
    reprice(abicart_server, bad, old)
    assert small.run().sent == 1  # who knows what of the refused write arrived
    assert small.run().sent == 0


def account_refuses(specter) -> None:
    specter.control.fault("refusal", count=None, action="newArticleSubmit", words="9014 Behörighet saknas")


def every_number_refused(specter) -> None:
    """As many systems do, the words name row and number, so that no two refusals read the same."""
    numbers = specter.control.inspect("articles", limit=1000)
    specter.control.switches(refused_numbers=[one["number"] for one in numbers])


@pytest.mark.parametrize("refuse", [account_refuses, every_number_refused])
def test_three_whole_groups_refused_alike_are_the_accounts_fault(
    small, abicart_server, specter_server, refuse
) -> None:
    small.run()
    small.settings = demo_settings(limits__group_rows=3)
    refuse(specter_server)
    ctx = small.context()
    (chunk,) = small.prepare(ctx)
    after = last_request(specter_server)
    with pytest.raises(RefusedAlikeError) as caught:
        small.send(ctx, chunk, PrepareOptions(full_resend=True))
    assert "rights of the API user" in str(caught.value) and "specter_demo" in str(caught.value)
    failed = with_outcome(small, ctx, Outcome.FAILED)
    assert len(failed) == 9
    tried = {number for call in article_calls(specter_server, after=after) for number in call.numbers}
    assert {record.product_number for record in failed.values()} == tried
    with pytest.raises(IncompleteRunError, match="3 products have no outcome; 9 products failed"):
        report(ctx)
    # Mended, the task is cleared: what failed is tried again, and the run can be green.
    specter_server.control.clear_faults()
    specter_server.control.switches(refused_numbers=[])
    small.send(ctx, chunk, PrepareOptions(full_resend=True))
    assert report(ctx).sent == 12
    assert abicart_server.control.inspect("counts")["items"] == 12


def test_two_whole_groups_refused_alike_are_their_products_fault(
    small, abicart_server, specter_server
) -> None:
    small.settings = demo_settings(limits__group_rows=3)
    small.run()
    first, second, *others = product_groups(specter_server)
    assert len(others) == 2
    specter_server.control.switches(refused_numbers=first + second)
    ctx = small.context()
    result = small.run(options=PrepareOptions(full_resend=True), ctx=ctx)
    assert (result.sent, result.held, result.failed) == (6, 6, 0)
    held = with_outcome(small, ctx, Outcome.HELD)
    assert sorted(record.product_number for record in held.values()) == sorted(first + second)
    assert set(flags(small, ctx)[REFUSED]) == set(held)


def test_three_refused_groups_among_accepted_ones_are_their_products_fault(small, specter_server) -> None:
    small.settings = demo_settings(limits__group_rows=2)
    small.run()
    groups = product_groups(specter_server)
    assert len(groups) == 6
    bad = groups[0] + groups[1] + groups[3]
    specter_server.control.switches(refused_numbers=bad)
    result = small.run(options=PrepareOptions(full_resend=True))
    assert (result.sent, result.held, result.failed) == (6, 6, 0)


def test_a_held_product_keeps_its_flag_when_the_chunk_ends_badly_later(
    small, abicart_server, specter_server
) -> None:
    """Three lost answers in a row end it before it gets to its last group."""
    small.settings = demo_settings(limits__group_rows=2)
    small.run()
    first, *later = product_groups(specter_server)
    specter_server.control.switches(refused_numbers=first[:1])
    for number in (number for group in later[:3] for number in group):
        specter_server.control.fault("drop_after", count=None, text=number, action="newArticleSubmit")
    ctx = small.context()
    (chunk,) = small.prepare(ctx)
    with pytest.raises(UnconfirmedError):
        small.send(ctx, chunk, PrepareOptions(full_resend=True))
    bad = next(one for one in items(abicart_server) if one["product_number"] == first[0])
    assert outcomes(small, ctx)[key(bad)].outcome is Outcome.HELD
    assert open_rules(small, key(bad)) == {REFUSED}


def test_a_product_that_cannot_be_mapped_is_held_alone(small, abicart_server, specter_server) -> None:
    """F30: no name, which Specter wants."""
    bad = plain_articles(abicart_server)[0]
    change(abicart_server, bad, name={"sv": "", "en": " "})
    ctx = small.context()
    result = small.run(ctx=ctx)
    assert (result.sent, result.held) == (11, 1)
    record = outcomes(small, ctx)[key(bad)]
    assert record.rule == "field_missing" and bad["product_number"] in record.reason
    assert open_rules(small, key(bad)) == {"field_missing"}
    change(abicart_server, bad, name={"sv": "Nu med namn"})
    assert small.run().sent == 1
    assert open_rules(small, key(bad)) == set()


def test_a_row_that_is_too_large_for_a_call_is_held_alone(
    small, abicart_server, specter_server, tmp_path
) -> None:
    """F30 again: our own client does not put it on the wire."""
    mapping = yaml.safe_load((REPO / "include/mappings/article.yaml").read_text(encoding="utf-8"))
    mapping["also_accepted"] = ["longText"]
    mapping["fields"].append({"to": "longText", "from": "article.description.sv"})
    (tmp_path / "long.yaml").write_text(yaml.safe_dump(mapping, allow_unicode=True), encoding="utf-8")
    small.mapping = load_mapping(tmp_path / "long.yaml")
    bad = plain_articles(abicart_server)[0]
    change(abicart_server, bad, description={"sv": "ö" * 40_000})
    ctx = small.context()
    result = small.run(ctx=ctx)
    assert (result.sent, result.held) == (11, 1)
    assert "texts are too long" in outcomes(small, ctx)[key(bad)].reason
    assert bad["product_number"] not in specter_numbers(specter_server)


def test_an_account_that_refuses_everything_is_never_green(export, specter_server) -> None:
    """Too few products for three whole groups: they are held, and the run is red all the same."""
    specter_server.control.fault(
        "refusal", action="newArticleSubmit", count=10_000, words="Kontot är spärrat"
    )
    ctx = export.context()
    with pytest.raises(IncompleteRunError, match="refused all 180 products"):
        export.run(ctx=ctx)
    specter_server.control.clear_faults()
    assert export.run().sent == 180


def test_a_few_refused_products_alone_in_a_run_are_held(export, specter_server) -> None:
    specter_server.control.fault("refusal", action="newArticleSubmit", count=10_000, words="Nej")
    assert export.run(Selection(limit=5)).held >= 5
