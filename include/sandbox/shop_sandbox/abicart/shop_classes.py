"""The class tables of the shop itself: Webshop and Language (Abicart reference 8.1, 4.3)."""

from __future__ import annotations

from typing import Any

from shop_sandbox.abicart.properties import Property, api_class, derived, never, stored
from shop_sandbox.abicart.shapes import FLAG, LANGUAGES, TEXT, TIME, UID, UNKNOWN, ListOf, Shape


def _fixed(name: str, shape: Shape, value: Any, **more: Any) -> Property:
    return derived(name, shape, lambda _view, _one: value, filterable=never, **more)


WEBSHOP = api_class(
    "Webshop",
    "webshops",
    "get getSchema",
    [
        stored("uid", UID, "uid"),
        _fixed("type", TEXT, "expert"),
        _fixed("edition", TEXT, "pro"),
        _fixed("is_demo", FLAG, True),
        _fixed("loginRequiredToView", FLAG, False),
        derived("companyInfo", UNKNOWN, lambda _view, one: {"name": one.name.get("sv"), "country": "SE"}),
        stored("companyNumber", TEXT, "company_number"),
        stored("created", TIME, "created", admin_only=True),
        stored("name", LANGUAGES, "name"),
        _fixed("logotype", TEXT, None),
        _fixed("category", TEXT, None),
        stored("priceStoredWithVat", FLAG, "prices_with_vat"),
        stored("vatSupport", FLAG, "vat_support"),
        stored("showPricesIncludingVat", FLAG, "shows_prices_with_vat"),
        stored("vatCountry", TEXT, "vat_country"),
        _fixed("url", LANGUAGES, {"sv": "https://butik.example.se/sv", "en": "https://butik.example.se/en"}),
        _fixed("adminLanguage", TEXT, "sv"),
        stored("baseCurrency", TEXT, "base_currency"),
        stored("activeCurrencies", ListOf(TEXT), "currencies"),
        stored("defaultLanguage", TEXT, "default_language"),
        _fixed("defaultDeliveryCountry", TEXT, "SE"),
        stored("contactEmail", TEXT, "contact_email"),
    ],
    public=True,
)

LANGUAGE = api_class(
    "Language",
    "languages",
    "get list count getSchema",
    [
        stored("uid", TEXT, "uid", sortable=True),
        stored("active", FLAG, "active"),
        stored("defaultCurrency", TEXT, "default_currency"),
    ],
    public=True,
    uid_kind="string",
)

SHOP_CLASSES = (WEBSHOP, LANGUAGE)
