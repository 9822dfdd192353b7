"""Check every product number of the staged catalogue, hold what breaks a rule, and show it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from abicart_specter.domain import product_numbers
from abicart_specter.domain.records import Flag, Outcome, Severity
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.reports import log_by_rule, write_flags_csv
from abicart_specter.ledger import FlagChanges, OutcomeRecord

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ValidationSummary:
    """Counts of one validation."""

    items: int
    held: int
    flags: dict[str, int]
    new: int
    resolved: int
    csv: str


def validate_numbers(ctx: FlowContext, *, hold: bool = True) -> ValidationSummary:
    """Flag products; with ``hold``, those with an error get the outcome ``held`` in this run.

    The flags stay in the ledger with first seen, last seen and resolved.
    """
    catalogue = product_numbers.frame_of_columns(ctx.staging.validation_columns(ctx.run))
    items = len(catalogue)
    flags = product_numbers.check_catalogue(
        catalogue, ctx.settings.number_rules(), ctx.settings.special_numbers_by_number()
    )
    del catalogue
    changes = ctx.staging.record_flags(ctx.run, flags, complete=True)
    return settle_flags(ctx, items, flags, changes, hold=hold)


def settle_flags(
    ctx: FlowContext, items: int, flags: list[Flag], changes: FlagChanges, *, hold: bool
) -> ValidationSummary:
    """What follows from the flags of a validation: products that are held, the table in the log, the CSV.

    :param items: how many products were checked.
    :param changes: the flags as the ledger counts them.
    """
    held = {flag.key: flag for flag in reversed(flags) if flag.severity is Severity.ERROR}
    if hold:
        ctx.staging.record_outcomes(
            ctx.run,
            [
                OutcomeRecord(key, flag.product_number, Outcome.HELD, flag.message, flag.rule)
                for key, flag in held.items()
            ],
        )
    path = write_flags_csv(ctx, flags)
    _show(ctx, flags)
    log.info(
        "Shop %s: %s products checked, %s held, %s flags new, %s resolved. All flags: %s",
        ctx.shop,
        items,
        len(held),
        changes.new,
        changes.resolved,
        path,
    )
    return ValidationSummary(
        items, len(held), ctx.staging.flag_counts(ctx.run), changes.new, changes.resolved, str(path)
    )


def _show(ctx: FlowContext, flags: list[Flag]) -> None:
    if not flags:
        log.info("Shop %s: no product number breaks a rule.", ctx.shop)
        return
    log_by_rule(log, f"Flags of shop {ctx.shop}", flags)
