"""What ``newCustomerSubmit`` gets for an order's buyer, and by which key orders belong to one customer.

Rules 14 to 17; Specter reference 5.1. Personal through and through: findings name fields, never values.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any

from abicart_specter.domain.orders.buyer_values import (
    LONGEST_EMAIL,
    BuyerNames,
    Findings,
    address_values,
    buyer_names,
    findings_of,
    organisation_number,
    phones,
    usable_email,
    usable_organisation_number,
    vat_number,
)
from abicart_specter.domain.orders.info_names import InfoNames
from abicart_specter.domain.orders.mapped_fields import named_order
from abicart_specter.domain.orders.order_mapping import OrderMapping, settings_for_mapping
from abicart_specter.domain.orders.order_values import OrderReader
from abicart_specter.domain.orders.order_view import order_view
from abicart_specter.domain.orders.read_buyer import read_buyer
from abicart_specter.domain.orders.records import Address, Buyer, CustomerWrite, ShopOrder
from abicart_specter.domain.row_hash import row_hash
from abicart_specter.errors import RecordError
from abicart_specter.settings.orders import CustomerSettings
from abicart_specter.settings.shop import ShopSettings

EMAIL_MISSING = "email_missing"
NAME_MISSING = "customer_name_missing"

_NOT_FOR_EMAIL = re.compile(r"[^A-Za-z0-9._-]+")


def customer_key(order: ShopOrder, settings: ShopSettings, secret: bytes) -> str:
    """The key by which orders belong to one customer: 64 hex digits, HMAC-SHA256 with ``secret``.

    What goes in is a label and one text: the organisation or personal number in normal form (see
    :func:`normal_number`), else the e-mail address (edges cut, case folded). A number or address that the shop's
    settings tell Specter not to match by is passed over. Where nothing is left, or where every order becomes a new
    customer, the order's uid goes in, so that the order stands alone.
    """
    return _key(order.buyer, order.uid, settings.customers, secret)


def customer_key_of(
    customer: object, uid: int, settings: ShopSettings, names: InfoNames, secret: bytes
) -> str:
    """:func:`customer_key` from the customer part of a document alone, for the scan.

    A customer part that cannot be read gives the key of the order alone: the order is held when it is read.
    """
    try:
        buyer = read_buyer(OrderReader(f"Order (uid {uid})"), customer, names)
    except RecordError:
        return _hashed("order", str(uid), secret)
    return _key(buyer, uid, settings.customers, secret)


def customer_write(
    order: ShopOrder, settings: ShopSettings, mapping: OrderMapping, *, order_number: str
) -> CustomerWrite:
    """The customer of an order as Specter gets it.

    :param order_number: the number that Specter knows the order by (prefix and number); part of a placeholder
        e-mail address, so that no two customers share one.
    :raises RecordError: ``email_missing`` where the settings hold such orders; ``customer_name_missing``; or a
        rule of the field mapping.
    """
    findings = findings_of(order)
    named = named_order(order.number, order.uid)
    names = buyer_names(order.buyer, findings)
    if not names.name:
        raise RecordError(
            f"{named}: the buyer has no name, and Specter takes no customer without.",
            rule=NAME_MISSING,
            remedy="Enter a name on the order in the shop.",
        )
    email, is_placeholder = _email(order.buyer, settings.customers, order_number, named, findings)
    values = _buyer_values(order.buyer, settings, names, email, findings)
    data = {
        "buyer": values,
        "order": order_view(order, settings, order_number),
        "document": order.document,
        **settings_for_mapping(settings),
    }
    fields = mapping.customer_fields.apply(
        data, named, findings.key, findings.flags, price_decimals=settings.prices.order_decimals
    )
    ignore_email = settings.customers.ignore_email or is_placeholder
    has_number = bool(fields.get("orgNo"))
    # Where the address is not compared and there is no number, nothing is: to say so is the same to Specter, and
    # tells whoever repeats a lost write that it would make a second customer.
    ignore_number = settings.customers.ignore_organisation_number or (ignore_email and not has_number)
    return CustomerWrite(
        fields=fields,
        hash=row_hash(fields),
        ignore_email=ignore_email,
        ignore_organisation_number=ignore_number,
        match_rule=_match_rule(ignore_email, ignore_number, has_number),
        placeholder_email=is_placeholder,
        flags=tuple(findings.flags),
    )


def _buyer_values(
    buyer: Buyer, settings: ShopSettings, names: BuyerNames, email: str, findings: Findings
) -> dict[str, Any]:
    row_1 = settings.orders.company_in_address_row_1
    contact = names.contact if buyer.is_company else ""
    invoice = address_values(buyer.invoice, "invoice", contact, findings, company_in_row_1=row_1)
    phone, mobile = phones(buyer)
    groups = settings.customers.group
    return {
        "is_company": buyer.is_company,
        "form": "C" if buyer.is_company else "P",
        "name": names.name,
        "first_name": names.first,
        "sur_name": names.last,
        "contact_person": names.contact,
        "group": groups.company if buyer.is_company else groups.private,
        "organisation_number": organisation_number(buyer, invoice["country"], findings),
        "vat_number": vat_number(buyer, invoice["country"], findings),
        "email": email,
        "phone": phone,
        "mobile": mobile,
        "custom": dict(buyer.custom),
        "invoice": invoice,
        "delivery": _delivery(buyer.delivery, invoice, names, findings, company_in_row_1=row_1),
    }


def _delivery(
    address: Address | None,
    invoice: dict[str, Any],
    names: BuyerNames,
    findings: Findings,
    *,
    company_in_row_1: bool,
) -> dict[str, Any]:
    """The delivery address, always whole: left out, Specter would keep the one of an earlier order."""
    if address is None:
        return {**invoice, "attention": names.contact}
    recipient = address.name or f"{address.first_name} {address.last_name}".strip() or names.contact
    return address_values(address, "delivery", recipient, findings, company_in_row_1=company_in_row_1)


def _email(
    buyer: Buyer, settings: CustomerSettings, order_number: str, named: str, findings: Findings
) -> tuple[str, bool]:
    """(the address, whether it is a placeholder) (rule 17, fault F25)."""
    email = usable_email(buyer.email)
    if email is not None:
        return email, False
    what = "no e-mail address that can be used" if buyer.email.strip() else "no e-mail address"
    if settings.missing_email == "hold":
        raise RecordError(
            f"{named}: the buyer has {what}, and Specter takes no customer without.",
            rule=EMAIL_MISSING,
            remedy="Enter the address on the order in the shop, or set customers.missing_email to placeholder.",
        )
    findings.warn(
        "email_placeholder",
        f"The buyer has {what}; a placeholder is sent, and Specter does not match by it.",
        "Enter the customer's address in Specter.",
    )
    number = _NOT_FOR_EMAIL.sub("-", order_number)
    return settings.placeholder_email.replace("{order_number}", number)[:LONGEST_EMAIL], True


def _match_rule(ignore_email: bool, ignore_number: bool, has_number: bool) -> str:
    """How Specter will find the customer, in words for logs and reports."""
    if ignore_email and ignore_number:
        return "none, always a new customer"
    if ignore_email:
        return "organisation or personal number"
    if ignore_number or not has_number:
        return "e-mail address"
    return "e-mail address, then organisation or personal number"


def _key(buyer: Buyer, uid: int, settings: CustomerSettings, secret: bytes) -> str:
    number = "" if settings.ignore_organisation_number else usable_organisation_number(buyer)
    if number:
        return _hashed("number", number, secret)
    email = None if settings.ignore_email else usable_email(buyer.email)
    if email:
        return _hashed("email", email.casefold(), secret)
    return _hashed("order", str(uid), secret)


def _hashed(label: str, text: str, secret: bytes) -> str:
    return hmac.new(secret, f"{label}\0{text}".encode(), hashlib.sha256).hexdigest()


__all__ = [
    "EMAIL_MISSING",
    "NAME_MISSING",
    "customer_key",
    "customer_key_of",
    "customer_write",
]
