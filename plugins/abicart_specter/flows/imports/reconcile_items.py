"""Every product of the staged catalogue with where it stands, and the values that were changed in the shop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from abicart_specter.domain.imports.article_values import article_values
from abicart_specter.domain.masters import Master, shop_value
from abicart_specter.domain.money import shortest
from abicart_specter.domain.reconcile.products import GONE, ProductSeen, explain_product
from abicart_specter.domain.reconcile.standing import Line, Reason, Standing
from abicart_specter.domain.reconcile.values import UNDONE, edited_in_shop, same_value
from abicart_specter.domain.records import ItemKey, Severity, ShopFacts
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger import ItemStanding, OutcomeRecord, Pair, PairOrigin

EXPORTS = ("product_export", "product_change_export")
_NOT_OF_THE_PRODUCT = ("not_selected",)
"""An export of a few products says of all others that they were not asked for."""
_SHOP_EDITS = (Master.PRICE, Master.VAT, Master.NAME)
_BY_IMPORT_ALONE = (Master.EXTRA_PRICE, Master.DESCRIPTION)
"""Fields that no export sends; only in the staged documents."""

Flagged = Mapping[ItemKey, Mapping[str, tuple[str, str]]]
Found = Counter[tuple[str, Standing, str]]


@dataclass(slots=True)
class ItemAccount:
    """What came of it. ``values`` counts (field, standing, rule)."""

    standings: Counter[Standing] = field(default_factory=Counter)
    reasons: Counter[tuple[Standing, str]] = field(default_factory=Counter)
    values: Found = field(default_factory=Counter)
    gone: int = 0


def item_lines(ctx: FlowContext, facts: ShopFacts, read_at: datetime, account: ItemAccount) -> Iterator[Line]:
    """Count all products; yield a line for each that is not simply in Specter, and for each value changed in the shop.

    :param read_at: when reading the catalogue began: a pair settled since is newer than what was staged.
    """
    flagged = _flagged(ctx)
    for batch in ctx.staging.imports.iter_standing(ctx.run):
        pairs = ctx.ledger.pairs(ctx.shop, [one.key for one in batch])
        imported = _imported(ctx, facts, batch, pairs)
        edits = {one.key: _edited(one, pairs[one.key], read_at, imported) for one in batch}
        unknown = [one.key for one in batch if not _in_specter(one) or edits[one.key]]
        outcomes = ctx.ledger.imports.last_outcomes(
            ctx.shop, EXPORTS, unknown, passed_over=_NOT_OF_THE_PRODUCT
        )
        for one in batch:
            reason = explain_product(_seen(one, outcomes.get(one.key), flagged))
            account.standings[reason.standing] += 1
            account.reasons[reason.standing, reason.rule] += 1
            if reason.rule:
                yield _line(one, reason)
            yield from _edits(ctx, one, pairs[one.key], edits[one.key], outcomes.get(one.key), account)
    for gone in ctx.staging.imports.gone_items(ctx.run):
        account.gone += 1
        yield Line("product", gone.key.kind.value, gone.key.uid, gone.product_number or "", GONE)


def _flagged(ctx: FlowContext) -> Flagged:
    """The open findings that hold a product, by product and rule."""
    found: dict[ItemKey, dict[str, tuple[str, str]]] = {}
    for row in ctx.ledger.iter_open_flags(ctx.shop):
        if row.flag.severity is Severity.ERROR:
            found.setdefault(row.flag.key, {})[row.flag.rule] = (row.flag.message, row.flag.remedy)
    return found


def _in_specter(one: ItemStanding) -> bool:
    return one.created_in_specter_at is not None or one.sent_at is not None


def _seen(one: ItemStanding, outcome: OutcomeRecord | None, flagged: Flagged) -> ProductSeen:
    return ProductSeen(
        product_number=one.product_number,
        in_specter=_in_specter(one),
        number_in_specter=one.sent_number or one.created_number,
        begun=one.intent_at is not None,
        outcome=None if outcome is None else outcome.outcome,
        rule="" if outcome is None else outcome.rule,
        reason="" if outcome is None else outcome.reason,
        remedy="" if outcome is None else outcome.remedy,
        flagged=flagged.get(one.key, {}),
    )


def _imported(
    ctx: FlowContext,
    facts: ShopFacts,
    batch: Sequence[ItemStanding],
    pairs: Mapping[ItemKey, Mapping[str, Pair]],
) -> dict[tuple[ItemKey, Master], str | None]:
    """What the shop shows now of the fields that only imports settle, where Specter is master and has a value."""
    wanted: dict[tuple[ItemKey, Master], int] = {}
    for master in ctx.settings.masters():
        if master in _BY_IMPORT_ALONE:
            for one in batch:
                pair = pairs[one.key].get(master.value)
                # Without a sale of Specter's a campaign is the shop's own (rule 23).
                if pair is not None and pair.specter_value is not None:
                    wanted[one.key, master] = one.article_uid
    found: dict[tuple[ItemKey, Master], str | None] = {}
    for group in ctx.staging.staged_groups(ctx.run, sorted(set(wanted.values()))):
        description = article_values(group, facts).text(Master.DESCRIPTION)
        for item in group:
            for master in _BY_IMPORT_ALONE:
                if (item.key, master) in wanted:
                    now = description if master is Master.DESCRIPTION else shop_value(item, master)
                    found[item.key, master] = now
    return found


def _edited(
    one: ItemStanding,
    pairs: Mapping[str, Pair],
    read_at: datetime,
    imported: Mapping[tuple[ItemKey, Master], str | None],
) -> Sequence[tuple[Master, str | None]]:
    """The fields whose value in the shop is not that of the pair, with the shop's value."""
    values: dict[Master, Decimal | str | None] = dict(
        zip(_SHOP_EDITS, (one.price, one.vat_rate, one.name or None), strict=True)
    )
    values |= {
        master: imported[one.key, master] for master in _BY_IMPORT_ALONE if (one.key, master) in imported
    }
    found = []
    for master, value in values.items():
        pair = pairs.get(master.value)
        if pair is None or pair.settled_at is None or pair.settled_at >= read_at:
            continue
        now = value if value is None or isinstance(value, str) else shortest(value)
        if not same_value(master.value, now, pair.shop_value):
            found.append((master, now))
    return found


def _edits(
    ctx: FlowContext,
    one: ItemStanding,
    pairs: Mapping[str, Pair],
    edits: Sequence[tuple[Master, str | None]],
    outcome: OutcomeRecord | None,
    account: ItemAccount,
) -> Iterator[Line]:
    held = None
    if outcome is not None and outcome.outcome.value == "held":
        held = Reason(Standing.HELD, outcome.rule or "held", outcome.reason, outcome.remedy)
    masters = ctx.settings.masters()
    for master, now in edits:
        reason = edited_in_shop(master.value, specter_is_master=master in masters, held=held)
        account.values[master.value, reason.standing, reason.rule] += 1
        # While Specter shows a former price, the price beside it is what the campaign should be.
        of = Master.PRICE if master is Master.EXTRA_PRICE and Master.PRICE.value in pairs else master
        yield _line(one, reason, master.value, now, pairs[of.value].specter_value)
    changed = {master.value for master, _ in edits}
    for name, pair in sorted(pairs.items()):
        something = pair.shop_value is not None or pair.specter_value is not None
        if something and pair.origin is PairOrigin.UNDO and name not in changed:
            account.values[name, UNDONE.standing, UNDONE.rule] += 1
            yield _line(one, UNDONE, name, pair.shop_value, pair.specter_value)


def _line(
    one: ItemStanding, reason: Reason, name: str = "", shops: str | None = None, specters: str | None = None
) -> Line:
    return Line(
        "value" if name else "product",
        one.key.kind.value,
        one.key.uid,
        one.product_number or "",
        reason,
        field=name,
        shop_value=shops,
        specter_value=specters,
    )
