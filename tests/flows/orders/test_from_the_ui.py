"""What people met when they used the order export in Airflow's pages."""

from __future__ import annotations

import logging

import pytest

from abicart_specter.errors import ConfigurationError, IncompleteRunError
from abicart_specter.flows.orders.duplicate_check import require_yes
from abicart_specter.flows.orders.report_orders import require_none_red
from abicart_specter.flows.reports import log_table


def test_a_dry_run_of_a_wrong_number_is_not_green() -> None:
    require_none_red("demo", 0)
    with pytest.raises(IncompleteRunError) as error:
        require_none_red("demo", 1)
    assert "the task before this one is red" in str(error.value)
    assert "trigger a new run" in error.value.remedy


def test_a_table_narrower_than_its_title_does_not_break_the_title(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("test_from_the_ui")
    with caplog.at_level(logging.INFO, log.name):
        log_table(log, "Dry run of shop demo: nothing was written", ("what", "count"), [("sent", 1)])
    assert caplog.messages[0] == "Dry run of shop demo: nothing was written"
    assert ["what", "count"] in [line.split() for line in caplog.messages]
    assert ["sent", "1"] in [line.split() for line in caplog.messages]


@pytest.mark.parametrize("answer", [False, None, "true", 1])
def test_nothing_is_sent_twice_without_a_yes(answer: object) -> None:
    require_yes(True)
    with pytest.raises(ConfigurationError) as error:
        require_yes(answer)  # type: ignore[arg-type]
    assert "switched on" in error.value.remedy
