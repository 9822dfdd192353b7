"""The worst day through a real Airflow: the ledger's file is gone, and later an old copy of it is put back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.stack.more_flows import in_specter

from abicart_specter.ledger import Ledger
from local_stack.environment import base_environment
from local_stack.files import PROJECT, project_home
from local_stack.running import SHOP
from local_stack.sandbox import SandboxOptions
from local_stack.stack import LocalStack, StackOptions

PRODUCTS, SINGLE, REBUILD = (
    f"{flow}__{SHOP}" for flow in ("product_export", "order_export_single", "ledger_rebuild")
)
RUN_SECONDS = 300.0


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    options = StackOptions(sandbox=SandboxOptions(items=20))
    with LocalStack(project_home("rebuild_test"), options) as running:
        for dag in (PRODUCTS, SINGLE, REBUILD):
            running.wait_until_parsed(dag)
        yield running


def run(stack: LocalStack, dag: str, **conf: Any) -> tuple[str, str]:
    run_id = stack.api.trigger(dag, conf)

    def state() -> str:
        now = str(stack.api.run(dag, run_id)["state"])
        return now if now in ("success", "failed") else ""

    return run_id, str(stack.wait_for(f"The end of {dag}", RUN_SECONDS, state))


def place(stack: LocalStack, count: int) -> list[str]:
    abicart = stack.sandboxes["abicart"]
    item = abicart.inspect("items")[0]
    at = datetime.now(UTC)  # later than a rebuild that has ended: what was placed before it is a question
    orders = [
        {
            "rows": [{item["kind"]: item["uid"], "quantity": 1}],
            "ordered": (at + timedelta(milliseconds=place)).isoformat(),
        }
        for place in range(count)
    ]
    return [str(row["orderNumber"]) for row in abicart.edit("place_orders", orders=orders)]


def command(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "abicart_specter.ledger", *arguments],
        env=base_environment(),
        cwd=PROJECT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ledger_file(stack: LocalStack) -> Path:
    return Path(stack.ledger_url.removeprefix("sqlite:///"))


def gone(stack: LocalStack) -> None:
    for file in ledger_file(stack).parent.glob(f"{ledger_file(stack).name}*"):
        file.unlink()


def test_a_lost_ledger_and_an_old_copy_double_nothing(stack: LocalStack, tmp_path: Path) -> None:
    assert run(stack, PRODUCTS)[1] == "success"
    sent = place(stack, 4)
    assert run(stack, SINGLE, numbers="\n".join(sent), dry_run=False)[1] == "success"
    before = in_specter(stack)
    assert {number: len(before[number]) for number in sent} == dict.fromkeys(sent, 1)
    lost = command("id", stack.ledger_url).strip()

    gone(stack)
    command("upgrade", stack.ledger_url)
    assert run(stack, SINGLE, numbers=sent[0], dry_run=False)[1] == "failed", (
        "an empty ledger stops everything"
    )
    command("replace", "--lost", lost, stack.ledger_url)
    assert run(stack, SINGLE, numbers=sent[0], dry_run=False)[1] == "failed", (
        "and so does one that is not rebuilt"
    )
    assert run(stack, REBUILD)[1] == "success", "dry run"
    assert run(stack, SINGLE, numbers=sent[0], dry_run=False)[1] == "failed", "which changed nothing"
    rebuilt, state = run(stack, REBUILD, dry_run=False)
    assert state == "success"
    summary = stack.ledger_summary("ledger_rebuild", rebuilt) or {}
    assert summary, "the run left its figures"
    with Ledger.open(stack.ledger_url) as ledger:
        ledger.rebuild.require_whole(SHOP)
    assert run(stack, SINGLE, numbers="\n".join(sent), dry_run=False)[1] == "success"
    assert in_specter(stack) == before

    copy = tmp_path / "backup.db"
    command("backup", stack.ledger_url, str(copy))
    later = place(stack, 3)
    assert run(stack, SINGLE, numbers="\n".join(later), dry_run=False)[1] == "success"
    before = in_specter(stack)
    gone(stack)
    ledger_file(stack).write_bytes(copy.read_bytes())
    assert run(stack, SINGLE, numbers=later[0], dry_run=False)[1] == "failed", "the copy is recognised as old"
    assert run(stack, REBUILD, dry_run=False)[1] == "success"
    assert run(stack, SINGLE, numbers="\n".join(later), dry_run=False)[1] == "success"
    assert in_specter(stack) == before
