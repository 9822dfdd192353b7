"""A run's values are taken back where nobody changed them since, and stay so until Specter tells new ones (rule 34)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from import_lab import ImportLab, Night

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.errors import AbicartSpecterError, ConfigurationError
from abicart_specter.flows.imports.undo import UndoSummary, undo_import
from abicart_specter.flows.imports.undo_request import UndoRequest
from abicart_specter.flows.reports import run_folder
from abicart_specter.ledger import ChangeState


def undo(lab: ImportLab, night: Night, *parts: ImportPart, dry_run: bool = False) -> UndoSummary:
    ctx = lab.context(flow="import_undo")
    ctx.dry_run = dry_run
    request = UndoRequest(night.ctx.run.run_id, parts or tuple(ImportPart), dry_run)
    return undo_import(ctx, request, lab.terms)


def raised(lab: ImportLab, *items: Mapping[str, Any], factor: str = "1.1") -> dict[str, str]:
    """Somebody raises prices in Specter; number → new price there."""
    new = {}
    for item in items:
        number = item["product_number"]
        price = (lab.specter_price(number) * Decimal(factor)).quantize(Decimal("0.01"))
        lab.in_specter(number, price=str(price))
        new[number] = str(price)
    return new


def values(lab: ImportLab) -> dict[str, Any]:
    """What the shop's articles hold, without when they were changed."""
    return {uid: row | {"changed": ""} for uid, row in lab.shop_prices().items()}


def states(lab: ImportLab, night: Night) -> set[ChangeState]:
    return {one.state for batch in lab.ledger.imports.iter_changes(night.ctx.run) for one in batch}


def test_a_dry_run_shows_and_writes_nothing(lab: ImportLab, caplog: pytest.LogCaptureFixture) -> None:
    item = lab.plain_items()[0]
    raised(lab, item)
    night = lab.night()
    before, writes = values(lab), lab.shop_writes()
    caplog.set_level(logging.INFO)
    assert undo(lab, night, dry_run=True) == UndoSummary(restored=1)
    assert (values(lab), lab.shop_writes()) == (before, writes)
    assert states(lab, night) == {ChangeState.APPLIED}
    assert "would be restored" in caplog.text
    assert item["product_number"] in caplog.text


def test_prices_are_as_before_and_stay_so_until_specter_tells_new_ones(lab: ImportLab) -> None:
    before = values(lab)
    items = lab.plain_items()[:3]
    raised(lab, *items)
    night = lab.night()
    assert values(lab) != before
    assert undo(lab, night) == UndoSummary(restored=3)
    assert values(lab) == before
    assert states(lab, night) == {ChangeState.UNDONE}
    specter = lab.specter_server.control.inspect("prices")

    assert lab.night().plan.parts == {}  # not imported again
    assert values(lab) == before
    lab.run()  # not exported either
    assert lab.specter_server.control.inspect("prices") == specter

    raised(lab, items[0], factor="1.05")
    assert lab.night().report.applied == 1
    assert values(lab) != before


def test_told_again_without_a_change_it_is_not_imported_again(lab: ImportLab) -> None:
    before = values(lab)
    item = lab.plain_items()[0]
    raised(lab, item)
    undo(lab, lab.night())
    lab.specter_server.control.edit("article.touch", number=item["product_number"])
    assert lab.night().plan.parts == {}
    assert values(lab) == before


def test_what_somebody_changed_since_is_left_and_said(lab: ImportLab) -> None:
    one, other = lab.plain_items()[:2]
    before = lab.shop_price(one["uid"])
    raised(lab, one, other)
    night = lab.night()
    lab.abicart_server.control.edit(
        "Article", uid=other["uid"], patch={"price": {"regular": {"SEK": "1234.5"}}}
    )
    ctx = lab.context(flow="import_undo")
    found = undo_import(ctx, UndoRequest(night.ctx.run.run_id, dry_run=False), lab.terms)
    assert found == UndoSummary(restored=1, left=1)
    assert lab.shop_price(one["uid"]) == before
    assert lab.shop_price(other["uid"]) == Decimal("1234.5")
    text = (run_folder(ctx) / "undo.csv").read_text(encoding="utf-8-sig")
    assert "left as it is;The price was changed since" in text
    assert "restored" in text


def test_a_value_that_a_later_run_wrote_is_left(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    raised(lab, item)
    first = lab.night()
    middle = lab.shop_price(item["uid"])
    raised(lab, item, factor="1.05")
    second = lab.night()
    assert undo(lab, first) == UndoSummary(left=1)
    assert undo(lab, second) == UndoSummary(restored=1)
    assert lab.shop_price(item["uid"]) == middle


def test_a_run_is_undone_once(lab: ImportLab) -> None:
    raised(lab, lab.plain_items()[0])
    night = lab.night()
    undo(lab, night)
    writes = lab.shop_writes()
    assert undo(lab, night) == UndoSummary()
    assert lab.shop_writes() == writes


def test_prices_of_variants_are_those_of_their_article(lab: ImportLab) -> None:
    control = lab.abicart_server.control
    article = next(one for one in control.inspect("Article", limit=100) if one["variants"])
    variants = [
        one
        for one in control.inspect("items")
        if one["kind"] == "variant" and one["uid"] in {each["uid"] for each in article["variants"]}
    ]
    assert len(variants) > 1
    before = values(lab)
    raised(lab, *variants)
    night = lab.night()
    assert values(lab) != before
    assert undo(lab, night) == UndoSummary(restored=1)
    assert values(lab) == before


def test_rate_and_price_go_back_together(lab: ImportLab) -> None:
    before = values(lab)
    item = next(one for one in lab.plain_items() if Decimal(str(one["vat_rate"])) == Decimal("0.25"))
    lab.in_specter(item["product_number"], vat_percent="12")
    night = lab.night()
    assert values(lab)[str(item["uid"])]["vat_rate"] != before[str(item["uid"])]["vat_rate"]
    assert undo(lab, night, ImportPart.PRICE, ImportPart.TEXT) == UndoSummary()
    assert undo(lab, night, ImportPart.VAT) == UndoSummary(restored=1)
    assert values(lab) == before


def test_a_campaign_that_came_from_specter_ends_again(lab: ImportLab) -> None:
    before = values(lab)
    item = lab.plain_items()[0]
    old = lab.specter_price(item["product_number"])
    new = (old * Decimal("0.8")).quantize(Decimal("0.01"))
    lab.in_specter(item["product_number"], price=str(new), old_price=str(old), show_old_price=True)
    night = lab.night()
    assert values(lab)[str(item["uid"])]["offer"]
    assert undo(lab, night) == UndoSummary(restored=1)
    assert values(lab) == before


def test_texts_go_back_each_on_its_own(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    article = lab.abicart_server.control.inspect("Article", uid=item["uid"])
    lab.in_specter(item["product_number"], name="Another name", description="<p>Another text</p>")
    night = lab.night()
    changed = lab.abicart_server.control.inspect("Article", uid=item["uid"])
    assert changed["name"] != article["name"]
    assert undo(lab, night, ImportPart.PRICE) == UndoSummary()
    assert undo(lab, night, ImportPart.TEXT) == UndoSummary(restored=1)
    now = lab.abicart_server.control.inspect("Article", uid=item["uid"])
    assert (now["name"], now["description"]) == (article["name"], article["description"])


def test_a_product_that_is_gone_is_left(lab: ImportLab) -> None:
    item = lab.plain_items()[0]
    raised(lab, item)
    night = lab.night()
    lab.abicart_server.control.edit("delete", **{"class": "Article", "uid": item["uid"]})
    assert undo(lab, night) == UndoSummary(left=1)


def test_a_run_that_nobody_knows_is_refused_with_those_that_are_known(lab: ImportLab) -> None:
    raised(lab, lab.plain_items()[0])
    night = lab.night()
    with pytest.raises(ConfigurationError, match="no import run scheduled__1") as error:
        undo_import(lab.context(flow="import_undo"), UndoRequest("scheduled__1"), lab.terms)
    assert f"{night.ctx.run.run_id} (1 changes)" in error.value.remedy


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "cut"])
def test_broken_off_at_any_request_the_next_try_ends_it(lab: ImportLab, kind: str) -> None:
    """From the nth request on nothing is answered; then all is well again."""
    before = values(lab)
    item = lab.plain_items()[0]
    old = lab.specter_price(item["product_number"])
    broken = already = 0
    for nth in range(6):
        lab.in_specter(item["product_number"], price=str(old + 1 + nth))
        night = lab.night()
        assert values(lab) != before
        lab.abicart_server.control.fault(kind, count=None, after=nth)
        try:
            undo(lab, night)
        except AbicartSpecterError:
            broken += 1
        finally:
            lab.abicart_server.control.clear_faults()
        already += undo(lab, night).already
        assert values(lab) == before, f"broken off at request {nth}"
        assert states(lab, night) == {ChangeState.UNDONE}
        assert lab.night().plan.parts == {}
    assert broken >= 2
    assert bool(already) is (kind != "drop_before")  # written, but the answer was lost


@pytest.mark.parametrize("what", ["variants", "texts", "rate"])
def test_what_was_written_but_not_answered_is_only_recorded(lab: ImportLab, what: str) -> None:
    control = lab.abicart_server.control
    before, items = values(lab), control.inspect("Article", limit=100)
    if what == "variants":
        article = next(one for one in items if one["variants"])
        uids = {each["uid"] for each in article["variants"]}
        raised(lab, *(one for one in control.inspect("items") if one["uid"] in uids))
    elif what == "texts":
        lab.in_specter(lab.plain_items()[0]["product_number"], name="Another", description="<p>Other</p>")
    else:
        item = next(one for one in lab.plain_items() if Decimal(str(one["vat_rate"])) == Decimal("0.25"))
        lab.in_specter(item["product_number"], vat_percent="12")
    night = lab.night()
    control.fault("drop_after", count=None, action="Article.set")
    with pytest.raises(AbicartSpecterError):
        undo(lab, night)
    control.clear_faults()
    writes = lab.shop_writes()
    assert undo(lab, night) == UndoSummary(already=1)
    assert lab.shop_writes() == writes
    assert values(lab) == before
    texts = [(one["name"], one["description"]) for one in items]
    assert [(one["name"], one["description"]) for one in control.inspect("Article", limit=100)] == texts
    assert states(lab, night) == {ChangeState.UNDONE}
    assert lab.night().plan.parts == {}


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"run_id": "  "}, "No run was named"),
        ({"run_id": "x", "parts": []}, "No part was chosen"),
        ({"run_id": "x", "parts": ["stock"]}, "no part “stock”"),
    ],
)
def test_the_form_is_checked(params: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        UndoRequest.from_params(params)


def test_the_forms_defaults_only_show() -> None:
    assert UndoRequest.from_params({"run_id": " a "}) == UndoRequest("a", tuple(ImportPart), True)
    chosen = UndoRequest.from_params({"run_id": "a", "parts": ["text", "vat"], "dry_run": False})
    assert chosen == UndoRequest("a", (ImportPart.VAT, ImportPart.TEXT), False)
