"""Products whose values in Specter a lost ledger knew: no export overwrites what Specter is master of (rule 24)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from abicart_specter.domain.masters import WIRE_FIELDS, Master
from abicart_specter.domain.records import CatalogueItem, Flag, ItemKey, Severity
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.known_values import ItemKnown, KnownValues

VALUES_UNKNOWN = "specter_value_unknown"
"""Rule of a product that is held for it."""
REMEDY = (
    "Save the article once in Specter, so that Specter tells its values; the next import and export go on. Or, if the "
    "shop's values are right, run product_export with “The shop's values are right”."
)


def doubtful_values(
    ctx: FlowContext, known: Mapping[ItemKey, ItemKnown], masters: Sequence[Master]
) -> dict[ItemKey, list[Master]]:
    """The fields of which nobody knows Specter's value, by item; only items that a rebuild of the ledger found in
    doubt.
    """
    written = [master for master in masters if master in WIRE_FIELDS]
    if not written or not known:
        return {}
    unknown: dict[ItemKey, list[Master]] = {}
    for key, since in ctx.ledger.rebuild.doubts(ctx.shop, known).items():
        for master in written:
            if not _told(known[key].newest.get(master.value), since):
                unknown.setdefault(key, []).append(master)
    return unknown


def _told(value: KnownValues | None, since: datetime | None) -> bool:
    if value is None or value.specter_value is None or value.known_at is None:
        return False
    return since is None or value.known_at > since


def values_unknown(ctx: FlowContext, item: CatalogueItem, masters: Sequence[Master]) -> str:
    """Why the product is held."""
    fields = ", ".join(master.value.replace("_", " ") for master in masters)
    return (
        f"Shop {ctx.shop}: {item.key}, product number {item.product_number}: Specter is master of its {fields}, and "
        "since the ledger was lost nobody knows the value there; it is not overwritten."
    )


def doubt_flag(key: ItemKey, number: str, words: str) -> Flag:
    """The finding that goes with it."""
    return Flag(key, VALUES_UNKNOWN, Severity.ERROR, words, REMEDY, number)
