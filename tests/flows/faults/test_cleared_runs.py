"""Somebody clears a run, as a whole or from a task on: it goes on where it was, and does no more than was asked for."""

from __future__ import annotations

from collections import Counter

from fault_lab import Lab, articles
from fault_runner import InMemory
from fault_scene import Scene, settings

from abicart_specter.errors import RefusedAlikeError
from abicart_specter.flows.plan_chunks import Selection

ITEMS = 40


def counts(lab: Lab) -> dict[str, int]:
    return dict(Counter(outcome for outcome, _ in lab.outcomes("run").values()))


def test_a_limit_holds_over_a_cleared_run(scene: Scene, new_lab) -> None:
    """The whole run again: what it sent counts, and nothing is sent on top."""
    scene.set(items=ITEMS, faults=0, poison=False, known=False)
    lab = new_lab(settings=settings(limits__group_rows=2))
    five = Selection(limit=5)
    scene.specter.control.fault("drop_after", action="newArticleSubmit", after=3, count=lab.options.max_tries)
    assert not lab.airflow("run", selection=five, tries=1).green
    assert counts(lab) == {"sent": 3, "unconfirmed": 2, "excluded": ITEMS - 5}
    assert lab.airflow("run", selection=five).green
    assert counts(lab) == {"sent": 5, "excluded": ITEMS - 5}
    before = scene.article_calls()
    assert lab.airflow("run", selection=five).green
    assert counts(lab) == {"sent": 5, "excluded": ITEMS - 5}
    assert scene.article_calls() == before


def test_an_account_that_refuses_everything_is_mended_and_the_run_goes_on(scene: Scene, new_lab) -> None:
    """Cleared from the plan on: what failed is worked on again."""
    scene.set(items=ITEMS, faults=0, poison=False, known=False)
    lab = new_lab(settings=settings(limits__group_rows=8))
    scene.specter.control.fault(
        "refusal", action="newArticleSubmit", after=1, count=None, words="Användaren får inte skriva"
    )
    progress = InMemory()
    ran = lab.airflow("run", progress=progress)
    assert isinstance(ran.errors["send_products 1"], RefusedAlikeError)
    assert "Användaren får inte skriva" in str(ran.errors["send_products 1"])
    assert counts(lab) == {"failed": 24}
    scene.clear_faults()
    del progress["plan_chunks"]
    assert lab.airflow("run", progress=progress).green
    assert counts(lab) == {"sent": ITEMS}


def test_the_whole_run_again_after_its_end_writes_nothing(scene: Scene, new_lab) -> None:
    scene.set(items=ITEMS, faults=0, poison=False)
    lab = new_lab(settings=settings())
    assert lab.airflow("run").green
    before, rows = scene.article_calls(), articles(scene.specter.control)
    again = lab.airflow("run")
    assert again.green
    assert counts(lab) == {"sent": ITEMS}
    assert (again.report.sent, again.report.found) == (ITEMS, ITEMS)
    assert scene.article_calls() == before
    assert articles(scene.specter.control) == rows
