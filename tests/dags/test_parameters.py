"""A misspelt parameter stops the run: "only these three" must never become "all of them"."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from tests.dags.parsing import load_dags

from abicart_specter.errors import ConfigurationError


@pytest.fixture(scope="module")
def check_shop():
    return load_dags().dags["product_export__demo"].get_task("check_shop")


def triggered_with(conf):
    return {"dag_run": SimpleNamespace(conf=conf)}


def test_a_misspelt_parameter_is_named_with_what_was_meant(check_shop) -> None:
    with pytest.raises(ConfigurationError, match="onyl") as error:
        check_shop.refuse_unknown_params(triggered_with({"dry_run": False, "onyl": "ABC-1"}))
    assert "Is “only” meant?" in str(error.value)


@pytest.mark.parametrize("conf", [None, {}, {"dry_run": False, "only": "ABC-1", "limit": 3}])
def test_known_parameters_pass(check_shop, conf) -> None:
    check_shop.refuse_unknown_params(triggered_with(conf))
