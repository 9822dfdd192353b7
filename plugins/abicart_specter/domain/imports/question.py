"""What a person is asked before a part of an import is applied: a subject, and a page in Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from abicart_specter.domain.imports.records import GuardVerdict, ImportPart, WorstChange
from abicart_specter.settings.imports import ImportGuardSettings

_TITLES = {
    ImportPart.PRICE: "prices",
    ImportPart.VAT: "VAT rates with their prices",
    ImportPart.TEXT: "texts",
}
_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$@:])")
_COLUMNS = ("Product number", "Product", "Field", "Now in the shop", "From Specter", "Change")


def question(
    verdict: GuardVerdict,
    worst: Sequence[WorstChange],
    *,
    shop: str,
    changes: int,
    plan_hash: str,
    settings: ImportGuardSettings,
) -> tuple[str, str]:
    """The subject and the body of the approval form.

    :param changes: how many articles of the part are to be written to.
    :param plan_hash: what the answer is bound to (rule 30).
    """
    title = _TITLES[verdict.part]
    subject = f"{shop}: apply {changes} changed {title} from Specter?"
    unless = "they are applied" if settings.without_answer == "apply" else "nothing is applied"
    parts = [
        f"**{escaped(shop)}**: the nightly import would change {title} of {verdict.items} products "
        f"({changes} articles) out of {verdict.catalogue}. It is beyond the limits of the shop file:",
        "\n".join(f"- {escaped(reason.words)}" for reason in verdict.reasons),
        _table(worst),
        f"**Approve**: exactly these changes are written; what Specter or the shop changes meanwhile is left out. "
        f"**Reject**: nothing of them is written. They are kept and asked again next night, with what is then newest. "
        f"Without an answer within {settings.answer_within_hours} hours {unless}.",
        f"Plan `{plan_hash[:16]}`",
    ]
    return subject, "\n\n".join(part for part in parts if part)


def _table(worst: Sequence[WorstChange]) -> str:
    if not worst:
        return ""
    rows = [_COLUMNS, tuple("---" for _ in _COLUMNS)]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines += [
        "| "
        + " | ".join(
            escaped(cell)
            for cell in (one.product_number, one.name, one.field, one.before, one.after, one.change)
        )
        + " |"
        for one in worst
    ]
    first = "What matters most; every change is in `changes.csv` of this run, the log of `plan_import` says where:"
    return first + "\n\n" + "\n".join(lines)


def escaped(text: str) -> str:
    """Text of the systems as Markdown that shows it and does nothing else."""
    return _SIGNS.sub(r"\\\1", " ".join(_visible(text).split()))


def _visible(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
