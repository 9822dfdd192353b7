"""The Specter customer of an order: matched, brought up to date, shared, or left alone (rules 14 to 17)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from order_lab import NOON, OrderLab


def buyer(email: str | None, street: str = "Storgatan 1", **more: Any) -> dict[str, Any]:
    return {
        "info": {"type": "private", "email": email, **more},
        "address": {
            "firstName": "Eva",
            "lastName": "Ek",
            "address": street,
            "postcode": "111 22",
            "town": "Stockholm",
            "country": "SE",
        },
    }


def customer_calls(lab: OrderLab) -> list[dict[str, list[str]]]:
    """Fields of every newCustomerSubmit, query and body together."""
    return [
        parse_qs(one["query"], encoding="latin-1") | parse_qs(one["body"], encoding="latin-1")
        for one in lab.specter_server.control.requests(action="newCustomerSubmit")
    ]


def forced(lab: OrderLab) -> list[bool]:
    return [call.get("forceCustomerUpdate") == ["1"] for call in customer_calls(lab)]


def customers(lab: OrderLab) -> list[dict[str, Any]]:
    return list(lab.specter_server.control.inspect("customers", limit=1000))


def flags(lab: OrderLab, uid: int) -> set[str]:
    return {row.flag.rule for row in lab.export.ledger.iter_open_flags("demo") if row.flag.key.uid == uid}


def test_the_first_contact_goes_unforced_and_then_brings_the_record_up_to_date(order_lab: OrderLab) -> None:
    order_lab.single(order_lab.place(NOON, customer=buyer("eva@example.com")))
    assert forced(order_lab) == [False, True]
    assert len(customers(order_lab)) == 1


def test_a_known_buyer_whose_data_did_not_change_is_not_written_again(order_lab: OrderLab) -> None:
    for _ in range(3):
        order_lab.single(order_lab.place(NOON, customer=buyer("eva@example.com")))
    assert forced(order_lab) == [False, True]
    assert len({one["customer_number"] for one in order_lab.specter_orders()}) == 1


def test_a_known_buyer_who_moved_is_brought_up_to_date(order_lab: OrderLab) -> None:
    order_lab.single(order_lab.place(NOON, customer=buyer("eva@example.com")))
    order_lab.single(order_lab.place(NOON, customer=buyer("EVA@example.com", street="Nygatan 2")))
    assert forced(order_lab) == [False, True, True]
    (customer,) = customers(order_lab)
    assert customer["fields"]["address"] == "Nygatan 2"


def test_a_customer_that_was_in_specter_before_is_matched_and_updated(order_lab: OrderLab) -> None:
    order_lab.specter_server.control.edit(
        "customer.new", name="Eva Ek", emailaddress="eva@example.com", address="Gamla gatan 9"
    )
    order_lab.single(order_lab.place(NOON, customer=buyer("eva@example.com")))
    (customer,) = customers(order_lab)
    assert customer["fields"]["address"] == "Storgatan 1"


def test_with_updating_off_a_match_is_left_alone_and_the_address_goes_with_the_order(
    order_lab: OrderLab,
) -> None:
    order_lab.use(customers__update_matched=False)
    order_lab.specter_server.control.edit(
        "customer.new", name="Eva Ek", emailaddress="eva@example.com", address="Gamla gatan 9"
    )
    order_lab.single(order_lab.place(NOON, customer=buyer("eva@example.com")))
    (customer,) = customers(order_lab)
    assert customer["fields"]["address"] == "Gamla gatan 9"
    assert forced(order_lab) == [False]
    (order,) = order_lab.specter_orders()
    assert "Storgatan 1" in str(order["fields"])


def test_a_record_that_two_buyers_share_is_left_alone_and_flagged(order_lab: OrderLab) -> None:
    """Two companies by number, one e-mail address: Specter matches by e-mail first."""
    one = buyer("reception@example.com", companyNumber="5560360793", type="business")
    two = buyer("reception@example.com", street="Annan gata 3", companyNumber="5565475489", type="business")
    order_lab.single(order_lab.place(NOON, customer=one))
    second = order_lab.place(NOON, customer=two)
    order_lab.single(second)
    (customer,) = customers(order_lab)
    assert customer["fields"]["address"] == "Storgatan 1"
    assert "customer_shared" in flags(order_lab, second)
    newest = max(order_lab.specter_orders(), key=lambda made: made["number"])
    assert "Annan gata 3" in str(newest["fields"]), "the address goes with the order instead"


def test_without_an_email_the_order_is_held_or_gets_one_of_its_own(order_lab: OrderLab) -> None:
    uid = order_lab.place(NOON, customer=buyer(None))
    order_lab.single(uid)
    assert order_lab.orders.states("demo", [uid])[uid].rule == "email_missing"
    order_lab.use(customers__missing_email="placeholder")
    order_lab.single(uid, order_lab.place(NOON, customer=buyer(None)))
    calls = customer_calls(order_lab)
    assert len({call["emailAddress"][0] for call in calls}) == 2
    assert all(call["ignoreControlEmail"] == ["1"] for call in calls)
    assert len(customers(order_lab)) == 2


def test_a_placeholder_never_replaces_an_address_that_specter_has(order_lab: OrderLab) -> None:
    order_lab.use(customers__missing_email="placeholder")
    number = "5560360793"
    order_lab.specter_server.control.edit(
        "customer.new", name="Bolaget AB", emailaddress="riktig@example.com", orgno=number
    )
    wanted = buyer(None, companyNumber=number, type="business")
    wanted["address"]["company"] = "Bolaget AB"
    order_lab.single(order_lab.place(NOON, customer=wanted))
    (customer,) = customers(order_lab)
    assert customer["fields"]["emailaddress"] == "riktig@example.com"
    assert forced(order_lab) == [False]


def test_both_ignore_flags_make_a_new_customer_for_each_order_and_only_one(order_lab: OrderLab) -> None:
    order_lab.use(customers__ignore_email=True, customers__ignore_organisation_number=True)
    uids = [order_lab.place(NOON, customer=buyer("eva@example.com")) for _ in range(3)]
    order_lab.single(*uids)
    order_lab.single(*uids)
    assert len(customers(order_lab)) == 3
    assert forced(order_lab) == [False, False, False]


def test_another_name_under_the_same_address_is_pointed_out(order_lab: OrderLab) -> None:
    order_lab.single(order_lab.place(NOON, customer=buyer("familjen@example.com")))
    other = buyer("familjen@example.com")
    other["address"]["firstName"] = "Olle"
    second = order_lab.place(NOON, customer=other)
    third = order_lab.place(NOON, customer=other)
    order_lab.single(second)
    order_lab.single(third)
    assert "customer_name_differs" in flags(order_lab, second)
    assert "customer_name_differs" not in flags(order_lab, third), "the name is the known one by now"
    assert "Olle" not in str(order_lab.dump_ledger())
