"""A number that was changed in Specter is shown with what to do, and nothing is renumbered by itself (rule 36)."""

from __future__ import annotations

from pathlib import Path

import pytest
from import_lab import ImportLab, import_lab

from abicart_specter.flows.imports.renumberings import FLAGS, RENUMBERED_IN_SPECTER


@pytest.mark.parametrize("form", ["attribute", "element"])
def test_a_changed_number_is_proposed(abicart_server, specter_server, ledger_folder: Path, form: str) -> None:
    with import_lab(abicart_server, specter_server, ledger_folder, imports__product_number=True) as lab:
        specter_server.control.switches(
            article_info_id="on",
            article_info_fields="attributes" if form == "attribute" else "all_elements",
        )
        item = lab.plain_items()[0]
        specter_server.control.edit("article.touch", number=item["product_number"])
        lab.night()
        specter_server.control.edit("article.renumber", number=item["product_number"], to="NEW-1")
        night = lab.night()
        assert night.report is not None
        flags = [
            row.flag for row in lab.ledger.iter_open_flags("demo") if row.flag.rule == RENUMBERED_IN_SPECTER
        ]
        assert [flag.product_number for flag in flags] == [item["product_number"]]
        assert "NEW-1" in flags[0].message
        assert night.report.unknown == 1
        assert lab.shop_writes() == 0
        shown = {one["uid"]: one["product_number"] for one in lab.plain_items()}
        assert shown[item["uid"]] == item["product_number"]
        specter_server.control.edit("article.renumber", number="NEW-1", to=item["product_number"])
        lab.night()
        assert not [
            row for row in lab.ledger.iter_open_flags("demo") if row.flag.rule == RENUMBERED_IN_SPECTER
        ]


def test_without_the_import_nothing_is_said(lab: ImportLab) -> None:
    lab.specter_server.control.switches(article_info_id="on")
    item = lab.plain_items()[0]
    lab.specter_server.control.edit("article.touch", number=item["product_number"])
    lab.night()
    lab.specter_server.control.edit("article.renumber", number=item["product_number"], to="NEW-1")
    night = lab.night()
    assert lab.ledger.flag_changes(night.ctx.run, FLAGS).new == 0
