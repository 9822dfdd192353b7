"""Remembers: the only owner of SQL. See ``facade.Ledger`` for what it can be asked and told."""

from __future__ import annotations

from abicart_specter.ledger.errors import LeaseLostError, LedgerUnavailableError, StagingGoneError
from abicart_specter.ledger.facade import Ledger
from abicart_specter.ledger.identity import IDENTITY_VARIABLE
from abicart_specter.ledger.keys import PARTITIONS, partition_of
from abicart_specter.ledger.outcome_rules import OPEN, may_replace
from abicart_specter.ledger.records import (
    Created,
    FlagChange,
    FlagChanges,
    FlagRow,
    GapRecord,
    Intent,
    ItemState,
    LedgerStatus,
    OutcomeGaps,
    OutcomeRecord,
    OutcomeRow,
    Pruned,
    RunKey,
    RunRecord,
    Sent,
    ShopBinding,
    StagedArticle,
    StagedCounts,
    StagedItem,
    StagingState,
)
from abicart_specter.ledger.scratch import scratch_ledger
from abicart_specter.ledger.staged_reads import VALIDATION_COLUMNS
from abicart_specter.ledger.sync_records import (
    BatchState,
    InboxState,
    InboxValue,
    LatestValue,
    Lease,
    Pair,
    PairOrigin,
    PairValues,
    QueueBatch,
    SpecialNumber,
    SpecialState,
)

__all__ = [
    "IDENTITY_VARIABLE",
    "OPEN",
    "PARTITIONS",
    "VALIDATION_COLUMNS",
    "BatchState",
    "Created",
    "FlagChange",
    "FlagChanges",
    "FlagRow",
    "GapRecord",
    "InboxState",
    "InboxValue",
    "Intent",
    "ItemState",
    "LatestValue",
    "Lease",
    "LeaseLostError",
    "Ledger",
    "LedgerStatus",
    "LedgerUnavailableError",
    "OutcomeGaps",
    "OutcomeRecord",
    "OutcomeRow",
    "Pair",
    "PairOrigin",
    "PairValues",
    "Pruned",
    "QueueBatch",
    "RunKey",
    "RunRecord",
    "Sent",
    "ShopBinding",
    "SpecialNumber",
    "SpecialState",
    "StagedArticle",
    "StagedCounts",
    "StagedItem",
    "StagingGoneError",
    "StagingState",
    "may_replace",
    "partition_of",
    "scratch_ledger",
]
