"""Orders whose every personal datum is marked, and everything that may be said about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from order_set import CARD, INVOICE, START
from shelf import Shelf, new_article
from tests.privacy.marked_data import Mark, person_name, words_of

TOKEN, USER_KEY, INTEGRATION_KEY = "MARKED+token/åäö=", "MARKED-user-key", "MARKED integration&key"
HASH_SECRET = "MARKED secret of the hashes"
ACCOUNT = {
    "sbm_id": 1000,
    "api_version": 2,
    "integration_key": INTEGRATION_KEY,
    "users": {12: {"key": USER_KEY}},
}
SECRETS = [
    Mark("token", TOKEN),
    Mark("user key", USER_KEY),
    Mark("integration key", INTEGRATION_KEY),
    Mark("hash secret", HASH_SECRET),
]

EMAIL, PHONE, PERSONAL_NUMBER = "markgerd.zatter@omarkt.example", "070-1740699", "19121212-1212"
GREETING, ENGRAVING, NOTE = "Hälsa Ödlaberga", "Graveras Vingödla", "Snörvelqvist vill bli uppringd"
DOOR, REFERENCE = "MARKKOD-77", "REF-OMARKT-8841"
ROW_NAME = "Avdrag Trumslagarin"

GERD: dict[str, Any] = {
    "info": {"type": "private", "email": EMAIL, "nin": PERSONAL_NUMBER},
    "address": {
        "firstName": "Märkgerd",
        "lastName": "Zätterqvist",
        "address": "Qvistvägensände 77",
        "address2": "c/o Vrångströmmer",
        "postcode": "987 65",
        "town": "Vrånghultby",
        "country": "SE",
        "phoneMobile": PHONE,
    },
    "deliveryAddress": {
        "copyAddress": False,
        "name": "Åkermärta Bränngårdh",
        "address": "Lövtunneln 9",
        "postcode": "987 66",
        "town": "Dalkullestad",
        "country": "SE",
    },
}
FIRM: dict[str, Any] = {
    "info": {
        "type": "business",
        "email": "inkop@trollbinda.example",
        "companyNumber": "559999-4802",
        "vatNumber": "SE559999480201",
    },
    "address": {
        "company": "Trollbinda Konsultrim AB",
        "firstName": "Jämtrut",
        "lastName": "Sprättgren",
        "address": "Kontorsgrändhörn 3",
        "postcode": "987 67",
        "town": "Vrånghultby",
        "country": "SE",
        "phoneDay": "08-4650040",
    },
}
POLE: dict[str, Any] = {
    "info": {"type": "private", "email": "łukasz@omarkt.example"},
    "address": {
        "firstName": "Łukaszmark",
        "lastName": "Żółćowskí 😀",
        "address": "Ulica Wrzosówkowa 5",
        "postcode": "QX7 9ZWK",
        "town": "Świdrówek",
        "country": "XX",
        "phoneMobile": "+48 501 990 771",
    },
}
LONG: dict[str, Any] = {
    "info": {"type": "private", "email": "lang@omarkt.example", "nin": "19121212-1213"},
    "address": {
        "firstName": "Långamärkt" * 8,
        "lastName": "Ändlösqvist" * 8,
        "address": "Spirvägsstig 1",
        "postcode": "98765A",
        "town": "Vrånghultby",
        "country": "SE",
    },
}
NAMESAKE: dict[str, Any] = {
    "info": {"type": "private", "email": EMAIL},
    "address": GERD["address"] | {"firstName": "Halvmärkt", "lastName": "Zätterbroder"},
}
GUEST: dict[str, Any] = {"info": {"email": None}, "address": GERD["address"] | {"firstName": "Gästmärkt"}}
ODD_ADDRESS: dict[str, Any] = {
    "info": {"email": "oläslig(vid)omarkt"},
    "address": FIRM["address"] | {"company": None, "firstName": "Oläsmärkt"},
}
MOVED = {
    "address": {"address": "Nymärktgatan 4", "town": "Flyttbohult"},
    "info": {"email": "ny@omarkt.example"},
}

MARKS = [
    *person_name("Märkgerd", "Zätterqvist"),
    *person_name("Åkermärta", "Bränngårdh"),
    *person_name("Jämtrut", "Sprättgren"),
    *person_name("Łukaszmark", "Żółćowskí"),
    *person_name("Lukaszmark", "Zólcowskí"),
    *person_name("Lukaszmark", "Zolcowski"),
    *person_name("Halvmärkt", "Zätterbroder"),
    Mark("first name", "Gästmärkt"),
    Mark("first name", "Oläsmärkt"),
    Mark("first name", "Långamärkt"),
    Mark("last name", "Ändlösqvist"),
    *words_of("company", "Trollbinda Konsultrim"),
    Mark("e-mail", EMAIL),
    Mark("e-mail's name", "markgerd.zatter"),
    Mark("e-mail's domain", "omarkt.example"),
    Mark("e-mail", "inkop@trollbinda.example"),
    Mark("e-mail", "oläslig(vid)omarkt"),
    Mark("phone", PHONE),
    Mark("phone", "08-4650040"),
    Mark("phone", "+48 501 990 771"),
    Mark("personal number", PERSONAL_NUMBER),
    Mark("personal number", "121212-1212"),
    Mark("personal number", "19121212-1213"),
    Mark("organisation number", "559999-4802"),
    Mark("VAT number", "SE559999480201"),
    *(
        mark
        for what, text in (
            ("street", "Qvistvägensände 77"),
            ("street", "Lövtunneln 9"),
            ("street", "Kontorsgrändhörn 3"),
            ("street", "Wrzosówkowa 5"),
            ("street", "Spirvägsstig 1"),
            ("street", "Nymärktgatan 4"),
        )
        for mark in words_of(what, text)
    ),
    Mark("care of", "Vrångströmmer"),
    Mark("postcode", "987 65"),
    Mark("postcode", "QX7 9ZWK"),
    Mark("postcode", "98765A"),
    Mark("town", "Vrånghultby"),
    Mark("town", "Dalkullestad"),
    Mark("town", "Świdrówek"),
    Mark("town", "Flyttbohult"),
    *(mark for mark in words_of("text by the buyer", GREETING) if mark.value != "Hälsa"),
    *(mark for mark in words_of("text by the buyer", ENGRAVING) if mark.value != "Graveras"),
    Mark("text by the buyer", DOOR),
    Mark("note", NOTE),
    Mark("word of note", "Snörvelqvist"),
    Mark("payment reference", REFERENCE),
    Mark("name of a row", "Trumslagarin"),
    *SECRETS,
]

QUOTED = [
    f"Kunden Märkgerd Zätterqvist ({EMAIL}) finns redan med personnummer {PERSONAL_NUMBER}",
    f"ZÄTTERQVIST,MÄRKGERD: fel i Qvistvägensände 77,987 65 VRÅNGHULTBY; tel.{PHONE}/0701740699; {EMAIL.upper()}",
    "nr 191212121212 eller 121212-1212 (Zätterqvist/Märkgerd) c/o Vrångströmmer; Åkermärta Bränngårdh",
    "Spärrad kund. " * 12 + "Kontakta Märkgerd Zätterqvist på Qvistvägensände",
    f"emailAddress={EMAIL}&name=Märkgerd+Zätterqvist&address=Qvistv%E4gens%E4nde+77 nyckel {USER_KEY} key={'0a' * 16}",
    "Trollbinda Konsultrim AB 559999-4802 5599994802 SE559999480201 inkop@trollbinda.example Jämtrut_Sprättgren",
]
"""Words with which a system may refuse, quoting somebody it knows in spellings of its own."""

WRITTEN = f"texten '{ENGRAVING}' och '{GREETING}' samt {DOOR}: {NOTE} ({REFERENCE})"
"""Quotes what was written on two of the orders."""


def place_marked(control: Any) -> dict[str, dict[str, Any]]:
    """The orders by name. One has a negative row of a strange name: the shop shows discounts as rows."""
    control.switches(order_discount="negative_item")
    shelf = Shelf.of(control)
    lamp, food = shelf.of_rate["0.25"][0], shelf.of_rate["0.12"][0]
    custom = [{"name": "Hälsning", "value": GREETING}, {"name": "Portkod", "value": DOOR}]
    rows = [{"article": lamp, "choices": {"2999": ENGRAVING}}, {"article": food, "quantity": 3}]
    gone = new_article(control, "BORTA-1")
    wanted: dict[str, dict[str, Any]] = {
        "person": {"rows": rows, "customer": GERD, "custom": custom, "note": NOTE, "gift_cards": ["50"]},
        "company": {
            "rows": rows,
            "customer": FIRM,
            "custom": custom,
            "note": NOTE,
            "payment_method": INVOICE,
        },
        "odd_characters": {"rows": rows, "customer": POLE, "language": "en"},
        "too_long": {"rows": [{"article": food}], "customer": LONG, "note": NOTE * 20},
        "same_address": {"rows": [{"article": food}], "customer": NAMESAKE},
        "guest": {"rows": [{"article": food}], "customer": GUEST},
        "odd_address": {"rows": [{"article": food}], "customer": ODD_ADDRESS},
        "odd_row": {
            "rows": [{"article": lamp}],
            "discount": {"name": ROW_NAME, "amount": 5},
            "customer": GERD,
        },
        "in_euro": {"rows": [{"article": lamp, "price": "9"}], "currency": "EUR", "customer": FIRM},
        "lost_article": {"rows": [{"article": gone}, *rows], "customer": GERD},
        "again": {"rows": [{"article": lamp}], "customer": GERD, "note": NOTE},
    }
    placed = {
        name: dict(
            control.edit(
                "place_order",
                **{"payment_method": CARD, "ordered": (START + timedelta(minutes=n)).isoformat()} | order,
            )
        )
        for n, (name, order) in enumerate(wanted.items())
    }
    control.edit("delete", **{"class": "Article", "uid": gone})
    for payment in control.inspect("Payment", limit=1000):
        control.edit("Payment", uid=payment["uid"], patch={"externalRef": REFERENCE})
    return placed


def edit_afterwards(control: Any, placed: dict[str, dict[str, Any]]) -> None:
    """What people do to orders that went already."""
    row = control.inspect("Order", uid=placed["person"]["uid"])["items"][0]
    control.edit("edit_order", uid=placed["person"]["uid"], quantity={row: 5}, customer=MOVED)
    control.edit(
        "edit_order", uid=placed["again"]["uid"], customer=MOVED, custom=[{"name": "Hälsning", "value": DOOR}]
    )
    control.edit("refund", uid=placed["odd_characters"]["uid"], amount="10")
    control.edit("discard_order", uid=placed["company"]["uid"], discarded=True)
