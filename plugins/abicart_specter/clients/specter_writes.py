"""What goes into the calls that write customers and orders (Specter reference 5.1, 5.3, seen in client code)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from abicart_specter.clients.specter_form import LARGEST_BODY, check_latin1, encode_pairs
from abicart_specter.domain.orders.masking import OPEN_FIELDS, SHORTEST
from abicart_specter.errors import RecordError

NEW_CUSTOMER, NEW_ORDER = "newCustomerSubmit", "newOrderSubmit"

NEVER_SENT = frozenset({"customerid", "ignoreexternalordernocontrol"})
"""The first is given apart; the second would switch off Specter's check for orders that it has already (rule 11)."""


@dataclass(frozen=True, slots=True)
class WriteAnswer:
    """A write that Specter accepted.

    :param number: the object's number, if it was told; ``None`` means accepted, number unknown.
    :param words: its own words, fit for a log.
    """

    number: int | None
    code: str
    words: str


def customer_is_matched(
    fields: Mapping[str, str], *, ignore_email: bool, ignore_organisation_number: bool
) -> bool:
    """Whether Specter would find the customer that the same call made before, so that repeating it doubles nobody.

    It looks at the e-mail address and the organisation number (Specter reference 5.1, third-party documentation),
    and can match on neither that is to be ignored or that is not sent.
    """
    by_email = not ignore_email and bool(fields.get("emailAddress", "").strip())
    by_number = not ignore_organisation_number and bool(fields.get("orgNo", "").strip())
    return by_email or by_number


def customer_key_text(fields: Mapping[str, str]) -> str:
    """The text that signs a customer's call: the name as Specter reads it, one blank between words.

    Company or full name, else first name and surname, else contact person (Specter reference 2, and question 9).

    :raises RecordError: the customer has no name.
    """
    person = f"{fields.get('firstName', '')} {fields.get('surName', '')}"
    for text in (fields.get("name", ""), person, fields.get("contactPerson", "")):
        if collapsed := " ".join(text.split()):
            return collapsed
    raise RecordError(
        "The customer has no name, and Specter takes none without.",
        rule="customer_name_missing",
        remedy="Enter the buyer's name on the order in the shop.",
    )


def customer_body(
    fields: Mapping[str, str], *, ignore_email: bool, ignore_organisation_number: bool
) -> bytes:
    """The form body of ``newCustomerSubmit``.

    :raises RecordError: a text does not fit ISO-8859-1, or all of them are too long. The message names the field, never
        the text.
    """
    check_latin1("The customer", fields)
    pairs = list(fields.items())
    if ignore_email:
        pairs.append(("ignoreControlEmail", "1"))
    if ignore_organisation_number:
        pairs.append(("ignoreControlOrgNo", "1"))
    body = encode_pairs(pairs).encode("ascii")
    if len(body) > LARGEST_BODY:
        raise RecordError(
            f"The customer's texts are too long for one call to Specter ({len(body)} of {LARGEST_BODY} bytes).",
            rule="customer_too_large",
            remedy="Shorten the texts of the buyer on the order in the shop.",
        )
    return body


def personal_texts(fields: Mapping[str, str]) -> list[str]:
    """What Specter might quote of a customer's fields: each text, and its single words; longest first."""
    texts = {text.strip() for name, text in fields.items() if name not in OPEN_FIELDS}
    words = {word for text in texts for word in text.split()}
    return sorted((text for text in texts | words if len(text) >= SHORTEST), key=len, reverse=True)


def order_name(fields: Mapping[str, str]) -> str:
    """How messages name an order."""
    return f"order {fields.get('externalOrderNo') or '(no number)'}"


def order_body(customer_no: int, fields: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """The form body of ``newOrderSubmit``: rows numbered from 1 without gaps (Specter reference 4).

    :raises RecordError: a text does not fit ISO-8859-1, or the order is too large for one call.
    :raises ValueError: no rows, or a field that is not the caller's to send.
    """
    if not rows:
        raise ValueError("no rows")
    if wrong := NEVER_SENT & {field.lower() for field in fields}:
        raise ValueError(f"not the caller's to send: {', '.join(sorted(wrong))}")
    name = order_name(fields)
    name = name[0].upper() + name[1:]
    check_latin1(name, fields)
    pairs = [("customerId", str(customer_no)), *fields.items()]
    for place, row in enumerate(rows, start=1):
        check_latin1(f"{name}, row {place} (product number {row.get('articleNo', '')})", row)
        pairs += [(f"{field}_{place}", text) for field, text in row.items()]
    body = encode_pairs(pairs).encode("ascii")
    if len(body) > LARGEST_BODY:
        raise RecordError(
            f"{name}: its {len(rows)} rows are too much for one call to Specter "
            f"({len(body)} of {LARGEST_BODY} bytes).",
            rule="order_too_large",
            remedy="Enter the order in Specter by hand, then link it with the single-order form.",
        )
    return body
