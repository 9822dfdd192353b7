"""The whole shop from its options."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

from shop_sandbox.abicart.model import Webshop
from shop_sandbox.abicart.store import Shop
from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.seed.basket_orders import make_baskets
from shop_sandbox.seed.catalogue import make_catalogue
from shop_sandbox.seed.faults import plant_faults
from shop_sandbox.seed.manifest import Manifest
from shop_sandbox.seed.options import SeedOptions
from shop_sandbox.seed.orders import make_orders
from shop_sandbox.seed.people import make_customers
from shop_sandbox.seed.terms import make_terms


def build_shop(options: SeedOptions, board: SwitchBoard) -> tuple[Shop, Manifest]:
    """A shop, and what is wrong with it.

    Each part draws from a random stream of its own, so that more customers do not change the articles.

    :param board: the switches that shape orders when they are placed.
    """
    at = options.now - timedelta(days=1000)
    shop = Shop(
        Webshop(
            options.webshop,
            {"sv": "Norrgårdens Lanthandel", "en": "Norrgården Country Store"},
            at,
            at,
            exchange_rates={"SEK": Decimal(1), "EUR": Decimal("0.088")},
            prices_with_vat=options.prices_with_vat,
            shows_prices_with_vat=True,
        )
    )
    shop.access.tokens.add(options.token)
    make_terms(shop, at)
    make_catalogue(shop, options, _stream(options, "catalogue"))
    manifest = plant_faults(shop, options, _stream(options, "faults"))
    make_customers(shop, options, _stream(options, "customers"))
    make_orders(shop, board, options, _stream(options, "orders"), manifest)
    make_baskets(shop, board, options, manifest)
    return shop, manifest


def _stream(options: SeedOptions, part: str) -> random.Random:
    return random.Random(f"{options.seed}/{part}")  # noqa: S311 - repeatable data, nothing secret
