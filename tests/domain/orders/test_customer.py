"""A buyer as Specter gets them, and the key by which orders are of one customer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.orders.order_cases import (
    MAPPING,
    PRIVATE,
    SECRET,
    SHOP,
    company,
    customer,
    leaks,
    order,
    shop,
)

from abicart_specter.domain.orders.customer import (
    EMAIL_MISSING,
    NAME_MISSING,
    customer_key,
    customer_key_of,
    customer_write,
)
from abicart_specter.domain.orders.records import CustomerWrite, ShopOrder
from abicart_specter.domain.records import Severity
from abicart_specter.domain.row_hash import row_hash
from abicart_specter.errors import RecordError
from abicart_specter.settings import ShopSettings


def written(read: ShopOrder, settings: ShopSettings = SHOP) -> CustomerWrite:
    return customer_write(read, settings, MAPPING, order_number=read.number)


def of(settings: ShopSettings = SHOP, /, **parts: Any) -> CustomerWrite:
    """The write of a private person's order; keywords change parts of the customer."""
    return written(order(customer=customer(**parts)), settings)


def rules(write: CustomerWrite) -> list[str]:
    assert all(flag.severity is Severity.WARNING for flag in write.flags)
    assert leaks(*(f"{flag.message} {flag.remedy}" for flag in write.flags)) == []
    return [flag.rule for flag in write.flags]


def test_a_private_person() -> None:
    write = written(order())
    place = {"address": PRIVATE["street"], "addressRow2": "", "zipCodeEng": "111 22", "city": PRIVATE["town"]}
    name = f"{PRIVATE['first']} {PRIVATE['last']}"
    assert write.fields == {
        "name": name,
        "firstName": PRIVATE["first"],
        "surName": PRIVATE["last"],
        "contactPerson": name,
        "customerOrganizationalForm": "P",
        "typeCustomer": "C",
        "orgNo": "900101-9802",
        "emailAddress": PRIVATE["email"],
        "mobileNo": PRIVATE["phone"],
        "currency": "SEK",
        "language": "SE",
        "invoiceCompanyName": "",
        "attention": "",
        **place,
        "countryCode": "SE",
        "region": "",
        "deliveryCompanyName": "",
        "deliveryAttention": name,
        "deliveryAddress": PRIVATE["street"],
        "deliveryAddressRow2": "",
        "deliveryZipCodeEng": "111 22",
        "deliveryCity": PRIVATE["town"],
        "deliveryCountryCode": "SE",
        "deliveryregion": "",
    }
    assert write.hash == row_hash(write.fields)
    assert (write.ignore_email, write.ignore_organisation_number, write.placeholder_email) == (False,) * 3
    assert write.match_rule == "e-mail address, then organisation or personal number"
    assert write.flags == ()
    assert leaks(repr(write)) == []


def test_a_company() -> None:
    write = written(order(customer=company()))
    assert write.fields["customerOrganizationalForm"] == "C"
    assert write.fields["name"] == write.fields["invoiceCompanyName"] == "Ek Bygg AB"
    assert (
        write.fields["contactPerson"] == write.fields["attention"] == f"{PRIVATE['first']} {PRIVATE['last']}"
    )
    assert (write.fields["orgNo"], write.fields["vatNo"]) == ("559999-0008", "SE559999000801")
    assert write.flags == ()


@pytest.mark.parametrize(
    ("info", "name", "is_company"),
    [
        ({"type": "business"}, None, True),
        ({"type": "Business"}, None, True),
        ({"type": "company"}, None, True),
        ({"type": "private"}, "Ek AB", False),
        ({"type": None}, None, False),
        ({"type": None}, "Ek AB", True),
        ({"type": "okänd"}, "Ek AB", True),
        ({"type": None, "companyNumber": "559999-0008"}, None, True),
    ],
)
def test_company_or_person_is_decided_by_rule(
    info: dict[str, Any], name: str | None, is_company: bool
) -> None:
    read = order(customer=customer(info=info, address={"company": name}))
    assert read.buyer.is_company is is_company
    assert written(read).fields["customerOrganizationalForm"] == ("C" if is_company else "P")


def test_a_company_takes_its_own_number_and_a_person_theirs() -> None:
    both = {"nin": "900101-9802", "companyNumber": "559999-0008"}
    assert of(info=both).fields["orgNo"] == "900101-9802"
    assert of(info=both | {"type": "business"}, address={"company": "X AB"}).fields["orgNo"] == "559999-0008"
    sole_trader = written(order(customer=company(info={"companyNumber": None, "nin": "900101-9802"})))
    assert sole_trader.fields["orgNo"] == "900101-9802"
    assert sole_trader.flags == ()


def test_a_company_without_a_name_goes_under_the_persons() -> None:
    write = written(order(customer=company(address={"company": ""})))
    assert write.fields["name"] == f"{PRIVATE['first']} {PRIVATE['last']}"
    assert rules(write) == ["company_name_missing"]


@pytest.mark.parametrize(
    ("number", "sent", "rule"),
    [
        ("900101-9803", "900101-9803", "organisation_number_wrong"),
        ("12", None, "organisation_number_unusable"),
        ("1234567890", None, "organisation_number_unusable"),
        ("123457", "123457", "organisation_number_wrong"),
        ("0000000000", None, "organisation_number_unusable"),
        ("saknar personnummer, tyvärr", None, "organisation_number_unusable"),
        ("ж00101-9802", None, "organisation_number_unusable"),
        ("559999-0008", "559999-0008", "buyer_kind_unclear"),
    ],
)
def test_a_number_that_looks_wrong_is_a_flag_and_no_reason_to_hold(
    number: str, sent: str | None, rule: str
) -> None:
    write = of(info={"nin": number})
    assert write.fields.get("orgNo") == sent
    assert rules(write) == [rule]
    assert number not in " ".join(flag.message for flag in write.flags)


def test_a_foreign_number_is_sent_as_it_is() -> None:
    place = {"country": "DE", "postcode": "10115"}
    write = of(info={"nin": None, "companyNumber": "HRB 12345"}, address=place)
    assert write.fields["orgNo"] == "HRB 12345"
    assert write.flags == ()


@pytest.mark.parametrize(
    ("number", "sent", "country", "flagged"),
    [
        ("se 559999-0008 01", "SE559999000801", "SE", False),
        ("DE123456789", "DE123456789", "DE", False),
        ("EL123456789", "EL123456789", "GR", False),
        ("DE123456789", "DE123456789", "SE", True),
        ("SE559999000901", "SE559999000901", "SE", True),
        ("5599990008", "5599990008", "SE", True),
        ("x" * 31, None, "SE", True),
    ],
)
def test_vat_numbers(number: str, sent: str | None, country: str, flagged: bool) -> None:
    postcodes = {"SE": "111 22", "DE": "10115", "GR": "104 31"}
    write = written(
        order(
            customer=company(
                info={"vatNumber": number}, address={"country": country, "postcode": postcodes[country]}
            )
        )
    )
    assert write.fields.get("vatNo") == sent
    assert rules(write) == (["vat_number_unusual"] if flagged else [])


@pytest.mark.parametrize(
    ("day", "night", "mobile", "sent"),
    [
        ("08-123456", "", "070-1740605", ("08-123456", "070-1740605")),
        ("070-1740605", "", "", (None, "070-1740605")),
        ("+46 70 174 06 05", "", "", (None, "+46 70 174 06 05")),
        ("", "08-123456", "", ("08-123456", None)),
        ("", "", "08-123456", ("08-123456", None)),
        ("070-1740605", "", "0701740606", ("070-1740605", "0701740606")),
        ("", "", "+49 30 1234", (None, "+49 30 1234")),
        ("", "", "", (None, None)),
    ],
)
def test_phones(day: str, night: str, mobile: str, sent: tuple[str | None, str | None]) -> None:
    fields = of(address={"phoneDay": day, "phoneNight": night, "phoneMobile": mobile}).fields
    assert (fields.get("phoneNo"), fields.get("mobileNo")) == sent


def test_another_delivery_address() -> None:
    there = {
        "copyAddress": False,
        "company": "Lager AB",
        "name": "Lo Lager",
        "address": "Hamnen 1",
        "address2": "port 3",
        "postcode": "0150",
        "town": "Oslo",
        "country": "NO",
        "state": "Oslo",
    }
    fields = of(deliveryAddress=there).fields
    assert {name: one for name, one in fields.items() if name.startswith("delivery")} == {
        "deliveryCompanyName": "Lager AB",
        "deliveryAttention": "Lo Lager",
        "deliveryAddress": "Hamnen 1",
        "deliveryAddressRow2": "port 3",
        "deliveryZipCodeEng": "0150",
        "deliveryCity": "Oslo",
        "deliveryCountryCode": "NO",
        "deliveryregion": "Oslo",
    }
    assert fields["address"] == PRIVATE["street"]


def test_copy_address_wins_over_what_stands_in_the_other_fields() -> None:
    there = {"copyAddress": True, "name": "Någon annan", "address": "Fel gata", "town": "Fel ort"}
    assert of(deliveryAddress=there).fields == written(order()).fields


@pytest.mark.parametrize(
    ("row_1", "company_name", "rows"),
    [
        (False, "Ek Bygg AB", (PRIVATE["street"], "vån 2")),
        (True, "", ("Ek Bygg AB", f"{PRIVATE['street']}, vån 2")),
    ],
)
def test_setting_13_the_company_in_address_row_1(
    row_1: bool, company_name: str, rows: tuple[str, str]
) -> None:
    settings = shop(orders={"company_in_address_row_1": row_1})
    fields = written(order(customer=company(address={"address2": "vån 2"})), settings).fields
    assert (fields["invoiceCompanyName"], fields["name"]) == (company_name, "Ek Bygg AB")
    assert (fields["address"], fields["addressRow2"]) == rows
    assert (fields["deliveryAddress"], fields["deliveryAddressRow2"]) == rows
    private = of(settings, address={"address2": "vån 2"}).fields
    assert (private["address"], private["addressRow2"]) == (PRIVATE["street"], "vån 2")


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        ({"country": "Narnia"}, "country_unknown"),
        ({"postcode": "1"}, "postcode_unusual"),
        ({"address": " "}, "address_incomplete"),
        ({"town": None}, "address_incomplete"),
    ],
)
def test_an_odd_place_is_flagged(place: dict[str, Any], rule: str) -> None:
    write = of(address=place)
    # Once for the invoice address; the delivery address is the same one.
    assert rules(write) == [rule]


def test_an_unknown_country_is_left_out() -> None:
    assert "countryCode" not in of(address={"country": "Narnia"}).fields
    assert of(address={"country": ""}).fields["countryCode"] == "SE"
    assert of(address={"country": "Norge", "postcode": "0150"}).fields["countryCode"] == "NO"


@pytest.mark.parametrize(
    ("language", "sent"),
    [
        ("sv", "SE"),
        ("en", "EN"),
        ("nb", "NO"),
        ("no", "NO"),
        ("nn", "NO"),
        ("de", "EN"),
        ("", "SE"),
        (None, "SE"),
    ],
)
def test_languages(language: str | None, sent: str) -> None:
    assert written(order(language=language)).fields["language"] == sent


@pytest.mark.parametrize("kind", ["private", "company"])
def test_customer_groups(kind: str) -> None:
    settings = shop(customers={"group": {"private": 7, "company": 8}})
    write = of(settings) if kind == "private" else written(order(customer=company()), settings)
    assert write.fields["customerGroupId"] == ("7" if kind == "private" else "8")
    assert "customerGroupId" not in of().fields


# Settings 2 to 4, and rules 16 and 17.


@pytest.mark.parametrize(
    ("email", "number", "has_number", "flags", "rule"),
    [
        (False, False, True, (False, False), "e-mail address, then organisation or personal number"),
        (False, False, False, (False, False), "e-mail address"),
        (True, False, True, (True, False), "organisation or personal number"),
        (True, False, False, (True, True), "none, always a new customer"),
        (False, True, True, (False, True), "e-mail address"),
        (True, True, True, (True, True), "none, always a new customer"),
    ],
)
def test_the_flags_are_those_of_the_settings(
    email: bool, number: bool, has_number: bool, flags: tuple[bool, bool], rule: str
) -> None:
    settings = shop(customers={"ignore_email": email, "ignore_organisation_number": number})
    write = of(settings, info={} if has_number else {"nin": None})
    assert (write.ignore_email, write.ignore_organisation_number) == flags
    assert write.match_rule == rule


@pytest.mark.parametrize(
    "email",
    [None, "", "  ", "-", "saknas", "a@b", "a b@example.se", "ж@example.se", "@", "x" * 100 + "@example.se"],
)
def test_an_order_without_a_usable_address_is_held_or_gets_a_placeholder(email: str | None) -> None:
    with pytest.raises(RecordError) as caught:
        of(info={"email": email})
    assert caught.value.rule == EMAIL_MISSING
    assert "Order '10023'" in caught.value.message
    write = of(shop(customers={"missing_email": "placeholder"}), info={"email": email})
    assert write.fields["emailAddress"] == "order-10023@example.invalid"
    assert (write.placeholder_email, write.ignore_email, write.ignore_organisation_number) == (
        True,
        True,
        False,
    )
    assert rules(write) == ["email_placeholder"]


def test_a_placeholder_without_any_number_makes_a_new_customer_and_says_so() -> None:
    write = of(shop(customers={"missing_email": "placeholder"}), info={"email": None, "nin": None})
    assert (write.ignore_email, write.ignore_organisation_number) == (True, True)
    assert write.match_rule == "none, always a new customer"


def test_a_placeholder_is_an_address_whatever_the_prefix() -> None:
    settings = shop(customers={"missing_email": "placeholder"})
    write = customer_write(
        order(customer=customer(info={"email": None})), settings, MAPPING, order_number="Å/10 23-R2"
    )
    assert write.fields["emailAddress"] == "order--10-23-R2@example.invalid"


def test_no_name_at_all_is_held_and_any_name_is_better_than_none() -> None:
    nameless = {"firstName": None, "lastName": " "}
    with pytest.raises(RecordError) as caught:
        of(address=nameless)
    assert caught.value.rule == NAME_MISSING
    assert of(address=nameless | {"company": "Ek AB"}).fields["name"] == "Ek AB"
    there = {"copyAddress": False, "name": "Lo Ek", "address": "Gatan 1"}
    assert of(address=nameless, deliveryAddress=there).fields["name"] == "Lo Ek"


# Lengths and characters.


@pytest.mark.parametrize(
    ("part", "field", "length"),
    [
        ({"address": {"firstName": "å" * 60, "lastName": "Ek"}}, "firstName", 50),
        ({"address": {"firstName": "", "lastName": "ö" * 60}}, "surName", 50),
        ({"address": {"firstName": "Bo", "lastName": "ö" * 60}}, "surName", 49),
        ({"address": {"phoneMobile": "+46" + "1" * 60}}, "mobileNo", 50),
    ],
)
def test_texts_are_cut_to_specters_length_and_flagged(part: dict[str, Any], field: str, length: int) -> None:
    write = of(**part)
    assert len(write.fields[field]) == length
    assert rules(write) == ["text_cut"]
    assert f"Specter's field {field}: " in write.flags[0].message
    assert f" were cut to {length}." in write.flags[0].message


def test_a_long_company_name_is_cut_in_both_places() -> None:
    write = written(order(customer=company(address={"company": "Åh " * 50})))
    assert len(write.fields["name"]) <= 100
    assert set(rules(write)) == {"text_cut"}
    assert {flag.message.split(":")[0] for flag in write.flags} == {
        "Specter's field name",
        "Specter's field invoiceCompanyName",
        "Specter's field deliveryCompanyName",
    }


def test_characters_that_specter_cannot_take_are_replaced_and_not_shown() -> None:
    write = of(address={"firstName": "Łukasz", "lastName": "Иванов", "address": "Gatan “1”"})
    assert write.fields["name"] == "Lukasz Ivanov"
    assert write.fields["address"] == 'Gatan "1"'
    assert {"text_changed"} == set(rules(write))
    shown = " ".join(flag.message for flag in write.flags)
    assert "Specter's field surName: " in shown
    assert not any(letter in shown for letter in "ŁИванов“")


NAMES = st.text(st.characters(codec="utf-8"), max_size=120)


@given(NAMES, NAMES)
def test_every_reading_of_the_key_is_the_same_for_a_person(first: str, last: str) -> None:
    try:
        fields = of(address={"firstName": first, "lastName": last}).fields
    except RecordError as error:
        assert error.rule == NAME_MISSING
        return
    person = " ".join(f"{fields.get('firstName', '')} {fields.get('surName', '')}".split())
    assert fields["name"] == person == fields["contactPerson"]
    assert len(fields["name"]) <= 100
    assert max(len(fields.get("firstName", "")), len(fields.get("surName", ""))) <= 50
    fields["name"].encode("iso-8859-1")


TEXT = st.text(st.characters(codec="utf-8"), max_size=80)


@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("address", "address2", "postcode", "town", "country"), TEXT)
    ),
    TEXT,
    TEXT,
)
def test_whatever_was_entered_fits_specter(place: dict[str, str], number: str, vat: str) -> None:
    write = of(address=place, info={"nin": number, "vatNumber": vat})
    for text in write.fields.values():
        text.encode("iso-8859-1")
        assert "\n" not in text
    assert len(write.fields.get("orgNo", "")) <= 20
    assert len(write.fields.get("vatNo", "")) <= 30


# The key of rule 14.


def key(settings: ShopSettings = SHOP, uid: int = 50023, secret: bytes = SECRET, /, **parts: Any) -> str:
    shown = customer(**parts)
    found = customer_key(order(uid=uid, customer=shown), settings, secret)
    assert customer_key_of(shown, uid, settings, MAPPING.names, secret) == found
    return found


def test_the_same_number_is_the_same_customer_however_it_is_written() -> None:
    assert key(info={"nin": "900101-9802"}) == key(info={"nin": "199001019802", "email": "annan@example.se"})


def test_without_a_number_the_address_tells() -> None:
    none = {"nin": None}
    assert key(info=none | {"email": " A@Example.SE "}) == key(info=none | {"email": "a@example.se"})
    assert key(info=none | {"email": "b@example.se"}) != key(info=none | {"email": "a@example.se"})
    for filler in ("0000000000", "saknas", "1234567890"):
        assert key(info={"nin": filler}) == key(info=none)


def test_what_specter_does_not_match_by_is_passed_over() -> None:
    by_email = shop(customers={"ignore_organisation_number": True})
    assert key(by_email, info={"nin": "559999-0008"}) == key(by_email, info={"nin": None})
    by_number = shop(customers={"ignore_email": True})
    assert key(by_number, 1, info={"nin": None}) != key(by_number, 2, info={"nin": None})
    assert key(by_number, 1, info={"email": "x@example.se"}) == key(by_number, 2)


def test_orders_that_nothing_joins_stand_alone() -> None:
    nothing = {"nin": None, "email": None}
    assert key(SHOP, 1, info=nothing) != key(SHOP, 2, info=nothing)
    always_new = shop(customers={"ignore_email": True, "ignore_organisation_number": True})
    assert key(always_new, 1) != key(always_new, 2)
    assert key(always_new, 1) == key(always_new, 1)


def test_a_customer_that_cannot_be_read_stands_alone() -> None:
    alone = key(SHOP, 7, info={"nin": None, "email": None})
    for unreadable in (6001, "x", {"info": "x"}, {"info": {"email": ["x"]}}):
        assert customer_key_of(unreadable, 7, SHOP, MAPPING.names, SECRET) == alone


def test_the_key_needs_the_secret_and_shows_nothing() -> None:
    assert key() != key(SHOP, 50023, b"another")
    assert len(key()) == 64
    assert leaks(key()) == []
