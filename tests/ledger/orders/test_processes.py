"""Several processes at the same orders, and processes killed between any two steps (rules 2, 4 and 9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import order_workers
import pytest
from order_samples import RUN, SHOP, found, order_intent, scan
from order_workers import Specter, key_of

from abicart_specter.domain.records import Outcome
from abicart_specter.ledger import Ledger, OrderState, OutcomeGaps

UIDS = list(range(1, 41))


def found_by_all(url: str) -> None:
    with Ledger.open(url) as ledger:
        ledger.start_run(RUN, {})
        ledger.orders.record_found(RUN, [found(uid, key_of(uid)) for uid in UIDS])


def wait_for_done(worker: Any) -> None:
    while worker.pipe.recv() != "done":
        pass
    worker.end()


def test_four_at_once_send_every_order_and_customer_once(
    url: str, worker: Callable[..., Any], tmp_path: Path
) -> None:
    found_by_all(url)
    specter = Specter(str(tmp_path / "specter"))
    turns = (UIDS, UIDS[::-1], UIDS[15:] + UIDS[:15], UIDS[::2] + UIDS[1::2])
    racing = [
        worker(order_workers.send_orders, url, f"owner {number}", uids, specter.path, 0)
        for number, uids in enumerate(turns)
    ]
    for each in racing:
        assert each.pipe.recv() == "ready"
    for each in racing:
        each.pipe.send("go")
    for each in racing:
        wait_for_done(each)
    assert Counter(specter.has()) == Counter([*(str(1000 + uid) for uid in UIDS), *map(key_of, range(20))])
    with Ledger.open(url) as ledger:
        states = ledger.orders.states(SHOP, UIDS)
        assert {uid: one.specter_order_no for uid, one in states.items()} == {
            uid: f"S-{1000 + uid}" for uid in UIDS
        }
        assert {one.state for one in states.values()} == {OrderState.SENT}
        assert ledger.orders.double_orders(SHOP) == []
        counts = ledger.orders.outcome_counts(RUN)
        # Whoever looked first says so: the sender's "sent" and another's "unchanged" may come in either order.
        assert counts[Outcome.SENT] + counts[Outcome.UNCHANGED] == len(UIDS)
        assert ledger.orders.outcome_gaps(RUN) == OutcomeGaps(0, 0)


@pytest.mark.parametrize("seed", range(2))
def test_killed_between_any_two_steps_an_order_is_sent_once_or_waits(
    url: str, worker: Callable[..., Any], tmp_path: Path, seed: int
) -> None:
    found_by_all(url)
    specter, random, hours = Specter(str(tmp_path / "specter")), Random(seed), 0
    last = ""
    for hours in range(1, 6):
        victim = worker(order_workers.send_orders, url, f"owner {hours}", UIDS, specter.path, hours)
        assert victim.pipe.recv() == "ready"
        victim.pipe.send("go")
        for _ in range(random.randint(1, 25)):
            last = victim.pipe.recv()
            if last == "done":
                break
        victim.kill()
    final = worker(order_workers.send_orders, url, "last", UIDS, specter.path, hours + 1)
    assert final.pipe.recv() == "ready"
    final.pipe.send("go")
    wait_for_done(final)
    arrived = Counter(specter.has())
    with Ledger.open(url) as ledger:
        states = ledger.orders.states(SHOP, UIDS)
        assert {one.state for one in states.values()} <= {OrderState.SENT, OrderState.UNCONFIRMED}
        for uid, one in states.items():
            times = arrived[str(1000 + uid)]
            assert times == 1 if one.state is OrderState.SENT else times <= 1
            assert one.specter_order_no == (f"S-{1000 + uid}" if one.state is OrderState.SENT else None)
        waiting = [one for one in states.values() if one.state is OrderState.UNCONFIRMED]
        assert len(waiting) <= 5
        assert ledger.orders.outcome_gaps(RUN) == OutcomeGaps(0, 0)
        assert {one.uid for one in ledger.orders.run_orders(RUN)} == {one.uid for one in waiting}
    assert last


def test_many_find_the_same_orders_at_once(url: str, worker: Callable[..., Any]) -> None:
    with Ledger.open(url) as ledger:
        ledger.start_run(RUN, {})
    turns = (UIDS, UIDS[::-1], UIDS[20:] + UIDS[:20])
    racing = [worker(order_workers.find_orders, url, uids) for uids in turns]
    for each in racing:
        assert each.pipe.recv() == "ready"
    for each in racing:
        each.pipe.send("go")
    new = sum(each.pipe.recv() for each in racing)
    for each in racing:
        each.end()
    assert new >= len(UIDS)
    with Ledger.open(url) as ledger:
        assert ledger.orders.found(RUN) == set(UIDS)
        assert ledger.orders.state_counts(SHOP)[OrderState.NEW] == len(UIDS)


def test_two_orders_never_get_the_same_number(url: str, worker: Callable[..., Any]) -> None:
    with Ledger.open(url) as ledger:
        scan(ledger, range(1, 5), key=None)
    racing = [worker(order_workers.begin_same_number, url, uid) for uid in range(1, 5)]
    for each in racing:
        assert each.pipe.recv() == "ready"
    for each in racing:
        each.pipe.send("go")
    said = sorted(each.pipe.recv() for each in racing)
    for each in racing:
        each.end()
    assert said == ["begun", *["external_no_taken"] * 3]


@pytest.mark.parametrize(("known", "most"), [(True, 2), (False, 3)])
def test_how_many_write_transactions_an_order_costs(
    url: str, worker: Callable[..., Any], known: bool, most: int
) -> None:
    with Ledger.open(url) as ledger:
        scan(ledger, range(1, 41), key=None)
    busy = [worker(order_workers.send_many, url, f"o{n}", list(range(n, 41, 2)), known) for n in (1, 2)]
    for each in busy:
        assert each.pipe.recv() == "ready"
    for each in busy:
        each.pipe.send("go")
    commits = sum(each.pipe.recv() for each in busy)
    for each in busy:
        each.end()
    with Ledger.open(url) as ledger:
        assert ledger.orders.outcome_counts(RUN)[Outcome.SENT] == 40
        if ledger.backend == "sqlite":
            assert commits == most * 40
        lease = ledger.orders.begin(SHOP, "key 1", "next", 60)
        assert (lease.attempt, lease.took_over) == (2, False)
        assert order_intent(1).external_no == ledger.orders.states(SHOP, [1])[1].external_no
