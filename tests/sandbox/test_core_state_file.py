"""State that survives a restart on request."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from shop_sandbox.core.control_client import Control
from shop_sandbox.core.errors import StartError, UsageError
from shop_sandbox.core.server import SandboxServer
from shop_sandbox.services import build


@contextmanager
def running(path: Path, **settings: object) -> Iterator[Control]:
    server = SandboxServer(build("specter"), state_path=path, **settings)
    server.start_in_thread()
    try:
        yield Control(server.url)
    finally:
        server.stop()


def test_data_queues_batches_and_behaviour_survive(tmp_path: Path, specter) -> None:
    path = tmp_path / "state.json.gz"
    with running(path, seed={"articles": 3}) as control:
        specter.call.url = control.url
        specter.call.customer(emailAddress="eva@example.se")
        specter.call.order("5001", {"articleNo": "SP-000002"}, externalOrderNo="W-1")
        specter.call.get("getArticleExternalNeedUpdate", "b1")
        control.edit("article.change", number="SP-000003", price="12.34", name="Skål €")
        control.mode("lenient")
        control.switches(duplicate_order="refuse", row_end="lf")
        control.latency(request_ms=3)
        control.advance_clock(100)
        before = [control.inspect(what) for what in ("articles", "customers", "orders", "queues", "batches")]
        assert control.save() == {"file": "state.json.gz", "bytes": path.stat().st_size}
    with running(path) as control:
        specter.call.url = control.url
        after = [control.inspect(what) for what in ("articles", "customers", "orders", "queues", "batches")]
        assert after == before and Decimal(after[0][2]["price"]) == Decimal("12.34")
        assert control.health()["mode"] == "lenient" and control.latency()["request_ms"] == 3
        assert control.switches()["row_end"] == "lf"
        assert specter.call.order("5001", {"articleNo": "SP-000002"}, externalOrderNo="W-1")[1] == "9005"
        assert specter.call.customer(emailAddress="eva@example.se")[1] == "5001"
        assert specter.call.article("B-1")[:2] == ("1", "4")
        assert control.counters()["requests"] == 3
        control.load()
        assert control.inspect("article_count") == 3 and control.counters()["requests"] == 0


def test_files_that_are_no_state(tmp_path: Path) -> None:
    path = tmp_path / "state.json.gz"
    with running(path) as control, pytest.raises(UsageError, match="no saved state"):
        control.load()
    for content in (b"text", gzip.compress(b"{}"), gzip.compress(b"{"), gzip.compress(b'{"format": 1}')):
        path.write_bytes(content)
        with pytest.raises(StartError, match="not a saved state"):
            SandboxServer(build("specter"), state_path=path)
