"""Decide which staged products this run sends, and spread them over chunks."""

from __future__ import annotations

import fnmatch
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from abicart_specter.domain.records import Outcome
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.dealing import deal
from abicart_specter.ledger import OutcomeRecord

log = logging.getLogger(__name__)

SMALLEST_CHUNK = 500
"""Products a chunk has at least: starting a task costs more than sending some hundreds."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What the person who triggered the run asked for.

    ``only``: product numbers, or patterns with ``*`` and ``?``, separated by commas, blanks or new lines.
    ``limit``: at most so many products.
    """

    only: str = ""
    limit: int | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Selection:
        """From the trigger form's fields."""
        return cls(only=params.get("only") or "", limit=params.get("limit"))

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.only.strip() and self.limit is None

    def matcher(self) -> NumberMatcher:
        """What tells whether a product number was asked for."""
        return NumberMatcher([word for word in re.split(r"[\s,;]+", self.only) if word])


class NumberMatcher:
    """Tells whether a product number was asked for. ``unused`` are the words that no number has met yet."""

    def __init__(self, words: Sequence[str]) -> None:
        self.unused = set(words)
        self._everything = not words
        self._exact = set(words)
        self._patterns = [
            (word, re.compile(fnmatch.translate(word))) for word in words if set(word) & set("*?[")
        ]

    def __call__(self, number: str) -> bool:
        met = {word for word, pattern in self._patterns if pattern.match(number)} | (self._exact & {number})
        self.unused -= met
        return self._everything or bool(met)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One mapped task's share: the partitions it sends."""

    chunk: int
    of: int
    partitions: tuple[int, ...]
    items: int

    def as_xcom(self) -> dict[str, Any]:
        """Plain JSON for Airflow."""
        return {**asdict(self), "partitions": list(self.partitions)}

    @classmethod
    def from_xcom(cls, value: Mapping[str, Any]) -> Chunk:
        """The other way round."""
        return cls(value["chunk"], value["of"], tuple(value["partitions"]), value["items"])


def plan_chunks(ctx: FlowContext, selection: Selection) -> list[Chunk]:
    """Exclude what was not asked for, and deal the rest out by partition.

    A product's partition never changes, so that a lease on a partition keeps two runs off the same product.
    """
    if not selection.everything:
        _exclude(ctx, selection)
    sizes = ctx.staging.open_partition_counts(ctx.run)
    shares = deal(sizes, ctx.settings.limits.chunks, SMALLEST_CHUNK)
    if not shares:
        log.info("Shop %s: nothing to send.", ctx.shop)
    else:
        log.info("Shop %s: %s products to look at in %s chunks.", ctx.shop, sum(sizes.values()), len(shares))
    return [Chunk(share.chunk, share.of, share.partitions, share.records) for share in shares]


def _exclude(ctx: FlowContext, selection: Selection) -> None:
    wanted, left = selection.matcher(), selection.limit
    if left is not None:
        # A run that is cleared as a whole has written some already; those count.
        written = ctx.staging.outcome_counts(ctx.run)
        left -= sum(written[outcome] for outcome in (Outcome.SENT, Outcome.LINKED, Outcome.UNCONFIRMED))
    excluded: list[OutcomeRecord] = []
    for key, number in ctx.staging.open_items(ctx.run):
        if number is not None and wanted(number) and (left is None or left > 0):
            if left is not None:
                left -= 1
            continue
        excluded.append(
            OutcomeRecord(
                key,
                number,
                Outcome.EXCLUDED,
                "Not among the products this run was asked for.",
                "not_selected",
            )
        )
    ctx.staging.record_outcomes(ctx.run, excluded)
    for word in sorted(wanted.unused):
        log.warning("Shop %s: no product to send has the product number %s.", ctx.shop, word)
    log.info("Shop %s: %s products excluded by the run's parameters.", ctx.shop, len(excluded))
