"""Orders for the ledger's tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from abicart_specter.domain.records import Flag, ItemKey, Kind, Severity
from abicart_specter.ledger import CustomerIntent, FoundOrder, Ledger, OrderIntent, RunKey

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SHOP = "demo"
RUN = RunKey(SHOP, "order_export", "run-1")


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def found(uid: int, key: str = "key", mark: str = "", **more: Any) -> FoundOrder:
    """An order placed ``uid`` minutes after the start, in partition ``uid % 16``."""
    values = {
        "number": str(1000 + uid),
        "ordered_at": START + timedelta(minutes=uid),
        "customer_key": key,
        "partition": uid % 16,
        "external_mark": mark,
    }
    return FoundOrder(uid, **(values | more))


def order_intent(uid: int, hash_: str = "content", generation: int = 1, **more: Any) -> OrderIntent:
    suffix = "" if generation == 1 else f"-R{generation}"
    values = {"external_no": f"{1000 + uid}{suffix}", "specter_customer_no": "77", "at": START}
    return OrderIntent(SHOP, uid, generation, hash=hash_, **(values | more))


def customer_intent(
    key: str = "key", uid: int = 1, hash_: str = "fields", first_contact: bool = False
) -> CustomerIntent:
    return CustomerIntent(SHOP, key, hash_, uid, START, first_contact)


def order_key(uid: int) -> ItemKey:
    return ItemKey(Kind.ORDER, uid)


def warning(uid: int, rule: str = "text_cut") -> Flag:
    return Flag(order_key(uid), rule, Severity.WARNING, "The street was cut.", "Shorten it in Specter.")


def scan(ledger: Ledger, uids: Iterable[int], run: RunKey = RUN, key: str | None = "key") -> RunKey:
    """A started run that found these orders; without ``key`` every order has a buyer of its own."""
    ledger.start_run(run, {})
    ledger.orders.record_found(run, [found(uid, key or f"key {uid}") for uid in uids])
    return run
