"""The batch protocol of the change queues (reference 7)."""

from __future__ import annotations

import pytest

STOCK, STOCK_DONE = "getArticleExternalNeedUpdate", "updateArticlesFromBatch"
INFO, INFO_DONE = "getArticleInfoExternalNeedUpdate", "updateArticleInfosFromBatch"
ORDERS, ORDERS_DONE = "getOrdersExternalNeedUpdate", "updateOrdersFromBatch"


@pytest.fixture
def shop(specter):
    for number in ("A-1", "A-2", "A-3"):
        specter.control.edit("article.new", number=number, price="10", available=5)
    specter.control.edit("queue.clear", queue="stock")
    specter.control.edit("queue.clear", queue="article_info")
    return specter


def stock(shop, batch: str) -> dict[str, str]:
    """Article number → quantity of a plain stock read; the answer must not be a refusal."""
    text = shop.call.get(STOCK, batch, xml="").decode("latin-1")
    lines = [line.split(";") for line in text.split("\r") if line]
    assert lines[0][2] == "noItemsAvailable", text
    return {columns[1]: columns[2] for columns in lines[1:]}


def refused(content: bytes, shop) -> str:
    result, code, words = shop.call.triple(content)
    assert (result, code) == ("0", "99"), content
    return words.split("'")[1]


def done(shop, action: str, batch: str) -> None:
    assert shop.call.triple(shop.call.get(action, batch))[0] == "1"


def test_read_acknowledge_and_empty(shop) -> None:
    shop.control.edit("article.stock", number="A-1", available=7)
    assert stock(shop, "b1") == {"A-1": "7"}
    assert stock(shop, "b1") == {"A-1": "7"}
    done(shop, STOCK_DONE, "b1")
    assert stock(shop, "b2") == {}
    assert shop.control.inspect("batches") == []
    assert stock(shop, "b3") == {}


@pytest.mark.parametrize("xml", ["", "2"])
def test_another_batch_is_refused_with_the_open_ones_id(shop, xml: str) -> None:
    shop.control.edit("article.touch", number="A-1")
    shop.call.get(INFO, "open-1", xml=xml)
    assert refused(shop.call.get(INFO, "b2", xml=xml), shop) == "open-1"
    assert stock(shop, "b2") == {"A-1": "5"}
    assert b"A-1" in shop.call.get(INFO, "open-1", xml=xml)


@pytest.mark.parametrize(
    ("switch", "reread"), [("frozen", {"A-1": "7"}), ("grown", {"A-1": "8", "A-2": "9"})]
)
def test_reread_switch_and_changes_during_an_open_batch(shop, switch: str, reread: dict[str, str]) -> None:
    shop.control.switches(batch_reread=switch)
    shop.control.edit("article.stock", number="A-1", available=7)
    assert stock(shop, "b1") == {"A-1": "7"}
    shop.control.edit("article.stock", number="A-1", available=8)
    shop.control.edit("article.stock", number="A-2", available=9)
    assert stock(shop, "b1") == reread
    done(shop, STOCK_DONE, "b1")
    assert stock(shop, "b2") == ({"A-1": "8", "A-2": "9"} if switch == "frozen" else {})


def test_batch_acknowledged_without_reading_is_gone(shop) -> None:
    shop.control.edit("article.stock", number="A-1", available=7)
    stock(shop, "b1")
    done(shop, STOCK_DONE, "b1")
    assert stock(shop, "b2") == {}


@pytest.mark.parametrize(
    ("scope", "other_user", "other_function"),
    [("user_function", False, False), ("account_function", True, False), ("account", True, True)],
)
def test_batch_scope_switch(shop, scope: str, other_user: bool, other_function: bool) -> None:
    users = {"12": {"key": "demo-user-key"}, "13": {"key": "demo-user-key"}}
    account = {"sbm_id": 1000, "api_version": 2, "integration_key": "demo-integration-key", "users": users}
    shop.control.reset(seed={"accounts": [account], "articles": 2}, switches={"batch_scope": scope})
    shop.control.edit("article.touch", number="SP-000001")
    stock(shop, "b1")
    function_blocked = shop.call.triple(shop.call.get(INFO, "b1", xml=""))[1] == "99"
    shop.call.user = "13"
    user_blocked = shop.call.triple(shop.call.get(STOCK, "b2", xml=""))[1] == "99"
    assert (user_blocked, function_blocked) == (other_user, other_function)


def test_under_account_scope_the_quoted_batch_cannot_be_reread_by_another_function(shop) -> None:
    shop.control.switches(batch_scope="account")
    shop.control.edit("article.touch", number="A-1")
    stock(shop, "b1")
    assert refused(shop.call.get(INFO, "b1"), shop) == "b1"
    done(shop, INFO_DONE, "b1")
    assert refused(shop.call.get(INFO, "b1"), shop) == "b1"
    done(shop, STOCK_DONE, "b1")
    assert b"A-1" in shop.call.get(INFO, "b1")


@pytest.mark.parametrize(("switch", "answer"), [("success", ("1", "0")), ("error", ("0", "9009"))])
def test_acknowledging_an_unknown_batch(shop, switch: str, answer: tuple[str, str]) -> None:
    shop.control.switches(ack_unknown=switch)
    shop.control.edit("article.touch", number="A-1")
    stock(shop, "b1")
    assert shop.call.triple(shop.call.get(STOCK_DONE, "other"))[:2] == answer
    assert [one["number"] for one in shop.control.inspect("batches")] == ["b1"]


def test_answer_of_an_acknowledgement_switch(shop) -> None:
    assert shop.call.get(STOCK_DONE, "b1", xml="") == b"1;0;OK"
    shop.control.switches(ack_answer="empty")
    assert shop.call.get(STOCK_DONE, "b1") == b""


def test_batch_expiry_switch(shop) -> None:
    shop.control.switches(batch_expiry_minutes=10)
    shop.control.edit("article.stock", number="A-1", available=7)
    stock(shop, "b1")
    shop.control.advance_clock(9 * 60)
    assert refused(shop.call.get(STOCK, "b2"), shop) == "b1"
    shop.control.advance_clock(2 * 60)
    assert stock(shop, "b2") == {"A-1": "7"}


@pytest.mark.parametrize(("scope", "of_stock"), [("article_info", 3), ("all", 2)])
def test_response_limit_switches(shop, scope: str, of_stock: int) -> None:
    shop.control.switches(response_limit=2, limit_scope=scope)
    for number in ("A-1", "A-2", "A-3"):
        shop.control.edit("article.touch", number=number)
    assert len(stock(shop, "b1")) == of_stock
    tree = shop.call.tree(INFO, "b1")
    assert tree.findtext("responseMaxLimit") == "2"
    assert [one.findtext("articleNo") for one in tree.iter("article")] == ["A-1", "A-2"]
    done(shop, INFO_DONE, "b1")
    assert [one.findtext("articleNo") for one in shop.call.tree(INFO, "b2").iter("article")] == ["A-3"]


def test_a_deleted_article_leaves_the_queue(shop) -> None:
    shop.control.edit("article.touch", number="A-1")
    shop.control.edit("article.delete", number="A-1")
    assert stock(shop, "b1") == {} and "A-1" not in shop.numbers()


def test_forced_99_quotes_a_batch_that_is_really_open(shop) -> None:
    shop.control.edit("article.stock", number="A-1", available=7)
    shop.control.fault("error_99", action=STOCK)
    quoted = refused(shop.call.get(STOCK, "mine"), shop)
    assert quoted != "mine"
    assert refused(shop.call.get(STOCK, "mine"), shop) == quoted
    assert stock(shop, quoted) == {"A-1": "7"}
    done(shop, STOCK_DONE, quoted)
    assert stock(shop, "mine") == {}


def test_forced_99_repeats_for_the_very_batch_it_quotes(shop) -> None:
    shop.control.edit("article.touch", number="A-1")
    shop.control.fault("error_99", count=2, action=STOCK)
    quoted = refused(shop.call.get(STOCK, "mine"), shop)
    assert refused(shop.call.get(STOCK, quoted), shop) == quoted
    assert stock(shop, quoted) == {"A-1": "5"}


def test_missing_batch_number(shop) -> None:
    assert shop.call.triple(shop.call.send("getInfo.asp", STOCK, "", {}).content)[:2] == ("0", "9003")


def test_another_reader_can_open_a_batch(shop) -> None:
    shop.control.edit("article.touch", number="A-1")
    shop.control.edit("queue.open_batch", queue="article_info", batch="theirs")
    assert refused(shop.call.get(INFO, "mine"), shop) == "theirs"


def test_the_orders_queue(shop) -> None:
    shop.call.customer()
    for number in ("W-1", "W-2", "W-3"):
        shop.call.order("5001", {"articleNo": "A-1", "noOfItems": "2"}, externalOrderNo=number)
    shop.control.edit("order.deliver", number=70001, tracking="SE123")
    shop.control.edit("order.cancel", number=70002)
    shop.control.edit("order.deliver", number=70003, tracking="", rows={"1": 1})
    tree = shop.call.tree(ORDERS, "b1")
    seen = {
        one.get("orderNo"): (
            one.find("orderstatus").attrib,
            one.find("deliveries").get("updated"),
            [delivery.get("trackingNo") for delivery in one.iter("delivery")],
        )
        for one in tree.iter("order")
    }
    assert seen == {
        "70001": ({"statusId": "3", "deliveryStatus": "D"}, "1", ["SE123"]),
        "70002": ({"statusId": "5", "deliveryStatus": "N"}, "0", []),
        "70003": ({"statusId": "2", "deliveryStatus": "P"}, "1", [""]),
    }
    done(shop, ORDERS_DONE, "b1")
    shop.control.edit("order.status", number=70003, status_id=9, delivery_status="X")
    again = shop.call.tree(ORDERS, "b2").find("orders/order")
    assert again.find("orderstatus").attrib == {"statusId": "9", "deliveryStatus": "X"}
    assert again.find("deliveries").get("updated") == "0"
