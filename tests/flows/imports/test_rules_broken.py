"""Each rule of what comes back from Specter is put to the test once: what it guards against is made to happen.

Where a rule has a test of its own already, ``ELSEWHERE`` names it, and its absence is red.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from import_lab import ImportLab, import_lab
from relay import CutError, Passing, relay_to

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.errors import AbicartSpecterError
from abicart_specter.flows.drain_queue import drain_article_info
from abicart_specter.flows.imports.silence import silent_queues
from abicart_specter.flows.imports.undo import undo_import
from abicart_specter.flows.imports.undo_request import UndoRequest
from abicart_specter.flows.journal import Journal
from abicart_specter.ledger import ChangeState, RunKey

TESTS = Path(__file__).parents[2]
OTHER = "product_change_export"

ELSEWHERE = {
    22: [
        "flows/product_changes/test_after_an_import.py::test_a_price_that_the_import_wrote_costs_no_write",
        "flows/product_changes/test_after_an_import.py::"
        "test_a_round_trip_in_either_direction_leaves_both_systems_as_they_were",
    ],
    24: [
        "flows/test_masters.py::test_an_edit_in_the_shop_never_reaches_specter_and_is_flagged_with_both_values",
        "flows/test_masters.py::test_the_queue_is_emptied_before_the_first_write",
    ],
    25: [
        "flows/test_two_passes.py::test_pass_1_creates_with_stock_and_pass_2_updates_without",
        "flows/test_two_passes.py::test_long_texts_make_groups_of_at_most_90_kb",
        "flows/test_refusals.py::test_bad_rows_are_found_and_named_and_all_others_go",
        "flows/test_refusals.py::test_three_whole_groups_refused_alike_are_the_accounts_fault",
    ],
    26: [
        "flows/test_special_numbers.py::test_they_are_created_once_and_without_force",
        "flows/test_special_numbers.py::test_where_creating_is_not_allowed_none_is_confirmed",
    ],
    27: [
        "flows/imports/queues/test_queue_kills.py::test_killed_at_each_line",
        "flows/imports/queues/test_queue_batches.py::test_the_batch_of_another_reader",
        "flows/imports/queues/test_replay.py::test_a_lost_ledger",
    ],
    28: [
        "flows/imports/status/test_status_matching.py::test_a_number_that_becomes_known_later_is_matched_then"
    ],
    29: [
        "flows/imports/queues/test_queue_batches.py::test_two_shops_of_one_account_read_one_queue",
        "flows/test_shared_account.py::test_both_refuse",
    ],
    30: [
        "flows/imports/nightly/test_nightly_import.py::test_a_newer_row_voids_what_was_approved",
        "flows/imports/nightly/test_nightly_import.py::test_a_changed_shop_price_voids_what_was_approved",
        "flows/imports/nightly/test_between_rooms.py::"
        "test_an_answer_to_a_plan_that_was_made_anew_approves_nothing",
        "dags/test_nightly_import.py::test_what_is_beyond_the_limits_is_applied_only_after_its_own_yes",
    ],
    31: [
        "flows/imports/stock/test_stock_guard_asks.py::test_an_empty_answer_empties_nothing",
        "flows/imports/queues/test_queue_rows.py::test_unknown_is_never_zero_and_never_hides_what_is_known",
        "flows/imports/queues/test_silence.py::test_seven_days_after_the_last_report",
    ],
    33: [
        "flows/imports/stock/test_never_oversells.py::test_a_buyer_at_every_point",
        "flows/imports/stock/test_figures_to_the_shop.py::test_a_confirmation_just_before_the_batch_is_no_proof",
        "flows/imports/stock/test_what_is_not_written.py::"
        "test_a_product_whose_stock_was_not_managed_when_it_went_first",
    ],
    34: [
        "flows/imports/undo/test_undo.py::test_prices_are_as_before_and_stay_so_until_specter_tells_new_ones",
        "flows/imports/undo/test_undo.py::test_what_somebody_changed_since_is_left_and_said",
        "flows/product_changes/test_after_an_import.py::test_what_an_undo_restored_is_not_exported",
    ],
    35: [
        "flows/imports/status/test_order_status.py::test_payments_are_never_touched",
        "flows/imports/status/test_order_status.py::test_without_the_opt_in_a_cancelled_order_is_only_listed",
        "flows/imports/status/test_status_writes.py::test_the_parcels_address_goes_with_the_shipment",
    ],
    36: ["domain/imports/test_renumber.py::test_the_same_article_under_another_number_is_proposed"],
}


@pytest.mark.parametrize("rule", sorted(ELSEWHERE))
def test_the_tests_that_stand_for_a_rule_are_there(rule: int) -> None:
    for one in ELSEWHERE[rule]:
        file, name = one.split("::")
        tree = ast.parse((TESTS / file).read_text("utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, one


@pytest.fixture
def lab(abicart_server: Any, specter_server: Any, ledger_folder: Path) -> Iterator[ImportLab]:
    with import_lab(abicart_server, specter_server, ledger_folder) as running:
        yield running


def with_imports(lab: ImportLab, **imports: bool) -> None:
    lab.settings = lab.settings.model_copy(
        update={"imports": lab.settings.imports.model_copy(update=imports)}
    )


def with_guard(lab: ImportLab, **limits: object) -> None:
    lab.settings = lab.settings.model_copy(
        update={"import_guard": lab.settings.import_guard.model_copy(update=limits)}
    )


def at_25(lab: ImportLab, which: int = 0) -> dict[str, Any]:
    return [dict(one) for one in lab.plain_items() if Decimal(str(one["vat_rate"])) == Decimal("0.25")][which]


def times(lab: ImportLab, item: dict[str, Any], factor: str) -> Decimal:
    """The item's price in Specter times ``factor``, in öre."""
    return (lab.specter_price(item["product_number"]) * Decimal(factor)).quantize(Decimal("0.01"))


def offers(lab: ImportLab, item: dict[str, Any]) -> dict[str, Any]:
    return dict(lab.shop_prices()[str(item["uid"])]["offer"] or {})


def values(lab: ImportLab) -> dict[str, Any]:
    return {uid: row | {"changed": ""} for uid, row in lab.shop_prices().items()}


def test_rule_22_what_is_equal_by_rounding_is_written_in_neither_direction(lab: ImportLab) -> None:
    """100.02 with 25 % is 80.02 without, and that is 100.03 with it: by rounding alone it would come back changed."""
    item = at_25(lab)
    patch = {"price": {"regular": {"SEK": "100.02"}}}
    lab.abicart_server.control.edit("Article", uid=item["uid"], patch=patch)
    lab.in_specter(item["product_number"], price="80.02")
    writes, before = lab.shop_writes(), values(lab)
    assert lab.night().report.applied == 0
    assert (lab.shop_writes(), values(lab)) == (writes, before)
    lab.run()
    assert lab.specter_price(item["product_number"]) == Decimal("80.02")


def test_rule_23_a_campaign_of_the_shops_own_is_left_alone(lab: ImportLab) -> None:
    item = at_25(lab)
    own = (Decimal(str(item["price"])) / 2).quantize(Decimal("0.01"))
    lab.abicart_server.control.edit(
        "Article", uid=item["uid"], patch={"price": {"specialOffer": {"SEK": str(own)}}}
    )
    shown = offers(lab, item)
    assert shown
    lab.specter_server.control.edit("article.touch", number=item["product_number"])
    assert lab.night().report.applied == 0
    assert offers(lab, item) == shown
    lab.in_specter(item["product_number"], price=str(times(lab, item, "1.1")), show_old_price=False)
    assert lab.night().report.applied == 1
    assert offers(lab, item) == shown


def test_rule_23_a_campaign_that_came_from_specter_ends_with_it(lab: ImportLab) -> None:
    item = at_25(lab)
    old, number = lab.specter_price(item["product_number"]), item["product_number"]
    regular = lab.shop_price(item["uid"])
    new = times(lab, item, "0.8")
    lab.in_specter(number, price=str(new), old_price=str(old), show_old_price=False)
    assert lab.night().report.applied == 1
    assert offers(lab, item) == {}  # a former price that is not shown is no sale
    lab.in_specter(number, price=str(new), old_price=str(old), show_old_price=True)
    assert lab.night().report.applied == 1
    assert offers(lab, item) != {}
    assert lab.shop_price(item["uid"]) == regular
    lab.in_specter(number, price=str(old), show_old_price=False)
    assert lab.night().report.applied == 1
    assert offers(lab, item) == {}


def test_rule_28_only_the_newest_row_of_all_batches_is_applied(lab: ImportLab) -> None:
    item = at_25(lab)
    number, new = item["product_number"], times(lab, item, "1.2")
    for factor in ("1.05", "1.1", "1.15"):
        lab.in_specter(number, price=str(times(lab, item, factor)))
        lab.drain(lab.context(flow=OTHER))
    lab.in_specter(number, price=str(new))
    writes = lab.shop_writes()
    assert lab.night().report.applied == 1
    assert lab.shop_writes() == writes + 1
    assert lab.shop_price(item["uid"]) == (new * Decimal("1.25")).quantize(Decimal("0.01"))


def test_rule_28_an_ambiguous_number_is_never_written_to_and_names_its_owners(lab: ImportLab) -> None:
    item, twin = at_25(lab), at_25(lab, 1)
    lab.abicart_server.control.edit(
        "Article", uid=twin["uid"], patch={"articleNumber": item["product_number"]}
    )
    lab.in_specter(item["product_number"], price=str(times(lab, item, "1.1")))
    before = values(lab)
    night = lab.night()
    assert values(lab) == before
    held = list(lab.ledger.imports.iter_held(night.ctx.run, "number_ambiguous"))
    assert held
    assert all(str(item["uid"]) in one.message and str(twin["uid"]) in one.message for one in held)


def test_rule_28_a_number_that_the_shop_gets_later_is_looked_at_then(lab: ImportLab) -> None:
    item = at_25(lab)
    new = times(lab, item, "1.1")
    lab.specter_server.control.edit(
        "article.new", number="LATER-1", name=item["name"], price=str(new), vat_percent="25"
    )
    assert lab.night().report.unknown == 1
    lab.abicart_server.control.edit("Article", uid=item["uid"], patch={"articleNumber": "LATER-1"})
    assert lab.night().report.applied == 1
    assert lab.shop_price(item["uid"]) == (new * Decimal("1.25")).quantize(Decimal("0.01"))


def test_rule_29_what_the_other_shop_of_the_account_has_drained_comes_here_too(lab: ImportLab) -> None:
    item = at_25(lab)
    new = times(lab, item, "1.1")
    lab.in_specter(item["product_number"], price=str(new))
    other = replace(lab.context(), run=RunKey("other", "nightly_import", "its-night"))
    other.begin()
    assert drain_article_info(other, Journal(lab.folder / "journal"), lab.terms) == 1
    assert lab.night().report.applied == 1
    assert lab.shop_price(item["uid"]) == (new * Decimal("1.25")).quantize(Decimal("0.01"))


def test_rule_30_each_part_has_its_own_answer(lab: ImportLab) -> None:
    """The price is beyond the limits and waits; the text and the rate are not, and do not wait for it."""
    dear, named, rated = at_25(lab), at_25(lab, 1), at_25(lab, 2)
    lab.in_specter(dear["product_number"], price="1.00")
    lab.in_specter(named["product_number"], name="Renamed in Specter")
    lab.in_specter(rated["product_number"], vat_percent="12")
    night = lab.night()
    assert (night.report.applied, night.report.waiting) == (2, 1)
    assert night.plan.parts[ImportPart.PRICE].verdict.ask
    assert lab.shop_price(dear["uid"]) == Decimal(str(dear["price"]))
    lab.answer(night, ImportPart.PRICE, approved=False, by="")
    assert lab.shop_price(dear["uid"]) == Decimal(str(dear["price"]))


def test_rule_30_the_same_yes_twice_writes_once(lab: ImportLab) -> None:
    item = at_25(lab)
    lab.in_specter(item["product_number"], price="1.00")
    night = lab.night()
    assert lab.answer(night, ImportPart.PRICE, approved=True)[ChangeState.APPLIED.value] == 1
    lab.abicart_server.control.edit("Article", uid=item["uid"], patch={"price": {"regular": {"SEK": 77}}})
    assert lab.answer(night, ImportPart.PRICE, approved=True) == {}
    assert lab.shop_price(item["uid"]) == 77


def test_rule_31_small_steps_within_a_day_add_up_and_shares_are_of_the_whole_catalogue(
    lab: ImportLab,
) -> None:
    count = len(lab.abicart_server.control.inspect("items"))
    share = Decimal(250) / count  # two and a half products
    with_guard(lab, smallest_number=1, largest_share_percent=share)
    items = lab.plain_items()
    for item in items[:2]:
        lab.in_specter(item["product_number"], price=str(times(lab, dict(item), "1.05")))
    first = lab.night()
    assert (first.report.applied, first.report.waiting) == (2, 0)
    lab.in_specter(items[2]["product_number"], price=str(times(lab, dict(items[2]), "1.05")))
    second = lab.night()
    assert (second.report.applied, second.report.waiting) == (0, 1)
    [reason] = second.plan.parts[ImportPart.PRICE].verdict.reasons
    assert reason.rule == "share"
    assert f"of {count} products" in reason.words


@pytest.mark.parametrize("price", ["0", "-5"])
def test_rule_31_a_price_of_nothing_always_waits(lab: ImportLab, price: str) -> None:
    with_guard(lab, largest_price_change_percent=Decimal(1000), largest_share_percent=Decimal(100))
    item = at_25(lab)
    lab.in_specter(item["product_number"], price=price)
    night = lab.night()
    assert (night.report.applied, night.report.waiting) == (0, 1)
    assert lab.shop_price(item["uid"]) == Decimal(str(item["price"]))


def test_rule_31_an_empty_answer_is_a_normal_night(lab: ImportLab) -> None:
    before = values(lab)
    night = lab.night()
    assert night.report is not None
    assert (night.report.looked_at, night.report.applied) == (0, 0)
    assert values(lab) == before
    late = replace(night.ctx, clock=lambda: lab.context().clock() + timedelta(days=8))
    assert silent_queues(night.ctx, "1000/12") == []
    assert silent_queues(late, "1000/12")


def test_rule_32_a_rate_and_its_price_are_one_write(lab: ImportLab) -> None:
    item = at_25(lab)
    price = lab.specter_price(item["product_number"])
    lab.in_specter(item["product_number"], vat_percent="12")
    writes = lab.shop_writes()
    cut: list[bytes] = []

    def look(passing: Passing) -> None:
        if passing.action == "Article.set":
            cut.append(passing.body)

    with relay_to(lab.abicart_url, before=look) as relay:
        lab.abicart_url = relay.url
        assert lab.night().report.applied == 1
    assert lab.shop_writes() == writes + 1
    [body] = cut
    assert b"vatRate" in body
    assert b"price" in body
    after = lab.shop_prices()[str(item["uid"])]
    assert Decimal(str(after["vat_rate"])) == Decimal("0.12")
    assert lab.shop_price(item["uid"]) == (price * Decimal("1.12")).quantize(Decimal("0.01"))


def test_rule_32_with_the_import_of_vat_off_a_price_under_another_rate_is_held(lab: ImportLab) -> None:
    with_imports(lab, vat=False)
    item = at_25(lab)
    lab.in_specter(item["product_number"], vat_percent="12", price=str(times(lab, item, "1.1")))
    before = values(lab)
    night = lab.night()
    assert values(lab) == before
    assert lab.ledger.imports.held_counts(night.ctx.run) == {"vat_differs": 1}


def test_rule_32_with_the_import_of_prices_off_no_rate_is_written(lab: ImportLab) -> None:
    with_imports(lab, price=False, extra_price=False)
    item = at_25(lab)
    lab.in_specter(item["product_number"], vat_percent="12")
    before = values(lab)
    night = lab.night()
    assert values(lab) == before
    assert lab.ledger.imports.held_counts(night.ctx.run) == {"vat_without_price": 1}


def test_rule_34_an_undo_that_was_cut_off_is_finished_once(lab: ImportLab) -> None:
    item = at_25(lab)
    before = values(lab)
    lab.in_specter(item["product_number"], price=str(times(lab, item, "1.1")))
    night = lab.night()
    request = UndoRequest(night.ctx.run.run_id, tuple(ImportPart), False)
    cut: list[str] = []

    def lose(passing: Passing) -> None:
        if cut or passing.action == "Article.set":
            cut.append(passing.action)
            raise CutError

    with relay_to(lab.abicart_url, after=lose) as relay:
        lab.abicart_url, direct = relay.url, lab.abicart_url
        with pytest.raises(AbicartSpecterError):
            undo_import(lab.context(flow="import_undo"), request, lab.terms)
        lab.abicart_url = direct
    assert undo_import(lab.context(flow="import_undo"), request, lab.terms).already == 1
    assert values(lab) == before
    assert lab.night().report.applied == 0


def test_rule_36_no_import_ever_writes_a_product_number(lab: ImportLab) -> None:
    """Specter's article goes on under a new number: nothing of the shop's moves by itself."""
    with_imports(lab, product_number=True)
    item = at_25(lab)
    before = values(lab)
    lab.specter_server.control.edit("article.renumber", number=item["product_number"], to="NEW-NUMBER")
    lab.in_specter("NEW-NUMBER", price=str(item["price"]))
    assert lab.night().report.unknown == 1
    assert values(lab) == before
