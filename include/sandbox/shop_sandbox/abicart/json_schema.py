"""``getSchema``: a class table as JSON Schema."""

from __future__ import annotations

from typing import Any

from shop_sandbox.abicart.properties import ApiClass, Property
from shop_sandbox.abicart.shapes import Anything, Keyed, ListOf, Reference, Scalar, Shape, Struct
from shop_sandbox.abicart.view import View

_KINDS = {"time": "string", "uid": "integer"}


def schema_of(view: View, api_class: ApiClass) -> dict[str, Any]:
    """Types, ``readOnly`` and required ones; ``filterable`` is an addition of this sandbox."""
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": api_class.name,
        "type": "object",
        "properties": {
            name: _property(view, prop) for name, prop in api_class.properties.items() if prop.known(view)
        },
        "required": sorted(api_class.required),
        "additionalProperties": False,
    }


def _property(view: View, prop: Property) -> dict[str, Any]:
    described = _shape(prop.shape_for(view))
    described["readOnly"] = prop.write is None or prop.allowed(view) is not True
    described["filterable"] = prop.filterable(view)
    return described


def _shape(shape: Shape) -> dict[str, Any]:
    match shape:
        case Scalar(kind, nullable):
            name = _KINDS.get(kind, kind)
            described: dict[str, Any] = {"type": [name, "null"] if nullable else name}
            if kind == "time":
                described["format"] = "date-time"
            return described
        case Keyed(of, key):
            return {"type": "object", "additionalProperties": _shape(of), "description": f"by {key}"}
        case Struct(fields):
            return {"type": "object", "properties": {name: _shape(of) for name, of in fields.items()}}
        case ListOf(of):
            return {"type": "array", "items": _shape(of)}
        case Reference(to):
            return {"type": ["integer", "null"], "description": f"uid of {to}"}
        case Anything():
            return {}
