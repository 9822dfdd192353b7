"""The key parameter: the reference's vectors, v1 and v2, and what is refused."""

from __future__ import annotations

import pytest

from shop_sandbox.specter.keys import request_key

VECTORS = {
    "5001": "7701d01819296eb88d8f6a5ef0c3b2b3",
    "ABC-1": "53e17c2d133bc16db5679040b7638ab6",
    "batch-0001": "c812eb78dc48541e8d15b8f6ee56bcef",
    "Åsa Öberg AB": "b36baefdfa460fcfeda8609df547c6ba",
}
WRONG_ENCODING = "e8777e1e3f31844358b2e3fdc9bd695c"


@pytest.mark.parametrize(("covered", "key"), VECTORS.items())
def test_vectors(covered: str, key: str) -> None:
    assert request_key("demo-integration-key", "demo-user-key", 1000, covered.encode("latin-1")) == key


def test_right_keys_are_taken_for_every_kind_of_call(specter) -> None:
    call = specter.call
    assert call.article("ABC-1")[0] == "1"
    assert call.customer("Åsa Öberg AB")[:2] == ("1", "5001")
    assert call.order("5001", {"articleNo": "ABC-1"})[0] == "1"
    assert call.triple(call.get("updateArticlesFromBatch", "batch-0001"))[0] == "1"
    sent = specter.control.requests()
    assert [one["query"].split("key=")[1].split("&")[0] for one in sent] == [
        VECTORS["ABC-1"],
        VECTORS["Åsa Öberg AB"],
        VECTORS["5001"],
        VECTORS["batch-0001"],
    ]


def test_a_key_over_other_text_or_in_another_encoding_is_refused(specter) -> None:
    call = specter.call
    assert call.put("newArticleSubmit", "ABC-2", {"articleNo_1": "ABC-1", "name_1": "x"})[:2] == ("0", "9001")
    call.key = lambda covered, charset="utf-8": WRONG_ENCODING
    assert call.customer("Åsa Öberg AB")[:2] == ("0", "9001")
    assert specter.control.inspect("customers") == [] and specter.numbers() == []


def test_v1_account_needs_no_api_user(specter) -> None:
    call = specter.call
    call.sbm_id, call.user, call.user_key, call.integration_key = "1001", "", "demo-md5key1", "demo-md5key2"
    assert call.article("ABC-1")[0] == "1"
    call.user_key = "demo-user-key"
    assert call.article("ABC-2")[:2] == ("0", "9001")
    assert [one["number"] for one in specter.control.inspect("articles", account=1001)] == ["ABC-1"]
    assert specter.numbers() == []


@pytest.mark.parametrize(
    ("sbm_id", "user"), [("999", "12"), ("", "12"), ("x", "12"), ("1000", "13"), ("1000", "")]
)
def test_unknown_account_or_user(specter, sbm_id: str, user: str) -> None:
    specter.call.sbm_id, specter.call.user = sbm_id, user
    assert specter.call.article("ABC-1")[:2] == ("0", "9002")


def test_switches_of_the_key(specter) -> None:
    call, control = specter.call, specter.control
    right = call.key
    call.key = lambda covered: right(covered).upper()
    assert call.article("A-1")[0] == "1"
    control.switches(key_case="lower")
    assert call.article("A-2")[:2] == ("0", "9001")
    call.key = lambda covered: "nonsense"
    control.switches(key_check="off")
    assert call.article("A-3")[0] == "1"
    call.user = "77"
    control.switches(api_user_check="off")
    assert call.article("A-4")[0] == "1"


def test_a_user_that_may_only_read(specter) -> None:
    users = {"12": {"key": "demo-user-key", "may_write": False}}
    account = {"sbm_id": 1000, "api_version": 2, "integration_key": "demo-integration-key", "users": users}
    specter.control.reset(seed={"accounts": [account], "articles": 1})
    assert specter.call.article("A-1")[:2] == ("0", "9014")
    assert specter.call.tree("getArticleExternalNeedUpdate", "b1").find("stockChanges") is not None


@pytest.mark.parametrize(
    ("switch", "covered", "taken"),
    [
        ("empty", "", True),
        ("empty", "1000", False),
        ("sbm_id", "1000", True),
        ("sbm_id", "", False),
        ("api_user", "12", True),
        ("any", "1000", True),
        ("any", "7", False),
    ],
)
def test_what_the_account_checks_key_covers(specter, switch: str, covered: str, taken: bool) -> None:
    specter.control.switches(account_check_key=switch)
    answer = specter.call.send("getInfo.asp", "checkAccountSettings", covered, {})
    assert specter.call.triple(answer.content)[:2] == (("1", "0") if taken else ("0", "9001"))


def test_customer_key_readings(specter) -> None:
    call, control = specter.call, specter.control
    person = {"firstName": " Eva  ", "surName": "Ek", "contactPerson": "Ek, Eva", "emailAddress": "e@x.se"}
    assert call.put("newCustomerSubmit", "Eva Ek", person)[0] == "1"
    assert call.put("newCustomerSubmit", "Ek, Eva", person)[0] == "1"
    control.switches(customer_key="first")
    assert call.put("newCustomerSubmit", "Eva Ek", person)[0] == "1"
    assert call.put("newCustomerSubmit", "Ek, Eva", person)[:2] == ("0", "9001")
