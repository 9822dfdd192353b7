"""When Specter did not answer: before an order is risked, something is asked that does no harm.

Without this every order of a night on which Specter takes requests and answers none would be lost on the way, and wait
for a person in the morning.
"""

from __future__ import annotations

from contextlib import suppress

from abicart_specter.clients.specter import SpecterClient
from abicart_specter.domain.special_numbers import special_row
from abicart_specter.errors import RefusedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger import SpecialState


def ask_something_harmless(ctx: FlowContext, specter: SpecterClient) -> None:
    """Returns if Specter answers, whatever it says.

    Asked is for an article that Specter took from us before: to make it again, unforced, changes nothing (Specter
    reference 5.2). Where there is none, the account is checked.

    :raises RetriableError, UnconfirmedError: it does not.
    """
    known = ctx.ledger.special_numbers(ctx.shop)
    for special in ctx.settings.special_numbers():
        if special.number in known and known[special.number].state is not SpecialState.NOT_CONFIRMED:
            with suppress(RefusedError):
                specter.submit_articles([special_row(special)], force=False)
            return
    specter.check_account()
