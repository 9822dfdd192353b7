"""Product numbers that were changed in Specter: shown to a person, never changed by itself (rule 36)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.imports.import_mapping import ImportMapping
from abicart_specter.domain.imports.renumber import Renumbering, ToldNumber, propose_renumberings
from abicart_specter.domain.records import Flag, ItemKey, Severity
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.queue_rows import SPECTER_ID
from abicart_specter.flows.reports import log_table, write_csv
from abicart_specter.ledger import NumberOwners

log = logging.getLogger(__name__)

RENUMBERED_IN_SPECTER = "renumbered_in_specter"
FLAGS = "renumbering"
SHOWN = 20
COLUMNS = ("kind", "uid", "number_in_shop", "number_in_specter", "specter_article_id", "obstacle")


def show_renumberings(
    ctx: FlowContext, account: str, mapping: ImportMapping, owners: NumberOwners
) -> list[Renumbering]:
    """List the products whose article has another number in Specter now, and flag them.

    Only where an answer pairs Specter's article id with a number: in the plain stock answer, and in article info
    under the names that the mapping has for it.
    """
    found = propose_renumberings(
        _told(ctx, account, mapping), _Owners(owners), ctx.settings.special_numbers_by_number()
    )
    ctx.staging.record_flags(
        ctx.run,
        [_flag(ctx, one) for one in found],
        checked=[one.key for number in owners for one in owners.owners(number)],
        source=FLAGS,
    )
    if found:
        log_table(
            log,
            f"Product numbers that were changed in Specter: {len(found)}",
            ("product", "product number", "in Specter", "what is in the way"),
            [(one.key, one.old_number, one.new_number, one.obstacle) for one in found[:SHOWN]],
        )
        path = write_csv(
            ctx,
            "renumberings.csv",
            COLUMNS,
            (
                (
                    one.key.kind.value,
                    one.key.uid,
                    one.old_number,
                    one.new_number,
                    one.specter_id,
                    one.obstacle,
                )
                for one in found
            ),
        )
        log.info(
            "To do: give each its new number in the shop, if that is what was meant. All of them: %s", path
        )
    return found


class _Owners(Mapping[str, Sequence[ItemKey]]):
    """The shop's items by product number."""

    def __init__(self, owners: NumberOwners) -> None:
        self._owners = owners

    def __getitem__(self, number: str) -> Sequence[ItemKey]:
        found = self._owners.owners(number)
        if not found:
            raise KeyError(number)
        return [one.key for one in found]

    def __iter__(self) -> Iterator[str]:
        return iter(self._owners)

    def __len__(self) -> int:
        return len(self._owners)


def _told(ctx: FlowContext, account: str, mapping: ImportMapping) -> Iterator[ToldNumber]:
    sources = ((Queue.STOCK, [SPECTER_ID]), (Queue.ARTICLE_INFO, mapping.names_of("specter_id")))
    for queue, fields in sources:
        for number, value, row_id in ctx.ledger.imports.iter_told(account, queue.value, fields):
            yield ToldNumber(value, number, row_id)


def _flag(ctx: FlowContext, one: Renumbering) -> Flag:
    way = f" In the way: {one.obstacle}." if one.obstacle else ""
    return Flag(
        one.key,
        RENUMBERED_IN_SPECTER,
        Severity.WARNING,
        f"Shop {ctx.shop}: {one.key} is {one.old_number} in the shop, and its article is {one.new_number} in Specter "
        f"now.{way}",
        f"Give the product the number {one.new_number} in the shop, if that is what was meant, or {one.old_number} "
        "back in Specter. Until then nothing that Specter says of it is written.",
        one.old_number,
    )
