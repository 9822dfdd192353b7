"""The values that a planned change writes: whole nested objects, read from the shop and merged (Abicart reference 10).

Questions 21 (``set`` replaces or merges), 26 (``price`` as stored or as displayed), 27 (no campaign: absent, null or
equal) and 28 (``vatRate`` as number or by country) are survived either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from abicart_specter.domain.imports import held as rules
from abicart_specter.domain.imports.price_form import check_price_form
from abicart_specter.domain.imports.records import FieldChange, JsonObject, PlannedChange
from abicart_specter.domain.imports.told_values import same
from abicart_specter.domain.masters import Master
from abicart_specter.domain.prices import percent
from abicart_specter.domain.raw_values import ValueReader
from abicart_specter.domain.records import ShopFacts
from abicart_specter.errors import RecordError


def article_patch(change: PlannedChange, document: Mapping[str, Any], facts: ShopFacts) -> JsonObject:
    """What ``Article.set`` is to be given, ``vatRate`` first. A rate that stays is not written.

    :param document: the shop's article as it is now, with the fields of ``article_values.fields_to_read``.
    :raises RecordError: the article's form leaves open what would be written; it is to be held.
    """
    fields = {one.field: one for one in change.fields}
    patch: JsonObject = {}
    if Master.VAT in fields and not same(Master.VAT, fields[Master.VAT].before, fields[Master.VAT].after):
        patch["vatRate"] = _rate(fields[Master.VAT], document.get("vatRate"), facts)
    if Master.PRICE in fields or Master.EXTRA_PRICE in fields:
        check_price_form(document, facts)
        patch["price"] = _price(fields, document.get("price"), facts)
    for master in (Master.NAME, Master.DESCRIPTION):
        if master in fields:
            patch[master.value] = _text(fields[master], document.get(master.value), facts)
    return patch


def _price(fields: Mapping[Master, FieldChange], price: Any, facts: ShopFacts) -> JsonObject:
    """The price object with every currency that it has, without ``current``, which follows from it."""
    reader = ValueReader()
    old = reader.mapping(price, "price")
    regular = dict(reader.mapping(old.get("regular"), "price.regular"))
    offers = dict(reader.mapping(old.get("specialOffer"), "price.specialOffer"))
    if reader.problems:
        raise RecordError(
            f"The product's price cannot be read: {'; '.join(reader.problems)}.",
            rule=rules.SHOP_VALUE_UNREADABLE,
            remedy="Correct the price in the shop.",
        )
    # A shop may show "no campaign" as one that equals the regular price.
    offers = {
        code: amount for code, amount in offers.items() if amount is not None and amount != regular.get(code)
    }
    currency = facts.base_currency
    if Master.PRICE in fields:
        regular[currency] = _amount(fields[Master.PRICE].after)
    if Master.EXTRA_PRICE in fields:
        offers[currency] = _amount(fields[Master.EXTRA_PRICE].after)
    out: JsonObject = {name: value for name, value in old.items() if name not in ("current", "specialOffer")}
    out["regular"] = regular
    if any(amount is not None for amount in offers.values()):
        out["specialOffer"] = offers
    elif old.get("specialOffer"):
        out["specialOffer"] = None
    return out


def _rate(one: FieldChange, present: Any, facts: ShopFacts) -> Any:
    """The rate in the form in which the shop shows its own: a fraction, a percentage, or by country."""
    rate = Decimal(one.after or 0)
    if not isinstance(present, Mapping):
        return _in_form_of(present, rate)
    out = dict(present)
    country = next((code for code in out if code.upper() == facts.vat_country.upper()), facts.vat_country)
    own = out.get(country)
    # A country may hold an object with the rate in it (Abicart reference 6.6 shows that form for deliveries).
    if isinstance(own, Mapping):
        out[country] = {**own, "vatRate": _in_form_of(own.get("vatRate"), rate)}
    else:
        others = own if own is not None else next(iter(out.values()), None)
        out[country] = _in_form_of(others, rate)
    return out


def _in_form_of(present: Any, rate: Decimal) -> Decimal:
    number = ValueReader().number(present, "vatRate")
    return percent(rate) if number is not None and number > 1 else rate


def _text(one: FieldChange, present: Any, facts: ShopFacts) -> Any:
    """The text in the shop's language, beside those of the other languages."""
    if isinstance(present, str):
        return one.after or ""
    texts = dict(present) if isinstance(present, Mapping) else {}
    return {**texts, facts.default_language: one.after or ""}


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
