"""Values that differ from what both systems agreed on last, each with why."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from abicart_specter.domain.masters import Master
from abicart_specter.domain.reconcile.standing import Reason, Standing
from abicart_specter.domain.text import clean_line


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
