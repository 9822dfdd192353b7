"""How a run's work is spread over mapped tasks: by partition, so that no two tasks ever meet on one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """What one of ``of`` tasks gets: its number from 1, its partitions, and how many records they hold."""

    chunk: int
    of: int
    partitions: tuple[int, ...]
    records: int


def deal(sizes: Mapping[int, int], most: int, smallest: int) -> list[Share]:
    """The partitions that hold anything, the largest first, so that the shares are about equally large.

    :param sizes: partition → records in it.
    :param most: how many shares there may be.
    :param smallest: records that a share has at least; starting a task costs more than doing fewer.
    """
    held = {partition: size for partition, size in sizes.items() if size}
    if not held:
        return []
    number = max(1, min(most, sum(held.values()) // smallest, len(held)))
    loads: list[list[int]] = [[] for _ in range(number)]
    for partition in sorted(held, key=lambda one: (-held[one], one)):
        min(loads, key=lambda load: (sum(held[one] for one in load), len(load))).append(partition)
    return [
        Share(index + 1, number, tuple(sorted(load)), sum(held[one] for one in load))
        for index, load in enumerate(loads)
    ]
