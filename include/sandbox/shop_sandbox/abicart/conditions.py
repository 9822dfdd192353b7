"""Filters of a list selection (Abicart reference 4.1): which rows match, and which uids need looking at at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shop_sandbox.abicart.errors import RpcError, invalid
from shop_sandbox.abicart.properties import ABSENT, ApiClass, Property
from shop_sandbox.abicart.shapes import Anything, Keyed, ListOf, Reference, Scalar, Shape, Struct
from shop_sandbox.abicart.times import parse_time
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import as_uid, is_number

Test = Callable[[Any], bool]

_FILTERABLE = (Scalar, Reference, Anything, ListOf)


@dataclass(slots=True)
class Filters:
    """Compiled filters.

    :param tests: functions of a row, all of which must hold.
    :param low, high: bounds of the uid; ``low_open`` and ``high_open``: the bound itself is outside.
    :param uids: the only uids that can match, when a filter names them or an index knows them; sorted.
    :param key: the filters beside those on the uid, as a key for kept scans.
    """

    tests: list[Test] = field(default_factory=list)
    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False
    uids: list[Any] | None = None
    key: str = ""

    def narrow(self, uids: list[Any]) -> None:
        self.uids = uids if self.uids is None else sorted(set(self.uids) & set(uids))

    def matches(self, row: Any) -> bool:
        return all(test(row) for test in self.tests)


def compile_filters(view: View, api_class: ApiClass, filters: Any) -> Filters:
    """Raises ``RpcError`` with the pointer of the property that cannot be filtered so."""
    compiled = Filters()
    if filters is None or filters is True or filters == []:
        filters = {}
    if not isinstance(filters, dict):
        raise invalid("Must be an object", "/filters")
    rest: dict[str, Any] = {}
    for key, condition in filters.items():
        if key == "search":
            compiled.tests.append(_search(view, condition))
            rest[key] = condition
            continue
        pointer = key if key.startswith("/") else f"/{key}"
        prop, shape, path = _resolve(view, api_class, pointer)
        conditions = condition if isinstance(condition, dict) else {"equals": condition}
        typed = {name: _operand(name, shape, value, pointer) for name, value in conditions.items()}
        if prop.name == "uid" and set(typed) <= {"equals", "min", "max", "in"}:
            _bound_uid(view, compiled, typed)
            continue
        rest[key] = condition
        if (
            not path
            and prop.attribute is not None
            and _by_index(view, api_class, compiled, prop.attribute, typed)
        ):
            continue
        read = _row_reader(view, prop, path)
        tests = [_condition(view, name, value) for name, value in typed.items()]
        compiled.tests.append(_both(read, tests))
    compiled.key = repr(sorted(rest.items(), key=lambda one: one[0]))
    return compiled


def _resolve(view: View, api_class: ApiClass, pointer: str) -> tuple[Property, Shape, list[str]]:
    name, *path = [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]
    prop = api_class.properties.get(name)
    if prop is None or not prop.known(view):
        raise invalid(f"{api_class.name} has no property {name}", pointer)
    if prop.admin_only and not view.admin:
        raise RpcError(1006)
    if not prop.filterable(view):
        raise invalid("Not filterable", pointer)
    shape = prop.shape_for(view)
    for key in path:
        match shape:
            case Keyed(of) if shape.knows(key):
                shape = of
            case Struct(fields) if key in fields:
                shape = fields[key]
            case Anything():
                pass
            case _:
                raise invalid("Unknown property", pointer)
    if not isinstance(shape, _FILTERABLE):
        raise invalid("An object cannot be filtered, only its values", pointer)
    return prop, shape, path


def _row_reader(view: View, prop: Property, path: list[str]) -> Callable[[Any], Any]:
    read = prop.read

    def value_of(row: Any) -> Any:
        value = read(view, row)
        for key in path:
            if not isinstance(value, dict):
                return None
            value = value.get(key)
        return None if value is ABSENT else value

    return value_of


def _both(read: Callable[[Any], Any], tests: list[Test]) -> Test:
    return lambda row: (lambda value: all(test(value) for test in tests))(read(row))


def _operand(name: str, shape: Shape, value: Any, pointer: str) -> Any:
    """The condition's value in the property's own type; a wrong type or an unknown condition is an error."""
    if name in ("contains", "containsAny") and not isinstance(shape, ListOf):
        raise invalid(f"{name} is for arrays", pointer)
    inner = shape.of if isinstance(shape, ListOf) else shape
    if name in ("in", "containsAny"):
        if not isinstance(value, list):
            raise invalid(f"{name} takes an array", pointer)
        return {_scalar(inner, one, pointer) for one in value}
    if name == "contains":
        return _scalar(inner, value, pointer)
    if name == "startsWith":
        if not isinstance(value, str):
            raise invalid("startsWith takes a string", pointer)
        return value
    if name not in ("equals", "min", "max"):
        raise invalid(f"Unknown condition {name}", pointer)
    if isinstance(shape, ListOf) or (isinstance(shape, Anything) and name != "equals"):
        raise invalid(f"{name} is not for this property", pointer)
    operand = _scalar(shape, value, pointer)
    if name in ("min", "max") and operand is None:
        raise invalid(f"{name} takes a value", pointer)
    return operand


def _scalar(shape: Shape, value: Any, pointer: str) -> Any:
    if value is None:
        return None
    if isinstance(value, dict | list):
        raise invalid("Must be a single value", pointer)
    kind = shape.kind if isinstance(shape, Scalar) else "uid" if isinstance(shape, Reference) else "any"
    if kind == "time":
        at = parse_time(value) if isinstance(value, str) else None
        if at is None:
            raise invalid("Not a time", pointer)
        return at
    if kind == "uid":
        uid = as_uid(value)
        if uid is None:
            raise invalid("Not a uid", pointer)
        return uid
    fits = {
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "integer": is_number(value),
        "number": is_number(value),
        "any": True,
    }
    if not fits[kind]:
        raise invalid(f"Must be a {kind}", pointer)
    return value


def _condition(view: View, name: str, operand: Any) -> Test:
    """One condition on a value; a missing value matches nothing but null."""
    exclusive = view.switch["range_bounds"] == "exclusive"
    match name:
        case "equals":
            return lambda value: bool(value == operand)
        case "min" if exclusive:
            return lambda value: value is not None and bool(value > operand)
        case "min":
            return lambda value: value is not None and bool(value >= operand)
        case "max" if exclusive:
            return lambda value: value is not None and bool(value < operand)
        case "max":
            return lambda value: value is not None and bool(value <= operand)
        case "in":
            return lambda value: any(value == one for one in operand)
        case "contains":
            return lambda value: bool(value) and operand in value
        case "containsAny":
            return lambda value: bool(value) and not operand.isdisjoint(value)
        case _:
            return lambda value: isinstance(value, str) and value.startswith(operand)


def _bound_uid(view: View, compiled: Filters, typed: dict[str, Any]) -> None:
    exclusive = view.switch["range_bounds"] == "exclusive"
    for name, operand in typed.items():
        if name == "equals":
            compiled.narrow([operand])
        elif name == "in":
            compiled.narrow(sorted(one for one in operand if one is not None))
        elif name == "min" and (compiled.low is None or operand >= compiled.low):
            compiled.low, compiled.low_open = operand, exclusive
        elif name == "max" and (compiled.high is None or operand <= compiled.high):
            compiled.high, compiled.high_open = operand, exclusive


def _by_index(
    view: View, api_class: ApiClass, compiled: Filters, attribute: str, typed: dict[str, Any]
) -> bool:
    """Take the matching uids from an index, when the whole condition is one that it answers."""
    table = view.shop.table(api_class.table)
    if len(typed) != 1 or not table.can_look_up(attribute):
        return False
    ((name, operand),) = typed.items()
    if name == "equals":
        compiled.narrow(list(table.look_up(attribute, operand)))
    elif name == "in":
        compiled.narrow(sorted(uid for one in operand for uid in table.look_up(attribute, one)))
    else:
        return False
    return True


def _search(view: View, condition: Any) -> Test:
    """``{"term": "cap*", "relevance": 100}``: words in number, name or EAN; ``*`` stands for any letters."""
    term = condition.get("term") if isinstance(condition, dict) else condition
    if not isinstance(term, str) or not term.strip():
        raise invalid("search takes a term", "/search/term")
    patterns = [
        re.compile(rf"(?<!\w){'.*'.join(re.escape(part) for part in word.split('*'))}(?!\w)", re.IGNORECASE)
        for word in term.split()
    ]

    def found(row: Any) -> bool:
        names = getattr(row, "name", None)
        texts = [*names.values()] if isinstance(names, dict) else [names]
        texts += [getattr(row, name, None) for name in ("article_number", "ean", "number")]
        text = " ".join(one for one in texts if isinstance(one, str))
        return all(pattern.search(text) for pattern in patterns)

    return found
