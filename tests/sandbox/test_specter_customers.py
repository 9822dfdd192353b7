"""newCustomerSubmit: matching, its flags and its switches (reference 5.1)."""

from __future__ import annotations

import pytest

EVA = {"emailAddress": "eva@example.se", "orgNo": "556000-0001", "city": "Malmö"}


def test_a_new_customer_then_the_same_by_email_and_by_organisation_number(specter) -> None:
    assert specter.call.customer(**EVA)[:2] == ("1", "5001")
    assert specter.call.customer(emailAddress=" EVA@example.se", orgNo="999")[:2] == ("1", "5001")
    assert specter.call.customer(emailAddress="other@example.se", orgNo="5560000001")[:2] == ("1", "5001")
    assert specter.call.customer(emailAddress="other@example.se")[:2] == ("1", "5002")


def test_a_match_is_overwritten_only_with_force(specter) -> None:
    specter.call.customer(**EVA)
    specter.call.customer(**EVA | {"city": "Lund"})
    assert specter.control.inspect("customers")[0]["fields"]["city"] == "Malmö"
    specter.call.customer(emailAddress="eva@example.se", city="Lund", forceCustomerUpdate="1")
    stored = specter.control.inspect("customers", number=5001)[0]
    assert (stored["fields"]["city"], stored["fields"]["orgno"], stored["updates"]) == (
        "Lund",
        "556000-0001",
        1,
    )


def test_switches_of_matching(specter) -> None:
    specter.call.customer(**EVA)
    specter.control.switches(match_without_force="updated", omitted_fields="cleared")
    specter.call.customer(emailAddress="eva@example.se")
    assert specter.control.inspect("customers")[0]["fields"] == {
        "name": "Åsa Öberg AB",
        "emailaddress": "eva@example.se",
    }


@pytest.mark.parametrize(("switch", "number"), [("email", "5001"), ("orgno", "5002")])
def test_email_and_organisation_number_of_different_customers(specter, switch: str, number: str) -> None:
    specter.call.customer(emailAddress="eva@example.se")
    specter.call.customer(orgNo="556000-0001")
    specter.control.switches(match_conflict=switch)
    assert specter.call.customer(**EVA)[1] == number


@pytest.mark.parametrize(
    ("flags", "number"),
    [
        ({}, "5001"),
        ({"ignoreControlEmail": "1"}, "5002"),
        ({"ignoreControlOrgNo": "1"}, "5001"),
        ({"ignoreControlEmail": "1", "ignoreControlOrgNo": "1"}, "5003"),
    ],
)
def test_ignore_flags(specter, flags: dict[str, str], number: str) -> None:
    specter.call.customer(emailAddress="eva@example.se")
    specter.call.customer(orgNo="556000-0001")
    assert specter.call.customer(**EVA, **flags)[1] == number


def test_empty_keys_match_nobody(specter) -> None:
    assert [specter.call.customer(emailAddress="", orgNo="")[1] for _ in range(2)] == ["5001", "5002"]


def test_addressed_by_customer_number(specter) -> None:
    specter.call.customer(**EVA)
    by_number = {"customerId": "5001", "identifyByCustomerId": "1", "forceCustomerUpdate": "1"}
    assert specter.call.customer(emailAddress="new@example.se", **by_number)[:2] == ("1", "5001")
    assert specter.call.customer(emailAddress="new@example.se")[1] == "5001"
    assert specter.call.customer(emailAddress="eva@example.se")[1] == "5002"
    assert specter.call.customer(**by_number | {"customerId": "7"})[:2] == ("0", "9004")


def test_lengths_and_missing_name(specter) -> None:
    assert specter.call.customer(orgNo="1" * 21)[:2] == ("0", "9012")
    specter.control.switches(too_long="cut")
    assert specter.call.customer(orgNo="1" * 21)[0] == "1"
    assert specter.control.inspect("customers")[0]["fields"]["orgno"] == "1" * 20
    specter.control.switches(key_check="off")
    assert specter.call.put("newCustomerSubmit", "", {"emailAddress": "x@example.se"})[:2] == ("0", "9003")
