"""Keeps keys and tokens out of every text that leaves a client: log lines and exception messages.

Both systems take their secrets in the address, and urllib3 writes addresses into its log. So its log lines lose
their query here, and no exception of requests or urllib3 is ever shown or chained; see ``transport``.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

MASK = "***"
MOST_WORDS = 200

_LOOKS_LIKE_A_KEY = re.compile(
    r"""(?ix)
    (?<![0-9a-z]) [0-9a-f]{32,} (?![0-9a-z])                                    # an md5 or longer
    | (?<![0-9a-z]) [0-9a-f]{8} (?:-[0-9a-f]{4}){3} - [0-9a-f]{12} (?![0-9a-z])  # a GUID
    | \b (?:key|auth|token|session|password) \s* = \s* [^\s&;,'"<>]+             # a parameter
    """
)
_QUERY = re.compile(r"\?[^\s\"'()<>]+")


class Redactor:
    """One client's secrets.

    :param on_secret: told every secret once, in each spelling that can occur (for Airflow's own masking).
    """

    def __init__(self, on_secret: Callable[[str], None] | None = None) -> None:
        self._on_secret = on_secret
        self._told: set[str] = set()
        self._spellings: list[str] = []

    def add(self, secret: str) -> None:
        """Register a secret that must never be shown."""
        for spelling in (secret, quote(secret, safe=""), quote_plus(secret)):
            if self.tell(spelling):
                self._spellings.append(spelling)
        self._spellings.sort(key=len, reverse=True)

    def tell(self, secret: str) -> bool:
        """Pass a secret on without keeping it: for computed keys, which :meth:`clean` knows by their looks."""
        if secret in self._told:
            return False
        self._told.add(secret)
        if self._on_secret is not None:
            self._on_secret(secret)
        return True

    def clean(self, text: str) -> str:
        """The text without secrets and without anything that looks like one."""
        for spelling in self._spellings:
            text = text.replace(spelling, MASK)
        return _LOOKS_LIKE_A_KEY.sub(MASK, text)

    def words(self, text: str) -> str:
        """A system's own words, fit for a message: clean, on one line, not longer than a sentence or two."""
        line = self.clean(" ".join(text.split()))
        return line if len(line) <= MOST_WORDS else line[: MOST_WORDS - 1] + "…"


class QueryFilter(logging.Filter):
    """Takes the query out of every address in a log line, and drops a library's exception from it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _QUERY.sub("?" + MASK, record.getMessage())
        record.args = ()
        record.exc_info = None
        record.exc_text = None
        return True


_FILTER = QueryFilter()
_LOGGERS = (
    "urllib3",
    "urllib3.connection",
    "urllib3.connectionpool",
    "urllib3.poolmanager",
    "urllib3.response",
    "urllib3.util.retry",
    "requests",
)


def silence_addresses() -> None:
    """Put the filter on the loggers that write addresses. May be called any number of times.

    A filter works only for what is logged under its own logger, hence one on each.
    """
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
