"""Groups of rows for one write, and how to find the bad rows of a group that was refused as a whole.

Specter answers once for all rows of ``newArticleSubmit``; which row is meant, and whether the others were
stored, is not public (Specter reference 11, question 11). Sending a row again is harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from abicart_specter.errors import RefusedError

T = TypeVar("T")

Group: TypeAlias = list[T]
"""Rows of one write."""


@dataclass(slots=True)
class GroupBuilder(Generic[T]):
    """Collects rows until the next one would not fit any more.

    :param max_rows: most rows of a group.
    :param max_bytes: most encoded bytes of a group. A single row that is larger goes alone.
    :param size: encoded bytes of a row at its number in the group, counted from 1.
    """

    max_rows: int
    max_bytes: int
    size: Callable[[T, int], int]
    _rows: list[T] = field(default_factory=list)
    _bytes: int = 0

    def add(self, row: T) -> Iterator[Group[T]]:
        """Take a row; gives a group when one is full."""
        size = self.size(row, len(self._rows) + 1)
        if self._rows and (len(self._rows) >= self.max_rows or self._bytes + size > self.max_bytes):
            yield from self.rest()
            size = self.size(row, 1)
        self._rows.append(row)
        self._bytes += size

    def rest(self) -> Iterator[Group[T]]:
        """The last group, if any rows are left."""
        if self._rows:
            group, self._rows, self._bytes = self._rows, [], 0
            yield group


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row was refused when it was sent alone, in the other system's words."""

    code: str
    words: str

    @classmethod
    def of(cls, error: RefusedError) -> Refusal:
        """From the error that a client raises."""
        return cls(error.code, error.words)


def bisect_refused(
    rows: Sequence[T], submit: Callable[[Sequence[T]], object], refused: type[RefusedError] = RefusedError
) -> Iterator[tuple[T, Refusal]]:
    """Submit rows, and give those that are refused even alone; all others are accepted by the end.

    One bad row in a hundred costs at most ten calls, none costs one. With every further bad row the parts tried
    get smaller, so that a hundred bad ones cost less than one and a half calls each.

    :param submit: sends rows; raises ``refused`` when the other system says no. Any other error ends the search
        and is the caller's.
    """

    def refusal_of(part: Sequence[T]) -> Refusal | None:
        try:
            submit(part)
        except refused as error:
            return Refusal.of(error)
        return None

    unknown: Sequence[T] = rows
    found, part_size = 0, len(rows)
    while unknown:
        part, unknown = unknown[:part_size], unknown[part_size:]
        refusal = refusal_of(part)
        if refusal is None:
            part_size *= 2
            continue
        # The part holds a bad row. Halve it until one is left; what is not known yet goes back.
        while len(part) > 1:
            left, right = part[: len(part) // 2], part[len(part) // 2 :]
            left_refusal = refusal_of(left)
            if left_refusal is None:
                part, refusal = right, refusal if len(right) > 1 else None
            else:
                part, refusal, unknown = left, left_refusal, [*right, *unknown]
        if refusal is None:
            # Only inferred to be bad. Alone it may pass, if it was refused for its company.
            refusal = refusal_of(part)
        if refusal is not None:
            yield part[0], refusal
        found += 1
        part_size = max(1, len(unknown) // (found * found))
