"""Customers: names and streets from Faker, everything else made so that it can belong to nobody."""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from faker import Faker

from shop_sandbox.abicart.order_model import Customer, Person
from shop_sandbox.abicart.store import Shop
from shop_sandbox.seed.options import SeedOptions

ABROAD = (("NO", "0150", "Oslo"), ("FI", "00100", "Helsingfors"), ("DE", "10115", "Berlin"))


@dataclass(frozen=True, slots=True)
class Sort:
    """What a customer is made to be; everything else is drawn."""

    company: bool = False
    elsewhere: bool = False
    abroad: int | None = None


SORTS = {2: Sort(company=True, elsewhere=True), 4: Sort(abroad=0), 6: Sort(abroad=2)}
"""By place: a company that wants the goods at another address, someone in Norway, someone in Germany."""


def make_customers(shop: Shop, options: SeedOptions, draw: random.Random) -> None:
    """Three quarters are private; a few live abroad; some want the goods at another address.

    The first ones are of every sort, so that a shop of few customers has them too (``SORTS``).
    """
    fake = Faker("sv_SE")
    fake.seed_instance(options.seed)
    for place in range(options.customer_count):
        created = (options.now - timedelta(minutes=30 + int(draw.random() * 500_000))).replace(microsecond=0)
        uid = shop.customers.new_uid()
        shop.add(
            "customers",
            Customer(uid, created, created, make_person(fake, draw, uid, SORTS.get(place, Sort()))),
        )


def check_digit(digits: str) -> str:
    """The last digit of a Swedish personal or organisation number after its first nine."""
    total = 0
    for place, digit in enumerate(digits):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


def _test_personal_number(draw: random.Random) -> str:
    """Birth numbers 980 to 999 are kept for tests and given to nobody."""
    year, month, day = (
        1950 + int(draw.random() * 55),
        1 + int(draw.random() * 12),
        1 + int(draw.random() * 28),
    )
    serial = 980 + int(draw.random() * 20)
    digits = f"{year % 100:02d}{month:02d}{day:02d}{serial}"
    return f"{year // 100}{digits[:6]}-{digits[6:]}{check_digit(digits)}"


def _organisation_number(draw: random.Random) -> str:
    digits = f"559999{int(draw.random() * 1000):03d}"
    return f"{digits[:6]}-{digits[6:]}{check_digit(digits)}"


def _mailbox(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z]+", ".", plain.lower()).strip(".")


def make_person(fake: Faker, draw: random.Random, key: int | str, sort: Sort) -> Person:
    """``key`` makes the e-mail address this customer's own."""
    first, last = fake.first_name(), fake.last_name()
    is_company = draw.random() < 0.25 or sort.company
    company = (
        f"{last} {draw.choice(('Bygg', 'Måleri', 'Redovisning', 'Café', 'Trädgård'))} AB"
        if is_company
        else None
    )
    domain = "example.se" if draw.random() < 0.5 else "example.com"
    number = _organisation_number(draw) if is_company else None
    info: dict[str, Any] = {
        "type": "business" if is_company else "private",
        "email": f"{_mailbox(f'{first} {last}')}.{key}@{domain}",
        "nin": None if is_company or draw.random() < 0.4 else _test_personal_number(draw),
        "vatNumber": f"SE{number.replace('-', '')}01" if number else None,
        "companyNumber": number,
    }
    address = _address(fake, draw, first, last, company)
    if sort.abroad is not None:
        address |= dict(zip(("country", "postcode", "town"), ABROAD[sort.abroad], strict=True))
    delivery = _delivery_address(fake, draw, address, elsewhere=sort.elsewhere)
    return Person(info, address, delivery, _custom(draw))


def _address(fake: Faker, draw: random.Random, first: str, last: str, company: str | None) -> dict[str, Any]:
    country, postcode, town = (
        "SE",
        f"{100 + int(draw.random() * 880)} {int(draw.random() * 90) + 10}",
        fake.city(),
    )
    if draw.random() < 0.05:
        country, postcode, town = draw.choice(ABROAD)
    return {
        "company": company,
        "firstName": first,
        "lastName": last,
        "address": fake.street_address(),
        "address2": "c/o Ek" if draw.random() < 0.05 else "",
        "postcode": postcode,
        "town": town,
        "country": country,
        "state": None,
        "phoneDay": "",
        "phoneNight": "",
        # Numbers set aside for books and films, 070-174 06 05 to 06 99.
        "phoneMobile": f"070-17406{5 + int(draw.random() * 95):02d}",
    }


def _delivery_address(
    fake: Faker, draw: random.Random, address: dict[str, Any], *, elsewhere: bool
) -> dict[str, Any]:
    shown = {
        "copyAddress": draw.random() < 0.85 and not elsewhere,
        "company": address["company"],
        "name": f"{address['firstName']} {address['lastName']}",
        **{name: address[name] for name in ("address", "address2", "postcode", "town", "country", "state")},
    }
    if not shown["copyAddress"]:
        shown |= {"name": fake.name(), "address": fake.street_address(), "town": fake.city()}
    return shown


def _custom(draw: random.Random) -> tuple[dict[str, str], ...]:
    if draw.random() < 0.7:
        return ()
    return ({"name": "Portkod", "value": f"{int(draw.random() * 10_000):04d}"},)
