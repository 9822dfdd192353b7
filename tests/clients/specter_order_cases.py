"""What the tests of customers and orders in Specter share."""

from __future__ import annotations

from decimal import Decimal

CUSTOMER = {
    "name": "Åsa  Öberg AB",
    "firstName": "Åsa",
    "surName": "Öberg",
    "contactPerson": "Åsa Öberg",
    "customerOrganizationalForm": "C",
    "orgNo": "556016-0680",
    "emailAddress": "asa@example.se",
    "address": 'Storgatan 1 & "B"',
    "zipCodeEng": "111 22",
    "city": "Göteborg",
    "countryCode": "SE",
}
MATCHED = {"force": False, "ignore_email": False, "ignore_organisation_number": False}
ALWAYS_NEW = {"force": False, "ignore_email": True, "ignore_organisation_number": True}

FIELDS = {
    "externalOrderNo": "W-10023",
    "orderDate": "2026-03-01",
    "currency": "SEK",
    "payTypeIdentifier": "SW",
    "publishedComment": "Ring på dörren\r\ntack",
}
ROWS = [
    {
        "articleNo": "BLA-1",
        "articleName": "Blå mössa",
        "noOfItems": "2",
        "priceExclVAT": "159.200",
        "vatPercent": "25",
    },
    {
        "articleNo": "FRAKT",
        "articleName": "Frakt",
        "noOfItems": "1",
        "priceExclVAT": "39.2",
        "vatPercent": "25",
    },
]


def with_articles(control) -> None:
    """The articles that the rows name."""
    for row in ROWS:
        control.edit("article.new", number=row["articleNo"], name=row["articleName"], available="10")


def orders(control) -> list[tuple]:
    return [
        (
            one["external_number"],
            one["customer_number"],
            [
                (
                    row["article_number"],
                    row["name"],
                    Decimal(str(row["quantity"])),
                    Decimal(str(row["price"])),
                    Decimal(str(row["vat_percent"])),
                )
                for row in one["rows"]
            ],
        )
        for one in control.inspect("orders")
    ]


def wanted(customer_no: int) -> tuple:
    rows = [
        ("BLA-1", "Blå mössa", Decimal(2), Decimal("159.2"), Decimal(25)),
        ("FRAKT", "Frakt", Decimal(1), Decimal("39.2"), Decimal(25)),
    ]
    return "W-10023", customer_no, rows
