"""Customer keys and their customers in Specter (rules 14 to 16)."""

from __future__ import annotations

import pytest
from order_samples import SHOP, Clock, customer_intent

from abicart_specter.ledger import CustomerChangedError, CustomerState, Ledger, ShopBinding


def customer(ledger: Ledger, key: str = "key") -> CustomerState:
    return ledger.orders.customers(SHOP, [key])[key]


def test_a_number_shared_by_two_buyers_is_seen(ledger: Ledger) -> None:
    orders = ledger.orders
    for key in ("a", "b"):
        lease = orders.begin(SHOP, key, "owner", 60, customer_intent(key))
        confirmed = orders.confirm_customer(lease, SHOP, key, "77", "hash", 1)
        ledger.release_lease(lease)
    assert confirmed.other_keys == ("a",)
    assert orders.other_keys_of(SHOP, "77", "c") == ["a", "b"]
    assert orders.other_keys_of("other", "77", "c") == []


def test_a_number_of_another_shops_buyer_is_seen_if_they_share_the_account(ledger: Ledger) -> None:
    for shop, webshop, sbm_id in ((SHOP, 1, 1000), ("second", 2, 1000), ("elsewhere", 3, 1001)):
        ledger.bind(ShopBinding(shop, webshop, sbm_id, 12))
    orders = ledger.orders
    lease = orders.begin(SHOP, "a", "owner", 60, customer_intent("a"))
    orders.confirm_customer(lease, SHOP, "a", "77", "hash", 1)
    assert orders.other_keys_of("second", "77", "b") == ["a"]
    assert orders.other_keys_of("second", "77", "a") == [], "the same buyer"
    assert orders.other_keys_of("elsewhere", "77", "b") == [], "another account's number 77"


def test_a_buyer_whose_number_changed_is_seen(ledger: Ledger) -> None:
    orders = ledger.orders
    lease = orders.begin(SHOP, "key", "owner", 60, customer_intent())
    assert orders.confirm_customer(lease, SHOP, "key", "77", "a", 1).previous_no is None
    assert orders.confirm_customer(lease, SHOP, "key", "77", "b", 1).previous_no is None
    assert orders.confirm_customer(lease, SHOP, "key", "78", None, 2).previous_no == "77"
    kept = customer(ledger)
    assert (kept.specter_customer_no, kept.previous_no, kept.fields_hash, kept.order_uid) == (
        "78",
        "77",
        None,
        2,
    )


def test_a_customer_that_got_a_number_meanwhile_is_not_made_twice(ledger: Ledger) -> None:
    orders = ledger.orders
    lease = orders.begin(SHOP, "key", "first", 60, customer_intent())
    orders.confirm_customer(lease, SHOP, "key", "77", "hash", 1)
    ledger.release_lease(lease)
    before = customer(ledger)
    with pytest.raises(CustomerChangedError, match="has number 77") as raised:
        orders.begin(SHOP, "key", "second", 60, customer_intent(first_contact=True))
    assert (raised.value.specter_customer_no, raised.value.rule) == ("77", "customer_changed")
    assert customer(ledger) == before
    lease = orders.begin(SHOP, "key", "second", 60, customer_intent())  # an update
    assert customer(ledger).open_intents == 1
    with pytest.raises(CustomerChangedError):
        orders.intend(lease, 60, customer_intent(first_contact=True))
    assert customer(ledger).open_intents == 1


def test_a_lost_answer_is_remembered_until_an_answer_comes(timed: Ledger, clock: Clock) -> None:
    orders = timed.orders
    timed.release_lease(orders.begin(SHOP, "key", "owner", 60, customer_intent()))  # lost
    assert (customer(timed).open_intents, customer(timed).specter_customer_no) == (1, None)
    lease = orders.begin(SHOP, "key", "owner", 60, customer_intent())
    assert customer(timed).open_intents == 2
    orders.intend(lease, 60, customer_intent())  # the same intent, told again
    assert customer(timed).open_intents == 2
    orders.customer_not_sent(lease, SHOP, "key")
    orders.customer_not_sent(lease, SHOP, "key")
    assert customer(timed).open_intents == 1
    orders.confirm_customer(lease, SHOP, "key", "77", "hash", 1)
    assert customer(timed) == CustomerState("key", "77", "hash", clock.now, 1)


def test_a_write_taken_back_leaves_nothing_open(ledger: Ledger) -> None:
    lease = ledger.orders.begin(SHOP, "key", "owner", 60, customer_intent())
    ledger.orders.customer_not_sent(lease, SHOP, "key")
    assert (customer(ledger).open_intents, customer(ledger).intent_hash) == (0, None)
    ledger.orders.customer_not_sent(lease, SHOP, "nobody")
    assert customer(ledger, "nobody") == CustomerState("nobody")


def test_a_late_answer_is_stored_and_the_new_owners_intent_stays(timed: Ledger, clock: Clock) -> None:
    orders = timed.orders
    late = orders.begin(SHOP, "key", "late", 60, customer_intent())
    clock.pass_(60)
    now = orders.begin(SHOP, "key", "now", 60, customer_intent())
    orders.customer_not_sent(late, SHOP, "key")  # says nothing about the other's write
    assert customer(timed).open_intents == 2
    confirmed = orders.confirm_customer(late, SHOP, "key", "77", "hash", 1)
    assert confirmed.lease == late
    assert (customer(timed).specter_customer_no, customer(timed).open_intents) == ("77", 1)
    orders.confirm_customer(now, SHOP, "key", "77", "hash", 1)
    assert customer(timed).open_intents == 0


def test_a_number_without_an_intent_is_stored(ledger: Ledger) -> None:
    lease = ledger.orders.begin(SHOP, "key", "owner", 60)
    ledger.orders.confirm_customer(lease, SHOP, "key", "77", None, 1)
    assert customer(ledger).specter_customer_no == "77"
