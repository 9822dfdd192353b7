"""Shops that share a Specter account must be told apart by the prefixes of their order numbers (rule 29)."""

from __future__ import annotations

import logging
import re

from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger import ShopBinding
from abicart_specter.settings import load_shop, shop_files

log = logging.getLogger(__name__)

_NUMBER = re.compile(r"[0-9]+(-r[0-9]*)?")
"""How an order number begins, or a repeat that was sent as a new order (rule 11)."""


def check_shared_account(ctx: FlowContext, binding: ShopBinding) -> None:
    """Compare with every other shop that the ledger knows for the same Specter account and that has a file here.

    The other shop's own check finds the same, so that both refuse to run until one of them is corrected. A shop whose
    file is gone or broken cannot run, so nothing can clash with it.

    :raises ConfigurationError: an order of this shop could get the same external number as one of another shop.
    """
    sharing = {
        kept.shop for kept in ctx.ledger.bindings() if kept.sbm_id == binding.sbm_id and kept.shop != ctx.shop
    }
    if not sharing:
        return
    own = ctx.settings.orders.number_prefix
    for path in shop_files():
        if path.stem not in sharing:
            continue
        try:
            other = load_shop(path).orders.number_prefix
        except ConfigurationError:
            log.warning(
                "Shop %s shares Specter account %s with shop %s, whose file is broken: its order prefix is not known.",
                ctx.shop,
                binding.sbm_id,
                path.stem,
            )
            continue
        if not can_be_told_apart(own, other):
            raise ConfigurationError(
                f"Shop {ctx.shop}: shop {path.stem} uses the same Specter account ({binding.sbm_id}), and the order "
                f"prefixes “{own}” and “{other}” do not tell their orders apart.",
                remedy=f"Give orders.number_prefix in {ctx.shop} and in {path.stem} a text of its own each, that is "
                "not the other's with digits after it. If they do not share an account, correct the login of "
                f"connection specter_{ctx.shop}. Until then neither of them runs.",
            )


def can_be_told_apart(one: str, other: str) -> bool:
    """Whether no order number after ``one`` can read like one after ``other``: both are there, and neither is the other
    with a number after it. Upper and lower case are the same: Specter may compare without case."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    if not short or short == long:
        return False
    return not (long.startswith(short) and _NUMBER.fullmatch(long[len(short) :]))
