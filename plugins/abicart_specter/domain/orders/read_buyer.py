"""The buyer of an order, from the copy of the customer that the order holds (Abicart reference 6.3, partly official).

Nothing in here may reach a message: findings name fields only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from abicart_specter.domain.money import shortest
from abicart_specter.domain.orders.info_names import InfoNames
from abicart_specter.domain.orders.order_values import OrderReader
from abicart_specter.domain.orders.records import Address, Buyer

_LABELS = ("name", "label", "title", "key")
_LANGUAGES = ("sv", "en")


def read_buyer(reader: OrderReader, value: object, names: InfoNames) -> Buyer:
    """Who bought.

    :raises RecordError: a value cannot be read, or the customer came as a uid only.
    """
    if not isinstance(value, Mapping | list | tuple) and value is not None:
        raise reader.refusal("customer", "it came as a uid only, without its content")
    customer = reader.mapping(value, "customer")
    info = reader.mapping(customer.get("info"), "customer.info")
    invoice_part = reader.mapping(customer.get("address"), "customer.address")
    invoice = _address(reader, invoice_part, "customer.address")
    company_number = _first(reader, info, names.organisation_number)
    personal_number = _first(reader, info, names.personal_number)
    is_company = _is_company(
        _first(reader, info, names.type).casefold(), names, bool(invoice.company or company_number)
    )
    first, second = (company_number, personal_number) if is_company else (personal_number, company_number)
    return Buyer(
        is_company=is_company,
        email=_first(reader, info, names.email),
        organisation_number=first or second,
        vat_number=_first(reader, info, names.vat_number),
        phone=_phone(reader, invoice_part, "phoneDay", "phoneNight"),
        mobile=_phone(reader, invoice_part, "phoneMobile"),
        invoice=invoice,
        delivery=_delivery(reader, customer.get("deliveryAddress")),
        custom=read_custom(reader, customer.get("custom")),
    )


def _is_company(word: str, names: InfoNames, has_company_facts: bool) -> bool:
    """What the buyer chose to be; where the shop does not say, a company's name or number makes a company."""
    if word in map(str.casefold, names.company_words):
        return True
    if word in map(str.casefold, names.person_words):
        return False
    return has_company_facts


def _first(reader: OrderReader, info: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        found = reader.text(info.get(name), f"customer.info.{name}")
        if found:
            return found
    return ""


def _phone(reader: OrderReader, part: Mapping[str, Any], *names: str) -> str:
    return next(
        (found for name in names if (found := reader.text(part.get(name), f"customer.address.{name}"))), ""
    )


def _address(reader: OrderReader, part: Mapping[str, Any], field: str) -> Address:
    def text(name: str) -> str:
        return reader.text(part.get(name), f"{field}.{name}")

    return Address(
        company=text("company"),
        first_name=text("firstName"),
        last_name=text("lastName"),
        name=text("name"),
        street=text("address"),
        street2=text("address2"),
        postcode=text("postcode"),
        town=text("town"),
        country=text("country"),
        state=text("state"),
    )


def _delivery(reader: OrderReader, value: object) -> Address | None:
    """Where the goods go; with ``copyAddress`` the other fields are not to be trusted (Abicart reference 6.3)."""
    part = reader.mapping(value, "customer.deliveryAddress")
    if reader.flag(part.get("copyAddress"), "customer.deliveryAddress.copyAddress"):
        return None
    address = _address(reader, part, "customer.deliveryAddress")
    return None if address == Address(country=address.country) else address


def read_custom(reader: OrderReader, value: object) -> dict[str, str]:
    """The shop's own checkout fields, from a list of ``{name, value}`` or from an object (question 30)."""
    fields: dict[str, str] = {}
    for name, text in _custom_pairs(reader, value):
        if name and text:
            fields[name] = f"{fields[name]}, {text}" if name in fields else text
    return fields


def _custom_pairs(reader: OrderReader, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            if isinstance(one, Mapping) and "value" in one:
                yield _label(one) or str(name), _custom_text(reader, one["value"])
            else:
                yield str(name).strip(), _custom_text(reader, one)
        return
    for one in reader.sequence(value, "customer.custom"):
        entry = reader.mapping(one, "customer.custom")
        yield _label(entry), _custom_text(reader, entry.get("value"))


def _label(entry: Mapping[str, Any]) -> str:
    for name in _LABELS:
        label = entry.get(name)
        if isinstance(label, Mapping):
            label = next((label[code] for code in (*_LANGUAGES, *sorted(label)) if label.get(code)), None)
        if isinstance(label, str) and label.strip():
            return label.strip()
    return ""


def _custom_text(reader: OrderReader, value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, Decimal):
        return shortest(value)
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, (_custom_text(reader, one) for one in value)))
    if isinstance(value, Mapping):
        return _custom_text(reader, next((value[code] for code in _LANGUAGES if code in value), None))
    return reader.text(value, "customer.custom")
