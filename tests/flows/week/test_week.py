"""A week on the flows in simulated time: at its end every difference between the two systems is explained."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import demo_settings
from week_check import Comparison, Verdict
from week_flows import Run
from week_lab import WeekLab
from week_people import People
from week_play import MONDAY, Week

from abicart_specter.settings import ShopSettings

EVERYTHING = {
    "imports__name": True,
    "imports__description": True,
    "imports__price": True,
    "imports__extra_price": True,
    "imports__vat": True,
    "imports__stock": True,
}
DUPLICATE_ANSWER = "finns redan: order (?P<number>[0-9]+)"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        first, _, count = str(metafunc.config.getoption("--weeks")).rpartition("+")
        start = int(first or 0)
        metafunc.parametrize("seed", range(start, start + int(count)))


@pytest.fixture
def few_words() -> Iterator[None]:
    """A week has tens of thousands of warnings about faults."""
    logger = logging.getLogger("abicart_specter")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(before)


def settings_of(seed: int) -> ShopSettings:
    """Two of three weeks with everything imported; in the others some of it is the shop's own."""
    draw = random.Random(f"settings {seed}")
    off = [] if seed % 3 < 2 else draw.sample(sorted(EVERYTHING), draw.randint(1, 3))
    return demo_settings(
        **EVERYTHING | dict.fromkeys(off, False),
        orders__duplicate_control="trusted" if seed % 2 == 0 else "untrusted",
        orders__duplicate_answer=DUPLICATE_ANSWER,
        orders__orders_from=MONDAY,
    )


@pytest.mark.usefixtures("few_words")
def test_a_week(
    seed: int, abicart_server, specter_server, ledger_folder: Path, record_testsuite_property
) -> None:
    """Told on failure: the seed, the week's story, what it came to."""
    abicart_server.control.reset(
        seed={"items": 40, "faults": seed % 2, "orders": 0, "customers": 8}, log_size=10
    )
    specter_server.control.reset(log_size=10)
    lab = WeekLab(
        abicart_server.url,
        specter_server.url,
        ledger_folder,
        settings=settings_of(seed),
        abicart_server=abicart_server,
        specter_server=specter_server,
    )
    people = People(lab, random.Random(f"people {seed}"), frozenset(lab.settings.special_numbers_by_number()))
    week = Week(lab, seed, people)
    verdicts: list[Verdict] = []

    def reconciled(run: Run) -> None:
        if week.quiet:
            verdicts.append(Comparison(lab, people, run, last_stock=week.last.get("stock_import")).check())

    week.reconciled = reconciled
    try:
        week.play()
    finally:
        lab.close()
    story = "\n".join([f"seed {seed}", *people.story, str(week)])
    assert len(verdicts) == 1, f"the quiet night was not reconciled\n{story}"
    (verdict,) = verdicts
    story += "\n".join(["", "unexplained:", *verdict.unexplained, "needless:", *verdict.needless])
    story += "\n".join(["", "oversold:", *people.oversold])
    record_testsuite_property(f"week {seed}", f"{week}; explained: {json.dumps(verdict.explained)}")
    assert (verdict.unexplained, verdict.needless, people.oversold) == ([], [], []), story
    assert people.did["buy"] > 50 and week.ran["nightly_import", "green"] >= 3, story
