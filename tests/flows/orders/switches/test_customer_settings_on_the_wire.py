"""Every setting about customers, by what it changes in the requests as Specter received them.

Numbers in the names are those of Abicart's settings page; what has none is a setting of ours.
"""

from __future__ import annotations

from typing import Any

import pytest
from desk import Desk
from order_set import COMPANY, person

MOVED = person("Karin", address="Nygatan 2")


# Customers: settings 2 to 5


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({}, {}),
        ({"customers__ignore_email": True}, {"ignoreControlEmail": "1"}),
        ({"customers__ignore_organisation_number": True}, {"ignoreControlOrgNo": "1"}),
    ],
)
def test_2_and_3_what_specter_matches_a_customer_by(
    desk: Desk, changes: dict[str, object], sent: dict[str, str]
) -> None:
    """As the flag stands, so Specter finds the customer that somebody made there by hand, or makes a new one."""
    desk.specter.edit("customer.new", name="Roos", emailAddress="inkop@roos.example", orgNo="5560000001")
    desk.specter.edit("customer.new", name="Roos 2", emailAddress="annan@roos.example", orgNo="5599994802")
    desk.use(**changes)
    found = desk.buy(customer=COMPANY)
    for call in found.customers:
        assert {name: call.fields[name] for name in call.fields if name.startswith("ignore")} == sent
    by_email, by_number = 5001, 5002
    expected = by_number if "ignoreControlEmail" in sent else by_email
    assert found.order.fields["customerId"] == str(expected)


def test_4_with_both_every_order_has_a_customer_of_its_own_and_a_retry_none(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.use(customers__ignore_email=True, customers__ignore_organisation_number=True)
    first = desk.buy()
    desk.specter.fault("too_many", action="newOrderSubmit", seconds=0, count=1)
    second = desk.buy()
    assert second.outcome[0] == "failed"
    again = desk.lab.run()
    assert again.outcomes[second.number] == ("sent", "")
    assert [call.fields["ignoreControlEmail"] for call in first.customers + second.customers] == ["1", "1"]
    assert len(desk.lab.customers()) == 2
    assert "the main cause of duplicate customers" in caplog.text


def test_5_a_matched_customer_is_updated_or_left_alone(desk: Desk) -> None:
    desk.specter.edit("customer.new", name="Karin B", emailAddress="karin@example.com", address="Gamla vägen")
    first = desk.buy()
    assert [call.fields.get("forceCustomerUpdate") for call in first.customers] == [None, "1"]
    [customer] = desk.lab.customers()
    assert customer["fields"]["address"] == "Ängsvägen 1"
    desk.use(customers__update_matched=False)
    moved = desk.buy(customer=MOVED)
    assert moved.customers == []
    [customer] = desk.lab.customers()
    assert customer["fields"]["address"] == "Ängsvägen 1"
    # So that the goods find their way, the address goes with the order.
    assert "Nygatan 2" in moved.order.fields["internalComment"]
    desk.use()
    moved = desk.buy(customer=MOVED)
    assert [call.fields.get("forceCustomerUpdate") for call in moved.customers] == ["1"]
    assert "Nygatan 2" not in moved.order.fields.get("internalComment", "")
    [customer] = desk.lab.customers()
    assert customer["fields"]["address"] == "Nygatan 2"


@pytest.mark.parametrize(("kind", "buyer"), [("private", person("Karin")), ("company", COMPANY)])
def test_customer_groups(desk: Desk, kind: str, buyer: dict[str, Any]) -> None:
    assert "customerGroupId" not in desk.buy(customer=buyer).customers[0].fields
    desk.use(**{f"customers__group__{kind}": 37})
    moved = buyer | {"address": buyer["address"] | {"town": "Kiruna"}}
    assert desk.buy(customer=moved).customers[0].fields["customerGroupId"] == "37"


def test_an_order_without_address_is_held_or_gets_one_of_its_own(desk: Desk) -> None:
    guest = person("Karin") | {"info": {"email": None}}
    held = desk.buy(customer=guest)
    assert (held.outcome, held.customers, held.orders) == (("held", "email_missing"), [], [])
    desk.use(
        customers__missing_email="placeholder",
        customers__placeholder_email="kund-{order_number}@butik.invalid",
    )
    found = desk.export({"uid": held.uid, "orderNumber": held.number, "costs": {"total": {"incVat": "125"}}})
    assert found.outcome == ("sent", "")
    assert found.customers[0].fields["emailAddress"] == f"kund-{held.number}@butik.invalid"
    assert {call.fields["ignoreControlEmail"] for call in found.customers} == {"1"}
