"""Answers that no sandbox gives: what fits none of the known alternatives is said, never taken for one of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from abicart_specter.domain.probe.abicart import QUESTIONS, findings
from abicart_specter.domain.probe.abicart.masking import mask_abicart
from abicart_specter.domain.probe.records import Answer, Finding, Verdict

UNEXPECTED, NOT_TOLD, TOLD = Verdict.UNEXPECTED, Verdict.NOT_TOLD, Verdict.TOLD
COST = {"incVat": 100, "exVat": 80, "vat": 20, "vatRate": 0.25, "currency": "SEK"}
NOTHING = {"incVat": 0, "exVat": 0, "vat": 0, "vatRate": 0.25, "currency": "SEK"}
LINE = {
    "uid": 7,
    "article": 5,
    "articleNumber": "A-1",
    "choices": {"quantity": 1},
    "costs": {"unit": COST, "total": COST},
}


def answer(
    name: str, content: Any, status: int = 200, content_type: str = "application/json", **asked: Any
) -> Answer:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Answer(name, "Article.list", asked, status, {"content-type": content_type}, body)


def result(value: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "result": value}


def error(code: int, **more: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": "no", **more}}


def order(uid: int = 1, **changes: Any) -> dict[str, Any]:
    costs = {"cart": COST, "shipment": NOTHING, "payment": NOTHING, "total": COST}
    whole = {"uid": uid, "currency": "SEK", "paymentStatus": "paid", "deliveryStatus": "sent", "costs": costs}
    return whole | {"items": [LINE], "payments": [], "customer": {"info": {}}} | changes


def listed(*orders: dict[str, Any]) -> Answer:
    return answer("order_list", result(list(orders)))


def articles(*rows: dict[str, Any]) -> Answer:
    return answer("article_list", result([{"uid": place + 1, **row} for place, row in enumerate(rows)]))


def finding(switch: str, *answers: Answer) -> Finding:
    """Of these answers; the masked ones say the same."""
    found = findings({one.name: one for one in answers})
    assert findings({one.name: one for one in mask_abicart(answers, [])}) == found
    return next(one for one in found if one.switch == switch)


def total(amount: float) -> dict[str, Any]:
    costs = {"cart": COST, "shipment": NOTHING, "payment": NOTHING, "total": COST | {"incVat": amount}}
    return {"costs": costs}


def sizes(*taken: int) -> list[Answer]:
    return [
        answer(f"batch_{size}", [result(1)] * size if size in taken else error(-32600))
        for size in (20, 21, 100, 101)
    ]


CASES: list[tuple[str, list[Answer], Verdict, str]] = [
    ("error_status", [answer("unknown_method", error(-32601), 500)], UNEXPECTED, "HTTP status 500"),
    ("error_status", [answer("unknown_method", result(1))], UNEXPECTED, "with a result"),
    ("error_status", [answer("unknown_method", b"<html>", 404)], NOT_TOLD, "is no JSON (HTTP 404)"),
    (
        "content_type",
        [articles({}), answer("webshop", result({}), content_type="")],
        UNEXPECTED,
        "no type at all",
    ),
    (
        "content_type",
        [answer("webshop", result({}), content_type="application/json; charset=utf-8")],
        TOLD,
        "json",
    ),
    ("batch_limit", sizes(20, 21, 100, 101), UNEXPECTED, "101 calls was answered"),
    ("batch_limit", sizes(), UNEXPECTED, "20 calls was refused"),
    ("batch_limit", sizes(20, 21), UNEXPECTED, "between 21 and 99"),
    ("rate_limit", [answer("webshop", b"", 429)], UNEXPECTED, "Retry-After: none"),
    ("uid_type", [articles({"article": "7"})], UNEXPECTED, "some as texts"),
    ("time_format", [articles({"changed": "4 mars 2026"})], UNEXPECTED, "unknown"),
    (
        "time_format",
        [articles({"changed": "2026-03-04T05:06:07Z"}, {"changed": "2026-03-04T05:06:07"})],
        UNEXPECTED,
        "z",
    ),
    ("empty_object", [articles({"attributes": {}}, {"attributes": []})], UNEXPECTED, "both"),
    ("missing_object", [answer("missing_article", error(7))], UNEXPECTED, "code 7"),
    ("unknown_key", [answer("unknown_key", error(-32600))], UNEXPECTED, "code -32600"),
    ("unknown_class_id", [answer("unknown_class", error(-32603))], UNEXPECTED, "code -32603"),
    (
        "changed_filter",
        [answer("article_changed_filter", result([])), answer("order_changed_filter", error(-32602))],
        UNEXPECTED,
        "refused for another (order_changed_filter)",
    ),
    ("changed_filter", [answer("article_changed_filter", error(-32603))], NOT_TOLD, "code -32603"),
    (
        "number_filter",
        [answer("article_number_filter", result([]), selection={"filters": {"/articleNumber": "A-1"}})],
        UNEXPECTED,
        "found nothing",
    ),
    (
        "number_filter",
        [
            answer(
                "article_number_filter",
                result([{"uid": 1, "articleNumber": "A-1"}, {"uid": 2, "articleNumber": "A-2"}]),
                selection={"filters": {"/articleNumber": "A-1"}},
            )
        ],
        UNEXPECTED,
        "of other numbers",
    ),
    (
        "range_bounds",
        [answer("range_uid", result(1)), answer("range_article_uid", result(0))],
        UNEXPECTED,
        "those of others do not",
    ),
    ("range_bounds", [answer("range_ordered", result(0))], NOT_TOLD, "finer than shown"),
    (
        "list_limit",
        [
            answer("article_count", result(900)),
            answer("list_cap", result([{"uid": one} for one in range(250)])),
            answer("list_default", result([{"uid": one} for one in range(50)])),
        ],
        UNEXPECTED,
        "a list gave 250 with a limit of 5000 and 50 without",
    ),
    (
        "shipment_list",
        [answer("shipment_list", result([])), answer("shipment_count", error(-32601))],
        UNEXPECTED,
        "-32601",
    ),
    (
        "shipment_list",
        [answer("shipment_list", error(1006)), answer("shipment_count", error(1006))],
        NOT_TOLD,
        "token",
    ),
    ("order_expansion", [listed(order(items=[LINE, 8]))], UNEXPECTED, "some as uids"),
    ("package_quantity", [articles({"content": [{"uid": 2, "qty": 3}]})], UNEXPECTED, "came with qty"),
    ("vat_rate_shape", [articles({"vatRate": 25})], UNEXPECTED, "neither fractions"),
    ("no_offer", [articles({"price": {"regular": {"SEK": 5}, "specialOffer": {}}})], UNEXPECTED, "empty"),
    (
        "no_offer",
        [
            articles(
                {
                    "price": {"regular": {"SEK": 5}, "specialOffer": {"SEK": 4}},
                    "pricing": [{"specialOffer": {"incVat": 4}}],
                }
            )
        ],
        NOT_TOLD,
        "without a campaign",
    ),
    ("item_quantity", [listed(order(items=[LINE | {"choices": {}}]))], UNEXPECTED, "without a quantity"),
    ("item_quantity", [listed(order(items=[LINE, LINE | {"quantity": 1}]))], UNEXPECTED, "different places"),
    (
        "item_costs",
        [listed(order(items=[LINE | {"discountInfo": {"discount": 1, "incVat": 33}}], **total(55)))],
        TOLD,
        "after",
    ),
    (
        "item_costs",
        [
            listed(
                order(
                    items=[
                        LINE
                        | {
                            "discountInfo": {"discount": 1, "incVat": 33},
                            "costs": {"total": COST | {"incVat": 140}},
                        }
                    ]
                )
            )
        ],
        UNEXPECTED,
        "one and the same way",
    ),
    ("status_words", [listed(order(paymentStatus="Betald"))], UNEXPECTED, "Betald, sent"),
    ("status_words", [listed(order(paymentStatus="Paid"))], UNEXPECTED, "Paid, sent"),
    ("status_words", [listed(order(deliveryStatus="unsent"))], NOT_TOLD, "no sent order"),
    (
        "customer_info",
        [listed(order(customer={"info": {"email": "a@b.se", "orgNo": "1"}}))],
        UNEXPECTED,
        "email, orgNo",
    ),
    (
        "customer_info",
        [listed(order(customer={"info": {"email": "a@b.se", "type": "private"}}))],
        NOT_TOLD,
        "No personal",
    ),
    ("custom_shape", [listed(order(customer={"custom": ["Grattis"]}))], UNEXPECTED, "another form"),
    ("custom_shape", [listed(order(customer={"custom": []}))], NOT_TOLD, "asked for at the checkout"),
    (
        "order_rounding",
        [listed(order(1, **total(100.4)), order(2, **total(100)))],
        TOLD,
        "1 orders came with öre",
    ),
    (
        "order_customer",
        [answer("order_customers", result([{"customer": 1}, {"customer": {}}]))],
        UNEXPECTED,
        "as uids",
    ),
    (
        "refund_shape",
        [listed(order(payments=[{"amount": -5}, {"status": "cancelled"}, {"status": "paid"}]))],
        UNEXPECTED,
        "both",
    ),
    ("gift_card", [listed(order())], NOT_TOLD, "surely was paid with a gift card"),
    ("package_rows", [listed(order())], NOT_TOLD, "an order with a package"),
]


@pytest.mark.parametrize(
    ("switch", "answers", "verdict", "words"), CASES, ids=[f"{one[0]}: {one[3]}" for one in CASES]
)
def test_what_it_comes_to(switch: str, answers: list[Answer], verdict: Verdict, words: str) -> None:
    found = finding(switch, *answers)
    assert found.verdict is verdict, found.why
    assert words in found.why
    assert (found.value is not None) is (verdict is TOLD)


def test_nothing_asked_is_nothing_told() -> None:
    found = findings({})
    assert [one for one in found if one.verdict in (TOLD, UNEXPECTED)] == []
    assert len(found) == len(QUESTIONS)
    assert all(one.why.endswith(".") and "  " not in one.why for one in found)


def test_an_answer_of_no_shape_at_all_costs_its_own_question_only() -> None:
    deep = answer("unknown_key", b"[" * 100_000)
    assert finding("unknown_key", deep).verdict is NOT_TOLD
    assert finding("uid_type", deep, articles({})).value == "int"


def test_what_only_a_write_tells_hints_at_what_the_shop_says_of_itself() -> None:
    def why(prop: Any) -> str:
        return finding("order_marks", answer("schema_Order", result({"properties": prop}))).why

    assert "is read-only" in why({"externalOrderNumber": {"readOnly": True}})
    assert "can be written" in why({"externalOrderNumber": {"readOnly": False}})
    assert "does not say" in why({"externalOrderNumber": {"type": "string"}})
    assert "does not name externalOrderNumber" in why({})
    assert finding("order_marks").why == "Only a write of them would tell, and a probe writes nothing."
