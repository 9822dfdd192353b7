"""Keeps what is personal out of words that other systems say, and out of what a preview shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from abicart_specter.domain.orders.records import Buyer

HIDDEN = "‹hidden›"
SHORTEST = 3
"""Shorter texts occur in ordinary words: hiding them would tell where they are and make the rest unreadable."""

OPEN_FIELDS = frozenset(
    {
        "customerOrganizationalForm",
        "typeCustomer",
        "customerGroupId",
        "currency",
        "language",
        "countryCode",
        "deliveryCountryCode",
    }
)
"""Fields of a customer that say nothing about a person."""

_EMAIL = re.compile(r"[^\s'\"<>(),;:]+@[^\s'\"<>(),;:]+")


def personal_texts(buyer: Buyer, fields: Mapping[str, str]) -> list[str]:
    """Every text of a buyer that Specter might quote: as entered, as sent, and the single words of names."""
    texts: set[str] = {
        value.strip() for name, value in fields.items() if name not in OPEN_FIELDS and value.strip()
    }
    for text in (buyer.email, buyer.organisation_number, buyer.vat_number, buyer.phone, buyer.mobile):
        texts.add(text.strip())
    for address in (buyer.invoice, buyer.delivery):
        if address is not None:
            texts |= {
                address.company,
                address.first_name,
                address.last_name,
                address.name,
                address.street,
                address.street2,
                address.postcode,
                address.town,
            }
    texts |= set(buyer.custom.values())
    words = {word for text in texts for word in re.split(r"\s+", text)}
    return sorted({text for text in texts | words if len(text) >= SHORTEST}, key=len, reverse=True)


def hide(words: str, personal: Iterable[str]) -> str:
    """The words without any of these texts, and without anything that looks like an e-mail address."""
    out = _EMAIL.sub(HIDDEN, words)
    for text in personal:
        out = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", HIDDEN, out, flags=re.IGNORECASE)
    return out


def masked(fields: Mapping[str, str]) -> dict[str, str]:
    """A customer's fields as a preview may show them: which are filled and how long, not with what."""
    return {
        name: value if name in OPEN_FIELDS else f"‹{len(value)} characters›" for name, value in fields.items()
    }
