"""The shop's products, each with where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from abicart_specter.domain.reconcile.standing import Reason, Standing
from abicart_specter.domain.records import Outcome


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
