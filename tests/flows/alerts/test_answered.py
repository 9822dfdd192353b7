"""What people are told when a question about stock ends; those of an import are in ``test_real_flows``."""

from __future__ import annotations

import pytest
from alert_lab import FIVE, AlertLab

from abicart_specter.ledger import RunKey
from abicart_specter.ledger.stock_records import StockPlan

RUN = RunKey("demo", "stock_import", "the run that asks")
PLAN = StockPlan("ab" * 32, 2, 1, 10, ["Too many."])
CAUSE = "question_waiting:stock"


@pytest.fixture
def asked(lab: AlertLab) -> AlertLab:
    lab.ledger.start_run(RUN, {})
    lab.ledger.stock.clear_plan(RUN)
    lab.ledger.stock.close_plan(RUN, PLAN)
    lab.look()
    assert lab.kinds(CAUSE) == ["opened"]
    return lab


@pytest.mark.parametrize(
    ("approved", "by", "words"),
    [
        (True, "anna", "Någon har svarat ja om 2 produkter. Ändringarna skrivs till butiken;"),
        (False, "anna", "Någon har svarat nej om 2 produkter: inget av det skrevs"),
        (
            True,
            "",
            "Ingen svarade om 2 produkter i tid, och enligt butikens inställningar räknas det som ja.",
        ),
        (False, "", "Ingen svarade om 2 produkter i tid: inget av det skrevs"),
    ],
)
def test_the_end_tells_the_answer(asked: AlertLab, approved: bool, by: str, words: str) -> None:
    asked.ledger.stock.decide(RUN, approved=approved, by=by, at=asked.now)
    asked.pass_(FIVE)
    assert asked.kinds(CAUSE) == ["opened", "closed"]
    assert words in asked.mail.texts()[-1]
    assert "anna" not in asked.mail.texts()[-1]


def test_a_question_that_a_newer_run_left_behind_ends_without_an_answer(asked: AlertLab) -> None:
    asked.ledger.start_run(RunKey("demo", "stock_import", "a newer one"), {})
    asked.pass_(FIVE)
    assert asked.kinds(CAUSE) == ["opened", "closed"]
    assert "Frågan är besvarad eller har gått ut." in asked.mail.texts()[-1]
