"""Before a shop is live, only what changes neither system may run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from harness import Export

from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.alerts.airflow_runs import FLOWS
from abicart_specter.flows.context import WRITES_NOWHERE
from abicart_specter.settings import ShopSettings

WRITING = sorted(set(FLOWS) - WRITES_NOWHERE)


@pytest.fixture
def not_live(export: Export) -> Export:
    export.settings = export.settings.model_copy(update={"live": False})
    return export


def test_every_flow_is_one_that_writes_or_one_that_does_not() -> None:
    assert set(FLOWS) | {"alerts"} == set(WRITING) | WRITES_NOWHERE
    assert {"product_export", "order_export", "order_export_single", "nightly_import"} <= set(WRITING)


@pytest.mark.parametrize("flow", WRITING)
def test_a_real_run_stops_before_anything_is_asked(
    not_live: Export, flow: str, abicart_server, specter_server
) -> None:
    with pytest.raises(ConfigurationError, match="Shop demo is not live yet") as caught:
        not_live.context(flow=flow).begin()
    assert "live: true" in caught.value.remedy
    assert abicart_server.control.counters()["requests"] == 0
    assert specter_server.control.counters()["requests"] == 0


@pytest.mark.parametrize("flow", WRITING)
def test_a_dry_run_goes(not_live: Export, flow: str) -> None:
    replace(not_live.context(flow=flow), dry_run=True).begin()


@pytest.mark.parametrize("flow", sorted(WRITES_NOWHERE))
def test_what_writes_nowhere_goes(not_live: Export, flow: str) -> None:
    not_live.context(flow=flow).begin()


def test_the_whole_export_sends_once_the_shop_is_live(not_live: Export, specter_server) -> None:
    with pytest.raises(ConfigurationError, match="not live"):
        not_live.run()
    assert specter_server.control.counters()["requests"] == 0
    not_live.settings = not_live.settings.model_copy(update={"live": True})
    not_live.run()
    assert specter_server.control.counters()["writes"] > 0


def test_a_shop_is_live_unless_its_file_says_otherwise(export: Export) -> None:
    assert ShopSettings.model_fields["live"].default is True
    assert export.settings.live is True
