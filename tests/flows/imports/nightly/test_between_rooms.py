"""What happens between two rooms of the import: another DAG drains, a task is cleared, a switch is turned."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from import_lab import ImportLab
from relay import CutError, Passing, relay_to

from abicart_specter.domain.imports.import_mapping import import_mapping
from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.errors import AbicartSpecterError
from abicart_specter.flows.imports.apply_changes import apply_changes
from abicart_specter.flows.imports.decide import record_answer, release
from abicart_specter.flows.imports.plan_import import plan_import
from abicart_specter.flows.imports.undo import undo_import
from abicart_specter.flows.imports.undo_request import UndoRequest
from abicart_specter.ledger import ChangeState, Ledger


def raised(lab: ImportLab, item: dict, factor: str) -> Decimal:
    """Somebody changes a product's price in Specter; returns the new one."""
    number = item["product_number"]
    new = (Decimal(str(item["price"])) / (1 + Decimal(str(item["vat_rate"]))) * Decimal(factor)).quantize(
        Decimal("0.01")
    )
    lab.in_specter(number, price=str(new))
    return new


def in_shop(item: dict, price: Decimal) -> Decimal:
    return (price * (1 + Decimal(str(item["vat_rate"])))).quantize(Decimal("0.01"))


def test_a_price_drained_by_another_dag_during_the_write_comes_next_night(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    raised(lab, item, "1.1")
    newest: list[Decimal] = []

    def while_writing(passing: Passing) -> None:
        if passing.action == "Article.set" and not newest:
            newest.append(raised(lab, item, "1.2"))
            lab.drain(lab.context(flow="product_change_export"))

    with relay_to(lab.abicart_url, before=while_writing) as relay:
        lab.abicart_url, direct = relay.url, lab.abicart_url
        assert lab.night().report.applied == 1
        lab.abicart_url = direct
    assert lab.night().report.applied == 1
    assert lab.shop_price(item["uid"]) == in_shop(item, newest[0])


def test_a_price_drained_before_the_retry_of_a_lost_write_comes_next_night(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    raised(lab, item, "1.1")
    ctx = lab.context(flow="nightly_import")
    plan = lab.plan_night(ctx)
    cut: list[str] = []

    def lose(passing: Passing) -> None:
        if cut or passing.action == "Article.set":
            cut.append(passing.action)
            raise CutError

    with relay_to(lab.abicart_url, after=lose) as relay:
        lab.abicart_url, direct = relay.url, lab.abicart_url
        with pytest.raises(AbicartSpecterError):
            lab.apply(ctx, plan.parts[ImportPart.PRICE].chunks)
        lab.abicart_url = direct
    newest = raised(lab, item, "1.2")
    lab.drain(lab.context(flow="product_change_export"))
    assert lab.apply(ctx, plan.parts[ImportPart.PRICE].chunks)[ChangeState.APPLIED.value] == 1
    assert lab.night().report.applied == 1
    assert lab.shop_price(item["uid"]) == in_shop(item, newest)


def test_news_that_came_before_an_undo_is_still_news(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    raised(lab, item, "1.1")
    night = lab.night()
    newest = raised(lab, item, "1.2")
    lab.drain(lab.context(flow="product_change_export"))
    request = UndoRequest(night.ctx.run.run_id, tuple(ImportPart), False)
    assert undo_import(lab.context(flow="import_undo"), request, lab.terms).restored == 1
    assert lab.night().report.applied == 1
    assert lab.shop_price(item["uid"]) == in_shop(item, newest)


def test_what_was_told_while_an_import_was_off_comes_when_it_is_on(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    on = lab.settings
    lab.settings = on.model_copy(
        update={"imports": on.imports.model_copy(update={"price": False, "extra_price": False})}
    )
    new = raised(lab, item, "1.1")
    assert lab.night().report.applied == 0
    lab.settings = on
    assert lab.night().report.applied == 1
    assert lab.shop_price(item["uid"]) == in_shop(item, new)
    assert lab.night().report.applied == 0


def test_an_answer_to_a_plan_that_was_made_anew_approves_nothing(lab: ImportLab) -> None:
    """The plan is cleared while its question waits; the person still sees the old table."""
    item, other = lab.plain_items()[:2]
    raised(lab, item, "1.5")
    night = lab.night()
    asked = night.plan.parts[ImportPart.PRICE].question
    raised(lab, other, "0.01")
    lab.drain(lab.context(flow="product_change_export"))
    assert plan_import(night.ctx, import_mapping(lab.settings)).parts[ImportPart.PRICE].question != asked
    before = lab.shop_prices()
    with pytest.raises(AbicartSpecterError, match="not the one that was asked about"):
        record_answer(
            night.ctx,
            ImportPart.PRICE,
            approved=True,
            by="the owner",
            at=datetime.now(UTC),
            plan_hash=asked["plan_hash"],
        )
    with pytest.raises(AbicartSpecterError):
        release(night.ctx, ImportPart.PRICE)
    assert lab.shop_prices() == before


def test_approved_and_then_refused_nothing_more_is_written(lab: ImportLab) -> None:
    """The approval was given, its write did not begin; the question is cleared and refused, the write cleared."""
    item = lab.plain_items()[0]
    before = lab.shop_price(item["uid"])
    raised(lab, item, "1.5")
    night = lab.night()
    record_answer(night.ctx, ImportPart.PRICE, approved=True, by="the owner", at=datetime.now(UTC))
    chunks = release(night.ctx, ImportPart.PRICE)
    record_answer(night.ctx, ImportPart.PRICE, approved=False, by="her boss", at=datetime.now(UTC))
    lab.apply(night.ctx, chunks)
    assert lab.shop_price(item["uid"]) == before


def test_refused_and_then_approved_is_applied(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    new = raised(lab, item, "1.5")
    night = lab.night()
    lab.answer(night, ImportPart.PRICE, approved=False)
    assert lab.answer(night, ImportPart.PRICE, approved=True)[ChangeState.APPLIED.value] == 1
    assert lab.shop_price(item["uid"]) == in_shop(item, new)
    assert lab.answer(night, ImportPart.PRICE, approved=True) == {}


def test_a_task_cleared_after_an_undo_does_not_bring_the_price_back(lab: ImportLab) -> None:
    """A night's write failed and stayed planned; the next night wrote it; it was undone; then the first is cleared."""
    item = lab.plain_items()[0]
    before = lab.shop_price(item["uid"])
    raised(lab, item, "1.1")
    first = lab.context(flow="nightly_import")
    plan = lab.plan_night(first)
    night = lab.night()
    request = UndoRequest(night.ctx.run.run_id, tuple(ImportPart), False)
    assert undo_import(lab.context(flow="import_undo"), request, lab.terms).restored == 1
    assert lab.apply(first, plan.parts[ImportPart.PRICE].chunks)[ChangeState.APPLIED.value] == 0
    assert lab.shop_price(item["uid"]) == before


def test_cleared_after_its_end_a_chunk_does_nothing(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    raised(lab, item, "1.1")
    night = lab.night()
    writes = lab.shop_writes()
    chunk = night.plan.parts[ImportPart.PRICE].chunks[0]
    assert apply_changes(night.ctx, chunk, import_mapping(lab.settings), lab.terms) == {}
    assert lab.shop_writes() == writes


def test_a_refused_price_is_still_asked_about_after_its_import_was_off_for_a_night(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    on = lab.settings
    raised(lab, item, "1.5")
    lab.answer(lab.night(), ImportPart.PRICE, approved=False)
    off = on.imports.model_copy(update={"price": False, "extra_price": False})
    lab.settings = on.model_copy(update={"imports": off})
    assert lab.night().report.waiting == 0
    lab.settings = on
    assert lab.night().report.waiting == 1


def test_a_sale_told_while_extra_prices_were_off_comes_when_they_are_on(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    on, number = lab.settings, item["product_number"]
    old = lab.specter_price(number)
    lab.settings = on.model_copy(update={"imports": on.imports.model_copy(update={"extra_price": False})})
    lab.in_specter(
        number,
        price=str((old * Decimal("0.8")).quantize(Decimal("0.01"))),
        old_price=str(old),
        show_old_price=True,
    )
    lab.night()
    assert not lab.shop_prices()[str(item["uid"])]["offer"]
    lab.settings = on
    lab.night()
    assert lab.shop_prices()[str(item["uid"])]["offer"]


def test_news_that_an_export_drained_over_itself_is_not_lost(lab: ImportLab) -> None:
    """Somebody changes a price in Specter just before an export's write, and another DAG drains it meanwhile."""
    item = lab.plain_items()[0]
    names = lab.abicart_server.control.inspect("Article", uid=item["uid"])["name"]
    patch = {"name": {language: f"{name} (new)" for language, name in names.items()}}
    lab.abicart_server.control.edit("Article", uid=item["uid"], patch=patch)
    lab.settings = lab.settings.model_copy(
        update={"imports": lab.settings.imports.model_copy(update={"name": False})}
    )
    newest: list[Decimal] = []

    def while_writing(passing: Passing) -> None:
        if passing.action == "newArticleSubmit" and not newest:
            newest.append(raised(lab, item, "1.2"))
            lab.specter_url, relayed = direct, lab.specter_url
            lab.drain(lab.context(flow="product_change_export"))
            lab.specter_url = relayed

    direct = lab.specter_url
    with relay_to(lab.specter_url, before=while_writing) as relay:
        lab.specter_url = relay.url
        lab.run()
        lab.specter_url = direct
    assert newest
    lab.night()
    assert lab.shop_price(item["uid"]) == in_shop(item, newest[0])
    lab.run()
    assert lab.specter_price(item["product_number"]) == newest[0]


def test_a_plan_cleared_hours_later_does_not_settle_by_a_catalogue_of_the_night(lab: ImportLab) -> None:
    """Since then somebody changed the price in the shop, and Specter told the one that the shop had at night."""
    item = lab.plain_items()[0]
    specters = (lab.specter_price(item["product_number"]) * Decimal("1.1")).quantize(Decimal("0.01"))

    def in_the_shop(price: Decimal) -> None:
        patch = {"price": {"regular": {"SEK": str(price)}}}
        lab.abicart_server.control.edit("Article", uid=item["uid"], patch=patch)

    in_the_shop(in_shop(item, specters))
    night = lab.night()
    in_the_shop(Decimal(1500))
    lab.in_specter(item["product_number"], price=str(specters))
    lab.drain(lab.context(flow="product_change_export"))
    lab.ledger.close()
    lab.ledger = Ledger.open(lab.ledger_url, clock=lambda: datetime.now(UTC) + timedelta(hours=7))
    plan_import(replace(night.ctx, ledger=lab.ledger, staging=lab.ledger), import_mapping(lab.settings))
    assert lab.night().report.applied == 1
    assert lab.shop_price(item["uid"]) == in_shop(item, specters)
    lab.night()
    assert lab.night().report.looked_at == 0
