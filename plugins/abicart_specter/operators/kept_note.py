"""A note that outlasts a run, where neither the ledger nor the shop's settings can be had."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from airflow.sdk import Variable


class KeptNote:
    """A note in an Airflow Variable; the Variable is made when there is something to keep, and stays."""

    def __init__(self, variable: str) -> None:
        self._variable = variable

    def change(self, how: Callable[[Any], dict[str, Any] | None]) -> Any:
        """Replace what is kept by what ``how`` makes of it; ``None`` empties it. Returns what was kept before."""
        kept = json.loads(Variable.get(self._variable, default="") or "{}")
        note = how(kept) or {}
        if note != kept:
            Variable.set(self._variable, json.dumps(note))
        return kept
