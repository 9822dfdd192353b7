"""Questions about products (Abicart reference 10, 17, 21 to 28, 41). What only a write would tell is not asked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from abicart_specter.domain.probe.abicart.material import Material, Row, amount, rows_of
from abicart_specter.domain.probe.verdicts import (
    NoUseError,
    Outcome,
    Question,
    not_asked,
    not_told,
    told,
    unexpected,
)

LISTS = ("article_list", "article_list_whole")


def only_a_write(what: str, schema: str = "", key: str = "") -> Callable[[Material], Outcome]:
    """For a question that no read can answer; the class's own description may hint at it.

    :param schema, key: the class and property whose description to look at.
    """

    def settle(material: Material) -> Outcome:
        return not_asked(f"Only {what} would tell, and a probe writes nothing.{_hint(material, schema, key)}")

    return settle


def _hint(material: Material, schema: str, key: str) -> str:
    if not schema:
        return ""
    try:
        described = material.result(f"schema_{schema}")
    except NoUseError:
        return ""
    properties = described.get("properties") if isinstance(described, dict) else None
    prop = properties.get(key) if isinstance(properties, dict) else None
    if not isinstance(prop, dict):
        return f" The shop's description of {schema} does not name {key}."
    read_only = prop.get("readOnly", prop.get("readonly"))
    if read_only is True:
        return f" The shop's description says that {schema}.{key} is read-only."
    if read_only is False:
        return f" The shop's description says that {schema}.{key} can be written."
    return f" The shop's description of {schema}.{key} does not say whether it can be written."


def _package_quantity(material: Material) -> Outcome:
    packages = [
        article["content"]
        for article in [*material.need_articles(), *material.row_articles.values()]
        if isinstance(article.get("content"), list) and article["content"]
    ]
    if not packages:
        return not_told("No package was among the products that were read.")
    parts = [part for package in packages for part in package if isinstance(part, dict)]
    names = {key for part in parts for key in part} - {
        "uid",
        "articleNumber",
        "name",
        "price",
        "images",
        "type",
    }
    if "quantity" in names:
        return told("beside", "The parts of a package came with their quantity.")
    if names:
        return unexpected(f"The parts of a package came with {', '.join(sorted(names))}.")
    if any(_repeats(package) for package in packages):
        return told("repeated", "A part that is in a package several times came as often.")
    return not_told(
        "No quantity came with the parts of a package, and none was repeated: each is in it once, or it is not told."
    )


def _repeats(package: list[Any]) -> bool:
    uids = [str(part.get("uid") if isinstance(part, dict) else part) for part in package]
    return len(uids) > len(set(uids))


def _anonymous_stock(material: Material) -> Outcome:
    stocks = [one.get("stock") for one in material.rows("anonymous_articles")]
    known = [one for one in stocks if isinstance(one, dict) and one]
    if any(amount(one, "stock") is not None for one in known):
        return told("visible", "Without a token the stock of products came with its number.")
    if known:
        return told("hidden", "Without a token the stock of products came without its number.")
    if stocks and all(one is None or one == [] or one == {} for one in stocks):
        return told("hidden", "Without a token the stock of products did not come.")
    return not_told("Without a token no product with stock was listed.")


def _price_meaning(material: Material) -> Outcome:
    shop = material.result("webshop")
    shop = shop if isinstance(shop, dict) else {}
    stored, displayed = shop.get("priceStoredWithVat"), shop.get("showPricesIncludingVat")
    if not isinstance(stored, bool) or not isinstance(displayed, bool):
        raise NoUseError("The shop does not say how it stores and displays prices.", "webshop")
    if stored == displayed:
        with_vat = "with" if stored else "without"
        return not_told(f"This shop stores and displays prices {with_vat} VAT, so both are the same.")
    fits = {"stored": 0, "displayed": 0}
    for price, inc, ex in _three_prices(material.need_articles()):
        fits["stored"] += price == (inc if stored else ex)
        fits["displayed"] += price == (inc if displayed else ex)
    if fits["stored"] and not fits["displayed"]:
        return told("stored", "Products' prices are as the shop stores them.")
    if fits["displayed"] and not fits["stored"]:
        return told("displayed", "Products' prices are as the shop displays them, not as it stores them.")
    if not any(fits.values()):
        return not_told("No product came with its price both with and without VAT.")
    return unexpected("Some products' prices are as the shop stores them and some as it displays them.")


def _three_prices(articles: list[Row]) -> list[tuple[Decimal, Decimal, Decimal]]:
    """The price, and the same with and without VAT, of products where the two differ."""
    found = []
    for article in articles:
        tiers = rows_of(article, "pricing")
        regular = article.get("price", {}).get("regular") if isinstance(article.get("price"), dict) else None
        for currency in regular if tiers and isinstance(regular, dict) else ():
            price = amount(regular, currency)
            inc = amount(tiers[0], "regular", "incVat", currency)
            ex = amount(tiers[0], "regular", "exVat", currency)
            if price is not None and inc is not None and ex is not None and inc != ex:
                found.append((price, inc, ex))
    return found


def _no_offer(material: Material) -> Outcome:
    seen = set()
    for article in material.need_articles():
        price, tiers = article.get("price"), rows_of(article, "pricing")
        if not isinstance(price, dict) or not price.get("regular"):
            continue
        if tiers and tiers[0].get("specialOffer"):
            continue  # it has an offer
        offer = price.get("specialOffer", "absent")
        if offer == "absent":
            seen.add("absent")
        elif offer is None:
            seen.add("null")
        elif offer == price["regular"]:
            seen.add("regular")
        elif offer in ({}, []):
            seen.add("empty")
        elif tiers:
            seen.add("other")
    if len(seen) == 1 and seen <= {"absent", "null", "regular"}:
        shape = seen.pop()
        words = {
            "absent": "without a special price",
            "null": "with null for it",
            "regular": "with their regular price for it",
        }
        return told(shape, f"Products without a campaign came {words[shape]}.")
    if not seen:
        return not_told("No product without a campaign price came.")
    return unexpected(f"The special price of products without a campaign came as {', '.join(sorted(seen))}.")


def _vat_rate_shape(material: Material) -> Outcome:
    rates = [one["vatRate"] for one in material.need_articles() if one.get("vatRate") is not None]
    if not rates:
        return not_told("No product came with a VAT rate.")
    if all(isinstance(rate, dict) for rate in rates):
        return told("by_country", "VAT rates of products came by country.")
    numbers = [amount(rate) for rate in rates]
    if all(number is not None and number <= 1 for number in numbers):
        return told("number", "VAT rates of products came as fractions.")
    return unexpected("VAT rates of products came as neither fractions nor rates by country.")


PRODUCT_QUESTIONS: tuple[Question[Material], ...] = (
    Question("17", "package_quantity", "How many of a part are in a package", _package_quantity, LISTS),
    Question(
        "21",
        "set_nested",
        "Whether a write replaces objects or merges them",
        only_a_write("a write of an object"),
    ),
    Question("22", "set_result", "Answer of a write without a query", only_a_write("a write")),
    Question(
        "23",
        "stock_write",
        "How stock is written",
        only_a_write("a write of stock", "Article", "stock"),
    ),
    Question(
        "23", "anonymous_stock", "Stock numbers without a token", _anonymous_stock, ("anonymous_articles",)
    ),
    Question(
        "24",
        "variant_article_stock",
        "Writing a product's own stock though it has variants",
        only_a_write("such a write"),
    ),
    Question("26", "price_meaning", "Prices as stored or as displayed", _price_meaning, ("webshop", *LISTS)),
    Question("27", "no_offer", "The special price when there is no campaign", _no_offer, LISTS),
    Question("28", "vat_rate_shape", "VAT rate as fraction or by country", _vat_rate_shape, LISTS),
    Question(
        "41",
        "vat_rate_write",
        "Whether a product's VAT rate can be written",
        only_a_write("a write of it", "Article", "vatRate"),
    ),
)
