"""A query to the shop (Abicart reference 3) that loses the fields which the shop turns out not to know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

Path = tuple[str, ...]
"""Names from the top of a query down to one of its keys."""


class FieldQuery:
    """What is asked of one class.

    :param what: names the class in messages.
    :param wanted: keys with ``True`` or with their own queries.
    :param required: paths without which the caller cannot work, all below them included.
    :param unknown: paths that the shop is known not to know; shared by all queries of the class, and grown by them.
    :param guessed: paths that only some shops may know, so that nobody need be told when one does not.
    """

    def __init__(
        self,
        what: str,
        wanted: Mapping[str, Any],
        required: Collection[Path],
        unknown: set[Path],
        guessed: Collection[Path] = (),
    ) -> None:
        self.what = what
        self.query: dict[str, Any] = _copied(wanted)
        self.unknown = unknown
        self.guessed = frozenset(guessed)
        self._required = frozenset(required) | {("uid",)}
        for path in unknown:
            _remove(self.query, path)

    def needs(self, path: Path) -> bool:
        """Whether the caller cannot work without this key, or without something below it."""
        return any(path[: len(one)] == one or one[: len(path)] == path for one in self._required)

    def named_by(self, pointer: str) -> Path | None:
        """The path of the query key that an error's pointer names; ``None`` if it names none.

        Where the pointer begins is not known (Abicart reference 10 #10): at the query, at the parameters, or
        above. So the first step that is a key of the query is taken as the start.
        """
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/") if step]
        while steps and steps[0] not in self.query:
            steps.pop(0)
        path: list[str] = []
        level: Any = self.query
        for step in steps:
            if not isinstance(level, dict) or step not in level:
                break
            path.append(step)
            level = level[step]
        return tuple(path) or None

    def named_by_any(self, pointers: Iterable[str]) -> Path | None:
        """The path of the first of several pointers that names a key of the query."""
        return next(filter(None, map(self.named_by, pointers)), None)

    def drop(self, path: Path) -> None:
        """Ask without this key from now on."""
        self.unknown.add(path)
        _remove(self.query, path)


def _copied(query: Any) -> Any:
    return {key: _copied(inner) for key, inner in query.items()} if isinstance(query, Mapping) else query


def _remove(query: dict[str, Any], path: Path) -> None:
    *parents, last = path
    level: Any = query
    for step in parents:
        level = level.get(step)
        if not isinstance(level, dict):
            return
    level.pop(last, None)
