"""The operators of order status, undo and an approval, with connections as Airflow has them, against both servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from airflow.sdk.exceptions import AirflowSkipException
from import_lab import FLOW, ImportLab, import_lab
from status_lab import SECRET, StatusLab

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.imports.chunks import ImportChunk
from abicart_specter.flows.imports.decide import record_answer
from abicart_specter.ledger.migrate import upgrade
from abicart_specter.operators.approve_changes import ReleaseChangesOperator
from abicart_specter.operators.order_status import ImportOrderStatusOperator
from abicart_specter.operators.undo_import import UndoImportOperator

Run = Callable[..., Any]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, abicart_server, specter_server) -> Run:
    """Executes an operator as a task of the demo shop would be, on a lab's ledger."""

    def connection(kind: str, url: str, **more: Any) -> str:
        address = urlsplit(url)
        return json.dumps(
            {"conn_type": kind, "host": address.hostname, "port": address.port, "schema": "http", **more}
        )

    def execute(lab: Any, operator: Any, **params: Any) -> Any:
        url = getattr(lab, "export", lab).ledger_url
        monkeypatch.setenv(
            "AIRFLOW_CONN_SYNC_LEDGER",
            json.dumps({"conn_type": "generic", "extra": {"url": url, "hash_secret": SECRET.decode()}}),
        )
        monkeypatch.setenv("AIRFLOW_VAR_SYNC_LEDGER_ID", upgrade(url))
        task = SimpleNamespace(task_id=operator.task_id, map_index=-1, try_number=1)
        return operator.execute({"params": params, "run_id": "manual__1", "ti": task})

    monkeypatch.setenv(
        "AIRFLOW_CONN_ABICART_DEMO",
        connection("abicart", abicart_server.url, login="22222", password="demo-token-1"),
    )
    monkeypatch.setenv(
        "AIRFLOW_CONN_SPECTER_DEMO",
        connection(
            "specter",
            specter_server.url,
            login="1000",
            password="demo-user-key",
            extra={"api_version": 2, "api_user_id": 12, "integration_secret": "demo-integration-key"},
        ),
    )
    monkeypatch.setenv("ABICART_SPECTER_REPORTS_DIR", str(tmp_path / "reports"))
    monkeypatch.setenv("ABICART_SPECTER_JOURNAL_DIR", str(tmp_path / "journal"))
    return execute


@pytest.fixture
def orders(abicart_server, specter_server, ledger_folder: Path) -> Iterator[StatusLab]:
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": 5})
    specter_server.control.reset()
    lab = StatusLab(abicart_server, specter_server, ledger_folder)
    try:
        yield lab
    finally:
        lab.close()


@pytest.fixture
def night(abicart_server, specter_server, ledger_folder: Path) -> Iterator[ImportLab]:
    with import_lab(abicart_server, specter_server, ledger_folder) as lab:
        yield lab


def test_order_status_is_one_task(orders: StatusLab, run: Run, tmp_path: Path) -> None:
    (one,) = orders.send_orders()
    orders.in_specter("deliver", one)
    operator = ImportOrderStatusOperator(task_id="order_status", shop="demo", flow="nightly_import")
    shown = run(orders, operator, dry_run=True)
    assert (shown["reported"], shown["sent"]) == (0, 0)
    done = run(orders, operator)
    assert (done["reported"], done["sent"]) == (1, 1)
    assert orders.shop_status(one) == (True, False)
    assert (tmp_path / "reports/demo/nightly_import/manual__1/order_status.csv").exists()
    assert json.loads(json.dumps(done)) == done


def test_order_status_is_skipped_where_the_queue_is_left_alone(
    orders: StatusLab, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shops = tmp_path / "shops"
    shops.mkdir()
    text = "orders: {orders_from: 2026-01-01}\nstatus: {read_orders: false}\n"
    (shops / "demo.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(shops))
    operator = ImportOrderStatusOperator(task_id="order_status", shop="demo", flow="nightly_import")
    with pytest.raises(AirflowSkipException, match="left alone"):
        run(orders, operator)


def test_undo_shows_and_then_restores(night: ImportLab, run: Run) -> None:
    item = night.plain_items()[0]
    before = night.shop_price(item["uid"])
    number = item["product_number"]
    night.in_specter(number, price=str(night.specter_price(number) + 1))
    done = night.night()
    changed = night.shop_price(item["uid"])
    assert changed != before
    operator = UndoImportOperator(task_id="undo_import", shop="demo", flow="import_undo")
    form = {"run_id": done.ctx.run.run_id, "parts": ["price"]}
    assert run(night, operator, **form, dry_run=True)["restored"] == 1
    assert night.shop_price(item["uid"]) == changed
    assert run(night, operator, **form, dry_run=False)["restored"] == 1
    assert night.shop_price(item["uid"]) == before


def test_an_undo_without_a_run_is_refused(night: ImportLab, run: Run) -> None:
    operator = UndoImportOperator(task_id="undo_import", shop="demo", flow="import_undo")
    with pytest.raises(ConfigurationError, match="No run was named"):
        run(night, operator, run_id="", dry_run=False)


def test_an_approved_price_that_specter_has_corrected_meanwhile_is_not_written(
    night: ImportLab, run: Run
) -> None:
    item = night.plain_items()[0]
    number, before = item["product_number"], night.shop_price(item["uid"])
    right = night.specter_price(number)
    night.in_specter(number, price="1.00")
    asked = night.night(ctx=night.context("manual__1", flow=FLOW))
    night.in_specter(number, price=str(right))
    record_answer(asked.ctx, ImportPart.PRICE, approved=True, by="the owner", at=datetime.now(UTC))
    operator = ReleaseChangesOperator(task_id="release_price", shop="demo", flow=FLOW, part="price")
    chunks = [ImportChunk.from_xcom(one) for one in run(night, operator)]
    assert night.apply(asked.ctx, chunks) == {"voided": 1}
    assert night.shop_price(item["uid"]) == before
