"""One price of an article that suits all its items, each with its surcharge, by rule 22."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from abicart_specter.domain.money import EXACT, round_half_up
from abicart_specter.domain.prices import SHOP_DECIMALS, same_price, shop_price

_STEPS = (0, 1, -1, 2, -2)
"""Öre around the nearest price: up to three of the shop's prices are equal to one of Specter's (at 100 % VAT)."""


@dataclass(frozen=True, slots=True)
class Pricing:
    """How prices of the two systems are compared.

    :param rate: VAT rate as a fraction.
    :param decimals: that Specter keeps on a product's price.
    """

    rate: Decimal
    prices_with_vat: bool
    decimals: int

    def in_shop(self, specters: Decimal) -> Decimal:
        """The shop's price for one of Specter's, to the öre."""
        return shop_price(specters, self.rate, self.prices_with_vat, self.decimals)

    def agree(self, shops: Decimal, specters: Decimal) -> bool:
        """Equal by rule 22, or as near as the shop's öre can come to a price with more decimals."""
        return same_price(
            shops, specters, self.rate, self.prices_with_vat, self.decimals
        ) or shops == self.in_shop(specters)


def one_price(
    wanted: Sequence[tuple[Decimal, Decimal]], pricing: Pricing, present: Decimal | None
) -> Decimal | None:
    """The article's price, kronor as stored, under which every item has its price; ``None`` if there is none.

    :param wanted: (Specter's price, the item's surcharge) of every item.
    :param present: the article's price so far: it stays if it suits.
    """
    if present is not None and _suits(present, wanted, pricing):
        return present
    bases = Counter(
        round_half_up(EXACT.subtract(pricing.in_shop(specters), extra), SHOP_DECIMALS)
        for specters, extra in wanted
    )
    for base, _ in sorted(bases.items(), key=lambda pair: (-pair[1], pair[0])):
        for step in _STEPS:
            price = EXACT.add(base, Decimal(step).scaleb(-SHOP_DECIMALS))
            if _suits(price, wanted, pricing):
                return price
    return None


def _suits(price: Decimal, wanted: Sequence[tuple[Decimal, Decimal]], pricing: Pricing) -> bool:
    return all(pricing.agree(EXACT.add(price, extra), specters) for specters, extra in wanted)
