"""When a stock import needs a person: too much of the shop's stock would be set to zero at once (rules 30, 31, F27)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from abicart_specter.domain.imports.records import GuardReason
from abicart_specter.domain.money import EXACT, fixed, shortest
from abicart_specter.domain.records import ItemKey
from abicart_specter.settings.imports import ImportGuardSettings

SHARE_TO_ZERO = "share_to_zero"
WORST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class StockChange:
    """A planned write of one item's stock.

    :param before: the shop's stock when the plan was made; ``None``: the shop did not say.
    :param after: what the shop may sell, less orders that Specter does not know yet.
    :param row_id: the newest row of Specter that it rests on; a newer one voids it (rule 30).
    """

    key: ItemKey
    article_uid: int
    product_number: str
    name: str
    before: Decimal | None
    after: int
    figure: Decimal
    subtracted: Decimal
    row_id: int

    @property
    def empties(self) -> bool:
        """Whether it takes something off sale that the shop sells now."""
        return self.after == 0 and (self.before is None or self.before > 0)


@dataclass(frozen=True, slots=True)
class StockVerdict:
    """``reasons`` is empty when the plan may be applied."""

    changes: int
    emptied: int
    emptied_lately: int
    managed: int
    reasons: tuple[GuardReason, ...] = ()

    @property
    def ask(self) -> bool:
        """Whether a person must approve."""
        return bool(self.reasons)


def stock_guard(
    changes: int,
    emptied: frozenset[ItemKey],
    managed: int,
    lately: frozenset[ItemKey],
    guard: ImportGuardSettings,
) -> StockVerdict:
    """Judge a plan as a whole.

    :param changes: how many items the plan changes.
    :param emptied: those of them that it takes off sale.
    :param managed: how many items of the shop take their stock from Specter.
    :param lately: items that imports emptied within the guard's look-back, without anybody's approval.
    """
    reasons: tuple[GuardReason, ...] = ()
    together, before = len(emptied | lately), len(lately - emptied)
    share = EXACT.divide(Decimal(100 * together), Decimal(max(managed, together, 1)))
    if emptied and together >= guard.smallest_number and share > guard.largest_share_percent:
        since = f", counting {before} of the last {guard.look_back_hours} hours" if before else ""
        words = (
            f"{together} of {managed} products with stock from Specter would be at zero{since}: {fixed(share, 1)} %; "
            f"the limit is {shortest(guard.largest_share_percent)} %."
        )
        reasons = (GuardReason(SHARE_TO_ZERO, words),)
    return StockVerdict(changes, len(emptied), before, managed, reasons)


def stock_change_hash(change: StockChange) -> str:
    """What an approval is bound to: the item and which of Specter's figures. Orders come and go meanwhile."""
    row = [
        change.key.kind.value,
        change.key.uid,
        change.product_number,
        change.row_id,
        shortest(change.figure),
    ]
    return hashlib.sha256(json.dumps(row, ensure_ascii=True).encode("ascii")).hexdigest()


def worst_stock_changes(changes: Iterable[StockChange], limit: int = WORST_SHOWN) -> list[StockChange]:
    """Those that take most off sale, the emptied ones first."""
    return sorted(
        changes, key=lambda one: (not one.empties, one.after - (one.before or Decimal(0)), one.product_number)
    )[:limit]


def stock_question(
    shop: str, verdict: StockVerdict, worst: Sequence[StockChange], guard: ImportGuardSettings
) -> tuple[str, str]:
    """Subject, and body in Markdown, of the question to a person."""
    subject = f"{shop}: set {verdict.emptied} products to zero stock?"
    unless = "it is written" if guard.without_answer == "apply" else "nothing is written"
    lines = [
        *(f"- {reason.words}" for reason in verdict.reasons),
        "",
        f"The plan changes {verdict.changes} products. Nothing of it is written before you answer: the shop sells at "
        "its old figures until then.",
        "",
        "**Approve** if the stock in Specter is right. **Reject** if it looks like a fault (a wrong site, an import of "
        "an empty list): nothing is written, and the next run asks again with Specter's newest figures. "
        f"Without an answer within {guard.answer_within_hours} hours {unless}.",
        "",
        "| product number | product | in the shop | Specter | not in Specter yet | new |",
        "|---|---|---|---|---|---|",
        *(_row(one) for one in worst),
    ]
    if verdict.changes > len(worst):
        more = verdict.changes - len(worst)
        lines += ["", f"… and {more} more in `stock.csv` of this run; the log of `plan_stock` says where."]
    return subject, "\n".join(lines)


def _row(one: StockChange) -> str:
    before = "unknown" if one.before is None else shortest(one.before)
    cells = (
        one.product_number,
        one.name,
        before,
        shortest(one.figure),
        shortest(one.subtracted),
        str(one.after),
    )
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    """Text that neither ends a cell nor is taken for Markdown or HTML."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    for char in "\\|<>*_`[]":
        shown = shown.replace(char, f"\\{char}")
    return shown
