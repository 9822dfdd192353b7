"""The query language (Abicart reference 3): which fields come back. Compiled once per call, run once per row.

``true`` or ``{}`` is the whole; a text is one key, a list several, an object keys with their own queries. A reference
asked for with ``true`` is a uid, with anything else it is expanded; so are references in lists, level by level.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from shop_sandbox.abicart.errors import RpcError, invalid, pointer_to
from shop_sandbox.abicart.properties import ABSENT, ApiClass, Property
from shop_sandbox.abicart.registry import CLASSES
from shop_sandbox.abicart.shapes import Anything, Keyed, ListOf, Reference, Scalar, Shape, Struct
from shop_sandbox.abicart.view import View

Render = Callable[[Any], Any]
WHOLE: dict[str, Any] = {}


def compile_query(view: View, api_class: ApiClass, query: Any) -> Callable[[Any], dict[str, Any]]:
    """A function from a row to its JSON. Raises ``RpcError`` with a pointer into the query where it is malformed."""
    return _compile_class(view, api_class, WHOLE if query is None else query, "")


def keys_of(query: Any, pointer: str) -> dict[str, Any] | bool:
    """The query at one level as keys with their own queries; ``True`` for the whole.

    An empty list is the whole too: the server's language does not tell it from an empty object.
    """
    if query is True or query in ({}, []):
        return True
    if isinstance(query, str):
        return {query: True}
    if isinstance(query, list):
        merged: dict[str, Any] = {}
        for place, part in enumerate(query):
            keys = keys_of(part, f"{pointer}/{place}") if isinstance(part, str | dict) else True
            if keys is True or isinstance(keys, bool):
                raise invalid("Must be a property name", f"{pointer}/{place}")
            merged.update(keys)
        return merged
    if isinstance(query, dict):
        return query
    raise invalid("Must be true, a property name, an array or an object", pointer)


def _compile_class(
    view: View, api_class: ApiClass, query: Any, pointer: str
) -> Callable[[Any], dict[str, Any]]:
    keys = keys_of(query, pointer)
    if keys is True or isinstance(keys, bool):
        keys = {
            one.name: True
            for one in api_class.properties.values()
            if one.known(view) and (view.admin or not one.admin_only)
        }
    steps: list[tuple[str, Render, Render | None]] = []
    for key, wanted in keys.items():
        place = pointer_to(pointer, key)
        prop = _property(view, api_class, key, place)
        if prop is not None:
            steps.append((key, _reader(view, prop), _compile(view, prop.shape_for(view), wanted, place)))

    def project(row: Any) -> dict[str, Any]:
        shown = {}
        for name, read, render in steps:
            value = read(row)
            if value is not ABSENT:
                shown[name] = value if render is None else render(value)
        return shown

    return project


def _property(view: View, api_class: ApiClass, key: str, pointer: str) -> Property | None:
    prop = api_class.properties.get(key)
    if prop is None or not prop.known(view):
        _unknown(view, f"{api_class.name} has no property {key}", pointer)
        return None
    if prop.admin_only and not view.admin:
        raise RpcError(1006)
    return prop


def _unknown(view: View, message: str, pointer: str) -> None:
    """Open question 10: an unknown key is an error or is left out."""
    if view.switch["unknown_key"] == "error":
        raise invalid(message, pointer)


def _reader(view: View, prop: Property) -> Render:
    if prop.attribute is not None:
        return attrgetter(prop.attribute)
    read = prop.read
    return lambda row: read(view, row)


def _compile(view: View, shape: Shape, query: Any, pointer: str) -> Render | None:
    """How a raw value of that shape is shown; ``None``: as it is."""
    match shape:
        case Scalar():
            return _compile_scalar(view, shape, query, pointer)
        case Keyed():
            return _objects(view, _compile_keyed(view, shape, query, pointer))
        case Struct():
            return _objects(view, _compile_struct(view, shape, query, pointer))
        case Anything():
            return _objects(view, _compile_anything(view, query, pointer))
        case ListOf(of):
            inner = _compile(view, of, query, pointer)
            return (
                None
                if inner is None
                else lambda value: None if value is None else [inner(one) for one in value]
            )
        case Reference():
            return _compile_reference(view, shape, query, pointer)


def _compile_scalar(view: View, shape: Scalar, query: Any, pointer: str) -> Render | None:
    keys = keys_of(query, pointer)
    if keys is not True and not isinstance(keys, bool):
        first = next(iter(keys))
        raise invalid("Not an object, so it has no properties", pointer_to(pointer, first))
    if shape.kind == "time":
        write = view.write_time
        return lambda value: None if value is None else write(value)
    if shape.kind == "uid" and view.uid_text:
        return lambda value: None if value is None else str(value)
    return None


def _compile_keyed(view: View, shape: Keyed, query: Any, pointer: str) -> Render | None:
    keys = keys_of(query, pointer)
    if keys is True or isinstance(keys, bool):
        inner = _compile(view, shape.of, True, pointer)
        if inner is None:
            return None
        return lambda value: None if value is None else {key: inner(one) for key, one in value.items()}
    wanted: dict[str, Render | None] = {}
    for key, sub_query in keys.items():
        place = pointer_to(pointer, key)
        if not shape.knows(key):
            _unknown(view, f"Not a {shape.key}", place)
            continue
        wanted[key] = _compile(view, shape.of, sub_query, place)
    return lambda value: None if value is None else _some(value, wanted)


def _compile_struct(view: View, shape: Struct, query: Any, pointer: str) -> Render | None:
    keys = keys_of(query, pointer)
    if keys is True or isinstance(keys, bool):
        wanted = {key: _compile(view, of, True, pointer_to(pointer, key)) for key, of in shape.fields.items()}
        collapsed = shape.collapsed
        if collapsed is not None and query is True:
            return lambda value: collapsed(view, value)
        if not any(wanted.values()):
            return None
        return lambda value: None if value is None else _all(value, wanted)
    wanted = {}
    for key, sub_query in keys.items():
        place = pointer_to(pointer, key)
        if key not in shape.fields:
            _unknown(view, "Unknown property", place)
            continue
        wanted[key] = _compile(view, shape.fields[key], sub_query, place)
    return lambda value: None if value is None else _some(value, wanted)


def _compile_anything(view: View, query: Any, pointer: str) -> Render | None:
    """Values without a description: keys can be picked, nothing can be checked beforehand."""
    keys = keys_of(query, pointer)
    if keys is True or isinstance(keys, bool):
        return None
    wanted = {key: _compile_anything(view, part, pointer_to(pointer, key)) for key, part in keys.items()}

    def pick(value: Any) -> Any:
        if isinstance(value, list):
            return [pick(one) for one in value]
        if isinstance(value, dict):
            return _some(value, wanted)
        if value is None:
            return None
        raise invalid("Not an object, so it has no properties", pointer_to(pointer, next(iter(wanted))))

    return pick


def _all(value: dict[str, Any], wanted: dict[str, Render | None]) -> dict[str, Any]:
    shown = {}
    for key, one in value.items():
        render = wanted[key]
        shown[key] = one if render is None else render(one)
    return shown


def _some(value: dict[str, Any], wanted: dict[str, Render | None]) -> dict[str, Any]:
    return {
        key: value[key] if render is None else render(value[key])
        for key, render in wanted.items()
        if key in value
    }


def _objects(view: View, render: Render | None) -> Render | None:
    """Open question 34: an empty object may come as an empty list."""
    if not view.empty_as_list:
        return render
    return lambda value: _empty_as_list(value if render is None else render(value))


def _empty_as_list(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _empty_as_list(one) for key, one in value.items()} or []
    return value


def _compile_reference(view: View, shape: Reference, query: Any, pointer: str) -> Render | None:
    collapsed = shape.to in ("OrderItem", "Payment") and not view.expand_order_rows
    if query is True or collapsed:
        return _unexpanded(view, shape)
    target = CLASSES[shape.to]
    keys = keys_of(query, pointer)
    beside = shape.extra
    if isinstance(keys, dict):
        beside = tuple(key for key in shape.extra if key in keys)
        query = {key: part for key, part in keys.items() if key not in beside} or {"uid": True}
    project = _compile_class(view, target, query, pointer)
    find = view.shop.table(target.table).rows.get
    if not shape.wrapped:

        def expand(uid: Any) -> Any:
            row = None if uid is None else find(uid)
            return None if row is None else project(row)

        return expand

    def expand_wrapped(value: dict[str, Any]) -> Any:
        row = find(value["uid"])
        return None if row is None else project(row) | {key: value[key] for key in beside}

    return expand_wrapped


def _unexpanded(view: View, shape: Reference) -> Render | None:
    text = view.uid_text
    if shape.wrapped and shape.extra:
        return (lambda value: value | {"uid": str(value["uid"])}) if text else None
    if shape.wrapped:
        return lambda value: str(value["uid"]) if text else value["uid"]
    return (lambda uid: None if uid is None else str(uid)) if text else None
