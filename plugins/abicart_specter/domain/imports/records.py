"""The typed records of what comes back from Specter: what was told, what is planned, what stays and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import CatalogueItem, ItemKey


class ImportPart(StrEnum):
    """What is approved, applied and counted on its own.

    ``price``: prices of articles whose VAT rate stays. ``vat``: articles whose VAT rate changes, with their prices
    (rule 32). ``text``: names and descriptions. An article is never in ``price`` and ``vat`` of the same plan.
    """

    PRICE = "price"
    VAT = "vat"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Told:
    """The newest value that Specter told of a field, as it came.

    :param row_id: of the inbox row: a higher one is newer.
    """

    value: str
    row_id: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ItemTold:
    """One item with everything that a plan looks at.

    :param told: by our own field names ("name", "description", "price", "former_price", "show_former_price", "vat"):
        the newest row of each, whatever its age; a field never told is absent.
    :param pairs: by ``Master`` value: (shop value, Specter value, settled at) of the last confirmed write.
    """

    item: CatalogueItem
    told: Mapping[str, Told]
    pairs: Mapping[str, SettledPair]


@dataclass(frozen=True, slots=True)
class SettledPair:
    """A pair as the plan sees it. ``settled_at`` is ``None`` when nothing was settled yet.

    :param begun: a write was begun since and its end is not known: the shop may hold the intended value.
    """

    shop_value: str | None
    specter_value: str | None
    settled_at: datetime | None
    begun: bool = False
    intended_shop_value: str | None = None
    intended_specter_value: str | None = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of the shop's article: its value now and as Specter wants it, both as text as a pair holds them."""

    field: Master
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Settles:
    """What both systems agree on for one item and field once a change is confirmed (rule 22)."""

    key: ItemKey
    field: Master
    shop_value: str | None
    specter_value: str | None


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One write to one article of the shop.

    :param article_uid: the article that is written to; prices, VAT and texts of variants live on their article.
    :param keys: the items whose values change by it, with their product numbers, for people and for the guard.
    :param fields: what is written; never empty.
    :param settles: the pairs to settle when it is confirmed, of all items of the article that it speaks for.
    :param row_ids: the newest inbox row per product number that it rests on ("number/field" → row id). A newer row
        voids it (rule 30).
    """

    article_uid: int
    part: ImportPart
    keys: tuple[tuple[ItemKey, str], ...]
    name: str
    fields: tuple[FieldChange, ...]
    settles: tuple[Settles, ...]
    row_ids: Mapping[str, int]

    @property
    def hash(self) -> str:
        """SHA-256 over what is written, what it replaces and what it rests on; an approval is bound to it."""
        from abicart_specter.domain.imports.documents import change_hash

        return change_hash(self)


@dataclass(frozen=True, slots=True)
class HeldImport:
    """A told value that is not written, and what a person can do. It stays and is looked at again every night."""

    key: ItemKey
    product_number: str
    field: Master
    rule: str
    message: str
    remedy: str
    shop_value: str | None = None
    specter_value: str | None = None


@dataclass(frozen=True, slots=True)
class ArticlePlan:
    """What is to become of one article.

    :param agreed: fields in which both systems agree already (rule 22): settled without any write.
    """

    changes: tuple[PlannedChange, ...] = ()
    held: tuple[HeldImport, ...] = ()
    agreed: tuple[Settles, ...] = ()


@dataclass(frozen=True, slots=True)
class GuardReason:
    """Why a part of a plan needs a person (rule 31), in one sentence with its figures."""

    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """``reasons`` is empty when the part may be applied."""

    part: ImportPart
    items: int
    catalogue: int
    reasons: tuple[GuardReason, ...] = ()

    @property
    def ask(self) -> bool:
        """Whether a person must approve."""
        return bool(self.reasons)


@dataclass(frozen=True, slots=True)
class WorstChange:
    """One line of the table that a person sees before approving."""

    product_number: str
    name: str
    field: str
    before: str
    after: str
    change: str


JsonObject = dict[str, Any]

__all__ = [
    "ArticlePlan",
    "FieldChange",
    "GuardReason",
    "GuardVerdict",
    "HeldImport",
    "ImportPart",
    "ItemTold",
    "JsonObject",
    "PlannedChange",
    "SettledPair",
    "Settles",
    "Told",
    "WorstChange",
]
