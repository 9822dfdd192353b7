"""Stable numbers out of keys, and walking through keys in slices that a statement can take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar
from zlib import crc32

from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.settings.numbers import fold

PARTITIONS = 16
"""Into how many parts a run's items fall; the most chunk tasks a run can have."""

_Thing = TypeVar("_Thing")


def stable_hash(text: str) -> int:
    """A number of 32 bits that is the same in every process, version and machine."""
    return crc32(text.encode("utf-8", "surrogatepass"))


def fold_hash(number: str | None) -> int | None:
    """What a product number and its twins have in common, as a number; ``None`` where nothing of it can be seen."""
    if number is None or not (folded := fold(number)):
        return None
    return stable_hash(folded)


def partition_of(key: ItemKey) -> int:
    """The partition of an item, 0 to 15. Depends on the key alone, so that it is the same in every run."""
    return stable_hash(f"{key.kind.value}:{key.uid}") % PARTITIONS


def slices(things: Iterable[_Thing], size: int) -> Iterator[list[_Thing]]:
    """The things in lists of at most ``size``, without ever holding more than one of them."""
    walk = iter(things)
    while part := list(islice(walk, size)):
        yield part


def by_kind(keys: Iterable[ItemKey], size: int = 500) -> Iterator[tuple[Kind, list[int]]]:
    """The keys as (kind, uids) in slices for an IN condition: each is one walk along the table's key."""
    uids: dict[Kind, set[int]] = {}
    for key in keys:
        uids.setdefault(key.kind, set()).add(key.uid)
    for kind, found in sorted(uids.items()):
        for part in slices(sorted(found), size):
            yield kind, part
