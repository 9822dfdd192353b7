"""Planned changes as plain JSON and back, and the hash that an approval is bound to (rule 30)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from abicart_specter.domain.imports.records import FieldChange, ImportPart, PlannedChange, Settles
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import ItemKey, Kind


def change_document(change: PlannedChange) -> dict[str, Any]:
    """A change as plain JSON, the same for the same change."""
    return {
        "article_uid": change.article_uid,
        "part": change.part.value,
        "keys": [[key.kind.value, key.uid, number] for key, number in change.keys],
        "name": change.name,
        "fields": [[one.field.value, one.before, one.after] for one in change.fields],
        "settles": [
            [one.key.kind.value, one.key.uid, one.field.value, one.shop_value, one.specter_value]
            for one in change.settles
        ],
        "row_ids": dict(sorted(change.row_ids.items())),
    }


def change_of_document(document: Mapping[str, Any]) -> PlannedChange:
    """The other way round."""
    return PlannedChange(
        article_uid=document["article_uid"],
        part=ImportPart(document["part"]),
        keys=tuple((ItemKey(Kind(kind), uid), number) for kind, uid, number in document["keys"]),
        name=document["name"],
        fields=tuple(FieldChange(Master(name), before, after) for name, before, after in document["fields"]),
        settles=tuple(
            Settles(ItemKey(Kind(kind), uid), Master(name), shops, specters)
            for kind, uid, name, shops, specters in document["settles"]
        ),
        row_ids=dict(document["row_ids"]),
    )


def change_hash(change: PlannedChange) -> str:
    """SHA-256 over what is written, what it replaces and what it rests on; not over the name that people see."""
    document = change_document(change)
    del document["name"]
    text = json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def plan_hash(hashes: Iterable[str]) -> str:
    """One hash over all changes of a part, whatever their order."""
    digest = hashlib.sha256()
    for one in sorted(hashes):
        digest.update(bytes.fromhex(one))
    return digest.hexdigest()
