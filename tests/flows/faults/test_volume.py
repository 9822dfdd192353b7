"""Five thousand products: as few requests as the catalogue's size allows, and none for what did not change (F16)."""

from __future__ import annotations

import math

from fault_lab import articles
from fault_scene import Scene

ITEMS = 5_000
PAGE, GROUP = 100, 100
SPECIAL_NUMBERS = 6


def test_requests_grow_with_the_catalogue_and_not_with_anything_else(scene: Scene, new_lab) -> None:
    scene.set(items=ITEMS, faults=0.5, known=False, poison=False)
    scene.specter.control.reset_counters()
    lab = new_lab()
    ran = lab.airflow("run")
    assert (ran.errors, ran.retried) == ({}, [])
    found = {"sent": ran.report.sent, "held": ran.report.held}
    assert sum(found.values()) == ran.report.found == ITEMS
    shop, specter = scene.abicart.control.counters(), scene.specter.control.counters()
    articles_in_shop = scene.abicart.control.inspect("counts")["articles"]
    pages = math.ceil(articles_in_shop / PAGE)
    assert shop["calls"] == {"Webshop.get": 2, "Article.count": 2, "Article.list": pages + 1}
    # Chunks are dealt by partition; the last group of each may be smaller. Two passes, and the special numbers.
    chunks = 8
    least, most = math.ceil(found["sent"] / GROUP), found["sent"] // GROUP + chunks
    writes = specter["calls"]["newArticleSubmit"] - 1
    assert 2 * least <= writes <= 2 * most
    assert specter["article_rows"] == 2 * found["sent"] + SPECIAL_NUMBERS
    assert specter["requests"] == writes + 2  # the check of the account and the special numbers
    # One connection of each system for a task that needs it: two tasks read the shop, ten tasks speak to Specter.
    assert (shop["connections"], specter["connections"]) == (2, chunks + 2)
    assert len(articles(scene.specter.control)) == found["sent"] + SPECIAL_NUMBERS
    sizes = [len(one["body"]) for one in scene.specter.control.requests(action="newArticleSubmit")]
    assert max(sizes) <= 90_000

    scene.specter.control.reset_counters()
    again = lab.airflow("again")
    assert (again.errors, again.report.unchanged, again.report.held) == ({}, found["sent"], found["held"])
    counters = scene.specter.control.counters()
    assert (counters["writes"], counters["requests"]) == (0, 1)
