"""Turns pydantic's findings about a YAML file into sentences with file, line and key."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

from abicart_specter.settings.yaml_file import Place, YamlDocument, at

_LONGEST_SHOWN = 40


def findings(error: ValidationError, document: YamlDocument, model: type[BaseModel]) -> list[tuple[int, str]]:
    """Each finding as (line, sentence)."""
    return [_finding(detail, document, model) for detail in error.errors(include_url=False)]


def in_order(found: Iterable[tuple[int, str]], document: YamlDocument) -> str:
    """All findings as one text, a line each, in the order of the file."""
    return "\n".join(f"{at(document.path, line)}: {words}" for line, words in sorted(set(found)))


def key_in_words(place: Place, data: Any = None) -> str:
    """``orders.ripe.payment_methods.4411``; entries of lists are counted from 1: ``fields 3.transforms 1``.

    :param data: the file's content, by which a position is told from a key that is a number.
    """
    out = ""
    for part in place:
        if isinstance(part, int) and isinstance(data, list):
            out += f" {part + 1}"
        else:
            out += f".{part}" if out else str(part)
        data = _inside(data, part)
    return out


def _inside(data: Any, part: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(part)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return None


def _finding(detail: Any, document: YamlDocument, model: type[BaseModel]) -> tuple[int, str]:
    place = _place_in_file(detail["loc"], document)
    kind: str = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    value = _value_at(document.data, place)
    if kind == "extra_forbidden":
        return document.line(place), _unknown(place, document, model)
    if kind == "missing":
        key = key_in_words(tuple(detail["loc"]), document.data)
        return document.line(place), f"{key} is missing; it has no default."
    name = key_in_words(place, document.data)
    if kind == "value_error":
        words = str(context["error"])
        meant = _place_in_words(words, place, document)
        joint = "" if not name else "." if meant != place else ": "
        return document.line(meant), f"{name}{joint}{words}."
    in_words = _WORDS.get(kind)
    words = in_words(context) if in_words else str(detail["msg"])
    if kind in ("too_short", "too_long"):
        words += " characters" if isinstance(value, str) else " entries"
    return document.line(place), f"{name}: {words}, found {_shown(value)}."


def _place_in_file(loc: tuple[str | int, ...], document: YamlDocument) -> Place:
    """The longest part of pydantic's place that is a place in the file (it adds words of its own)."""
    place: Place = ()
    for part in loc:
        if (*place, part) in document.lines:
            place = (*place, part)
        elif isinstance(part, str) and part.lstrip("-").isdigit() and (*place, int(part)) in document.lines:
            place = (*place, int(part))
    return place


def _place_in_words(words: str, place: Place, document: YamlDocument) -> Place:
    """A check over several keys begins its words with the one that it means."""
    key, colon, _ = words.partition(": ")
    meant = (*place, *key.split("."))
    return meant if colon and meant in document.lines else place


def _value_at(data: Any, place: Place) -> Any:
    for part in place:
        data = _inside(data, part)
    return data


def _unknown(place: Place, document: YamlDocument, model: type[BaseModel]) -> str:
    words = f"there is no key “{key_in_words(place, document.data)}”."
    known = _fields_at(model, place[:-1])
    close = difflib.get_close_matches(str(place[-1]), known, 1, 0.6)
    if close:
        return f"{words} Is “{close[0]}” meant?"
    return f"{words} Here the keys are: {', '.join(known)}." if known else words


def _fields_at(model: type[BaseModel], place: Place) -> list[str]:
    current: Any = model
    for part in place:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(part)
        if field is None:
            return []
        current = next(iter(_models_in(field.annotation)), None)
        if current is None:
            return []
    return [field.alias or name for name, field in current.model_fields.items()]


def _models_in(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        # A long text may be a secret in the wrong place.
        return f"the text “{value}”" if len(value) <= _LONGEST_SHOWN else "a long text"
    return f"the number {value}"


_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "bool_type": lambda _: "expected true or false",
    "int_type": lambda _: "expected a whole number",
    "int_parsing": lambda _: "expected a whole number",
    "float_type": lambda _: "expected a number",
    "decimal_type": lambda _: "expected a number",
    "is_instance_of": lambda _: "expected a number",
    "string_type": lambda _: "expected text (put numbers in quotes)",
    "list_type": lambda _: "expected a list",
    "dict_type": lambda _: "expected keys with values",
    "model_type": lambda _: "expected a group of settings",
    "model_attributes_type": lambda _: "expected a group of settings",
    "datetime_type": lambda _: "expected a date or time",
    "literal_error": lambda context: f"expected {context['expected'].replace(chr(39), '')}",
    "greater_than": lambda context: f"expected more than {context['gt']}",
    "greater_than_equal": lambda context: f"expected at least {context['ge']}",
    "less_than": lambda context: f"expected less than {context['lt']}",
    "less_than_equal": lambda context: f"expected at most {context['le']}",
    "string_too_short": lambda context: f"expected at least {context['min_length']} characters",
    "string_too_long": lambda context: f"expected at most {context['max_length']} characters",
    "too_short": lambda context: f"expected at least {context['min_length']}",
    "too_long": lambda context: f"expected at most {context['max_length']}",
}
