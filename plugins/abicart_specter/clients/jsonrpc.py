"""JSON-RPC 2.0 as Abicart speaks it: calls to bytes, bytes to answers. No network here.

Amounts stay exact: a number with a fraction or an exponent becomes ``Decimal``, a whole one stays ``int``.
A ``Decimal`` that is sent keeps its digits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from abicart_specter.clients.unreadable import NotReadable

WIDEST_EXPONENT = 30
MOST_DECIMALS = 100
"""No amount, weight or rate lies outside 10^±30; a number that does would fill memory when written out."""


@dataclass(frozen=True, slots=True)
class Call:
    """A method with its positional parameters (named ones occur in no client of Abicart)."""

    method: str
    params: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Result:
    """A call that went well."""

    value: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """A call that was answered with an error object."""

    code: int
    message: str
    data: Any = None


Answer = Result | Fault


def encode_call(call: Call, number: int) -> bytes:
    """One request object."""
    return _to_bytes(_request(call, number))


def encode_batch(calls: Sequence[tuple[int, Call]]) -> bytes:
    """An array of request objects."""
    return _to_bytes([_request(call, number) for number, call in calls])


def read_json(body: bytes) -> Any:
    """Strict JSON.

    :raises NotReadable: not JSON, cut, not UTF-8, ``NaN`` or ``Infinity``, or a number beyond all reason.
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=_decimal, parse_constant=_not_a_number)
    except (ValueError, RecursionError):
        # The exception of json holds the whole answer, so nothing of it is kept.
        raise NotReadable("the answer is not JSON") from None


def read_single(value: Any, number: int) -> Answer:
    """The answer to call ``number``.

    :raises NotReadable: something else; also the answer to another call.
    """
    if not isinstance(value, dict):
        raise NotReadable("the answer is not a JSON-RPC object")
    answer = _answer(value)
    # An error may come with id null though the call had one (unknown class; recorded in 2013).
    if not _same_id(value.get("id"), number) and not (isinstance(answer, Fault) and value.get("id") is None):
        raise NotReadable("the answer belongs to another call")
    return answer


def read_batch(value: Any) -> dict[str, Answer] | Fault:
    """Answers by call number (as text), or the one error object with which a whole batch was refused.

    Elements that belong to no call we could name are left out; the caller sees them as missing.

    :raises NotReadable: neither.
    """
    if isinstance(value, dict):
        answer = _answer(value)
        if isinstance(answer, Fault):
            return answer
        raise NotReadable("a batch was answered with a single result")
    if not isinstance(value, list):
        raise NotReadable("the answer is not a JSON-RPC batch")
    answers: dict[str, Answer] = {}
    for element in value:
        if not isinstance(element, dict):
            raise NotReadable("an element of the answer is not a JSON-RPC object")
        if element.get("id") is not None:
            answers.setdefault(str(element["id"]), _answer(element))
    return answers


def as_object(value: Any) -> dict[str, Any]:
    """An object; PHP writes an empty one as ``[]`` (Abicart reference 3), and ``null`` means none.

    :raises NotReadable: anything else.
    """
    if value is None or value == []:
        return {}
    if isinstance(value, dict):
        return value
    raise NotReadable("an object was expected")


def as_uid(value: Any) -> int:
    """A uid, whether it comes as number or as text (Abicart reference 3).

    :raises NotReadable: anything else.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        return int(value)
    raise NotReadable("a uid is not a whole number")


def _request(call: Call, number: int) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": call.method, "params": list(call.params)}


class _Inexact(Exception):
    """A number that a float would not keep; nobody sees this."""


def _to_bytes(value: Any) -> bytes:
    try:
        text = json.dumps(
            value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_near_number
        )
    except _Inexact:
        text = _exact_text(value)
    return text.encode()


def _near_number(value: Any) -> int | float:
    """What ``json`` writes with the digits of a ``Decimal``: the quick way, right for every usual amount."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} cannot be sent as JSON")
    if not value.is_finite():
        raise ValueError("a number to be sent is not finite")
    if value == value.to_integral_value():
        return int(value)
    near = float(value)
    if Decimal(repr(near)) != value:
        raise _Inexact
    return near


def _exact_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        inner = (
            f"{json.dumps(str(key), ensure_ascii=False)}:{_exact_text(one)}" for key, one in value.items()
        )
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_exact_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _answer(value: dict[str, Any]) -> Answer:
    error = value.get("error")
    if error is not None:
        if not isinstance(error, dict):
            raise NotReadable("the error is not an object")
        code = error.get("code")
        if isinstance(code, str) and code.lstrip("-").isdecimal():
            code = int(code)
        if not isinstance(code, int) or isinstance(code, bool):
            raise NotReadable("the error has no code")
        return Fault(code, str(error.get("message") or ""), error.get("data"))
    if "result" not in value:
        raise NotReadable("the answer has neither result nor error")
    return Result(value["result"])


def _same_id(value: Any, number: int) -> bool:
    return value is not None and str(value) == str(number)


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or (number and abs(number.adjusted()) > WIDEST_EXPONENT):
        raise ValueError
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > MOST_DECIMALS:
        raise ValueError
    return number


def _not_a_number(text: str) -> NoReturn:
    raise ValueError
