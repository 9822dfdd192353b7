"""A buyer's data made ready for Specter: company and person told apart, names consistent, numbers checked.

What ``buyer.…`` offers to ``customer.yaml``. Every finding is a flag that names the field and never the value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from abicart_specter.domain.orders.mapped_fields import changed_flag, cut_flag
from abicart_specter.domain.orders.organisation_numbers import (
    COUNTRIES_OF_VAT,
    NumberKind,
    check_number,
    normal_vat_number,
    vat_number_problem,
)
from abicart_specter.domain.orders.places import country_code, postcode
from abicart_specter.domain.orders.records import Address, Buyer, ShopOrder
from abicart_specter.domain.records import Flag, ItemKey, Kind, Severity
from abicart_specter.domain.text import clean_line, cut, to_latin1

LONGEST_NAME = 100
LONGEST_PART_OF_NAME = 50
LONGEST_EMAIL = 100
LONGEST_ORGANISATION_NUMBER = 20
LONGEST_VAT_NUMBER = 30
"""Specter reference 5.1, third-party documentation."""

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+\.[^\s@<>()\[\],;:\"\\.]{2,}")
_PHONE_SIGNS = re.compile(r"[\s()\-/.]")
_SWEDISH_MOBILE = re.compile(r"(?:\+46|0046|0)7[02369][0-9]{7}")
_SWEDISH_LANDLINE = re.compile(r"(?:\+46|0046|0)[1-689][0-9]{6,9}")


@dataclass(frozen=True, slots=True)
class BuyerNames:
    """Names by which every reading of Specter's key gives the same text (Specter reference 11, Q9)."""

    name: str
    first: str
    last: str
    contact: str


@dataclass(slots=True)
class Findings:
    """Flags of one order, collected."""

    key: ItemKey
    flags: list[Flag] = field(default_factory=list)

    def warn(self, rule: str, message: str, remedy: str) -> None:
        """Add a warning."""
        self.flags.append(Flag(self.key, rule, Severity.WARNING, message, remedy))

    def fitted(self, text: str, name: str, longest: int) -> str:
        """One line that fits ISO-8859-1 and a length; what was changed is flagged under the field's name."""
        fitting = to_latin1(clean_line(text))
        if fitting.replaced:
            self.flags.append(changed_flag(self.key, name, len(fitting.replaced)))
        tidy = clean_line(fitting.text)
        shorter, was_cut = cut(tidy, longest)
        if was_cut:
            self.flags.append(cut_flag(self.key, name, len(tidy), longest))
        return shorter


def findings_of(order: ShopOrder) -> Findings:
    """Where the findings of an order's buyer are collected."""
    return Findings(ItemKey(Kind.ORDER, order.uid))


def usable_email(entered: str) -> str | None:
    """The e-mail address, or ``None`` if it is none that a letter could reach or Specter could take."""
    email = entered.strip()
    if not _EMAIL.fullmatch(email) or len(email) > LONGEST_EMAIL or to_latin1(email).replaced:
        return None
    return email


def buyer_names(buyer: Buyer, findings: Findings) -> BuyerNames:
    """A company's name is ``name`` and the person its contact; a person's name is the same in all four fields.

    All are empty when the order has no name at all.
    """
    first, last = _person(buyer)
    if buyer.is_company and buyer.invoice.company:
        return _company(buyer, first, last, findings)
    if buyer.is_company:
        findings.warn(
            "company_name_missing",
            "The buyer ordered as a company and gave no company name; the person's name is used.",
            "Complete the customer in Specter.",
        )
    if not first and not last:
        # Some name is better than none: Specter refuses a customer without.
        last = buyer.invoice.company or buyer.invoice.name
        last = last or (buyer.delivery.name or buyer.delivery.company if buyer.delivery else "")
    first = findings.fitted(first, "firstName", LONGEST_PART_OF_NAME)
    # Together with the blank between them they fit into the name, which must hold exactly both.
    last = findings.fitted(last, "surName", LONGEST_PART_OF_NAME - 1 if first else LONGEST_PART_OF_NAME)
    whole = clean_line(f"{first} {last}")
    return BuyerNames(whole, first, last, whole)


def _person(buyer: Buyer) -> tuple[str, str]:
    first, last = clean_line(buyer.invoice.first_name), clean_line(buyer.invoice.last_name)
    if not first and not last and buyer.invoice.name:
        first, _, last = clean_line(buyer.invoice.name).rpartition(" ")
    return first, last


def _company(buyer: Buyer, first: str, last: str, findings: Findings) -> BuyerNames:
    company = findings.fitted(buyer.invoice.company, "name", LONGEST_NAME)
    first = findings.fitted(first, "firstName", LONGEST_PART_OF_NAME)
    last = findings.fitted(last, "surName", LONGEST_PART_OF_NAME)
    return BuyerNames(company, first, last, clean_line(f"{first} {last}"))


def organisation_number(buyer: Buyer, country: str, findings: Findings) -> str:
    """The number as Specter gets it: a Swedish one in normal form with its hyphen, another as entered.

    A wrong check digit is a flag and no reason to hold. What is no number at all is left out, and said.
    """
    entered = clean_line(buyer.organisation_number)
    if not entered:
        return ""
    checked = check_number(entered)
    if not checked.text or len(entered) > LONGEST_ORGANISATION_NUMBER or to_latin1(entered).replaced:
        findings.warn(
            "organisation_number_unusable",
            "What the buyer entered as organisation or personal number is none; it is left out.",
            "Enter the right number in Specter if one is needed.",
        )
        return ""
    swedish = country in ("", "SE")
    if swedish and not checked.is_right:
        findings.warn(
            "organisation_number_wrong",
            "The organisation or personal number that the buyer entered "
            + (
                "has not the form of a Swedish one"
                if checked.kind is NumberKind.UNUSUAL
                else "has a wrong check digit"
            )
            + "; it is sent as entered.",
            "Ask the customer, and correct the number in Specter.",
        )
    if swedish and not buyer.is_company and checked.kind is NumberKind.ORGANISATION and checked.is_right:
        findings.warn(
            "buyer_kind_unclear",
            "The buyer ordered as a private person with the number of an organisation.",
            "Look in Specter whether the customer is a company.",
        )
    if checked.is_right and swedish:
        return f"{checked.text[:6]}-{checked.text[6:]}"
    return entered


def usable_organisation_number(buyer: Buyer) -> str:
    """The number in its normal form, by which two orders are of one customer; empty if there is none."""
    entered = clean_line(buyer.organisation_number)
    if len(entered) > LONGEST_ORGANISATION_NUMBER or to_latin1(entered).replaced:
        return ""
    return check_number(entered).text


def vat_number(buyer: Buyer, country: str, findings: Findings) -> str:
    """The VAT number in capitals without separators. What looks wrong is sent and flagged."""
    if not buyer.vat_number.strip():
        return ""
    number = normal_vat_number(buyer.vat_number)
    if len(number) > LONGEST_VAT_NUMBER or to_latin1(number).replaced:
        findings.warn(
            "vat_number_unusual",
            "What the buyer entered as VAT number is none; it is left out.",
            "Enter the right number in Specter if one is needed.",
        )
        return ""
    words = vat_number_problem(number)
    land = COUNTRIES_OF_VAT.get(number[:2], number[:2])
    if not words and country and land != country:
        words = "it is of another country than the invoice address"
    if words:
        findings.warn(
            "vat_number_unusual",
            f"The buyer's VAT number looks wrong: {words}; it is sent as entered.",
            "Check the number before you invoice without VAT.",
        )
    return number


def phones(buyer: Buyer) -> tuple[str, str]:
    """(telephone, mobile): Swedish numbers go where they belong, whichever field they were entered in."""
    phone, mobile = clean_line(buyer.phone), clean_line(buyer.mobile)
    if not mobile and _SWEDISH_MOBILE.fullmatch(_PHONE_SIGNS.sub("", phone)):
        return "", phone
    if not phone and _SWEDISH_LANDLINE.fullmatch(_PHONE_SIGNS.sub("", mobile)):
        return mobile, ""
    return phone, mobile


def address_values(
    address: Address, kind: str, recipient: str, findings: Findings, *, company_in_row_1: bool
) -> dict[str, Any]:
    """An address as ``buyer.invoice`` or ``buyer.delivery`` offers it.

    :param kind: "invoice" or "delivery", for messages.
    :param recipient: whom it is for, beside the company.
    """
    country = country_code(address.country)
    if country is None:
        findings.warn(
            "country_unknown",
            f"The country of the {kind} address is no country that is known; it is left out.",
            "Enter the country in Specter, and correct it on the order in the shop.",
        )
        country = ""
    elif not country:
        country = "SE"
    code, code_is_right = postcode(address.postcode, country)
    if not code_is_right:
        findings.warn(
            "postcode_unusual",
            f"The postcode of the {kind} address has not the form of its country's; it is sent as entered.",
            "Check the address before you deliver.",
        )
    empty = [name for name in ("street", "postcode", "town") if not clean_line(getattr(address, name))]
    if empty:
        findings.warn(
            "address_incomplete",
            f"The {kind} address has no {' and no '.join(empty)}.",
            "Ask the customer before you deliver.",
        )
    company, rows = clean_line(address.company), [clean_line(address.street), clean_line(address.street2)]
    if company_in_row_1 and company:
        rows = [company, ", ".join(filter(None, rows))]
        company = ""
    return {
        "company": company,
        "attention": recipient,
        "row1": rows[0],
        "row2": rows[1],
        "postcode": code,
        "town": clean_line(address.town),
        "country": country,
        "region": clean_line(address.state),
    }
