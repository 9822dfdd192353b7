"""Customers and orders into Specter: what never leaves us, and how a customer is matched and signed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clients.raw_server import RawServer, http, in_turn
from tests.clients.specter_order_cases import (
    CUSTOMER,
    FIELDS,
    MATCHED,
    ROWS,
    with_articles,
)

from abicart_specter.clients.specter_writes import customer_is_matched, customer_key_text, order_body
from abicart_specter.errors import AbicartSpecterError, RecordError

# What never leaves us.


@pytest.mark.parametrize(
    ("fields", "rows", "rule", "words"),
    [
        (
            {"publishedComment": "łódź"},
            ROWS,
            "text_outside_latin1",
            r"Order W-10023: field publishedComment holds U\+0142",
        ),
        (
            {},
            [ROWS[0], ROWS[1] | {"articleComment": "hej 🎁"}],
            "text_outside_latin1",
            r"Order W-10023, row 2 \(product number FRAKT\): field articleComment holds U\+1F381",
        ),
        (
            {"internalComment": "ö" * 33_400},
            ROWS,
            "order_too_large",
            r"its 2 rows are too much .* of 100000 bytes",
        ),
        ({}, ROWS * 600, "order_too_large", "its 1200 rows"),
    ],
)
def test_an_order_that_does_not_fit_is_held_before_anything_is_sent(opening, fields, rows, rule, words):
    with RawServer(in_turn(http("1;1;x"))) as server:
        with pytest.raises(RecordError, match=words) as caught:
            opening.specter(server.url).submit_order(4, FIELDS | fields, rows)
        assert caught.value.rule == rule
        assert "łódź" not in str(caught.value)
        assert "🎁" not in str(caught.value)
        assert server.received == []


def test_an_order_may_be_as_large_as_a_call_can_be(specter_server, opening):
    with_articles(specter_server.control)
    client = opening.specter(specter_server.url)
    number = client.submit_customer(CUSTOMER, **MATCHED).number
    room = 100_000 - len(order_body(number, FIELDS | {"internalComment": ""}, ROWS))
    client.submit_order(number, FIELDS | {"internalComment": "x" * room}, ROWS)
    assert len(specter_server.control.requests()[-1]["body"]) == 100_000
    with pytest.raises(RecordError):
        client.submit_order(number, FIELDS | {"internalComment": "x" * (room + 1)}, ROWS)
    assert client.counts.requests == 2


@pytest.mark.parametrize("field", ["customerId", "CUSTOMERID", "ignoreExternalOrderNoControl"])
def test_nobody_can_switch_off_the_duplicate_control(opening, field):
    with RawServer(in_turn(http("1;1;x"))) as server:
        with pytest.raises(ValueError, match="not the caller's to send"):
            opening.specter(server.url).submit_order(4, FIELDS | {field: "1"}, ROWS)
        with pytest.raises(ValueError, match="no rows"):
            opening.specter(server.url).submit_order(4, FIELDS, [])
        assert server.received == []


def test_a_customer_that_does_not_fit_is_held_before_anything_is_sent(opening):
    with RawServer(in_turn(http("1;1;x"))) as server:
        client = opening.specter(server.url)
        with pytest.raises(RecordError, match=r"The customer: field city holds U\+0141") as caught:
            client.submit_customer(CUSTOMER | {"city": "Łódź"}, **MATCHED)
        assert "dź" not in str(caught.value)
        with pytest.raises(RecordError, match="no name"):
            client.submit_customer({"name": "  ", "emailAddress": "a@example.se"}, **MATCHED)
        with pytest.raises(RecordError, match="too long"):
            client.submit_customer(CUSTOMER | {"address": "x" * 100_000}, **MATCHED)
        assert server.received == []


def test_before_it_leaves_the_caller_is_asked(opening):
    with RawServer(in_turn(http("1;1;x"))) as server:
        client = opening.specter(server.url)

        def stop():
            raise AbicartSpecterError("lease lost")

        for submit in (
            lambda: client.submit_order(4, FIELDS, ROWS, before_try=stop),
            lambda: client.submit_customer(CUSTOMER, **MATCHED, before_try=stop),
        ):
            with pytest.raises(AbicartSpecterError, match="lease lost"):
                submit()
        assert server.received == []
        asked = []
        client.submit_order(4, FIELDS, ROWS, before_try=lambda: asked.append(len(server.received)))
        assert asked == [0]


# How a customer is matched and signed.

BLANKS = st.text(" \t", max_size=3)
NAMES = st.text("abcåäöéÅÄÖ", min_size=1, max_size=8)


@given(st.lists(st.tuples(BLANKS, NAMES), min_size=1, max_size=4), BLANKS)
def test_every_way_to_read_a_name_gives_the_same_text(parts, end):
    words = [word for _, word in parts]
    text = "".join(f"{blanks} {word}" for blanks, word in parts) + end
    assert customer_key_text({"name": text}) == " ".join(words)
    assert customer_key_text(
        {"name": " ", "firstName": words[0], "surName": " ".join(words[1:])}
    ) == " ".join(words)
    assert customer_key_text({"contactPerson": text}) == " ".join(words)


@pytest.mark.parametrize("customer_key", ["any", "first"])
@pytest.mark.parametrize(
    "names",
    [
        {"name": " Åsa   Öberg "},
        {"firstName": "Åsa", "surName": "Öberg"},
        {"contactPerson": "Åsa Öberg"},
        {"name": "Berg AB", "firstName": "Åsa", "surName": "Öberg", "contactPerson": "Åsa Öberg"},
    ],
)
def test_the_key_is_accepted_for_company_and_person(specter_server, opening, names, customer_key):
    specter_server.control.switches(customer_key=customer_key)
    fields = {**names, "emailAddress": "asa@example.se"}
    assert opening.specter(specter_server.url).submit_customer(fields, **MATCHED).number


@pytest.mark.parametrize(
    ("fields", "ignore_email", "ignore_organisation_number", "matched"),
    [
        ({"emailAddress": "a@b.se", "orgNo": "1"}, False, False, True),
        ({"emailAddress": "a@b.se", "orgNo": "1"}, True, False, True),
        ({"emailAddress": "a@b.se", "orgNo": "1"}, False, True, True),
        ({"emailAddress": "a@b.se", "orgNo": "1"}, True, True, False),
        ({"emailAddress": "a@b.se"}, True, False, False),
        ({"emailAddress": "a@b.se"}, False, True, True),
        ({"orgNo": "1", "emailAddress": " "}, False, True, False),
        ({"orgNo": "1"}, True, False, True),
        ({}, False, False, False),
    ],
)
def test_a_repeat_is_matched_exactly_when_specter_matches_it(
    specter_server, opening, fields, ignore_email, ignore_organisation_number, matched
):
    flags = {"ignore_email": ignore_email, "ignore_organisation_number": ignore_organisation_number}
    assert customer_is_matched(fields, **flags) is matched
    client = opening.specter(specter_server.url)
    for _ in range(2):
        client.submit_customer({"name": "Åsa", **fields}, force=False, **flags)
    assert len(specter_server.control.inspect("customers")) == (1 if matched else 2)
