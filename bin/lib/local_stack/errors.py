"""The one error that this package shows to a person."""

from __future__ import annotations

import signal


class StackError(Exception):
    """Something a person has to know, in one clear sentence. ``details`` are lines of a log, if any."""

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.details = details


class StoppedError(Exception):
    """A signal asked this process to stop."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(signal_number).name}")
        self.exit_code = 128 + signal_number
