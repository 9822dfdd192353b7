"""See to it that the shop's special product numbers exist in Specter (rule 26)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from abicart_specter.domain.groups import bisect_refused
from abicart_specter.domain.special_numbers import SpecialNumber, special_row
from abicart_specter.errors import RefusedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.requests_made import counted_specter
from abicart_specter.ledger import SpecialState

log = logging.getLogger(__name__)


def ensure_special_numbers(ctx: FlowContext) -> dict[str, str]:
    """Create the articles for freight, fees, discounts, gift cards and rounding: once, without force.

    What Specter refuses to create stays ``not_confirmed`` until an order that uses it was accepted.

    :returns: product number → state.
    """
    known = {number: special.state for number, special in ctx.ledger.special_numbers(ctx.shop).items()}
    wanted = ctx.settings.special_numbers()
    missing = [special for special in wanted if known.get(special.number) is None]
    if missing and ctx.settings.create_special_numbers:
        with counted_specter(ctx, "ensure_special_numbers") as specter:

            def submit(part: Sequence[SpecialNumber]) -> None:
                specter.submit_articles([special_row(special) for special in part], force=False)

            refused = {
                special.number: refusal for special, refusal in bisect_refused(missing, submit, RefusedError)
            }
        for special in missing:
            refusal = refused.get(special.number)
            state = SpecialState.CREATED if refusal is None else SpecialState.NOT_CONFIRMED
            words = "" if refusal is None else refusal.words
            ctx.ledger.record_special_number(ctx.shop, special.number, special.role, state, words)
            known[special.number] = state
    for special in wanted:
        state = known.get(special.number, SpecialState.NOT_CONFIRMED)
        if state is not SpecialState.NOT_CONFIRMED:
            log.info("Shop %s: product number %s (%s) is in Specter.", ctx.shop, special.number, special.role)
        else:
            log.warning(
                "Shop %s: product number %s (%s) is not confirmed in Specter. "
                "Create it there by hand before the first order.",
                ctx.shop,
                special.number,
                special.role,
            )
    return {special.number: known.get(special.number, SpecialState.NOT_CONFIRMED) for special in wanted}
