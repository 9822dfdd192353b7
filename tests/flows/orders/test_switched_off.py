"""Setting 21: automatic, manual or off, and what a person can still do by hand."""

from __future__ import annotations

import pytest
from harness import demo_settings

from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.orders.switched_off import only_listed, require_not_off, why_off


@pytest.mark.parametrize(
    ("when", "update", "schedule_off", "by_hand_off"),
    [
        ("registered", "directly", False, False),
        ("manual", "directly", False, False),
        ("inactive", "directly", True, False),
        ("registered", "inactive", True, True),
        ("manual", "inactive", True, True),
    ],
)
def test_the_two_lists(when: str, update: str, schedule_off: bool, by_hand_off: bool) -> None:
    settings = demo_settings(events__export_order__when=when, events__export_order__update=update)
    words = why_off(settings)
    assert bool(words) is schedule_off
    assert "events.export_order" in words or not schedule_off
    if by_hand_off:
        with pytest.raises(ConfigurationError, match="not even by hand"):
            require_not_off(settings)
    else:
        require_not_off(settings)


def test_manual_lists_unless_a_person_says_send() -> None:
    manual, automatic = demo_settings(events__export_order__when="manual"), demo_settings()
    assert only_listed(manual, send_manual=False)
    assert not only_listed(manual, send_manual=True)
    assert not only_listed(automatic, send_manual=False)
