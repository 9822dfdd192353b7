"""What Specter received, call by call: the customers and orders of a test as they stood on the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

_ROW = re.compile(r"([A-Za-z]+)_(\d+)")


@dataclass(frozen=True)
class Call:
    """One write: every parameter but the rows', and the rows in order. ``answer`` as far as the log has it."""

    number: int
    fields: dict[str, str]
    rows: list[dict[str, str]] = field(default_factory=list)

    @property
    def numbers(self) -> list[str]:
        """The rows' product numbers."""
        return [row["articleNo"] for row in self.rows]

    def row(self, product_number: str) -> dict[str, str]:
        """The only row of that product number."""
        [found] = [row for row in self.rows if row["articleNo"] == product_number]
        return found


def calls(specter: Any, action: str, *, after: int = 0) -> list[Call]:
    """Every call of an action, oldest first."""
    return [_call(one) for one in specter.control.requests(action=action, after=after, limit=10_000)]


def order_calls(specter: Any, *, after: int = 0) -> list[Call]:
    return calls(specter, "newOrderSubmit", after=after)


def customer_calls(specter: Any, *, after: int = 0) -> list[Call]:
    return calls(specter, "newCustomerSubmit", after=after)


def _call(request: dict[str, Any]) -> Call:
    fields: dict[str, str] = {}
    rows: dict[int, dict[str, str]] = {}
    for part in (request["query"], request["body"]):
        for name, value in parse_qsl(part, keep_blank_values=True, encoding="latin-1"):
            numbered = _ROW.fullmatch(name)
            if numbered is None:
                fields[name] = value
            else:
                rows.setdefault(int(numbered[2]), {})[numbered[1]] = value
    return Call(request["number"], fields, [rows[index] for index in sorted(rows)])
