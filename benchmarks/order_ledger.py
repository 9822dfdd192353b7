"""What the ledger costs an order: write transactions, and milliseconds for each, with several processes at once.

``python benchmarks/order_ledger.py [--orders 10000] [--processes 4] [--folder DIR]`` makes a ledger on SQLite
(``synchronous=FULL``) in DIR and sends orders of buyers that are not known, then as many
of the same buyers, without any call to Specter in between.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "plugins"))

from sqlalchemy import event

from abicart_specter.ledger import CustomerIntent, FoundOrder, Ledger, OrderIntent, RunKey
from abicart_specter.ledger.migrate import upgrade

SHOP = "bench"
RUN = RunKey(SHOP, "order_export", "bench")
START = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = [
    {"number": f"A-{n}", "name": "Tröja", "quantity": "1", "inc": "249.00", "ex": "199.20"} for n in range(4)
]
PROOF = {"rates": [{"percent": "25", "shop_ex": "796.80", "sent_ex": "796.80"}], "difference": "0"}


def send(url: str, uids: range, known: bool, start: Barrier, out: Any) -> None:
    """A chunk: begin, (customer,) confirm; order by order."""
    with Ledger.open(url) as ledger:
        commits = 0

        def note(connection: Any) -> None:
            nonlocal commits
            commits += "ledger_begin" in connection.get_execution_options()

        event.listen(ledger.orders._db.engine, "commit", note)
        slowest, orders = 0.0, ledger.orders
        start.wait()
        cpu = process_time()
        for uid in uids:
            began = perf_counter()
            key = f"{uid % 1_000_000:064x}"
            intent = OrderIntent(
                *(SHOP, uid, 1, f"W{uid}", "h" * 64, "77", START),
                content_hash="c" * 64,
                snapshot={"rows": ROWS},
                proof=PROOF,
            )
            if known:
                lease = orders.begin(SHOP, key, "bench", 600, intent)
            else:
                lease = orders.begin(SHOP, key, "bench", 600, CustomerIntent(SHOP, key, "f" * 64, uid, START))
                lease = orders.confirm_customer(
                    lease, SHOP, key, str(uid), "f" * 64, uid, intent, seconds=600
                ).lease
            orders.confirm_order(lease, RUN, uid, 1, str(uid), flags=[], release=True)
            slowest = max(slowest, perf_counter() - began)
        out.put((commits, process_time() - cpu, slowest))


def measure(url: str, first: int, number: int, processes: int, known: bool) -> None:
    """Sends orders from several processes at once and prints what it cost."""
    with Ledger.open(url) as ledger:
        began = perf_counter()
        for start in range(first, first + number, 100):
            page = range(start, min(start + 100, first + number))
            ledger.orders.record_found(
                RUN,
                [
                    FoundOrder(
                        uid, str(uid), START + timedelta(seconds=uid), f"{uid % 1_000_000:064x}", uid % 16
                    )
                    for uid in page
                ],
            )
        found = perf_counter() - began
    context = multiprocessing.get_context("spawn")
    barrier, out = context.Barrier(processes + 1), context.Queue()
    parts = [range(first + n, first + number, processes) for n in range(processes)]
    started = [context.Process(target=send, args=(url, part, known, barrier, out)) for part in parts]
    for each in started:
        each.start()
    barrier.wait()
    began = perf_counter()
    done = [out.get() for _ in started]
    wall = perf_counter() - began
    for each in started:
        each.join()
    commits = sum(one[0] for one in done)
    print(f"{'known' if known else 'new'} customers: {number} orders, {processes} processes")
    print(f"  found and recorded           {found * 1000 / number:8.2f} ms per order (pages of 100)")
    print(f"  write transactions per order {commits / number:8.2f}")
    print(f"  wall per transaction         {wall * 1000 / commits:8.2f} ms ({wall:.1f} s in all)")
    print(f"  CPU per transaction          {sum(one[1] for one in done) * 1000 / commits:8.2f} ms")
    print(f"  slowest order                {max(one[2] for one in done) * 1000:8.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description="What the ledger costs an order.")
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument(
        "--folder", type=Path, default=None, help="where the ledger is made (a temporary folder)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        url = f"sqlite:///{folder}/ledger.db"
        upgrade(url)
        with Ledger.open(url) as ledger:
            ledger.start_run(RUN, {})
        measure(url, 1, options.orders, options.processes, known=False)
        measure(url, 1_000_001, options.orders, options.processes, known=True)
        size = (Path(folder) / "ledger.db").stat().st_size
        print(f"size of the ledger             {size / options.orders / 2 / 1024:8.2f} KiB per order")


if __name__ == "__main__":
    main()
