"""Bad product numbers and other faults, planted in a flawless catalogue in documented shares.

Each fault hits items that have no other, so that the manifest is the whole truth about what was planted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from shop_sandbox.abicart.model import Article, ArticleVariant
from shop_sandbox.abicart.store import Shop
from shop_sandbox.seed.manifest import Item, Manifest
from shop_sandbox.seed.options import SeedOptions
from shop_sandbox.seed.words import ODD_NAME_PARTS

Row = Article | ArticleVariant


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault.

    :param rule: the rule that finds it.
    :param share: of all items, at ``faults`` 1; at least one in a shop of 40 items or more.
    :param plant: hits items and tells the manifest.
    """

    name: str
    rule: str
    share: float
    plant: Callable[[Planter, Fault], None]


class Planter:
    """The items that are still flawless, in a random order, and the way to take them."""

    def __init__(self, shop: Shop, options: SeedOptions, draw: random.Random, manifest: Manifest) -> None:
        self.shop = shop
        self.options = options
        self.draw = draw
        self.manifest = manifest
        plain = [one for one in shop.articles.rows.values() if not one.variants and not one.content]
        variants = list(shop.variants.rows.values())
        draw.shuffle(plain)
        draw.shuffle(variants)
        self._plain = iter(plain)
        self._variants = iter(variants)
        self._spoilt_articles: set[int] = set()
        self._fresh = 9_000_000
        self._reserved = iter(options.reserved)

    def article(self) -> Article | None:
        """A flawless article without variants; ``None`` when there are no more."""
        return next(self._plain, None)

    def variant(self) -> ArticleVariant | None:
        """A flawless variant, never two of one article: a twin must not be a neighbour by chance."""
        for variant in self._variants:
            if variant.article not in self._spoilt_articles:
                self._spoilt_articles.add(variant.article)
                return variant
        return None

    def any(self) -> Row | None:
        """An article or a variant, whatever comes."""
        if self.draw.random() < 0.5:
            return self.variant() or self.article()
        return self.article() or self.variant()

    def fresh_digits(self) -> str:
        """Digits that no other product number has."""
        self._fresh += 1 + int(self.draw.random() * 5)
        return str(self._fresh)

    def reserved_number(self) -> str | None:
        """Each only once: otherwise it would be a duplicate as well."""
        return next(self._reserved, None)

    def pick(self, signs: tuple[str, ...]) -> str:
        return signs[int(self.draw.random() * len(signs))]


def item_of(row: Row) -> Item:
    return ("article" if isinstance(row, Article) else "variant"), row.uid


def _renumbered(change: Callable[[Planter, str], str]) -> Callable[[Planter, Fault], None]:
    """A fault of one item's number alone."""

    def plant(planter: Planter, fault: Fault) -> None:
        row = planter.any()
        if row is not None:
            row.article_number = change(planter, row.article_number or "")
            planter.manifest.add(fault.name, fault.rule, item_of(row))

    return plant


def _missing(planter: Planter, fault: Fault) -> None:
    article = planter.article()
    if article is not None:
        article.article_number = None
        planter.manifest.add(fault.name, fault.rule, ("article", article.uid))


def _variant_without(planter: Planter, fault: Fault) -> None:
    """It inherits its article's number, which no item has."""
    variant = planter.variant()
    if variant is not None:
        variant.article_number = None
        planter.manifest.add(fault.name, fault.rule, ("variant", variant.uid))


def _clashing(
    change: Callable[[Planter, str], tuple[str, str]], *, mixed: bool = False
) -> Callable[[Planter, Fault], None]:
    """A fault of two items: the numbers of both follow from the first's."""

    def plant(planter: Planter, fault: Fault) -> None:
        first: Row | None = planter.variant() if mixed else planter.article()
        second = planter.article()
        if first is None or second is None:
            return
        first.article_number, second.article_number = change(planter, first.article_number or "")
        planter.manifest.add(fault.name, fault.rule, item_of(first), item_of(second))

    return plant


def _edge_twins(planter: Planter, fault: Fault) -> None:
    """The same number but for a blank at its end: twins, and one of them has the blank."""
    first, second = planter.article(), planter.article()
    if first is None or second is None:
        return
    second.article_number = f"{first.article_number} "
    planter.manifest.add(fault.name, fault.rule, item_of(first), item_of(second))
    planter.manifest.add(f"{fault.name}_blank", "number_space", item_of(second))


def _reserved(planter: Planter, fault: Fault) -> None:
    number = planter.reserved_number()
    article = planter.article() if number is not None else None
    if article is not None:
        article.article_number = number
        planter.manifest.add(fault.name, fault.rule, item_of(article))


def _without_price(planter: Planter, fault: Fault) -> None:
    """No price at all, or only in another currency; no campaign either."""
    article = planter.article()
    if article is not None:
        article.regular = {code: price for code, price in article.regular.items() if code != "SEK"}
        article.offer = {}
        article.tiers = ()
        planter.manifest.add(fault.name, fault.rule, item_of(article))


def _odd_rate(planter: Planter, fault: Fault) -> None:
    article = planter.article()
    if article is not None:
        article.vat_rate = Decimal("0.2")
        planter.manifest.add(fault.name, fault.rule, item_of(article))


def _odd_name(planter: Planter, fault: Fault) -> None:
    """Letters and signs that ISO-8859-1 does not have, and some that only look odd."""
    article = planter.article()
    if article is not None:
        article.name = {**article.name, "sv": article.name["sv"] + planter.pick(ODD_NAME_PARTS)}
        planter.manifest.add(fault.name, fault.rule, item_of(article))


def _space_inside(planter: Planter, number: str) -> str:
    return number.replace("-", " ", 1)


def _space_at_edge(planter: Planter, number: str) -> str:
    return f" {number}" if planter.draw.random() < 0.5 else f"{number} "


def _full_width(number: str) -> str:
    """Its first letter in the wide form that looks the same."""
    return f"{chr(ord(number[0]) + 0xFEE0)}{number[1:]}"


def _too_long(planter: Planter, number: str) -> str:
    return f"{number}-STORPACK-MED-EXTRA-TILLBEHOR-OCH-PRESENTINSLAGNING-ART-{planter.fresh_digits()}"


LETTERS = ("-BLÅ", "-GRÄ", "-RÖD")
SIGNS = ("&CO", "%", "#2", "€", ",5")
DASHES = ("\u2011", "\u2013", "\u2212")

FAULTS: tuple[Fault, ...] = (
    Fault("missing", "number_missing", 0.004, _missing),
    Fault("blank", "number_blank", 0.001, _renumbered(lambda p, _n: p.pick((" ", "   ", "\t")))),
    Fault("letter", "number_forbidden_character", 0.002, _renumbered(lambda p, n: n + p.pick(LETTERS))),
    Fault("sign", "number_forbidden_character", 0.002, _renumbered(lambda p, n: n + p.pick(SIGNS))),
    Fault("space_inside", "number_space", 0.002, _renumbered(_space_inside)),
    Fault("space_edge", "number_space", 0.002, _renumbered(_space_at_edge)),
    Fault("dash", "number_lookalike", 0.001, _renumbered(lambda p, n: n.replace("-", p.pick(DASHES), 1))),
    Fault("nbsp", "number_lookalike", 0.001, _renumbered(lambda _p, n: n.replace("-", "\u00a0", 1))),
    Fault("full_width", "number_lookalike", 0.001, _renumbered(lambda _p, n: _full_width(n))),
    Fault("too_long", "number_too_long", 0.001, _renumbered(_too_long)),
    Fault("duplicate_articles", "number_duplicate", 0.002, _clashing(lambda _p, n: (n, n))),
    Fault("duplicate_mixed", "number_duplicate", 0.001, _clashing(lambda _p, n: (n, n), mixed=True)),
    Fault("twin_case", "number_twin", 0.001, _clashing(lambda _p, n: (n, n.lower()))),
    Fault("twin_zeros", "number_twin", 0.001, _clashing(lambda p, _n: (d := p.fresh_digits(), f"00{d}"))),
    Fault("twin_edge", "number_twin", 0.0005, _edge_twins),
    Fault("variant_without", "variant_without_number", 0.002, _variant_without),
    Fault("reserved", "number_reserved", 0.0005, _reserved),
    Fault("price_missing", "price_missing", 0.002, _without_price),
    Fault("vat_odd", "vat_rate_unusual", 0.001, _odd_rate),
    Fault("name_odd", "name_odd", 0.005, _odd_name),
)
"""What is planted, in this order; where a small shop has no more flawless items, the last are left out."""

UNMANAGED_SHARE = 0.03
"""Share of items without stock management, at ``faults`` 1 (rule ``stock_not_managed``, a warning)."""


def plant_faults(shop: Shop, options: SeedOptions, draw: random.Random) -> Manifest:
    """Spoil the catalogue and tell how. Packages are told as well: they are not planted, they are made."""
    manifest = Manifest()
    for article in shop.articles.rows.values():
        if article.content:
            manifest.add("package", "package", ("article", article.uid))
    if not options.faults:
        return manifest
    planter = Planter(shop, options, draw, manifest)
    for fault in FAULTS:
        for _ in range(_how_many(options, fault.share)):
            fault.plant(planter, fault)
    _unmanage(planter)
    return manifest


def _how_many(options: SeedOptions, share: float) -> int:
    wanted = round(options.items * share * options.faults)
    return max(1, wanted) if options.items >= 40 else wanted


def _unmanage(planter: Planter) -> None:
    """Switch stock management off: a property of the article, so of all its variants."""
    left = _how_many(planter.options, UNMANAGED_SHARE)
    for article in _flawless(planter):
        if left <= 0:
            return
        article.use_stock = False
        article.stock = Decimal(0)
        items: list[Item] = [("variant", uid) for uid in article.variants] or [("article", article.uid)]
        for item in items:
            planter.manifest.add("unmanaged", "stock_not_managed", item)
        left -= len(items)


def _flawless(planter: Planter) -> Iterator[Article]:
    """Articles without variants and the articles of variants, in turn, none of which has a fault."""
    while True:
        variant = planter.variant()
        plain = planter.article()
        if variant is None and plain is None:
            return
        if plain is not None:
            yield plain
        if variant is not None:
            yield planter.shop.articles.rows[variant.article]
