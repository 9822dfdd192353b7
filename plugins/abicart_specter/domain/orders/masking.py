"""Keeps what is personal out of words that other systems say, and out of what a preview shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from abicart_specter.domain.orders.records import Buyer, ShopOrder
from abicart_specter.domain.orders.strangers import EMAIL, HIDDEN, hide_strangers

SHORTEST = 3
"""Shorter texts occur in ordinary words: hiding them would tell where they are and make the rest unreadable."""

_SHORTEST_WRITTEN = 5
"""Of what a buyer or an administrator wrote, shorter words are ordinary ones."""

_SHORTEST_NUMBER = 6
_LOOSE = r"[\W_]*"

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


def written_texts(order: ShopOrder) -> list[str]:
    """What somebody wrote on an order: by its rows, as its note, as the name of a row that is no product; and the
    payments' references. Longest first.
    """
    texts = {order.note, *(payment.reference for payment in order.payments)}
    for item in order.items:
        texts.update(item.texts)
        if item.article_uid is None:
            texts.add(item.name)
    words = {word for text in texts for word in re.split(r"\W+", text) if len(word) >= _SHORTEST_WRITTEN}
    return sorted({text for text in texts | words if len(text.strip()) >= SHORTEST}, key=len, reverse=True)


def hide(words: str, personal: Iterable[str], known: Iterable[str] = ()) -> str:
    """The words without any of these texts, however they are written, and without whatever looks like a person's name,
    number or e-mail address: a system may quote somebody else's.

    :param known: product and order numbers, and what else may be shown although it looks like that.
    """
    out = unquote(words, "latin-1") if "%" in words else words
    out = EMAIL.sub(HIDDEN, out)
    for text in personal:
        for pattern in _patterns(text):
            out = re.sub(rf"(?<![^\W_]){pattern}(?![^\W_])", HIDDEN, out, flags=re.IGNORECASE)
    return hide_strangers(out, known)


def _patterns(text: str) -> Iterator[str]:
    """How a text may be written: its words with anything or nothing between them; a number's digits alike."""
    parts = re.findall(r"[^\W_]+", text)
    if not parts or len("".join(parts)) < SHORTEST:
        return
    yield _LOOSE.join(map(re.escape, parts))
    digits = "".join(parts)
    if not digits.isdecimal() or len(digits) < _SHORTEST_NUMBER:
        return
    yield _LOOSE.join(digits)
    if len(digits) == 12:  # a personal number without its century
        yield _LOOSE.join(digits[2:])
    if digits.startswith("0"):  # a phone number with its country
        yield r"(?:\+|00)?\d{2}" + _LOOSE + r"\(?0?\)?" + _LOOSE + _LOOSE.join(digits[1:])


def masked(fields: Mapping[str, str]) -> dict[str, str]:
    """A customer's fields as a preview may show them: which are filled and how long, not with what."""
    return {
        name: value if name in OPEN_FIELDS else f"‹{len(value)} characters›" for name, value in fields.items()
    }
