"""What the tests of the ledger of orders run in processes of their own. ``Specter`` is a file that only grows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from order_samples import RUN, SHOP, customer_intent, found, order_intent

from abicart_specter.errors import LeaseHeldError
from abicart_specter.ledger import CustomerChangedError, Ledger, OrderNotOpenError, OrderState
from abicart_specter.ledger.order_rules import SETTLED


class Specter:
    """Takes every write there is, twice if asked twice, and answers with a number of its own."""

    def __init__(self, path: str) -> None:
        self.path = path

    def write(self, what: str) -> str:
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(handle, f"{what}\n".encode())
        finally:
            os.close(handle)
        return f"S-{what}"

    def has(self) -> list[str]:
        path = Path(self.path)
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def key_of(uid: int) -> str:
    """Three orders to a customer."""
    return f"key {uid % 20}"


def send_orders(pipe: Connection, url: str, owner: str, uids: list[int], specter: str, hours: float) -> None:
    """Sends orders as a chunk task does, telling each step, until none of them is left to it.

    :param hours: how far its clock is ahead, so that the leases of those killed before it have run out.
    """
    clock = (lambda: datetime.now(UTC) + timedelta(hours=hours)) if hours else None
    with Ledger.open(url, clock=clock) as ledger:
        pipe.send("ready")
        pipe.recv()
        ledger.orders.expire_intents(SHOP)
        left = list(uids)
        while left:
            left = [uid for uid in left if not _send(ledger, pipe, owner, uid, Specter(specter))]
        pipe.send("done")


def _send(ledger: Ledger, pipe: Connection, owner: str, uid: int, specter: Specter) -> bool:
    """Whether the order needs no more of this process."""
    orders = ledger.orders
    order = orders.states(SHOP, [uid])[uid]
    if order.state in SETTLED or order.state is OrderState.UNCONFIRMED:
        orders.already_there(RUN, [uid])
        return True
    key = key_of(uid)
    known = orders.customers(SHOP, [key])[key].specter_customer_no
    intent = order_intent(uid, specter_customer_no=f"S-{key}")
    try:
        pipe.send("begin")
        lease = orders.begin(
            SHOP, key, owner, 60, intent if known else customer_intent(key, uid, first_contact=True)
        )
        if not known:
            pipe.send("customer")
            number = specter.write(key)
            pipe.send("customer written")
            lease = orders.confirm_customer(lease, SHOP, key, number, "h", uid, intent, seconds=60).lease
        pipe.send("order")
        number = specter.write(order.number)
        pipe.send("order written")
        orders.confirm_order(lease, RUN, uid, 1, number, flags=[], release=True)
        pipe.send("confirmed")
    except (LeaseHeldError, CustomerChangedError, OrderNotOpenError):
        return False  # somebody else is, or was, at it: look again
    return True


def begin_same_number(pipe: Connection, url: str, uid: int) -> None:
    """Takes the number 1001 for an order, at the same time as others do for theirs."""
    with Ledger.open(url) as ledger:
        pipe.send("ready")
        pipe.recv()
        try:
            ledger.orders.begin(SHOP, f"key {uid}", "owner", 60, order_intent(uid, external_no="1001"))
        except Exception as error:  # every kind is told to the test
            pipe.send(getattr(error, "rule", repr(error)))
        else:
            pipe.send("begun")


def find_orders(pipe: Connection, url: str, uids: list[int]) -> None:
    """Records orders as found, one page after the other, at the same time as others record the same ones."""
    with Ledger.open(url) as ledger:
        pipe.send("ready")
        pipe.recv()
        pages = [uids[start : start + 20] for start in range(0, len(uids), 20)]
        pipe.send(sum(len(ledger.orders.record_found(RUN, [found(uid) for uid in page])) for page in pages))


def send_many(pipe: Connection, url: str, owner: str, uids: list[int], known: bool) -> None:
    """Sends orders, each of a buyer of its own, as fast as the ledger takes them; says how many writes it made."""
    with Ledger.open(url) as ledger, _commits(ledger) as commits:
        pipe.send("ready")
        pipe.recv()
        orders = ledger.orders
        for uid in uids:
            key = f"key {uid}"
            intent = order_intent(
                uid,
                content_hash="c" * 64,
                snapshot={"rows": [["A-1", "Tröja", "1", "249.00"]] * 4},
                proof={"d": "0"},
            )
            if known:
                lease = orders.begin(SHOP, key, owner, 600, intent)
            else:
                lease = orders.begin(SHOP, key, owner, 600, customer_intent(key, uid))
                lease = orders.confirm_customer(
                    lease, SHOP, key, str(uid), "h", uid, intent, seconds=600
                ).lease
            orders.confirm_order(lease, RUN, uid, 1, f"S{uid}", flags=[], release=True)
        pipe.send(len(commits))


@contextmanager
def _commits(ledger: Ledger) -> Iterator[list[str]]:
    """Every write transaction that the ledger commits while the block runs."""
    from sqlalchemy import event

    engine, seen = ledger.orders._db.engine, []

    def note(connection: object) -> None:
        if connection.get_execution_options().get("ledger_begin"):  # type: ignore[attr-defined]
            seen.append("write")

    event.listen(engine, "commit", note)
    try:
        yield seen
    finally:
        event.remove(engine, "commit", note)
