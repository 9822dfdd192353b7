"""What an article shows that follows from other things: prices, stock, choices, variants, content."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from shop_sandbox.abicart.errors import Problem, problem
from shop_sandbox.abicart.model import Article, ByCurrency, Part
from shop_sandbox.abicart.money import ZERO, both_ways, with_vat, without_vat
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import as_uid, is_number, is_whole, tidy


def _displayed(view: View, article: Article, prices: ByCurrency) -> ByCurrency:
    webshop = view.shop.webshop
    if view.switch["price_meaning"] == "stored" or webshop.prices_with_vat == webshop.shows_prices_with_vat:
        return prices
    change = with_vat if webshop.shows_prices_with_vat else without_vat
    return {code: change(price, article.vat_rate) for code, price in prices.items()}


def _stored(view: View, article: Article, prices: dict[str, Any] | None) -> ByCurrency:
    given = {code: tidy(Decimal(price)) for code, price in (prices or {}).items() if price is not None}
    webshop = view.shop.webshop
    if view.switch["price_meaning"] == "stored" or webshop.prices_with_vat == webshop.shows_prices_with_vat:
        return given
    change = without_vat if webshop.shows_prices_with_vat else with_vat
    return {code: change(price, article.vat_rate) for code, price in given.items()}


def read_price(view: View, article: Article) -> dict[str, Any]:
    """Abicart reference 5.1, Price: regular, specialOffer (see the switch ``no_offer``), current."""
    regular = _displayed(view, article, article.regular)
    if not article.offer:
        shape = view.switch["no_offer"]
        if shape == "absent":
            return {"regular": regular, "current": regular}
        return {
            "regular": regular,
            "specialOffer": regular if shape == "regular" else None,
            "current": regular,
        }
    offer = _displayed(view, article, article.offer)
    return {"regular": regular, "specialOffer": offer, "current": {**regular, **offer}}


def write_price(view: View, article: Article, value: dict[str, Any] | None) -> None:
    """Regular and specialOffer; ``current`` follows from them. An offer equal to the regular price is none."""
    value = value or {}
    regular = _stored(view, article, value.get("regular"))
    offer = _stored(view, article, value.get("specialOffer"))
    if view.switch["set_nested"] == "merge":
        regular = {**article.regular, **regular}
        offer = offer if "specialOffer" in value else article.offer
    article.regular = regular
    article.offer = {code: price for code, price in offer.items() if regular.get(code) != price}


def read_pricing(view: View, article: Article) -> list[dict[str, Any]]:
    """Abicart reference 5.1, pricing: what the price is with and without VAT, whatever the shop stores."""
    webshop, rate = view.shop.webshop, article.vat_rate
    base: dict[str, Any] = {"qtyFloor": 1, "regular": both_ways(article.regular, rate, webshop)}
    if article.offer:
        base["specialOffer"] = both_ways(article.offer, rate, webshop)
    tiers = [
        {"qtyFloor": tier.floor, "regular": both_ways(tier.regular, rate, webshop)} for tier in article.tiers
    ]
    return [base, *tiers]


def read_vat_rate(view: View, article: Article) -> Any:
    if view.switch["vat_rate_shape"] == "by_country":
        return {view.shop.webshop.vat_country: article.vat_rate}
    return article.vat_rate


def check_vat_rate(view: View, value: Any, pointer: str) -> tuple[Any, list[Problem]]:
    """A fraction; where rates are by country, an object with the shop's country. By hand also as text."""
    if view.by_hand and isinstance(value, str):
        value = Decimal(value) if re.fullmatch(r"[01](\.[0-9]+)?", value) else value
    if isinstance(value, dict) and view.switch["vat_rate_shape"] == "by_country":
        pointer = f"{pointer}/{view.shop.webshop.vat_country}"
        value = value.get(view.shop.webshop.vat_country)
    if not is_number(value) or not 0 <= value <= 1:
        return None, [problem("Not a VAT rate between 0 and 1", pointer)]
    return tidy(Decimal(value)), []


def stock_total(view: View, article: Article) -> Decimal:
    """An article with variants has what its variants have."""
    if article.variants:
        return sum((variant.stock for variant in view.shop.variants_of(article)), ZERO)
    return article.stock


def read_stock(view: View, article: Article) -> dict[str, Any]:
    total = stock_total(view, article)
    shown: dict[str, Any] = {"useStock": article.use_stock}
    if view.admin or view.switch["anonymous_stock"] == "visible":
        shown["stock"] = total
    if article.use_stock:
        shown["message"] = {"sv": f"I lager: {total}" if total > 0 else "Slut i lager"}
    return shown


def check_stock(view: View, value: Any, pointer: str) -> tuple[Any, list[Problem]]:
    """The object or the bare number, as the switch ``stock_write`` has it."""
    accepted = "both" if view.by_hand else view.switch["stock_write"]
    if is_number(value):
        if accepted == "object":
            return None, [problem("Must be an object", pointer)]
        return value, []
    if not isinstance(value, dict):
        return None, [problem("Must be an object", pointer)]
    if accepted == "number":
        return None, [problem("Must be a number", pointer)]
    problems = [problem("Unknown property", f"{pointer}/{key}") for key in value if key not in _STOCK_KEYS]
    if "useStock" in value and not isinstance(value["useStock"], bool):
        problems.append(problem("Must be a boolean", f"{pointer}/useStock"))
    if "stock" in value and not is_number(value["stock"]):
        problems.append(problem("Must be a number", f"{pointer}/stock"))
    return value, problems


_STOCK_KEYS = ("useStock", "stock", "message")


def write_stock(view: View, article: Article, value: Any) -> None:
    """The number of an article with variants is the sum of theirs and is not written here.

    Where ``set`` replaces objects, a key that is not in the object falls back to its start value: off, and 0.
    """
    if not isinstance(value, dict):
        value = {"stock": value, "useStock": article.use_stock}
    elif view.switch["set_nested"] == "replace":
        value = {"useStock": False, "stock": 0, **value}
    article.use_stock = value.get("useStock", article.use_stock)
    if not article.variants:
        article.stock = tidy(Decimal(value.get("stock", article.stock)))


def is_buyable(view: View, article: Article) -> bool:
    if view.shop.webshop.base_currency not in article.regular or article.draft or article.hidden:
        return False
    return not article.use_stock or stock_total(view, article) > 0


def read_choice_options(_view: View, article: Article) -> dict[str, list[int]]:
    return {str(choice): list(options) for choice, options in article.choice_options.items()}


def read_option_prices(_view: View, article: Article) -> dict[str, Any]:
    return {str(option): prices for option, prices in article.option_prices.items()}


def write_option_prices(_view: View, article: Article, value: dict[str, Any] | None) -> None:
    article.option_prices = {
        int(option): {code: Decimal(price) for code, price in (prices or {}).items() if price is not None}
        for option, prices in (value or {}).items()
    }


def read_choice_schema(view: View, article: Article) -> dict[str, Any]:
    """By language: a JSON Schema with the names of the options (Abicart reference 5.1, seen in client code)."""
    shop = view.shop
    schemas: dict[str, Any] = {}
    for language in (shop.webshop.default_language, "en"):
        properties: dict[str, Any] = {}
        for choice_uid, options in article.choice_options.items():
            choice = shop.choices.rows[choice_uid]
            names = {str(one): shop.options.rows[one].name.get(language, "") for one in options}
            properties[str(choice_uid)] = {
                "title": choice.name.get(language, ""),
                "enum": list(names),
                "enumNames": names,
            }
        schemas[language] = {"type": "object", "properties": properties, "required": list(properties)}
    return schemas


def read_variants(view: View, article: Article) -> list[dict[str, Any]]:
    """Abicart reference 5.2: uid, what defines the variant, and only the values that differ from the article."""
    shown = []
    for variant in view.shop.variants_of(article):
        overrides: dict[str, Any] = {}
        if variant.article_number is not None:
            overrides["articleNumber"] = variant.article_number
        if view.admin or view.switch["anonymous_stock"] == "visible":
            overrides["stock"] = variant.stock
        if variant.ean is not None:
            overrides["ean"] = variant.ean
        if variant.weight is not None:
            overrides["weight"] = variant.weight
        shown.append({"uid": variant.uid, "definedBy": variant.defined_by, "overrides": overrides})
    return shown


def read_content(view: View, article: Article) -> list[dict[str, Any]]:
    """The parts of a package: each the part's uid, and how many of it as the switch ``package_quantity`` has it."""
    if view.switch["package_quantity"] == "beside":
        return [{"uid": part.article, "quantity": part.quantity} for part in article.content]
    times = view.switch["package_quantity"] == "repeated"
    return [{"uid": part.article} for part in article.content for _ in range(part.quantity if times else 1)]


def write_content(_view: View, article: Article, value: list[Any]) -> None:
    """Uids, each once per piece, or objects with ``uid`` and ``quantity``."""
    quantities: dict[int, int] = {}
    for part in value:
        uid, quantity = (part["uid"], part.get("quantity", 1)) if isinstance(part, dict) else (part, 1)
        quantities[int(uid)] = quantities.get(int(uid), 0) + quantity
    article.content = tuple(Part(uid, quantity) for uid, quantity in quantities.items())


def check_content(view: View, value: Any, pointer: str) -> tuple[Any, list[Problem]]:
    if not isinstance(value, list):
        return None, [problem("Must be an array", pointer)]
    problems = []
    for place, part in enumerate(value):
        uid = part.get("uid") if isinstance(part, dict) else part
        quantity = part.get("quantity", 1) if isinstance(part, dict) else 1
        known = as_uid(uid)
        if known is None or view.shop.articles.get(known) is None:
            problems.append(problem("Unknown article", f"{pointer}/{place}"))
        elif not is_whole(quantity) or quantity < 1:
            problems.append(problem("Must be a whole number from 1", f"{pointer}/{place}/quantity"))
    return value, problems
