"""What is kept and what goes: clean-up, migration of an older ledger, the command line (rules 1 and 3)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from order_samples import RUN, SHOP, START, Clock, order_intent, scan, warning
from sqlalchemy import text

from abicart_specter.domain.records import ItemKey, Kind, Outcome
from abicart_specter.errors import LedgerError
from abicart_specter.ledger import Ledger, OrderState, OutcomeRecord, Pruned, RunKey, ShopBinding
from abicart_specter.ledger.__main__ import main
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.migrate import alembic_config, upgrade


def send(ledger: Ledger, uid: int, run: RunKey) -> None:
    intent = order_intent(uid, content_hash="c", snapshot={"rows": [1]}, proof={"difference": "0"})
    lease = ledger.orders.begin(SHOP, f"key {uid}", "owner", 60, intent)
    ledger.orders.confirm_order(lease, run, uid, 1, f"500{uid}", flags=[warning(uid)], release=True)


def test_detail_goes_and_what_says_that_the_order_went_stays(timed: Ledger, clock: Clock) -> None:
    orders = timed.orders
    scan(timed, [1, 2], key=None)
    send(timed, 1, RUN)
    orders.late_answer(SHOP, 1, 1, "6001", "journal")
    orders.record_change(SHOP, 1, "h", "edited", [])
    orders.record_change(SHOP, 1, "h", "cancelled", [])
    orders.close_change(SHOP, 1, "edited", who="anna", why="done")
    orders.raise_alarm(SHOP, "cause", "words", clock.now)
    before = (orders.states(SHOP, [1, 2]), orders.decisions(SHOP, 1), orders.customers(SHOP, ["key 1"]))
    clock.pass_(timedelta(days=100).total_seconds())
    assert timed.prune(SHOP, order_detail_days=100) == Pruned(leases=1)
    clock.pass_(1)
    assert timed.prune("other", order_detail_days=100) == Pruned()
    assert timed.prune(SHOP, order_detail_days=100) == Pruned(order_details=1, order_changes=1, messages=1)
    assert (
        orders.states(SHOP, [1, 2]),
        orders.decisions(SHOP, 1),
        orders.customers(SHOP, ["key 1"]),
    ) == before
    sent = orders.sent_orders(SHOP, [1])[1]
    assert (sent.snapshot, sent.proof, sent.content_hash) == (None, None, "c")
    assert orders.proof(SHOP, 1) is None
    assert [change.kind for change in orders.open_changes(SHOP)] == ["cancelled"]
    assert orders.raise_alarm(SHOP, "cause", "words", START) is None  # still open


def test_the_detail_of_an_order_that_is_not_settled_stays(timed: Ledger, clock: Clock) -> None:
    scan(timed, [1])
    lease = timed.orders.begin(SHOP, "key", "owner", 60, order_intent(1, proof={"difference": "0"}))
    timed.orders.order_unconfirmed(lease, RUN, 1, 1, "no answer")
    clock.pass_(timedelta(days=999).total_seconds())
    assert timed.prune(SHOP).leases == 0  # its owner never gave it back
    assert timed.orders.proof(SHOP, 1) == {"difference": "0"}


def test_detail_of_young_runs_is_kept_however_many_there_are(timed: Ledger, clock: Clock) -> None:
    runs = [RunKey(SHOP, "order_export", f"run-{number}") for number in range(5)]
    for uid, run in enumerate(runs, 1):
        scan(timed, [uid], run, key=None)
        send(timed, uid, run)
        clock.pass_(timedelta(days=1).total_seconds())
    assert timed.prune(SHOP, keep_runs=1, keep_days=9) == Pruned()
    assert timed.prune(SHOP, keep_runs=1, keep_days=3) == Pruned(outcomes=3, run_flags=3, run_orders=3)
    assert [timed.orders.found(run) for run in runs] == [set(), set(), set(), {4}, {5}]
    assert [sum(timed.orders.outcome_counts(run).values()) for run in runs] == [0, 0, 0, 1, 1]
    assert timed.orders.state_counts(SHOP)[OrderState.SENT] == 5


def test_many_details_go_in_slices(timed: Ledger, clock: Clock) -> None:
    scan(timed, range(1, 2101), key=None)
    database = timed.orders._db
    with database.write() as connection:
        connection.execute(
            text("UPDATE order_sync SET state = 'sent', sent_at = state_since, proof = '{}', snapshot = '{}'")
        )
    clock.pass_(timedelta(days=366).total_seconds())
    assert timed.prune(SHOP).order_details == 2100


def test_a_ledger_of_the_product_export_is_taken_over(empty_url: str) -> None:
    database = Database(empty_url, create=True)
    with database.write() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO run (id, shop, flow, run_id, params, started_at, staging) VALUES "
                "(1000, 'demo', 'product_export', 'old', '{}', '2026-01-01T00:00:00.000000Z', 'none')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO outcome VALUES (1000, 'article', 7, 'A-7', 'held', 'why', 'rule', "
                "'2026-01-01T00:00:00.000000Z')"
            )
        )
    with pytest.raises(LedgerError, match=r"upgrade"):
        Ledger.open(empty_url)
    database.close()
    upgrade(empty_url)
    with Ledger.open(empty_url) as ledger:
        (row,) = ledger.iter_outcomes(RunKey("demo", "product_export", "old"))
        assert row.record == OutcomeRecord(ItemKey(Kind.ARTICLE, 7), "A-7", Outcome.HELD, "why", "rule")
        scan(ledger, [1])
        assert ledger.orders.found(RUN) == {1}


def test_the_command_line_shows_orders(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Ledger.open(url) as ledger:
        ledger.bind(ShopBinding(SHOP, 1, 2, 3))
        assert main(["status", url]) == 0
        assert "orders    demo: none found yet; read to -" in capsys.readouterr().out
        scan(ledger, [1, 2], key=None)
        send(ledger, 1, RUN)
        ledger.orders.late_answer(SHOP, 1, 1, "6001", "journal")
        ledger.orders.move_scanned_to(SHOP, START)
        ledger.orders.raise_alarm(SHOP, "specter_down", "Specter does not answer.", START)
    assert main(["status", url]) == 0
    shown = capsys.readouterr().out
    assert "orders    demo: 1 new, 1 sent; read to 2026-03-02T08:00:00+00:00" in shown
    assert "double    demo: order 1001 is in Specter as 5001, 6001: cancel all but one" in shown
    assert "alarm     demo: Specter does not answer. (since 2026-03-02T08:00:00+00:00)" in shown


def test_nothing_of_the_write_itself_is_kept(sqlite_url: str) -> None:
    with Ledger.open(sqlite_url) as ledger:
        scan(ledger, [1], key=None)
        send(ledger, 1, RUN)
    kept = b"".join(
        path.read_bytes() for path in Path(sqlite_url.removeprefix("sqlite:///")).parent.iterdir()
    )
    assert b"5001" in kept
    columns = {"name", "email", "phone", "address", "street", "fields", "buyer", "customer_name"}
    database = Database(sqlite_url)
    with database.read() as connection:
        for table in ("order_sync", "customer_sync", "order_change", "order_decision", "run_order"):
            names = {row.name for row in connection.execute(text(f"PRAGMA table_info({table})"))}
            assert names
            assert not names & columns
    database.close()
