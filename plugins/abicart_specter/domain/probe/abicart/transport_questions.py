"""Questions about how answers come: status, type, batches, limits (Abicart reference 10, 1 to 4 and 31 to 34)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from abicart_specter.domain.probe.abicart.material import Material
from abicart_specter.domain.probe.verdicts import (
    NoUseError,
    Outcome,
    Question,
    not_asked,
    not_told,
    told,
    unexpected,
)

SECURE_CONNECTION_REQUIRED = 1007
METHOD_NOT_FOUND = -32601
UID_KEYS = frozenset({"uid", "article", "articlegroup", "method", "order"})
LOOKED_AT = ("article_list", "article_list_whole", "order_list", "webshop", "payment_methods")

_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?")


def _error_status(material: Material) -> Outcome:
    reply = material.reply("unknown_method")
    status = material.answer("unknown_method").status
    if reply.code is None:
        return unexpected("A method that does not exist was answered with a result.")
    if status == 200:
        return told("200", "The error for a method that does not exist came with HTTP status 200.")
    if 400 <= status < 500:
        return told("by_code", f"The error for a method that does not exist came with HTTP status {status}.")
    return unexpected(f"The error for a method that does not exist came with HTTP status {status}.")


def _content_type(material: Material) -> Outcome:
    seen = sorted(
        {
            answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            for answer in material.answers.values()
            if answer.status and _is_json(material, answer.name)
        }
    )
    if not seen:
        return not_told("No answer came in JSON.")
    known = ("application/json-rpc", "application/json", "text/plain")
    if len(seen) == 1 and seen[0] in known:
        return told(seen[0], f"All answers in JSON came as {seen[0]}.")
    return unexpected(f"Answers in JSON came as {', '.join(one or 'no type at all' for one in seen)}.")


def _batch_limit(material: Material) -> Outcome:
    taken = {size: _batch_taken(material, f"batch_{size}", size) for size in (20, 21, 100, 101)}
    if taken[101]:
        return unexpected("A batch of 101 calls was answered; the limit, if there is one, is higher.")
    if taken[100]:
        return told("100", "A batch of 100 calls was answered, one of 101 was refused.")
    if taken[20] and not taken[21]:
        return told("20", "A batch of 20 calls was answered, one of 21 was refused.")
    if not taken[20]:
        return unexpected("A batch of 20 calls was refused; the project halves its batches by itself.")
    return unexpected("The limit of a batch lies between 21 and 99 calls; batches of 20 are safe.")


def _batch_taken(material: Material, name: str, size: int) -> bool:
    answer = material.answer(name)
    try:
        content = material.content(name)
    except NoUseError:
        if answer.status in (400, 413):
            return False
        raise
    if isinstance(content, list):
        return len(content) == size
    if isinstance(content, dict) and content.get("error") is not None:
        return False
    raise NoUseError(f"The answer to {name} is of no known form.", name)


def _rate_limit(material: Material) -> Outcome:
    slowed = [answer for answer in material.answers.values() if answer.status == 429]
    if not slowed:
        return not_told(
            "No request was refused at two a second; where the limit lies was not tried, so as not to be a burden."
        )
    waits = sorted({answer.headers.get("retry-after", "none") for answer in slowed})
    return unexpected(
        f"{len(slowed)} requests of this probe were refused with status 429 (Retry-After: {', '.join(waits)}). "
        "Lower the shop's requests a second."
    ).from_answers(*(answer.name for answer in slowed))


def _unknown_class_id(material: Material) -> Outcome:
    reply = material.reply("unknown_class")
    if reply.code is None:
        return unexpected("A class that does not exist was answered with a result.")
    if reply.code != METHOD_NOT_FOUND:
        return unexpected(f"A call of a class that does not exist was refused with code {reply.code}.")
    if reply.id_is_null:
        return told("null", "The error for a class that does not exist does not say which call it answers.")
    return told("echo", "The error for a class that does not exist says which call it answers.")


def _secure_connection(material: Material) -> Outcome:
    names = [name for name, answer in material.answers.items() if answer.asked.get("plain_http")]
    if not names:
        return not_asked("Over plain http the token could be read on the way, so nothing is asked that way.")
    codes = []
    for name in names:
        try:
            codes.append(material.any_reply(name).code)
        except NoUseError:
            continue
    if SECURE_CONNECTION_REQUIRED in codes:
        return told("required", "Calls over plain http were refused with code 1007.").from_answers(*names)
    if None in codes:
        return told("not_required", "Calls with a token were answered over plain http.").from_answers(*names)
    return not_told("No call with a token was answered.").from_answers(*names)


def _uid_type(material: Material) -> Outcome:
    kinds = {type(value) for key, value in _values(material) if key in UID_KEYS and value is not None}
    kinds -= {dict, list}
    if kinds == {int}:
        return told("int", "Uids came as numbers.")
    if kinds == {str}:
        return told("string", "Uids came as texts.")
    if not kinds:
        return not_told("No uid came.")
    return unexpected("Some uids came as numbers and some as texts.")


def _time_format(material: Material) -> Outcome:
    forms = set()
    for key, value in _values(material):
        if key in ("changed", "created", "ordered") and isinstance(value, str) and value:
            forms.add(_time_form(value))
    if not forms:
        return not_told("No time came.")
    if len(forms) == 1 and "unknown" not in forms:
        form = forms.pop()
        words = {
            "offset": "with their offset, such as +01:00",
            "z": "in UTC with a Z",
            "blank": "with a blank instead of T and with their offset",
            "naive": "without a zone",
        }
        return told(form, f"Times came {words[form]}.")
    return unexpected(f"Times came in several or unknown forms ({', '.join(sorted(forms))}).")


def _time_form(text: str) -> str:
    match = _TIME.fullmatch(text)
    if match is None:
        return "unknown"
    blank, zone = match[1].startswith(" "), match[2]
    if blank:
        return "blank" if zone and zone != "Z" else "unknown"
    return "naive" if zone is None else "z" if zone == "Z" else "offset"


def _empty_object(material: Material) -> Outcome:
    # Not `choices`, which under another open question never is empty, and not `custom`, which may be a list by itself.
    keys = (
        "params",
        "externalData",
        "attributes",
        "choiceOptions",
        "choiceOptionPrices",
        "message",
        "choices",
    )
    seen = {
        "object" if value == {} else "array"
        for key, value in _values(material)
        if key in keys
        and value in ({}, [])
        # an article's own choices are a list of uids
        and not (key == "choices" and value == [])
    }
    if len(seen) == 1:
        shape = seen.pop()
        words = "{}" if shape == "object" else "[]"
        return told(shape, f"Objects without members came as {words}.")
    if not seen:
        return not_told("No object without members came.")
    return unexpected("Objects without members came both as {} and as [].")


def _events(_material: Material) -> Outcome:
    return not_asked(
        "Only a listener of our own would show what an event holds; the project asks the shop instead."
    )


def _values(material: Material) -> Iterator[tuple[str, Any]]:
    """Every value of the lists, with its key."""
    for name in LOOKED_AT:
        try:
            value = material.result(name)
        except NoUseError:
            continue
        yield from _inside("", value)
    for order in material.orders:
        yield from _inside("", order)


def _inside(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    yield key, value
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            yield from _inside(inner_key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _inside("", inner)


def _is_json(material: Material, name: str) -> bool:
    try:
        material.content(name)
    except NoUseError:
        return False
    return True


TRANSPORT_QUESTIONS: tuple[Question[Material], ...] = (
    Question(
        "1", "error_status", "HTTP status of an answer that is an error", _error_status, ("unknown_method",)
    ),
    Question("2", "content_type", "Content type of answers", _content_type),
    Question("3", "uid_type", "Uids as numbers or as texts", _uid_type, LOOKED_AT),
    Question("4", "time_format", "How times are written", _time_format, LOOKED_AT),
    Question(
        "1.2",
        "unknown_class_id",
        "Whether the error for an unknown class names its call",
        _unknown_class_id,
        ("unknown_class",),
    ),
    Question("2 (1007)", "secure_connection", "Whether plain http is refused", _secure_connection),
    Question("31", "", "What events hold", _events),
    Question(
        "32",
        "batch_limit",
        "Calls in one batch",
        _batch_limit,
        ("batch_20", "batch_21", "batch_100", "batch_101"),
    ),
    Question("33", "rate_limit", "Requests a second", _rate_limit),
    Question("34", "empty_object", "Objects without members as {} or []", _empty_object, LOOKED_AT),
)
