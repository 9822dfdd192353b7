"""First task of every flow: may we run at all? Reads only, and writes nothing but the ledger's binding."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from abicart_specter.domain.records import ShopFacts
from abicart_specter.errors import BaseCurrencyError, ConfigurationError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.requests_made import counted_abicart, counted_specter
from abicart_specter.flows.shared_account import check_shared_account
from abicart_specter.ledger import ShopBinding

log = logging.getLogger(__name__)

BASE_CURRENCY = "SEK"


Watch = Callable[[str], AbstractContextManager[None]]
"""Wraps what is asked of a system, ``abicart`` or ``specter``, to say that it does not answer."""


def _unwatched(system: str) -> AbstractContextManager[None]:
    return nullcontext()


def check_shop(ctx: FlowContext, *, watch: Watch = _unwatched) -> ShopFacts:
    """Credentials of both systems, base currency, the ledger's binding to this shop and account.

    :raises CredentialsError: a system refuses our credentials.
    :raises BaseCurrencyError: the shop's base currency is not SEK.
    :raises LedgerError: the ledger belongs to another shop or account.
    :raises ConfigurationError: another shop of the same Specter account could have orders of the same number.
    """
    ctx.begin()
    with watch("abicart"), counted_abicart(ctx, "check_shop") as abicart:
        webshop_id = abicart.connection.webshop_id
        facts = abicart.webshop()
        articles = abicart.count_articles()
    if facts.webshop_id != webshop_id:
        raise ConfigurationError(
            f"Shop {ctx.shop}: asked for webshop {webshop_id}, but the server answered for {facts.webshop_id}.",
            remedy=f"Correct the login (webshop id) of connection abicart_{ctx.shop}.",
        )
    if facts.base_currency != BASE_CURRENCY:
        raise BaseCurrencyError(
            f"Shop {ctx.shop}: the base currency is {facts.base_currency}, but Specter keeps books in SEK.",
            remedy="Set the shop's base currency to SEK in Abicart before anything is exported.",
        )
    with watch("specter"), counted_specter(ctx, "check_shop") as specter:
        account = specter.check_account()
        connection = specter.connection
    binding = ShopBinding(ctx.shop, facts.webshop_id, connection.sbm_id, connection.api_user_id)
    if ctx.dry_run:
        ctx.ledger.check_binding(binding)
    else:
        ctx.ledger.bind(binding)
    check_shared_account(ctx, binding)
    for warning in ctx.settings.warnings():
        log.warning("Shop %s: %s", ctx.shop, warning)
    log.info(
        "Shop %s: webshop %s answers with %s articles; base currency %s; prices are stored %s VAT.",
        ctx.shop,
        facts.webshop_id,
        articles,
        facts.base_currency,
        "with" if facts.prices_with_vat else "without",
    )
    if account.recognised:
        log.info("Shop %s: Specter account %s accepts our keys.", ctx.shop, connection.sbm_id)
    else:
        log.warning(
            "Shop %s: Specter's answer to checkAccountSettings is of a form nobody has documented; "
            "the first write will show whether the keys are accepted.",
            ctx.shop,
        )
    return facts
