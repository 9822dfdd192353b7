"""JSON-RPC read strictly, and numbers kept exact."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.clients.abicart_errors import (
    AbicartForbiddenError,
    AbicartRefusedError,
    error_from,
    is_server_fault,
    says_it_is_gone,
)
from abicart_specter.clients.jsonrpc import (
    Call,
    Fault,
    Result,
    as_object,
    as_uid,
    encode_batch,
    encode_call,
    read_batch,
    read_json,
    read_single,
)
from abicart_specter.clients.redact import Redactor
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.errors import ConfigurationError, CredentialsError

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_number_with_a_fraction_stays_what_is_written(number):
    found = read_json(b'{"n":%s}' % f"{number:f}".encode())["n"]
    assert found == number
    assert isinstance(found, Decimal)


def test_a_whole_number_stays_an_int():
    assert read_json(b"[1, 0, -5, 1.0, 1e2]") == [1, 0, -5, Decimal("1.0"), Decimal("1E+2")]
    assert [type(one) for one in read_json(b"[1, 1.0]")] == [int, Decimal]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{",
        b'{"a":1',
        b"NaN",
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":1e999999}',
        b'{"a":1e-999999999}',
        b'{"a":0e999999}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\xe5"}',
        b"[" * 200_000,
        b'{"a":1} {"b":2}',
    ],
)
def test_what_is_not_json_is_not_read(body):
    with pytest.raises(NotReadable, match="not JSON") as caught:
        read_json(body)
    assert caught.value.__cause__ is None


def test_small_and_long_fractions_are_numbers():
    assert read_json(b"[1e-25, 0.1000000000000000055511151231257827]")[1] == Decimal(
        "0.1000000000000000055511151231257827"
    )


@given(TEXT, st.lists(st.none() | st.booleans() | st.integers() | TEXT), st.integers(1, 10**9))
def test_a_call_goes_out_as_it_was_given(method, params, number):
    sent = json.loads(encode_call(Call(method, params), number))
    assert sent == {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    assert json.loads(encode_batch([(number, Call(method, params))])) == [sent]


@pytest.mark.parametrize("spelling", [7, "7"])
def test_an_answer_belongs_to_its_call(spelling):
    assert read_single({"id": spelling, "result": None}, 7) == Result(None)
    assert read_single({"id": spelling, "result": 1, "error": None}, 7) == Result(1)
    with pytest.raises(NotReadable, match="another call"):
        read_single({"id": 8, "result": 1}, 7)
    with pytest.raises(NotReadable, match="another call"):
        read_single({"result": 1}, 7)


def test_an_error_may_come_without_id():
    error = {"code": -32601, "message": "Method not found"}
    assert read_single({"id": None, "error": error}, 7) == Fault(-32601, "Method not found")
    assert read_single({"id": 7, "error": {"code": "1004"}}, 7) == Fault(1004, "")


@pytest.mark.parametrize(
    "value",
    [
        [],
        None,
        "x",
        {},
        {"id": 7},
        {"id": 7, "error": "no"},
        {"id": 7, "error": {}},
        {"id": 7, "error": {"code": True}},
        {"id": 7, "error": {"code": "x"}},
    ],
)
def test_what_is_no_answer_is_not_read(value):
    with pytest.raises(NotReadable):
        read_single(value, 7)


def test_answers_of_a_batch_are_found_by_their_id():
    answers = read_batch(
        [{"id": "2", "result": "b"}, {"id": 1, "error": {"code": 9003}}, {"id": None, "error": {"code": 1}}]
    )
    assert answers == {"2": Result("b"), "1": Fault(9003, "")}
    assert read_batch({"id": None, "error": {"code": -32600}}) == Fault(-32600, "")


@pytest.mark.parametrize("value", [{"id": 1, "result": 2}, None, "x", [1], [{"id": 1}]])
def test_what_is_no_batch_is_not_read(value):
    with pytest.raises(NotReadable):
        read_batch(value)


def test_an_empty_list_stands_for_an_empty_object():
    assert as_object([]) == as_object(None) == as_object({}) == {}
    assert as_object({"a": 1}) == {"a": 1}
    for wrong in ([1], "x", 0, False):
        with pytest.raises(NotReadable):
            as_object(wrong)


@given(st.integers(0, 10**18))
def test_a_uid_is_the_same_as_number_and_as_text(uid):
    assert as_uid(uid) == as_uid(str(uid)) == uid


@pytest.mark.parametrize("wrong", [None, "", "x", "1.0", Decimal("1.0"), True, [], -1, "-1", "٣"])
def test_what_is_no_uid_is_not_read(wrong):
    with pytest.raises(NotReadable):
        as_uid(wrong)


@pytest.mark.parametrize("code", [-32603, -32000, -32050, -32099])
def test_the_server_may_say_that_it_failed_itself(code):
    assert is_server_fault(Fault(code, ""))


@pytest.mark.parametrize("code", [-32100, -31999, -32602, -32600, -32700, 1004, 9001])
def test_other_codes_are_no_fault_of_the_server(code):
    assert not is_server_fault(Fault(code, ""))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1001, ConfigurationError),
        (1002, ConfigurationError),
        (1003, ConfigurationError),
        (1004, CredentialsError),
        (1006, AbicartForbiddenError),
        (1007, ConfigurationError),
        (-32602, AbicartRefusedError),
        (-32601, AbicartRefusedError),
        (-32600, AbicartRefusedError),
        (9001, AbicartRefusedError),
        (9002, AbicartRefusedError),
        (9003, AbicartRefusedError),
        (12345, AbicartRefusedError),
    ],
)
def test_each_code_has_its_error(code, kind):
    error = error_from(Fault(code, "No", "därför"), "demo", "Article.get", Redactor())
    assert type(error) is kind
    assert "Shop demo: Abicart refuses Article.get: No; därför" in str(error)
    assert (
        kind is AbicartRefusedError
        or "connection abicart_demo" in error.remedy
        or "abicart_demo" in error.remedy
    )


def test_a_refusal_names_places_and_hides_secrets():
    redactor = Redactor()
    redactor.add("hemlig/token")
    data = [
        {"message": "Bad hemlig/token", "pointer": "/price"},
        {"message": 1},
        "text",
        {"pointer": "/name/sv"},
    ]
    error = error_from(Fault(-32602, "Invalid params", data), "demo", "Article.set", redactor)
    assert isinstance(error, AbicartRefusedError)
    assert error.pointers == ("/price", "/name/sv")
    assert error.code == "-32602"
    assert "hemlig" not in str(error) + error.words
    assert "Named: /price, /name/sv." in str(error)


@pytest.mark.parametrize(
    ("code", "pointers", "gone"),
    [
        ("9003", (), True),
        ("9003", ("/name",), True),
        ("-32602", ("/uid",), True),
        ("-32602", ("/0",), True),
        ("-32602", ("/uid", "/name"), False),
        ("-32602", ("/name",), False),
        ("-32602", (), False),
        ("9001", ("/uid",), False),
    ],
)
def test_gone_is_only_what_says_so(code, pointers, gone):
    assert says_it_is_gone(AbicartRefusedError("", code=code, words="", pointers=pointers)) is gone


def sent(value) -> str:
    """The parameter as it leaves."""
    return encode_call(Call("A.set", [value]), 1).decode().partition('"params":[')[2].removesuffix("]}")


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=8) | st.decimals(0, 1, places=30))
def test_a_number_that_is_sent_has_its_own_value(number):
    for value in (number, {"a": [number, {"b": number}]}):
        text = sent(value)
        numbers = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        assert (numbers if value is number else numbers["a"][1]["b"]) == number
        assert "e" not in text.lower() or abs(number) < Decimal("0.0001")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("199.90", "199.9"),
        ("199.00", "199"),
        ("0.12", "0.12"),
        ("-0.00", "0"),
        ("1E+3", "1000"),
        ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ("12345678901234567.89", "12345678901234567.89"),
    ],
)
def test_numbers_as_they_leave(number, text):
    assert sent(Decimal(number)) == text


def test_texts_beside_a_number_of_many_digits_stay_as_they_are():
    value = {"å": ['"', "\n", None, True, 5, 0.5], "n": Decimal("0.12345678901234567890123")}
    assert json.loads(sent(value), parse_float=Decimal) == value | {
        "å": ['"', "\n", None, True, 5, Decimal("0.5")]
    }


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_a_number_that_is_none_is_never_sent(number):
    with pytest.raises(ValueError, match="not finite"):
        sent(Decimal(number))
    with pytest.raises(TypeError, match="set cannot be sent"):
        sent({"a": {1}})
