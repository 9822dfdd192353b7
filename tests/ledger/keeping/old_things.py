"""Something of every kind that a clean-up removes, put into a ledger as the flows do."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from import_samples import change as import_change
from ledger_samples import article_key, articles, flag, stage
from order_samples import Clock, found, order_intent, order_key, warning

from abicart_specter.domain.imports.records import GuardVerdict, HeldImport, ImportPart
from abicart_specter.domain.imports.stock_guard import StockChange
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import Outcome
from abicart_specter.ledger import InboxValue, Ledger, OutcomeRecord, RunKey, ShopBinding
from abicart_specter.ledger.status_records import StatusResult, StatusState
from abicart_specter.ledger.stock_records import HeldStock, StockPlan

SHOP, ACCOUNT = "demo", "1000/12"
UIDS = {"old": 1, "new": 501}


def fill(ledger: Ledger, clock: Clock, shop: str, name: str) -> None:
    """A run of each flow, an order that went with everything that is kept of it, and what two queues told."""
    ledger.bind(ShopBinding(shop, 22222, 1000, 12))
    export(ledger, RunKey(shop, "product_export", name))
    nightly(ledger, RunKey(shop, "nightly_import", name))
    stock(ledger, RunKey(shop, "stock_import", name), clock)
    order(ledger, clock, RunKey(shop, "order_export", name), UIDS[name])
    told(ledger, name)
    status(ledger, shop)


def export(ledger: Ledger, run: RunKey) -> None:
    stage(ledger, run, [articles([1, 2])])
    ledger.start_run(run, {"dry_run": False})
    ledger.record_outcomes(run, [OutcomeRecord(article_key(uid), None, Outcome.SENT) for uid in (1, 2)])
    ledger.record_flags(run, [flag(article_key(1)), flag(article_key(2), run.run_id)], complete=True)
    ledger.add_requests(
        run, "abicart", "read_catalogue", {"requests": 2, "retries": 0, "writes": 0, "connections_opened": 1}
    )
    ledger.finish_run(run, {"found": 2})


def nightly(ledger: Ledger, run: RunKey) -> None:
    ledger.start_run(run, {})
    ledger.imports.clear_plan(run)
    ledger.imports.plan_changes(run, [import_change(1), import_change(2)])
    ledger.imports.record_part(run, GuardVerdict(ImportPart.PRICE, 2, 10), "h")
    ledger.imports.record_held(run, [HeldImport(article_key(3), "A-3", Master.PRICE, "rule", "", "")])


def stock(ledger: Ledger, run: RunKey, clock: Clock) -> None:
    ledger.start_run(run, {})
    ledger.stock.clear_plan(run)
    changed = StockChange(article_key(1), 1, "A-1", "Tröja", Decimal(4), 8, Decimal(9), Decimal(1), 3)
    ledger.stock.add_to_plan(
        run, [changed], [HeldStock("A-9", "number_unknown", "Nobody has it.", "None.", None, None)]
    )
    ledger.stock.close_plan(run, StockPlan("ab" * 32, 1, 0, 10, []))


def order(ledger: Ledger, clock: Clock, run: RunKey, uid: int) -> None:
    """One that went and was changed afterwards, which somebody dealt with; and an alarm that is over."""
    orders, shop = ledger.orders, run.shop
    ledger.start_run(run, {"note": "typed"})
    orders.record_found(run, [found(uid, f"key {uid}", ordered_at=clock.now - timedelta(minutes=5))])
    intent = order_intent(uid, content_hash="c", snapshot={"rows": [uid]}, proof={"difference": "0"})
    lease = orders.begin(shop, f"key {uid}", "owner", 60, intent)
    orders.confirm_order(lease, run, uid, 1, f"500{uid}", flags=[warning(uid)], release=True)
    orders.record_change(shop, uid, "h", "edited", [])
    orders.close_change(shop, uid, "edited", who="anna", why="dealt with")
    orders.raise_alarm(shop, f"cause {uid}", "It is down.", clock.now)
    orders.close_alarm(shop, f"cause {uid}", "It is up.", clock.now)


def told(ledger: Ledger, name: str) -> None:
    """Two batches of articles, the second of which replaces the first; and one of an order, twice."""
    for turn in ("1", "2"):
        for function, rows in (
            ("article_info", [InboxValue("A-1", "name", f"{name} {turn}")]),
            (
                "orders",
                [
                    InboxValue(f"500{UIDS[name]}", "tracking", f"PKT{name}{turn}"),
                    InboxValue(f"500{UIDS[name]}", "statusid", "3"),
                ],
            ),
        ):
            batch = f"{name}-{turn}"
            ledger.set_in_flight(ACCOUNT, function, batch)
            ledger.store_batch(ACCOUNT, function, batch, rows, f"journal/{batch}")
            ledger.acknowledged(ACCOUNT, function, batch)


def status(ledger: Ledger, shop: str) -> None:
    ledger.status.take_in(shop, ACCOUNT)
    ledger.status.match(shop)
    for page in ledger.status.due(shop, look_again=timedelta(days=1)):
        ledger.status.record_results(
            shop,
            [
                StatusResult(
                    one.order_no, one.told_row, StatusState.DONE, tracking_written=one.told.tracking_number
                )
                for one in page
            ],
        )


__all__ = ["ACCOUNT", "SHOP", "UIDS", "fill", "order_key"]
