"""What the parsers of both systems' answers raise."""

from __future__ import annotations


class NotReadable(Exception):
    """An answer is not of the expected form. ``reason`` is ours and holds nothing of the answer.

    Never leaves the clients: it becomes a failed try.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
