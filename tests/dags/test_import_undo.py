"""The undo's form: a run must be named, and what it does first is show."""

from __future__ import annotations

from copy import deepcopy

import pytest
from airflow.sdk.exceptions import ParamValidationError
from tests.dags.parsing import load_dags


@pytest.fixture(scope="module")
def undo():
    return load_dags().dags["import_undo__demo"]


def filled(undo, **conf):
    params = deepcopy(undo.params)
    params.update(conf)
    return params.validate()


def test_it_never_runs_by_itself(undo) -> None:
    assert undo.schedule is None
    assert undo.max_active_runs == 1


def test_a_run_must_be_named(undo) -> None:
    with pytest.raises(ParamValidationError):
        filled(undo)
    with pytest.raises(ParamValidationError):
        filled(undo, run_id="")


def test_it_shows_first_and_takes_all_parts(undo) -> None:
    assert filled(undo, run_id="scheduled__1") == {
        "run_id": "scheduled__1",
        "parts": ["price", "vat", "text"],
        "dry_run": True,
    }


@pytest.mark.parametrize("parts", [[], ["stock"], "price"])
def test_only_parts_that_can_be_undone_may_be_chosen(undo, parts) -> None:
    with pytest.raises(ParamValidationError):
        filled(undo, run_id="scheduled__1", parts=parts)


def test_the_shop_is_checked_before_anything_is_restored(undo) -> None:
    assert undo.get_task("undo_import").upstream_task_ids == {"check_shop"}
