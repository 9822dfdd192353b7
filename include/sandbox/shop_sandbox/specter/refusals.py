"""Specter's refusals. Only code 99 is publicly known; all others are invented, in a range of their own."""

from __future__ import annotations

BATCH_OPEN = "99"
BAD_KEY = "9001"
UNKNOWN_ACCOUNT = "9002"
MISSING_PARAMETER = "9003"
UNKNOWN_CUSTOMER = "9004"
DUPLICATE_ORDER = "9005"
UNKNOWN_ARTICLE = "9006"
BAD_VALUE = "9007"
UNKNOWN_ACTION = "9008"
UNKNOWN_BATCH = "9009"
TOO_MANY_ROWS = "9010"
BAD_ARTICLE_NUMBER = "9011"
TOO_LONG = "9012"
NOTHING_TO_REPORT = "9013"
NOT_PERMITTED = "9014"
ON_DEMAND = "9099"


class Refusal(Exception):
    """A call is answered with ``0;code;words``; ``words`` are Swedish, as the real system's."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code, words)
        self.code = code
        self.words = words
