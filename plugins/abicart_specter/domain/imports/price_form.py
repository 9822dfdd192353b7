"""Whether the shop's ``price`` holds amounts as they are stored (Abicart reference 10, question 26).

A shop may show ``price`` as it displays prices instead, with or without VAT. Written then, an amount would be taken
for another one. ``pricing`` tells amounts both ways and gives it away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abicart_specter.domain.article_prices import read_price
from abicart_specter.domain.imports import held as rules
from abicart_specter.domain.raw_values import ValueReader
from abicart_specter.domain.records import ShopFacts
from abicart_specter.errors import RecordError


def price_form_problem(document: Mapping[str, Any], facts: ShopFacts) -> str:
    """Why an amount written to ``price`` would be taken for another one; empty if it would not."""
    quiet = ValueReader()
    if not quiet.sequence(document.get("pricing"), "pricing"):
        return ""
    by_tiers = read_price(document, facts, quiet)
    plain = read_price({**document, "pricing": None}, facts, quiet)
    for stored, shown in ((by_tiers.regular, plain.regular), (by_tiers.campaign, plain.campaign)):
        if stored is not None and shown is not None and stored != shown:
            return (
                f"The shop shows the price as {shown} where it stores {stored}, so a price written to it would be "
                "taken for another one."
            )
    return ""


def check_price_form(document: Mapping[str, Any], facts: ShopFacts) -> None:
    """:raises RecordError: see :func:`price_form_problem`."""
    problem = price_form_problem(document, facts)
    if problem:
        raise RecordError(problem, rule=rules.PRICE_FORM, remedy=PRICE_FORM_REMEDY)


PRICE_FORM_REMEDY = (
    "Let the shop display prices as it stores them (with or without VAT), or change the price by hand."
)
