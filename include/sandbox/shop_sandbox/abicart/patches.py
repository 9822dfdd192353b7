"""Patches: checked against the class table as a whole, then written property by property (Abicart reference 4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from shop_sandbox.abicart.errors import INVALID_PARAMS, Problem, RpcError, pointer_to, problem
from shop_sandbox.abicart.properties import ApiClass, Property
from shop_sandbox.abicart.registry import CLASSES
from shop_sandbox.abicart.shapes import Anything, Keyed, ListOf, Reference, Scalar, Shape, Struct
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import as_uid, is_number, is_whole, tidy


def check_patch(
    view: View, api_class: ApiClass, patch: Any, *, row: Any = None
) -> tuple[dict[str, Any], list[Problem]]:
    """The values to write, in the shop's own types, and what is wrong with the patch.

    :param row: the row it is for; ``None`` for one to be made, which must have the required properties.
    """
    if patch == []:
        patch = {}
    if not isinstance(patch, dict):
        return {}, [problem("Must be an object", "")]
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in patch.items():
        pointer = pointer_to("", name)
        prop = api_class.properties.get(name)
        if prop is None or not prop.known(view):
            problems.append(problem("Unknown property", pointer))
            continue
        if not _may_write(view, prop):
            problems.append(problem("Read-only", pointer))
            continue
        values[name], found = _check_value(view, prop, value, pointer)
        problems.extend(found)
    if row is None:
        missing = sorted(api_class.required - set(patch))
        problems.extend(problem("Required", pointer_to("", name)) for name in missing)
    elif _is_stock_of_variants(view, api_class, row, values):
        problems.append(problem("An article with variants has no stock of its own", "/stock/stock"))
    return values, problems


def _may_write(view: View, prop: Property) -> bool:
    if prop.write is None:
        return False
    allowed = prop.allowed(view)
    if view.by_hand:
        return True
    if not isinstance(allowed, bool):
        raise RpcError(allowed)
    return allowed


def _is_stock_of_variants(view: View, api_class: ApiClass, row: Any, values: dict[str, Any]) -> bool:
    """Open question 24."""
    if view.switch["variant_article_stock"] != "error" or api_class.name != "Article":
        return False
    stock = values.get("stock")
    return bool(row.variants) and stock is not None and (not isinstance(stock, dict) or "stock" in stock)


def _check_value(view: View, prop: Property, value: Any, pointer: str) -> tuple[Any, list[Problem]]:
    if prop.check is not None:
        return prop.check(view, value, pointer)
    problems: list[Problem] = []
    return _fit(view, prop.shape, value, pointer, problems), problems


def _fit(view: View, shape: Shape, value: Any, pointer: str, problems: list[Problem]) -> Any:
    """The value in the shop's own type; adds to ``problems`` what does not fit."""
    match shape:
        case Scalar():
            return _fit_scalar(shape, _by_hand_number(view, shape, value), pointer, problems)
        case Anything():
            if not _can_be_kept(value):
                problems.append(problem("Number too large", pointer))
            return value
        case Reference():
            return _fit_reference(view, shape, value, pointer, problems)
        case ListOf(of):
            if not isinstance(value, list):
                problems.append(problem("Must be an array", pointer))
                return ()
            return tuple(_fit(view, of, one, f"{pointer}/{at}", problems) for at, one in enumerate(value))
        case _:
            return _fit_object(view, shape, value, pointer, problems)


def _can_be_kept(value: Any) -> bool:
    """No whole number in it is larger than can be kept."""
    if isinstance(value, dict | list):
        return all(_can_be_kept(one) for one in (value.values() if isinstance(value, dict) else value))
    return not isinstance(value, int) or isinstance(value, bool) or is_whole(value)


def _fit_scalar(shape: Scalar, value: Any, pointer: str, problems: list[Problem]) -> Any:
    if value is None and shape.nullable:
        return None
    fits = {
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "integer": is_whole(value),
        "number": is_number(value),
        "uid": as_uid(value) is not None,
        "time": isinstance(value, str),
    }
    if not fits[shape.kind]:
        problems.append(problem(f"Must be a {shape.kind}", pointer))
        return None
    return tidy(Decimal(value)) if shape.kind == "number" else value


def _by_hand_number(view: View, shape: Scalar, value: Any) -> Any:
    """The control interface may send a number as text, as it shows them."""
    if not view.by_hand or shape.kind != "number" or not isinstance(value, str):
        return value
    try:
        number = Decimal(value)
    except ArithmeticError:
        return value
    return number if number.is_finite() else value


def _fit_reference(view: View, shape: Reference, value: Any, pointer: str, problems: list[Problem]) -> Any:
    if value is None:
        return None
    uid = int(value) if isinstance(value, str) and value.isdecimal() else value
    if (
        isinstance(uid, bool)
        or not isinstance(uid, int)
        or view.shop.table(CLASSES[shape.to].table).get(uid) is None
    ):
        problems.append(problem(f"Unknown {shape.to}", pointer))
        return None
    return uid


def _fit_object(
    view: View, shape: Keyed | Struct, value: Any, pointer: str, problems: list[Problem]
) -> dict[str, Any] | None:
    if value is None:
        return {}
    if value == []:
        value = {}
    if not isinstance(value, dict):
        problems.append(problem("Must be an object", pointer))
        return None
    fitted: dict[str, Any] = {}
    for key, one in value.items():
        place = pointer_to(pointer, key)
        if isinstance(shape, Struct):
            if key in shape.ignored:
                continue
            inner = shape.fields.get(key)
        else:
            inner = shape.of if _is_known_key(view, shape, key) else None
        if inner is None:
            problems.append(
                problem(f"Unknown {shape.key if isinstance(shape, Keyed) else 'property'}", place)
            )
            continue
        fitted[key] = _fit(view, inner, one, place, problems)
        if isinstance(shape, Keyed) and shape.key == "currency" and (fitted[key] or 0) < 0:
            problems.append(problem("Must not be negative", place))
    return fitted


def _is_known_key(view: View, shape: Keyed, key: str) -> bool:
    if shape.key == "language":
        return key in view.shop.languages.rows
    if shape.key == "currency":
        return key in view.shop.webshop.currencies
    return shape.knows(key)


def refuse_if(problems: list[Problem]) -> None:
    if problems:
        raise RpcError(INVALID_PARAMS, problems)


def write_values(view: View, api_class: ApiClass, row: Any, values: dict[str, Any]) -> None:
    """Store checked values; with the switch ``set_nested`` on ``merge`` objects are merged into what is there."""
    merging = view.switch["set_nested"] == "merge"
    # A displayed price (open question 26) is worked out by the new VAT rate, wherever in the patch that stands.
    values = {name: values[name] for name in sorted(values, key=lambda name: name != "vatRate")}
    with view.shop.changing(api_class.table, row, view.now):
        for name, value in values.items():
            prop = api_class.properties[name]
            if prop.write is None:
                continue
            if merging and isinstance(value, dict) and prop.merges and prop.check is None:
                value = _merged(prop.read(view, row), value)
            if isinstance(prop.shape, Keyed):
                value = {key: one for key, one in value.items() if one is not None}
            prop.write(view, row, value)


def _merged(old: Any, new: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(old, dict):
        return new
    merged = dict(old)
    for key, value in new.items():
        merged[key] = _merged(old.get(key), value) if isinstance(value, dict) else value
    return merged
