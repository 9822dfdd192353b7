"""A probe with queues, then the nightly import: the shop gets every change once, as if nobody had asked before."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.flows.imports.import_lab import import_lab
from tests.flows.probe.specter_probes import QUICK, only_reads

from abicart_specter.clients.specter_probe import probe_specter
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.probe.specter_queues import queue_reads


@pytest.mark.parametrize("scope", ["user_function", "account"])
@pytest.mark.parametrize("probes", [1, 3])
def test_the_night_after_a_probe(
    abicart_server, specter_server, ledger_folder: Path, scope: str, probes: int
) -> None:
    with import_lab(abicart_server, specter_server, ledger_folder, imports__stock=True) as lab:
        specter_server.control.switches(batch_scope=scope)
        first, second = (one for one in lab.plain_items()[:2])
        factor = 1 + Decimal(str(first["vat_rate"]))
        new = (Decimal(str(first["price"])) / factor * Decimal("1.1")).quantize(Decimal("0.01"))
        lab.in_specter(first["product_number"], price=str(new))
        lab.specter_server.control.edit("article.stock", number=second["product_number"], available=5)
        specter_server.control.reset_counters()
        for _ in range(probes):
            ctx = lab.context(flow="connection_probe")
            ctx.begin()
            connection = lab.specter_connection()
            with queue_reads(ctx, connection, Journal(lab.folder / "journal"), lab.terms) as reads:
                probe_specter(connection, QUICK, None, reads)
        only_reads(specter_server, queues=True)
        writes = lab.shop_writes()
        night = lab.night()
        assert night.report is not None and night.report.applied == 1
        assert lab.shop_writes() == writes + 1
        assert lab.shop_price(first["uid"]) == (new * factor).quantize(Decimal("0.01"))
        assert lab.night().plan.looked_at in (0, 1), "what the import itself wrote at most"
        assert lab.shop_writes() == writes + 1
        assert specter_server.control.inspect("queues")["article_info"] == []
        assert not [
            one for one in specter_server.control.inspect("batches") if one["queue"] == "article_info"
        ]
        assert lab.ledger.in_flight("1000/12", "article_info") == []
