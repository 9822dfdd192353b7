"""Added latency, waited without holding the processor, so that parallel calls overlap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from shop_sandbox.core.errors import UsageError
from shop_sandbox.core.messages import Call


@dataclass(slots=True)
class Latency:
    """Milliseconds: per request, more for every article call in it, more for every call of a named action.

    A name in ``actions_ms`` may be a pattern as in file names (``Order.*``); of several that fit, the first counts.
    """

    request_ms: float = 0.0
    article_call_ms: float = 0.0
    actions_ms: dict[str, float] = field(default_factory=dict)

    def seconds(self, calls: list[Call]) -> float:
        total = self.request_ms
        if self.article_call_ms or self.actions_ms:
            for call in calls:
                total += self.article_call_ms if call.article_call else 0.0
                total += self._action_ms(call.action.lower())
        return total / 1000

    def _action_ms(self, action: str) -> float:
        exact = self.actions_ms.get(action)
        if exact is not None:
            return exact
        return next((ms for name, ms in self.actions_ms.items() if fnmatchcase(action, name)), 0.0)

    def set(self, wanted: Mapping[str, Any]) -> None:
        """Change what is named; anything but numbers from 0 raises ``UsageError``."""
        unknown = set(wanted) - {"request_ms", "article_call_ms", "actions_ms"}
        if unknown:
            raise UsageError(f"latency has no {', '.join(sorted(unknown))}")
        actions = wanted.get("actions_ms", self.actions_ms)
        numbers = [wanted.get("request_ms", 0), wanted.get("article_call_ms", 0)]
        numbers += actions.values() if isinstance(actions, dict) else ["?"]
        if not all(type(one) in (int, float) and one >= 0 for one in numbers):
            raise UsageError("latency is given in milliseconds, from 0; actions_ms as {action: milliseconds}")
        self.request_ms = float(wanted.get("request_ms", self.request_ms))
        self.article_call_ms = float(wanted.get("article_call_ms", self.article_call_ms))
        self.actions_ms = {name.lower(): float(value) for name, value in actions.items()}

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
