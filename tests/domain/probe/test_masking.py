"""What becomes of texts, numbers, uids and times when they are masked."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.orders.order_values import parse_time
from abicart_specter.domain.probe.abicart.masking import LONGEST_UNKNOWN, mask_abicart
from abicart_specter.domain.probe.masking import mask_text, mask_words, without_secrets
from abicart_specter.domain.probe.records import Answer

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=2),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["uid", "name", "articleNumber", "7", "x"]), inner)
    ),
    max_leaves=20,
)


def answer(content: Any, **asked: Any) -> Answer:
    body = content if isinstance(content, bytes) else json.dumps(content, default=float).encode()
    return Answer("one", "Order.list", asked, 200, {}, body)


def masked(content: Any, *secrets: str) -> Any:
    return json.loads(mask_abicart([answer(content)], secrets)[0].body)


@given(st.text())
def test_a_text_keeps_its_length_and_loses_its_letters_and_digits(text: str) -> None:
    shape = mask_text(text)
    assert len(shape) == len(text)
    assert mask_text(shape) == shape
    assert set(re.findall(r"[^\W_]", shape)) <= set("xXå0") | set("2000-01-01TZ")


@pytest.mark.parametrize(
    ("time", "shape"),
    [
        ("2026-03-04T05:06:07+01:00", "2000-01-01T00:00:00+01:00"),
        ("2026-03-04T05:06:07Z", "2000-01-01T00:00:00Z"),
        ("2026-03-04 05:06:07+02:00", "2000-01-01 00:00:00+02:00"),
        ("2026-03-04T05:06:07", "2000-01-01T00:00:00"),
        ("2026-03-04T05:06:07.891+0100", "2000-01-01T00:00:00.000+0100"),
        ("2026-03-04", "2000-01-01"),
        ("2026-03-04T05:06", "2000-01-01T00:00"),
        ("19800503-1234", "00000000-0000"),
    ],
)
def test_a_time_keeps_its_form(time: str, shape: str) -> None:
    assert mask_text(time) == shape


def test_a_masked_time_can_be_read() -> None:
    assert parse_time(mask_text("2026-03-04T05:06:07+01:00")) is not None


def test_words_of_a_system_stay_without_numbers_and_addresses() -> None:
    assert mask_words("No Article 4711 of eva.ek@example.se") == "No Article 0000 of xxx.xx@xxxxxxx.xx"


@given(st.text(min_size=8, max_size=40), st.binary(max_size=30), st.binary(max_size=30))
def test_no_secret_is_left_in_any_bytes(secret: str, before: bytes, after: bytes) -> None:
    body = without_secrets(before + secret.encode() + after, [secret])
    assert secret.encode() not in body
    assert len(body) == len(before + secret.encode() + after)


@given(JSON)
def test_keys_kinds_and_lengths_stay(content: Any) -> None:
    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return [(None if key.isdecimal() else key, shape(one)) for key, one in value.items()]
        if isinstance(value, list):
            return [shape(one) for one in value]
        return type(value).__name__ if not isinstance(value, str) else "str"

    before = json.loads(answer(content).body)
    assert shape(masked(content)) == shape(before)


def test_the_same_uid_and_number_stay_the_same_and_others_differ() -> None:
    rows = [
        {"uid": 50023, "articleNumber": "ART-001", "article": "50023"},
        {"uid": 50024, "articleNumber": "ABC-123", "article": 50023, "definedBy": {"50023": "50024"}},
        {"uid": 7, "articleNumber": "ART-001"},
    ]
    one, two, three = masked(rows)
    assert one["articleNumber"] == three["articleNumber"] != two["articleNumber"]
    assert len({one["uid"], two["uid"], three["uid"]}) == 3
    assert one["article"] == str(one["uid"])
    assert two["article"] == one["uid"]
    assert two["definedBy"] == {str(one["uid"]): str(two["uid"])}
    assert re.fullmatch(r"[A-Z]{3}-\d{3}", one["articleNumber"])


@given(st.lists(st.from_regex(r"[A-Z]{2}-\d{2}", fullmatch=True), unique=True, min_size=2))
def test_different_numbers_of_one_shape_never_become_one(numbers: list[str]) -> None:
    shown = [one["articleNumber"] for one in masked([{"articleNumber": number} for number in numbers])]
    assert len(set(shown)) == len(numbers)


def test_what_was_asked_is_masked_with_what_was_answered() -> None:
    selection = {
        "filters": {"/articleNumber": "ART-77", "/uid": {"min": 9, "max": 9}},
        "sort": "uid",
        "limit": 5,
    }
    asked = {"query": ["uid", "articleNumber"], "selection": selection}
    kept = mask_abicart([answer({"result": [{"uid": 9, "articleNumber": "ART-77"}]}, **asked)], [])[0]
    row = json.loads(kept.body)["result"][0]
    assert kept.asked["query"] == ["uid", "articleNumber"]
    filters = kept.asked["selection"]["filters"]
    assert filters == {"/articleNumber": row["articleNumber"], "/uid": {"min": row["uid"], "max": row["uid"]}}
    assert row["articleNumber"] != "ART-77"
    assert (kept.asked["selection"]["sort"], kept.asked["selection"]["limit"]) == ("uid", 5)


def test_amounts_keep_their_digits_and_a_person_keeps_none() -> None:
    body = b'{"costs":{"incVat":199.10},"customer":{"info":{"nin":198005031234,"score":7.5,"email":"eva@ek.se"}}}'
    shown = mask_abicart([answer(body)], [])[0].body
    assert json.loads(shown, parse_float=Decimal)["costs"]["incVat"] == Decimal("199.10")
    assert b"199.10" in shown
    assert json.loads(shown)["customer"]["info"] == {"nin": 0, "score": 0.0, "email": "xxx@xx.xx"}


def test_a_number_as_long_as_a_telephone_number_is_no_amount() -> None:
    assert masked({"total": 1234567, "phone": 46701234567, "other": 198005031234.5}) == {
        "total": 1234567,
        "phone": 0,
        "other": 0.0,
    }


def test_status_words_stay_and_sentences_in_their_place_do_not() -> None:
    rows = [{"paymentStatus": "partlyPaid"}, {"paymentStatus": "Betald av Eva Ek, 0701234567"}]
    assert masked(rows) == [
        {"paymentStatus": "partlyPaid"},
        {"paymentStatus": "Xxxxxx xx Xxx Xx, 0000000000"},
    ]


def test_what_is_no_json_keeps_its_form_and_is_cut() -> None:
    page = "<html><p>Hej Eva på Storgatan 1</p>" + "å" * 5000
    shown = mask_abicart([answer(page.encode("iso-8859-1"))], [])[0].body.decode("iso-8859-1")
    assert shown.startswith("<xxxx><x>Xxx Xxx xå Xxxxxxxxx 0</x>")
    assert len(shown) == LONGEST_UNKNOWN


def test_a_secret_in_a_description_goes_too() -> None:
    schema = Answer(
        "s", "Order.getSchema", {}, 200, {}, b'{"result":{"title":"hush-hush-token","default":"eva@ek.se"}}'
    )
    shown = mask_abicart([schema], ["hush-hush-token"])[0].body
    assert json.loads(shown) == {"result": {"title": "x" * 15, "default": "xxx@xx.xx"}}
