"""A run on change judges a product exactly as the export of the whole shop does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from change_lab import ChangeLab, change_lab
from scenes import items, outcomes

from abicart_specter.domain.records import Outcome


@pytest.fixture
def faulty(abicart_server, specter_server, ledger_folder: Path) -> Iterator[ChangeLab]:
    """200 items with every planted fault, exported once as far as that goes."""
    abicart_server.control.reset(seed={"items": 200})
    with change_lab(abicart_server, specter_server, ledger_folder) as running:
        yield running


def open_flags(lab: ChangeLab) -> set[tuple[object, ...]]:
    return {
        (row.flag.key, row.flag.rule, row.flag.severity, row.flag.owners)
        for row in lab.ledger.iter_open_flags("demo")
    }


def test_when_everything_changes_the_outcomes_and_flags_are_those_of_a_full_export(faulty: ChangeLab) -> None:
    full = faulty.context()
    faulty.run(ctx=full)
    before, flags = outcomes(faulty, full), open_flags(faulty)
    for uid in {item["article_uid"] for item in items(faulty.abicart_server)}:
        faulty.abicart_server.control.edit("Article", uid=uid, patch={"description": {"sv": "Nytt"}})
    with faulty.writes() as calls:
        run = faulty.changes()
    after = outcomes(faulty, run.ctx)
    assert calls == []
    assert {key: (record.outcome, record.rule) for key, record in after.items()} == {
        key: (Outcome.UNCHANGED if record.outcome is Outcome.SENT else record.outcome, record.rule)
        for key, record in before.items()
    }
    assert open_flags(faulty) == flags
    assert run.report.held == sum(record.outcome is Outcome.HELD for record in before.values()) > 0


def test_one_at_a_time_too(faulty: ChangeLab) -> None:
    full = faulty.context()
    faulty.run(ctx=full)
    before, flags = outcomes(faulty, full), open_flags(faulty)
    faulty.changes()
    faulty.quiet_while()
    for uid in sorted({item["article_uid"] for item in items(faulty.abicart_server)})[::12]:
        faulty.abicart_server.control.edit("Article", uid=uid, patch={"description": {"sv": "Nytt"}})
        run = faulty.changes()
        for key, record in outcomes(faulty, run.ctx).items():
            was = before[key]
            expected = Outcome.UNCHANGED if was.outcome is Outcome.SENT else was.outcome
            assert (record.outcome, record.rule) == (expected, was.rule)
        faulty.quiet_while()
    assert open_flags(faulty) == flags
