"""How a property of a class is described, and small builders for the usual kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shop_sandbox.abicart.errors import Problem
from shop_sandbox.abicart.shapes import Shape
from shop_sandbox.abicart.view import View


class _Absent:
    """A property that is left out of the answer."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()

Reader = Callable[[View, Any], Any]
Writer = Callable[[View, Any, Any], None]


def _always(_view: View) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Property:
    """One row of a class table: the only place that says what a property is and what may be done with it.

    :param read: the raw value of a record (uids as int, amounts as ``Decimal``, times aware); ``ABSENT`` leaves it out.
    :param attribute: set when the raw value is just that attribute of the record.
    :param write: stores a value that fits ``shape``; ``None`` for read-only.
    :param allowed: whether a patch may hold it now: ``True``, ``False`` (as read-only), or an error's code.
    :param check: replaces the shape's own check of a patch's value where that is not enough.
    :param filterable: whether it can be in ``filters`` now.
    :param known: whether the class has it now (some exist only under a switch).
    :param read_shape: how it is read under this view, where a switch changes that.
    :param merges: whether deep merging (open question 21) is left to the general rule; else ``write`` does it.
    """

    name: str
    shape: Shape
    read: Reader
    attribute: str | None = None
    write: Writer | None = None
    allowed: Callable[[View], bool | int] = _always
    check: Callable[[View, Any, str], tuple[Any, list[Problem]]] | None = None
    filterable: Callable[[View], bool] = _always
    sortable: bool = False
    admin_only: bool = False
    known: Callable[[View], bool] = _always
    read_shape: Callable[[View], Shape] | None = None
    merges: bool = True

    def shape_for(self, view: View) -> Shape:
        return self.shape if self.read_shape is None else self.read_shape(view)


def never(_view: View) -> bool:
    return False


def by_switch(name: str, value: str) -> Callable[[View], bool]:
    """True while the switch stands so."""

    def stands(view: View) -> bool:
        return bool(view.switch[name] == value)

    return stands


def stored(name: str, shape: Shape, attribute: str, *, writable: bool = False, **more: Any) -> Property:
    """A property that is an attribute of the record, read and written as it is."""

    def read(_view: View, record: Any) -> Any:
        return getattr(record, attribute)

    def write(_view: View, record: Any, value: Any) -> None:
        setattr(record, attribute, value)

    more.setdefault("write", write if writable else None)
    return Property(name, shape, read, attribute, **more)


def kept(name: str, shape: Shape, default: Any = None, *, writable: bool = True) -> Property:
    """A documented property that nothing here depends on: kept in ``record.extra`` and given back."""

    def read(_view: View, record: Any) -> Any:
        return record.extra.get(name, default)

    def write(_view: View, record: Any, value: Any) -> None:
        record.extra = {**record.extra, name: value}

    return Property(name, shape, read, None, write if writable else None, filterable=never)


def derived(name: str, shape: Shape, read: Reader, **more: Any) -> Property:
    """A property worked out from the record."""
    return Property(name, shape, read, None, **more)


@dataclass(frozen=True, slots=True)
class ApiClass:
    """A class of the interface.

    :param table: its table in the shop.
    :param methods: method names without the class; what is not named here is "Method not found".
    :param public: whether it can be read without a token.
    :param visible: which rows a caller without a token sees; ``None``: all.
    """

    name: str
    table: str
    properties: Mapping[str, Property]
    methods: frozenset[str]
    public: bool = False
    visible: Callable[[Any], bool] | None = None
    required: frozenset[str] = field(default_factory=frozenset)
    uid_kind: str = "integer"


def api_class(name: str, table: str, methods: str, properties: list[Property], **more: Any) -> ApiClass:
    return ApiClass(name, table, {one.name: one for one in properties}, frozenset(methods.split()), **more)
