"""A shop made of real baskets: their articles, customers with invented names, and their orders at their times."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

from faker import Faker

from shop_sandbox.abicart.model import Article
from shop_sandbox.abicart.money import with_vat
from shop_sandbox.abicart.order_changes import set_discarded
from shop_sandbox.abicart.order_model import Customer, Person
from shop_sandbox.abicart.ordering import place_order
from shop_sandbox.abicart.store import Shop
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import tidy
from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.seed.baskets import Invoice, read_invoices
from shop_sandbox.seed.countries import COUNTRIES
from shop_sandbox.seed.manifest import Manifest
from shop_sandbox.seed.options import SeedOptions
from shop_sandbox.seed.people import Sort, make_person

GUEST_WITH_EMAIL = 0.7
"""Share of invoices without a customer whose buyer left an e-mail address."""


def make_baskets(shop: Shop, board: SwitchBoard, options: SeedOptions, manifest: Manifest) -> None:
    """Everything in the folder (``SeedOptions.baskets``); ``manifest.invoices`` tells what each invoice became."""
    if options.baskets is None:
        return
    invoices = read_invoices(Path(options.baskets), options.basket_days)
    articles = _make_articles(shop, invoices)
    people = People(shop, options.seed)
    for invoice in invoices:
        if invoice.lines:
            _place(shop, board, invoice, articles, people, manifest)
        else:
            manifest.invoices[invoice.number] = {"became": "skipped", "left_out": invoice.left_out}
    numbers = [int(one.number) for one in invoices if one.number.isdecimal()]
    shop.last_order_number = max([shop.last_order_number, *numbers])


def is_voucher(code: str) -> bool:
    return code.lower().startswith("gift_")


def rate_of(code: str) -> Decimal:
    """Made up, for the files know no VAT: a tenth of the articles 12 %, a tenth 6 %, vouchers 0 %, the rest 25 %.

    Numbers that differ in case only have the same rate.
    """
    if is_voucher(code):
        return Decimal(0)
    return {0: Decimal("0.12"), 1: Decimal("0.06")}.get(crc32(code.lower().encode()) % 10, Decimal("0.25"))


def _make_articles(shop: Shop, invoices: list[Invoice]) -> dict[str, int]:
    """One for each number exactly as written, with the first name and the first price it is sold under."""
    made: dict[str, Article] = {}
    sold: dict[str, Decimal] = {}
    for invoice in invoices:
        at = invoice.at - timedelta(days=30)
        for line in invoice.lines:
            article = made.get(line.code)
            if article is None:
                uid = shop.articles.new_uid()
                article = Article(uid, at, at, {}, article_number=line.code, vat_rate=rate_of(line.code))
                made[line.code] = article
                shop.add("articles", article)
            if line.description and not article.name:
                article.name = {"sv": line.description}
            if line.price and not article.regular:
                price = line.price
                if shop.webshop.prices_with_vat:
                    price = with_vat(price, article.vat_rate)
                article.regular = {"SEK": tidy(price)}
            sold[line.code] = sold.get(line.code, Decimal(0)) + line.quantity
    for code, article in made.items():
        article.name = article.name or {"sv": code}
        article.regular = article.regular or {"SEK": Decimal(0)}
        article.stock = tidy(sold[code] + 100)
    return {code: article.uid for code, article in made.items()}


class People:
    """Customers by their number; the same number has the same invented name whatever days are read."""

    def __init__(self, shop: Shop, seed: int) -> None:
        self._shop = shop
        self._seed = seed
        self._fake = Faker("sv_SE")
        self._known: dict[str, int] = {}

    def buyer(self, invoice: Invoice) -> int:
        """The uid of who ordered; a guest is a new customer each time, some without an e-mail address."""
        known = self._known.get(invoice.customer) if invoice.customer else None
        if known is not None:
            return known
        name = invoice.customer or f"guest/{invoice.number}"
        key = f"{self._seed}/baskets/{name}"
        draw = random.Random(key)  # noqa: S311 - repeatable data, nothing secret
        self._fake.seed_instance(key)
        person = make_person(self._fake, draw, invoice.customer or f"g{invoice.number}", Sort())
        if not invoice.customer:
            email = person.info["email"] if draw.random() < GUEST_WITH_EMAIL else None
            person = replace(person, info={**person.info, "email": email, "nin": None})
        uid = self._shop.customers.new_uid()
        self._shop.add(
            "customers", Customer(uid, invoice.at, invoice.at, _living_in(person, invoice.country))
        )
        if invoice.customer:
            self._known[invoice.customer] = uid
        return uid


def _living_in(person: Person, country: str) -> Person:
    """The country as ISO code, none for names that are no country; Swedish numbers for Swedes only."""
    code = COUNTRIES.get(country)
    info: dict[str, Any] = person.info
    if code != "SE":
        info = {**info, "nin": None, "vatNumber": None, "companyNumber": None}
    return replace(
        person,
        info=info,
        address={**person.address, "country": code},
        delivery_address={**person.delivery_address, "country": code},
    )


def _place(
    shop: Shop,
    board: SwitchBoard,
    invoice: Invoice,
    articles: dict[str, int],
    people: People,
    manifest: Manifest,
) -> None:
    view = View(shop, board, invoice.at, language="sv", admin=True, by_hand=True)
    card = next(one.uid for one in shop.payment_methods.rows.values() if one.type == "card")
    rows = []
    for line in invoice.lines:
        row = {"article": articles[line.code], "quantity": line.quantity, "price_ex": line.price}
        rows.append(row | ({"gift_card": True} if is_voucher(line.code) else {}))
    # Freight and fees are rows of the invoice (POST, DOT, C2, BANK CHARGES), so the shop adds none.
    order = place_order(
        view,
        {
            "rows": rows,
            "customer": people.buyer(invoice),
            "payment_method": card,
            "paid": True,
            "shipping": 0,
            "fee": 0,
            "ordered": invoice.at.isoformat(),
        },
    )
    if invoice.number.isdecimal():
        shop.orders.forget(order)
        order.number = invoice.number
        shop.last_order_number -= 1
        shop.orders.remember(order)
    if invoice.is_cancellation:
        set_discarded(view, order, discarded=True)
    manifest.invoices[invoice.number] = {
        "became": "cancelled_order" if invoice.is_cancellation else "order",
        "uid": order.uid,
        "orderNumber": order.number,
        "rows": len(rows),
        "left_out": invoice.left_out,
    }
