"""Shops that share a Specter account must be told apart by the prefixes of their order numbers (rule 29)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator

from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.queue_rows import ARTICLE_FIELDS, EVERY_FIELD, article_fields
from abicart_specter.ledger import ShopBinding
from abicart_specter.settings import ShopSettings, all_files, load_shop, shop_files

log = logging.getLogger(__name__)

_NUMBER = re.compile(r"[0-9]+(-r[0-9]*)?")
"""How an order number begins, or a repeat that was sent as a new order (rule 11)."""


def check_shared_account(ctx: FlowContext, binding: ShopBinding) -> None:
    """Compare with every other shop that the ledger knows for the same Specter account and that has a file here.

    The other shop's own check finds the same, so that both refuse to run until one of them is corrected. A shop whose
    file is gone or broken cannot run, so nothing can clash with it.

    :raises ConfigurationError: an order of this shop could get the same external number as one of another shop.
    """
    own = ctx.settings.orders.number_prefix
    for shop, settings in shops_sharing(ctx, binding.sbm_id):
        if settings is None:
            log.warning(
                "Shop %s shares Specter account %s with shop %s, whose file is broken: its order prefix is not known.",
                ctx.shop,
                binding.sbm_id,
                shop,
            )
            continue
        other = settings.orders.number_prefix
        if not can_be_told_apart(own, other):
            raise ConfigurationError(
                f"Shop {ctx.shop}: shop {shop} uses the same Specter account ({binding.sbm_id}), and the order "
                f"prefixes “{own}” and “{other}” do not tell their orders apart.",
                remedy=f"Give orders.number_prefix in {ctx.shop} and in {shop} a text of its own each, that is "
                "not the other's with digits after it. If they do not share an account, correct the login of "
                f"connection specter_{ctx.shop}. Until then neither of them runs.",
            )


def shops_sharing(ctx: FlowContext, sbm_id: int) -> Iterator[tuple[str, ShopSettings | None]]:
    """The other shops that the ledger knows for a Specter account and that have a file here; ``None``: a broken one."""
    sharing = {kept.shop for kept in ctx.ledger.bindings() if kept.sbm_id == sbm_id and kept.shop != ctx.shop}
    for path in shop_files() if sharing else ():
        if path.stem in sharing:
            try:
                yield path.stem, load_shop(path)
            except ConfigurationError:
                yield path.stem, None


def fields_of_account(ctx: FlowContext, sbm_id: int) -> frozenset[str]:
    """The wire names, in lower case, that the inbox keeps of an article: whoever reads the account's queue reads it for
    every shop on it, and Specter tells nothing twice. All names as long as one of the shops cannot say which.
    """
    return _fields(article_fields(ctx.settings), (settings for _, settings in shops_sharing(ctx, sbm_id)))


def fields_of_every_shop(own: frozenset[str] = ARTICLE_FIELDS) -> frozenset[str]:
    """The same for all shops that have a file here, whichever account is theirs, and ``own``."""
    return _fields(own, (shop.settings for shop in all_files()))


def _fields(own: frozenset[str], others: Iterable[ShopSettings | None]) -> frozenset[str]:
    fields = own
    for settings in others:
        try:
            if settings is None:
                return EVERY_FIELD
            fields |= article_fields(settings)
        except ConfigurationError as error:
            log.warning("All that Specter tells of articles is kept, since a mapping is broken: %s", error)
            return EVERY_FIELD
    return fields


def can_be_told_apart(one: str, other: str) -> bool:
    """Whether no order number after ``one`` can read like one after ``other``: both are there, and neither is the other
    with a number after it. Upper and lower case are the same: Specter may compare without case."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    if not short or short == long:
        return False
    return not (long.startswith(short) and _NUMBER.fullmatch(long[len(short) :]))
