"""Alerts through a real Airflow: red runs and a question arrive by mail, and their end.

The ledger goes for a while, and so does the shop's own file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1] / "flows/alerts"))

from servers import Mailbox, mail_server

from local_stack.files import PROJECT, project_home
from local_stack.ports import free_ports
from local_stack.running import SHOP
from local_stack.sandbox import SandboxOptions
from local_stack.stack import LocalStack, StackOptions

NAME = "alerts_test"
ALERTS, SINGLE, NIGHT = (f"{flow}__{SHOP}" for flow in ("alerts", "order_export_single", "nightly_import"))
RUN_SECONDS = 300.0
UNKNOWN = {"numbers": "no-such-order", "dry_run": False}


@pytest.fixture(scope="module")
def mail() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as box:
        yield box


@pytest.fixture(scope="module")
def stack(mail: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    shops = tmp_path_factory.mktemp("shops")
    text = (PROJECT / "include/shops/demo.yaml").read_text(encoding="utf-8")
    # What is tried is what the test provokes: this shop reads no orders, and its last night's import is not missed.
    changed = (
        text.replace("    to: []", "    to: [agare@example.com]")
        .replace("connection: smtp_default", "connection: mail")
        .replace("  missed_import: true", "  missed_import: false")
    )
    assert changed.count("agare@example.com") == 1
    (shops / "demo.yaml").write_text(changed, encoding="utf-8")
    (port,) = free_ports(1)
    environment = {
        "ABICART_SPECTER_SHOPS_DIR": str(shops),
        "AIRFLOW_CONN_MAIL": mail.connection(),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
    }
    options = StackOptions(sandbox=SandboxOptions(items=30), ui_port=port, environment=environment)
    with LocalStack(project_home(NAME), options) as running:
        for dag in (SINGLE, f"product_export__{SHOP}"):
            running.wait_until_parsed(dag)
        running.wait_until_parsed(ALERTS)
        yield running


def run(stack: LocalStack, dag: str, conf: dict[str, Any] | None = None) -> tuple[str, str]:
    """Triggers a run and waits for its end; its id and state."""
    run_id = stack.api.trigger(dag, conf or {})
    return run_id, ended(stack, dag, run_id)


def ended(stack: LocalStack, dag: str, run_id: str) -> str:
    def state() -> str:
        now = str(stack.api.run(dag, run_id)["state"])
        return now if now in ("success", "failed") else ""

    return str(stack.wait_for(f"The end of {dag}", RUN_SECONDS, state))


def test_a_red_run_is_told_with_its_link_and_over_with_the_next_green_one(
    stack: LocalStack, mail: Mailbox
) -> None:
    assert run(stack, ALERTS)[1] == "success"
    mail.mails.clear()
    assert run(stack, SINGLE, UNKNOWN | {"dry_run": True})[1] == "failed"  # whoever tries sees it himself
    run(stack, ALERTS)
    assert mail.mails == []
    red, state = run(stack, SINGLE, UNKNOWN)
    assert state == "failed"
    told(stack, mail, "En körning misslyckades: enstaka ordrar")
    text = mail.texts()[-1]
    assert f"/dags/{SINGLE}/runs/" in text
    assert "Röd uppgift: single_order." in text
    assert red.split("+")[0].split(":")[0] in text.replace("%3A", ":")
    number = place_order(stack)
    assert run(stack, SINGLE, {"numbers": number, "dry_run": True})[1] == "success"
    told(stack, mail, "ÖVER: En körning misslyckades: enstaka ordrar")


def told(stack: LocalStack, mail: Mailbox, words: str) -> None:
    """Looks until it is told: what a callback notes may come a moment after the run's end."""

    def look() -> bool:
        run(stack, ALERTS)
        return any(words in text.replace("</h3>", "") for text in mail.texts())

    stack.wait_for(words, RUN_SECONDS, look)


def place_order(stack: LocalStack) -> str:
    abicart = stack.sandboxes["abicart"]
    item = abicart.inspect("items", limit=1)[0]
    uid = abicart.edit("place_order", rows=[{item["kind"]: item["uid"], "quantity": 1}])["uid"]
    return str(uid)


def test_the_ledger_goes_and_a_callback_fails_meanwhile_and_nothing_is_lost(
    stack: LocalStack, mail: Mailbox
) -> None:
    run(stack, ALERTS)
    mail.mails.clear()
    files = list(stack.home.ledger.parent.glob(f"{stack.home.ledger.name}*"))
    for path in files:
        path.rename(path.with_name(f"away-{path.name}"))
    assert run(stack, ALERTS)[1] == "failed"
    assert "Liggaren går inte att använda" in mail.texts()[-1]
    assert run(stack, SINGLE, UNKNOWN)[1] == "failed"  # and Airflow's callback cannot note it
    assert run(stack, ALERTS)[1] == "failed"
    assert len(mail.mails) == 1
    for path in files:
        path.with_name(f"away-{path.name}").rename(path)
    assert run(stack, ALERTS)[1] == "success"
    assert any("ÖVER: Liggaren" in text for text in mail.texts())
    told(stack, mail, "LARM: En körning misslyckades: enstaka ordrar")


def test_the_shops_own_file_breaks_and_its_people_are_told_once(stack: LocalStack, mail: Mailbox) -> None:
    run(stack, ALERTS)
    mail.mails.clear()
    path = Path(stack.options.environment["ABICART_SPECTER_SHOPS_DIR"]) / "demo.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text(f"{good}\norders: [\n", encoding="utf-8")
    assert run(stack, ALERTS)[1] == "failed"
    assert run(stack, ALERTS)[1] == "failed"
    (text,) = mail.texts()
    assert "LARM: En butiks inställningsfil" in text
    assert "this is not valid YAML" in text
    path.write_text(good, encoding="utf-8")
    assert run(stack, ALERTS)[1] == "success"
    assert any("ÖVER: En butiks inställningsfil" in text for text in mail.texts())


def test_a_question_is_told_and_over_when_answered(stack: LocalStack, mail: Mailbox) -> None:
    assert run(stack, f"product_export__{SHOP}", {"dry_run": False})[1] == "success"
    specter = stack.sandboxes["specter"]
    specter.edit("article.prices", factor="0.1")
    stack.wait_until_parsed(NIGHT)  # unpaused, it runs at once for the last night
    night = str(stack.wait_for("The night's run", RUN_SECONDS, lambda: stack.api.newest_run(NIGHT)))

    def waiting() -> bool:
        states = {one.task_id: one.state for one in stack.api.task_states(NIGHT, night)}
        return states.get("approve_price") in ("awaiting_input", "deferred")

    stack.wait_for("The question", RUN_SECONDS, waiting)
    told(stack, mail, "LARM: Importen väntar på ditt svar")
    text = next(text for text in mail.texts() if "väntar på ditt svar" in text)
    assert "frågar om priser" in text
    assert "/required_actions" in text
    (Path(stack.home.path) / "mail.html").write_text("\n<hr>\n".join(mail.texts()), encoding="utf-8")
    stack.api.answer(NIGHT, night, "approve_price", "Reject")
    assert ended(stack, NIGHT, night) == "success"
    told(stack, mail, "ÖVER: Importen väntar på ditt svar")


def test_a_run_that_ended_without_any_callback_is_counted(stack: LocalStack, mail: Mailbox) -> None:
    """A person marks it failed; a scheduler that dies at the wrong moment looks the same."""
    run(stack, ALERTS)
    dag = f"order_duplicate_check__{SHOP}"
    stack.wait_until_parsed(dag, unpause=False)
    stack.api.mark_failed(dag, stack.api.trigger(dag, {"number": "1"}))
    told(stack, mail, "LARM: En körning misslyckades: order_duplicate_check")
