"""The catalogue: articles, their variants, packages; all of it in order, faults come later."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import TypeVar

from shop_sandbox.abicart.model import Article, Articlegroup, ArticleVariant, ByCurrency, Part, Tier
from shop_sandbox.abicart.money import to_cent, without_vat
from shop_sandbox.abicart.store import Shop
from shop_sandbox.abicart.wire import tidy
from shop_sandbox.seed import texts
from shop_sandbox.seed.choices import Choices, MadeChoice, MadeOption, make_choices
from shop_sandbox.seed.options import SeedOptions
from shop_sandbox.seed.words import GROUPS, MAKERS, SERIES, THINGS, Thing

T = TypeVar("T")

PACKAGE_SHARE = 0.01
"""Share of items that are packages, at ``faults`` 1."""

HIDDEN_SHARE = DRAFT_SHARE = 0.015
EXCHANGE = Decimal("0.088")


@dataclass(slots=True)
class Maker:
    """Makes articles one after the other; everything comes from one random stream, so the order is the data."""

    shop: Shop
    options: SeedOptions
    draw: random.Random
    choices: Choices
    groups: dict[str, int]
    eans: int = 0
    parts: dict[Decimal, list[Article]] = field(default_factory=dict)
    """Articles without variants by VAT rate: what packages can be made of."""

    def pick(self, things: Sequence[T]) -> T:
        return things[int(self.draw.random() * len(things))]


def make_catalogue(shop: Shop, options: SeedOptions, draw: random.Random) -> None:
    """Exactly ``options.items`` items."""
    start = options.now - timedelta(days=900)
    maker = Maker(shop, options, draw, make_choices(shop, start), _make_groups(shop, start))
    packages = round(options.items * PACKAGE_SHARE * options.faults)
    if options.faults and options.items >= 20:
        packages = max(1, packages)
    left = options.items - packages
    while left > 0:
        left -= _make_article(maker, left)
    for _ in range(packages):
        _make_package(maker)


def _make_groups(shop: Shop, at: datetime) -> dict[str, int]:
    made = {}
    top = Articlegroup(shop.groups.new_uid(), {"sv": "Sortiment", "en": "Range"}, None, at)
    shop.add("groups", top)
    for name in GROUPS:
        group = Articlegroup(shop.groups.new_uid(), {"sv": name}, top.uid, at)
        shop.add("groups", group)
        made[name] = group.uid
    return made


def _make_article(maker: Maker, left: int) -> int:
    """One article with at most ``left`` items; returns how many it has."""
    draw = maker.draw
    thing = maker.pick(THINGS)
    article = _new_article(maker, thing)
    options = _choose_options(maker, thing, left)
    if options:
        _add_variants(maker, article, options)
    else:
        article.stock = _stock(draw)
        if article.regular.get("SEK"):
            maker.parts.setdefault(article.vat_rate, []).append(article)
    maker.shop.add("articles", article)
    return len(article.variants) or 1


def _new_article(maker: Maker, thing: Thing) -> Article:
    draw, shop = maker.draw, maker.shop
    producer, series = maker.pick(MAKERS), maker.pick(SERIES)
    # Uids have holes, as they have where articles were deleted.
    shop.articles.next_uid += int(draw.random() * 3)
    uid = shop.articles.new_uid()
    created = maker.options.now - timedelta(seconds=int(draw.random() * 60_000_000) + 900_000)
    changed = created + (maker.options.now - created) * draw.random()
    article = Article(
        uid=uid,
        created=created.replace(microsecond=0),
        changed=changed.replace(microsecond=0),
        name=texts.name_of(draw, thing, producer, series),
        article_number=f"{thing.code}-{10_000 + uid}",
        ean=_ean(maker) if draw.random() < 0.8 else None,
        description=texts.description_of(draw, thing, producer, series),
        introduction=texts.introduction_of(draw, thing, producer, series),
        group=maker.groups[thing.group],
        groups=(maker.groups[thing.group],),
        vat_rate=thing.vat,
        weight=Decimal(int(thing.grams * (0.7 + 0.6 * draw.random())) or 1),
        hidden=draw.random() < HIDDEN_SHARE,
        draft=draw.random() < DRAFT_SHARE,
        news=draw.random() < 0.05,
        num_sold=int(draw.random() ** 3 * 400),
        images=tuple(
            f"https://butik.example.se/bilder/{uid}-{n}.jpg" for n in range(1 + int(draw.random() * 3))
        ),
    )
    _set_prices(maker, article, thing)
    return article


def _set_prices(maker: Maker, article: Article, thing: Thing) -> None:
    """Prices that end in 9, in 50 öre, or in odd öre; a campaign for some; a lower price for many for a few."""
    draw = maker.draw
    kronor = thing.low + int(draw.random() * (thing.high - thing.low))
    kind = draw.random()
    if kind < 0.7:
        price = Decimal(kronor - kronor % 10 + 9)
    elif kind < 0.9:
        price = Decimal(kronor) + (Decimal("0.50") if kind < 0.8 else Decimal("0.90"))
    else:
        price = Decimal(kronor) + Decimal(int(draw.random() * 100)).scaleb(-2)
    euro = draw.random() < 0.7
    article.regular = _prices(maker, article, price, euro=euro)
    if draw.random() < 0.12:
        share = Decimal(60 + int(draw.random() * 7) * 5) / 100
        article.offer = _prices(maker, article, to_cent(price * share), euro=euro and draw.random() < 0.8)
    if draw.random() < 0.03:
        article.tiers = (Tier(10, _prices(maker, article, to_cent(price * Decimal("0.9")), euro=euro)),)


def _prices(maker: Maker, article: Article, with_vat: Decimal, *, euro: bool) -> ByCurrency:
    price = tidy(with_vat) if maker.options.prices_with_vat else without_vat(with_vat, article.vat_rate)
    return {"SEK": price, "EUR": tidy(to_cent(price * EXCHANGE))} if euro else {"SEK": price}


def _ean(maker: Maker) -> str:
    """A number of the range for use inside a shop, with its check digit: no real product has it."""
    maker.eans += 1
    digits = f"20{maker.eans:010d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def _stock(draw: random.Random) -> Decimal:
    return Decimal(0) if draw.random() < 0.1 else Decimal(int(draw.random() ** 2 * 120) + 1)


def _choose_options(maker: Maker, thing: Thing, left: int) -> list[tuple[MadeChoice, list[MadeOption]]]:
    """Which sizes and colours it comes in, in as many combinations as there are items left; often none."""
    draw = maker.draw
    if left < 2 or draw.random() > 0.45:
        return []
    chosen: list[tuple[MadeChoice, list[MadeOption]]] = []
    room = left
    if thing.sizes:
        sizes = maker.choices.sizes[thing.sizes]
        count = min(room, 2 + int(draw.random() * (len(sizes.options) - 1)))
        first = int(draw.random() * (len(sizes.options) - count + 1))
        chosen.append((sizes, list(sizes.options[first : first + count])))
        room //= count
    if thing.coloured and room and (not chosen or draw.random() < 0.5):
        count = min(room, 2 + int(draw.random() * 3))
        colours = draw.sample(maker.choices.colours.options, count)
        chosen.append((maker.choices.colours, colours))
    return chosen


def _add_variants(maker: Maker, article: Article, chosen: list[tuple[MadeChoice, list[MadeOption]]]) -> None:
    draw, variants = maker.draw, maker.shop.variants
    article.choice_options = {choice.uid: tuple(one.uid for one in options) for choice, options in chosen}
    texts_of_choices = [choice.text for choice, _ in chosen]
    uids = []
    for combination in product(*(options for _, options in chosen)):
        uid = variants.new_uid()
        variants.add(
            ArticleVariant(
                uid=uid,
                article=article.uid,
                defined_by=dict(zip(texts_of_choices, (one.text for one in combination), strict=True)),
                changed=article.changed,
                article_number="-".join((article.article_number or "", *(one.code for one in combination))),
                ean=_ean(maker) if draw.random() < 0.8 else None,
                weight=tidy(article.weight * Decimal("1.1")) if draw.random() < 0.1 else None,
                stock=_stock(draw),
            )
        )
        uids.append(uid)
    article.variants = tuple(uids)
    if draw.random() < 0.06:
        dearest = chosen[0][1][-1]
        article.option_prices = {dearest.uid: {"SEK": Decimal(20), "EUR": Decimal("1.8")}}


def _make_package(maker: Maker) -> None:
    """Two to four articles of one VAT rate, a tenth cheaper together than each alone."""
    draw, shop = maker.draw, maker.shop
    usable = [articles for articles in maker.parts.values() if len(articles) > 1]
    if not usable:
        # Nothing to make one of (a shop of very few items): an ordinary article takes its place.
        _make_article(maker, 1)
        return
    articles = usable[int(draw.random() * len(usable))]
    parts = draw.sample(articles, min(len(articles), 2 + int(draw.random() * 3)))
    content = tuple(Part(part.uid, 1 + (draw.random() < 0.2)) for part in parts)
    uid = shop.articles.new_uid()
    first = parts[0]
    whole = sum(
        (part.regular["SEK"] * one.quantity for part, one in zip(parts, content, strict=True)), Decimal(0)
    )
    price = tidy(to_cent(whole * Decimal("0.9")))
    shop.add(
        "articles",
        Article(
            uid=uid,
            created=first.created,
            changed=max(part.changed for part in parts),
            name={"sv": f"Paket: {first.name['sv'].split(',')[0]} m.m.", "en": f"Bundle {uid}"},
            article_number=f"PAKET-{10_000 + uid}",
            description={"sv": "<p>Allt du behöver, till ett lägre pris.</p>"},
            group=first.group,
            groups=first.groups,
            regular={"SEK": price},
            vat_rate=first.vat_rate,
            weight=sum(
                (part.weight * one.quantity for part, one in zip(parts, content, strict=True)), Decimal(0)
            ),
            stock=Decimal(5),
            content=content,
        ),
    )
