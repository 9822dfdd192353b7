"""An answer of a person counts for exactly the plan that was shown (rule 30)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from import_samples import NIGHT

from abicart_specter.domain.imports.records import GuardReason, GuardVerdict, ImportPart
from abicart_specter.errors import LedgerError
from abicart_specter.ledger import Ledger, PartDecision

PRICE = ImportPart.PRICE
REASON = GuardReason("share", "60 of 200 items change: more than 10 %.")
BEYOND = GuardVerdict(PRICE, 60, 200, (REASON,))
WITHIN = GuardVerdict(PRICE, 3, 200)
MORNING = datetime(2026, 3, 1, 7, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _started(ledger: Ledger) -> None:
    ledger.start_run(NIGHT, {})


def decide(ledger: Ledger, plan_hash: str, decision: PartDecision, by: str = "anna") -> PartDecision | None:
    return ledger.imports.decide_part(NIGHT, PRICE, plan_hash, decision, by, MORNING).decision


def test_a_part_that_was_never_recorded_is_none(ledger: Ledger) -> None:
    assert ledger.imports.part(NIGHT, PRICE) is None
    with pytest.raises(LedgerError, match="not the one that was asked about"):
        decide(ledger, "h1", PartDecision.APPROVED)


def test_a_verdict_is_kept_as_it_was(ledger: Ledger) -> None:
    ledger.imports.record_part(NIGHT, BEYOND, "h1")
    found = ledger.imports.part(NIGHT, PRICE)
    assert found is not None
    assert (found.verdict, found.ask, found.plan_hash, found.decision) == (BEYOND, True, "h1", None)
    ledger.imports.record_part(NIGHT, WITHIN, "h2")
    again = ledger.imports.part(NIGHT, PRICE)
    assert again is not None
    assert (again.verdict, again.ask) == (WITHIN, False)


def test_an_answer_is_kept_with_who_and_when(ledger: Ledger) -> None:
    ledger.imports.record_part(NIGHT, BEYOND, "h1")
    assert decide(ledger, "h1", PartDecision.APPROVED) is PartDecision.APPROVED
    assert decide(ledger, "h1", PartDecision.APPROVED) is PartDecision.APPROVED
    found = ledger.imports.part(NIGHT, PRICE)
    assert found is not None
    assert found.answer is not None
    assert (found.answer.by, found.answer.at, len(found.answers)) == ("anna", MORNING, 1)


def test_an_answer_to_another_plan_is_refused_and_changes_nothing(ledger: Ledger) -> None:
    ledger.imports.record_part(NIGHT, BEYOND, "h1")
    ledger.imports.record_part(NIGHT, BEYOND, "h2")
    with pytest.raises(LedgerError, match="not the one that was asked about"):
        decide(ledger, "h1", PartDecision.APPROVED)
    found = ledger.imports.part(NIGHT, PRICE)
    assert found is not None
    assert found.answers == ()


def test_a_new_plan_loses_the_approval_and_the_same_plan_keeps_it(ledger: Ledger) -> None:
    ledger.imports.record_part(NIGHT, BEYOND, "h1")
    decide(ledger, "h1", PartDecision.APPROVED)
    ledger.imports.clear_plan(NIGHT)
    cleared = ledger.imports.part(NIGHT, PRICE)
    assert cleared is not None
    assert cleared.decision is None
    with pytest.raises(LedgerError, match="not the one that was asked about"):
        decide(ledger, "h1", PartDecision.APPROVED)
    ledger.imports.record_part(NIGHT, BEYOND, "h2")
    other = ledger.imports.part(NIGHT, PRICE)
    assert other is not None
    assert (other.decision, len(other.answers)) == (None, 1)
    ledger.imports.record_part(NIGHT, BEYOND, "h1")
    same = ledger.imports.part(NIGHT, PRICE)
    assert same is not None
    assert same.decision is PartDecision.APPROVED


def test_the_newest_answer_counts_and_all_are_on_record(ledger: Ledger) -> None:
    ledger.imports.record_part(NIGHT, BEYOND, "h1")
    decide(ledger, "h1", PartDecision.TIMED_OUT, "nobody")
    assert decide(ledger, "h1", PartDecision.APPROVED) is PartDecision.APPROVED
    assert decide(ledger, "h1", PartDecision.REFUSED, "bo") is PartDecision.REFUSED
    found = ledger.imports.part(NIGHT, PRICE)
    assert found is not None
    assert [(one.decision, one.by) for one in found.answers] == [
        (PartDecision.TIMED_OUT, "nobody"),
        (PartDecision.APPROVED, "anna"),
        (PartDecision.REFUSED, "bo"),
    ]
