"""F4: killed at whatever line, a run loses nothing, and the next one makes up for it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

from change_lab import ChangeLab
from scenes import add_article, delete, key, plain_articles, reprice, specter_article

from abicart_specter.flows.leases import LeaseTerms

WORKER = Path(__file__).parent / "change_worker.py"
KILLS = 10
MOST_CALLS = 250
"""A run enters the watched rooms about so often."""
PATIENCE = 200
"""Tries until a dead worker's leases, of parts of a second, have run out."""


def run_worker(lab: ChangeLab, run: str, nth: int) -> subprocess.CompletedProcess[str]:
    order = {
        "abicart": lab.abicart_url,
        "specter": lab.specter_url,
        "folder": str(lab.folder),
        "run": run,
        "nth": nth,
    }
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    return subprocess.run(
        [sys.executable, str(WORKER), json.dumps(order)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )


def test_a_run_that_is_killed_is_made_up_for_by_the_next(lab: ChangeLab) -> None:
    lab.terms = LeaseTerms(0.1, 0.05)
    lab.run()
    lab.changes()
    draw, server = random.Random(1), lab.abicart_server
    plain = [one for one in plain_articles(server) if float(one["vat_rate"]) == 0.25]
    gone = plain.pop()
    killed = 0
    for turn in range(KILLS):
        expected = {}
        for item in plain[:2]:
            reprice(server, item, str(125 * (turn + 2)))
            expected[item["product_number"]] = f"{100 * (turn + 2)}.00"
        first = add_article(server, f"NY-{turn}", price="100")
        add_article(server, f"NY-{turn}", price="200")
        if turn == 3:
            delete(server, gone)
        worker = run_worker(lab, f"killed-{turn}", draw.randrange(1, MOST_CALLS))
        killed += worker.returncode == -9
        assert worker.returncode in (0, -9), worker.stderr
        server.control.edit("delete", **{"class": "Article", "uid": first})
        expected[f"NY-{turn}"] = "160.00"
        run = lab.changes(tries=PATIENCE)
        assert run.red == "", f"turn {turn}"
        assert {
            number: (specter_article(lab.specter_server, number) or {}).get("price") for number in expected
        } == expected, f"turn {turn}"
        assert lab.waiting() == 0
    assert killed >= KILLS // 2
    assert lab.flagged(key(gone)) == {"deleted_in_shop"}
    numbers = [one["number"] for one in lab.specter_server.control.inspect("articles", limit=1000)]
    assert len(numbers) == len(set(numbers))
