"""Order status under every answer to what is not known of the two systems, each alone, and under Specter's modes."""

from __future__ import annotations

from typing import Any

import pytest
from status_lab import StatusLab

from abicart_specter.errors import AbicartSpecterError
from shop_sandbox.pytest_plugin import RunningSandbox

NOT_HERE = {"sent_by"}
"""``test_status_writes`` has it, with the strategies that go with it."""


def values_of(server: RunningSandbox) -> list[tuple[str, Any]]:
    """Every switch with each of its values but the default."""
    return [
        (one["name"], value)
        for one in server.control.known_switches()
        for value in one["choices"]
        if value != one["default"] and one["name"] not in NOT_HERE
    ]


@pytest.mark.parametrize("name", ["abicart_server", "specter_server"])
def test_under_every_switch_alone(lab: StatusLab, name: str) -> None:
    server = getattr(lab, name)
    lab.use(status__write_cancelled=True, status__write_strategy="both")
    switches = values_of(server)
    assert len(switches) > 20
    failed, refused = {}, []
    for switch, value in switches:
        one, other, third = lab.send_orders(3)
        default = next(each["default"] for each in server.control.known_switches() if each["name"] == switch)
        server.control.switches(**{switch: value})
        try:
            lab.in_specter("deliver", one, tracking="PKT 1")
            lab.in_specter("cancel", other)
            lab.bring()
            lab.bring()
        except AbicartSpecterError:
            refused.append((switch, value))
        finally:
            server.control.switches(**{switch: default})
        lab.bring()
        shown = [lab.shop_status(uid) for uid in (one, other, third)]
        if shown != [(True, False), (False, True), (False, False)]:
            failed[switch, value] = shown
    assert failed == {}
    # Only these stop it, and then nothing is lost: a shop that wants https; "nothing to report" told as an error (Q5).
    assert set(refused) <= {("secure_connection", "required"), ("empty_read", "error_triple")}


@pytest.mark.parametrize("mode", ["strict", "lenient", "chaos"])
def test_under_every_mode_of_specter(lab: StatusLab, mode: str) -> None:
    lab.use(status__write_cancelled=True)
    one, other, third = lab.send_orders(3)
    lab.specter_server.control.mode(mode)
    lab.in_specter("deliver", one)
    lab.in_specter("cancel", other)
    lab.bring()
    shown = [lab.shop_status(uid) for uid in (one, other, third)]
    assert shown == [(True, False), (False, True), (False, False)]
