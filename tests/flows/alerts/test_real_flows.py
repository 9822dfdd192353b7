"""Each cause provoked by the flows themselves, against the sandbox, and told by mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alert_lab import BOTH, Airflow
from harness import Export, demo_settings
from import_lab import import_lab
from order_lab import OrderLab
from servers import Mailbox

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.errors import RecordError
from abicart_specter.flows.alerts import causes
from abicart_specter.flows.alerts.alerts import alerts
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.decide import record_answer
from abicart_specter.flows.orders.alarms import TWICE
from abicart_specter.hooks.notify import ways
from abicart_specter.settings.alerts import AlertSettings

TEN = timedelta(minutes=10)


def tell(export: Export, now: datetime, airflow: Airflow | None = None) -> FlowContext:
    """A run of ``alerts__demo`` at that time."""
    ctx = export.context(flow="alerts")
    mail = AlertSettings.model_validate({"email": BOTH["alerts__email"], "late_orders": False})
    ctx.settings = ctx.settings.model_copy(update={"alerts": mail})
    ctx.clock = lambda: now
    alerts(ctx, airflow or Airflow(), ways(mail))
    return ctx


@pytest.fixture
def shop(abicart_server, specter_server, ledger_folder: Path) -> Iterator[OrderLab]:
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": 5})
    lab = OrderLab(abicart_server, specter_server, ledger_folder)
    lab.now = datetime.now(UTC).replace(microsecond=0)
    lab.use(imports__price=False, status__read_orders=False)
    try:
        yield lab
    finally:
        lab.close()


def kinds(lab: OrderLab, cause: str) -> list[str]:
    return [one.kind for one in lab.orders.messages("demo", 1000) if one.cause == cause]


def test_an_unconfirmed_order_is_told_after_an_hour_and_over_when_answered(
    shop: OrderLab, mail: Mailbox
) -> None:
    uid = shop.place(shop.now - TEN / 2)
    run = shop.scan()
    lease = shop.intend(run, uid)
    shop.orders.order_unconfirmed(lease, run.ctx.run, uid, 1, "the answer was lost", release=True)
    now = datetime.now(UTC)
    tell(shop.export, now + timedelta(minutes=55))
    assert kinds(shop, causes.UNCONFIRMED) == []
    tell(shop.export, now + timedelta(minutes=65))
    assert kinds(shop, causes.UNCONFIRMED) == ["opened"]
    number = shop.orders.states("demo", [uid])[uid].number
    assert f"1 order har skickats utan att Specters svar kom fram: {number}." in mail.texts()[0]
    shop.orders.link("demo", uid, "812345", who="the owner", why="found in Specter")
    tell(shop.export, now + timedelta(minutes=70))
    assert kinds(shop, causes.UNCONFIRMED) == ["opened", "closed"]


def test_a_double_order_is_open_until_a_person_settles_it(shop: OrderLab, mail: Mailbox) -> None:
    uid = shop.place(shop.now - TEN / 2)
    shop.export_orders()
    record = shop.orders.states("demo", [uid])[uid]
    cause = f"{TWICE} {record.specter_order_no}"
    shop.orders.late_answer("demo", uid, 1, "99999", "a writer that came back")
    tell(shop.export, shop.now)
    tell(shop.export, shop.now + timedelta(hours=4))
    assert kinds(shop, cause) == ["opened", "reminder"]
    assert f"både som {record.specter_order_no} och som 99999" in mail.texts()[0]
    shop.single(record.number, double_cancelled=True)
    assert kinds(shop, cause) == ["opened", "reminder", "closed"]
    shop.single(record.number, double_cancelled=True)  # answered twice: nothing happens
    shop.now += TEN
    shop.export_orders()
    tell(shop.export, shop.now + timedelta(hours=9))
    assert kinds(shop, cause) == ["opened", "reminder", "closed"]
    assert "makulerad" in mail.texts()[-1]
    shop.orders.late_answer("demo", uid, 1, "88888", "a third one")
    tell(shop.export, shop.now + timedelta(hours=10))
    assert kinds(shop, cause)[-1] == "opened"


def test_only_a_double_order_can_be_settled(shop: OrderLab) -> None:
    uid = shop.place(shop.now - TEN / 2)
    shop.export_orders()
    with pytest.raises(RecordError, match="not known to be in Specter twice"):
        shop.single(shop.orders.states("demo", [uid])[uid].number, double_cancelled=True)


def test_specter_away_is_one_cause_and_not_one_per_order(shop: OrderLab, mail: Mailbox) -> None:
    shop.export_orders()
    shop.now += TEN
    for _ in range(8):
        shop.place(shop.now - TEN / 2)
    shop.specter_server.control.fault("drop_before", count=None)
    shop.export_orders()
    tell(shop.export, datetime.now(UTC) + timedelta(minutes=40))
    shop.specter_server.control.clear_faults()
    text = mail.texts()[0]
    assert "Specter svarar inte" in text
    assert "Ordrar går inte iväg" not in text


def test_awaiting_payment_needs_nobody(shop: OrderLab, mail: Mailbox) -> None:
    shop.use(orders__ripe__otherwise="paid", status__read_orders=False)
    shop.place(shop.now - TEN / 2)
    run = shop.export_orders()
    assert run.report is not None
    assert run.report.held == 1
    tell(shop.export, shop.now)
    assert mail.mails == []


def test_orders_are_not_read_while_the_export_is_paused(shop: OrderLab, mail: Mailbox) -> None:
    shop.scan()
    ctx = shop.context(flow="alerts")
    settings = AlertSettings.model_validate({"email": BOTH["alerts__email"]})
    ctx.settings = ctx.settings.model_copy(update={"alerts": settings})
    airflow = Airflow(pauses={"order_export"})
    for minutes, sent in ((59, 0), (61, 1)):
        ctx.clock = lambda minutes=minutes: shop.now + timedelta(minutes=minutes)
        alerts(ctx, airflow, ways(settings))
        assert len(mail.mails) == sent
    assert "Exporten är pausad." in mail.texts()[0]


def test_newly_flagged_products_are_one_message_per_run(export: Export, mail: Mailbox) -> None:
    export.settings = demo_settings(status__read_orders=False)
    export.run()
    tell(export, datetime.now(UTC))
    (text,) = mail.texts()
    assert "Produkter behöver ses över" in text
    assert "product_export__demo flaggades" in text
    assert "/dags/product_export__demo/runs/" in text
    export.run()
    tell(export, datetime.now(UTC))
    assert len(mail.mails) == 1


@pytest.mark.parametrize(
    ("approved", "by", "words"),
    [
        (True, "the owner", "Någon har svarat ja om 1 produkt. Ändringarna skrivs till butiken;"),
        (False, "the owner", "Någon har svarat nej om 1 produkt: inget av det skrevs"),
        (True, "", "Ingen svarade om 1 produkt i tid, och enligt butikens inställningar räknas det som ja."),
        (False, "", "Ingen svarade om 1 produkt i tid: inget av det skrevs"),
    ],
)
def test_a_question_waits_and_is_answered(
    abicart_server, specter_server, ledger_folder: Path, mail: Mailbox, approved: bool, by: str, words: str
) -> None:
    with import_lab(abicart_server, specter_server, ledger_folder, status__read_orders=False) as lab:
        lab.ledger.alerts.flags_told("demo", list(range(1, 50)), datetime.now(UTC))
        number = lab.plain_items()[0]["product_number"]
        lab.in_specter(number, price="0.01")
        ctx = lab.context(flow="nightly_import")
        plan = lab.plan_night(ctx)
        assert plan.parts[ImportPart.PRICE].verdict.ask
        now = datetime.now(UTC)
        tell(lab, now)
        texts = [text for text in mail.texts() if "Importen väntar på ditt svar" in text]
        assert len(texts) == 1
        assert "frågar om priser: 1 produkt berörs" in texts[0]
        assert "https://airflow.example/required_actions" in texts[0]
        assert "räknas det som nej" in texts[0]
        record_answer(ctx, ImportPart.PRICE, approved=approved, by=by, at=now)
        tell(lab, now + TEN)
        told = [
            one.kind for one in lab.ledger.orders.messages("demo") if one.cause == "question_waiting:price"
        ]
        assert told == ["opened", "closed"]
        assert words in mail.texts()[-1]


def test_a_queue_that_tells_nothing_is_told_once(
    abicart_server, specter_server, ledger_folder: Path, mail: Mailbox
) -> None:
    with import_lab(abicart_server, specter_server, ledger_folder) as lab:
        lab.settings = demo_settings(imports__price=True, status__read_orders=False)
        lab.night()
        now, airflow = datetime.now(UTC), Airflow()
        cause = "queue_silent:article_info"
        for days in (6, 8, 9, 10):
            tell(lab, now + timedelta(days=days), airflow)
        told = [one.kind for one in lab.ledger.orders.messages("demo", 1000) if one.cause == cause]
        assert told == ["opened"]
        assert any("har inte berättat om någon ändring på 8 dagar" in text for text in mail.texts())
