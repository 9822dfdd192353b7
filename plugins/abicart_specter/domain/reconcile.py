"""How the two systems' orders, products and values are accounted for: every one stands somewhere, with a reason.

Pure. What has no reason is unexplained, and turns the nightly run red.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import Outcome
from abicart_specter.domain.text import clean_line
from abicart_specter.settings.types import STOCKHOLM

LONGEST_WAIT = timedelta(days=1)
"""A found order that runs have passed by for longer than this is not waiting any more: something is wrong."""


class Standing(StrEnum):
    """Where an order or a product stands."""

    SENT = "sent"
    """An order that Specter accepted; a product that Specter has as far as our own writes were confirmed."""
    LINKED = "linked"
    HELD = "held"
    EXCLUDED = "excluded"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    """Nothing reached Specter; the next run tries again."""
    WAITING = "waiting"
    """No export has met it yet."""
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Reason:
    """Where something stands and why. ``rule`` is one word to count by."""

    standing: Standing
    rule: str = ""
    words: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of ``reconciliation.csv``.

    :param what: ``order``, ``product`` or ``value``.
    :param number: order number or product number.
    """

    what: str
    kind: str
    uid: int
    number: str
    reason: Reason
    day: date | None = None
    field: str = ""
    shop_value: str | None = None
    specter_value: str | None = None


# orders


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """An order of the shop, with what the ledger says of it; ``state`` is ``None`` when it says nothing."""

    number: str
    ordered_at: datetime
    state: str | None = None
    state_since: datetime | None = None
    rule: str = ""
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """How far the order export has come.

    :param to: every order placed before is recorded, but for those of the last ``overlap`` before it, which the next
        run looks at again; ``None`` before the first run.
    :param off: why the schedule sends nothing; empty if it does.
    :param by_hand: orders are found and listed, and wait for a person to send them.
    """

    to: datetime | None
    overlap: timedelta
    off: str = ""
    by_hand: bool = False


_AS_IT_IS = {
    "sent": Standing.SENT,
    "linked": Standing.LINKED,
    "held": Standing.HELD,
    "excluded": Standing.EXCLUDED,
    "unconfirmed": Standing.UNCONFIRMED,
    "failed": Standing.FAILED,
}


def explain_order(order: OrderSeen, scanned: Scanned, now: datetime) -> Reason:
    """Where an order of the shop stands."""
    if order.state is None:
        return _not_recorded(order, scanned)
    known = _AS_IT_IS.get(order.state)
    if known in (Standing.SENT, Standing.LINKED):
        return Reason(known)
    if known is not None:
        return Reason(known, order.rule or known.value, order.reason, order.remedy)
    if scanned.off or scanned.by_hand:
        return Reason(Standing.WAITING, "by_hand", scanned.off or "A person sends the orders of this shop.")
    if order.state_since is not None and now - order.state_since > LONGEST_WAIT:
        return Reason(
            Standing.UNEXPLAINED,
            "not_taken_up",
            f"The ledger knows the order since {_minute(order.state_since)}, and no run has decided about it.",
            "Look at the runs of order_export: are they red, or is the DAG paused?",
        )
    return Reason(Standing.WAITING, "next_run", "The next run of order_export takes it up.")


def _not_recorded(order: OrderSeen, scanned: Scanned) -> Reason:
    if scanned.off:
        return Reason(Standing.WAITING, "export_off", scanned.off)
    if scanned.to is None:
        return Reason(Standing.WAITING, "next_run", "No run of order_export has read the shop's orders yet.")
    if order.ordered_at >= scanned.to - scanned.overlap:
        return Reason(Standing.WAITING, "next_run", "The next run of order_export takes it up.")
    return Reason(
        Standing.UNEXPLAINED,
        "not_in_ledger",
        f"Everything placed before {_minute(scanned.to)} was read, but the ledger does not know the order.",
        "The next nightly sweep of order_export takes it up; if it does not, send it with order_export_single.",
    )


def _minute(at: datetime) -> str:
    return at.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")


ORDER_COLUMNS = ("day", "in the shop", *(one.value for one in Standing))


@dataclass(slots=True)
class OrderDays:
    """Orders by the day in Sweden on which they were placed."""

    days: dict[date, Counter[Standing]] = field(default_factory=dict)

    def add(self, ordered_at: datetime, standing: Standing) -> date:
        """Counts an order; returns its day."""
        day = ordered_at.astimezone(STOCKHOLM).date()
        self.days.setdefault(day, Counter())[standing] += 1
        return day

    def total(self) -> Counter[Standing]:
        """Over all days."""
        total: Counter[Standing] = Counter()
        for counts in self.days.values():
            total += counts
        return total

    def rows(self) -> Iterator[tuple[object, ...]]:
        """The table of ``ORDER_COLUMNS``, newest day first, with the sum below."""
        for day, counts in sorted(self.days.items(), reverse=True):
            yield (day.isoformat(), counts.total(), *(counts[one] for one in Standing))
        total = self.total()
        yield ("all", total.total(), *(total[one] for one in Standing))


# products


@dataclass(frozen=True, slots=True)
class ProductSeen:
    """A product of the shop, with what the ledger says of it.

    :param in_specter: a write of it was confirmed at some time.
    :param number_in_specter: the product number that Specter has it under.
    :param begun: a write was begun and its end is not known.
    :param outcome: of the newest export that said anything of it.
    :param flagged: the open findings that hold it, by rule: message and remedy.
    """

    product_number: str | None
    in_specter: bool
    number_in_specter: str | None = None
    begun: bool = False
    outcome: Outcome | None = None
    rule: str = ""
    reason: str = ""
    remedy: str = ""
    flagged: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def explain_product(product: ProductSeen) -> Reason:
    """Where a product of the shop stands."""
    if product.in_specter:
        return Reason(Standing.SENT, *_note(product))
    if product.begun:
        return Reason(
            Standing.UNCONFIRMED,
            "answer_lost",
            "It was sent, and the answer was lost: nobody knows whether Specter has it.",
            "The next product export sends it again, which is safe.",
        )
    if product.outcome is Outcome.HELD:
        remedy = product.remedy or product.flagged.get(product.rule, ("", ""))[1]
        return Reason(Standing.HELD, product.rule or "held", product.reason, remedy)
    if product.outcome is Outcome.EXCLUDED:
        return Reason(Standing.EXCLUDED, product.rule or "excluded", product.reason, product.remedy)
    if product.outcome in (Outcome.FAILED, Outcome.UNCONFIRMED):
        return Reason(
            Standing(product.outcome.value),
            product.rule or product.outcome.value,
            product.reason,
            product.remedy or "The next product export sends it again.",
        )
    if product.outcome is not None:
        return Reason(
            Standing.UNEXPLAINED,
            "no_record",
            f"An export says {product.outcome.value}, but the ledger has no record of the product in Specter.",
            "Run product_export with full_resend, and report it.",
        )
    for rule, (message, remedy) in sorted(product.flagged.items()):
        return Reason(Standing.HELD, rule, message, remedy)
    return Reason(
        Standing.WAITING,
        "not_exported_yet",
        "No product export has met it yet.",
        "Run product_export, or switch the export on change on.",
    )


def _note(product: ProductSeen) -> tuple[str, str, str]:
    known = product.number_in_specter
    if not product.product_number:
        return (
            "number_lost",
            f"Specter has it as {known}, but the shop's product has no product number any more.",
            f"Give it the product number {known} again.",
        )
    if known is not None and known != product.product_number:
        return (
            "renumbered",
            f"Specter has it as {known}, the shop as {product.product_number}.",
            "Change the number in one of the two, so that both have the same.",
        )
    for message, remedy in product.flagged.values():
        return (
            "later_values_held",
            f"Specter has it as it was sent last; later values are held: {message}",
            remedy,
        )
    return ("", "", "")


GONE = Reason(
    Standing.SENT,
    "deleted_in_shop",
    "Specter has it by our export, and the shop does not have it any more.",
    "Close the article in Specter if it is not sold any more.",
)
"""A product of Specter's that the shop has deleted."""


# values


def explain_change(
    state: str | None,
    words: str,
    *,
    told_since: bool,
    held_rule: str,
    approved: bool,
) -> Reason:
    """Why a value that Specter told is not in the shop.

    :param state: of the change that the night planned for it; ``None`` when it planned none.
    :param told_since: Specter told something newer after the night's plan was made.
    :param held_rule: the rule by which the night held a value of the product; empty if it held none.
    :param approved: a person approved the part, so that it may be being written just now.
    """
    if state == "waiting":
        return Reason(
            Standing.WAITING, "waits_for_approval", words, "Answer the question of the nightly import."
        )
    if state == "refused":
        return Reason(
            Standing.HELD, "refused", words, "Nothing: the next night asks again with what is then newest."
        )
    if state == "failed":
        return Reason(Standing.FAILED, "not_written", words, "The next night tries again.")
    if state == "writing":
        return Reason(
            Standing.UNCONFIRMED,
            "answer_lost",
            "It was written, and the answer was lost.",
            "The next night looks whether it arrived.",
        )
    if told_since:
        return Reason(
            Standing.WAITING,
            "told_since",
            "Specter told it after the night's plan was made.",
            "Nothing: next night.",
        )
    if state == "voided":
        return Reason(Standing.WAITING, "changed_since", words, "Nothing: the next night looks again.")
    if state == "planned" and approved:
        return Reason(Standing.WAITING, "being_written", "A person approved it; it is being written.")
    if state is None and held_rule:
        return Reason(Standing.HELD, held_rule, "The night held it.", "See held.csv of the run.")
    return Reason(
        Standing.UNEXPLAINED,
        "not_settled" if state is None else f"not_settled_{state}",
        "Specter told another value than the shop has, and nothing says why it was not written.",
        "Run nightly_import again; if it stays so, report it with this file.",
    )


def same_value(field_name: str, left: str | None, right: str | None) -> bool:
    """Whether two texts of a field mean the same: numbers by value, names without odd blanks, nothing as empty."""
    if (left or "") == (right or ""):
        return True
    if left is None or right is None:
        return False
    if field_name in (Master.NAME.value, Master.DESCRIPTION.value):
        return clean_line(left) == clean_line(right)
    try:
        return Decimal(left) == Decimal(right)
    except InvalidOperation:
        return False


def edited_in_shop(field_name: str, *, specter_is_master: bool, held: Reason | None) -> Reason:
    """Why the shop has another value than at the last write that both agreed on.

    :param held: why the product's exports are held, if they are.
    """
    if specter_is_master:
        return Reason(
            Standing.WAITING,
            "edited_in_shop",
            "It was changed in the shop since both agreed, but Specter is master of it.",
            f"Change it in Specter, or switch imports.{field_name} off.",
        )
    if held is not None:
        return held
    return Reason(
        Standing.WAITING,
        "changed_since_sent",
        "It was changed in the shop since it was sent last.",
        "The next product export sends it.",
    )


UNDONE = Reason(
    Standing.EXCLUDED,
    "undone",
    "A person undid an import: the shop keeps its former value until Specter tells a new one.",
)
EQUAL = Reason(
    Standing.WAITING, "equal", "Both values are equal by the rule of prices; it is settled without a write."
)
"""What needs no write, but is not settled in the ledger yet."""
