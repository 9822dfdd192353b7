"""The "from" and "when" of a field mapping: JMESPath, compiled once.

What mappings are made of, paths and simple conditions, becomes plain functions, some twenty times faster than
JMESPath's own interpreter; everything else is left to that, with the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import jmespath
from jmespath.exceptions import JMESPathError

Expression = Callable[[dict[str, Any]], Any]
Node = dict[str, Any]

ROOTS = ("item", "article", "variant", "shop", "settings")


class ExpressionError(Exception):
    """An expression that is not valid JMESPath, or cannot be computed; its text says why in one line."""


def compile_expression(text: str) -> tuple[Expression, Node]:
    """The expression as a function of the data, and its syntax tree.

    :raises ExpressionError: not valid JMESPath. The function raises it too, where a value does not fit.
    """
    try:
        parsed = jmespath.compile(text)
    except JMESPathError as error:
        raise ExpressionError(" ".join(str(error).split("\n")[0].split())) from None
    tree = cast(Node, parsed.parsed)
    fast = _compiled(tree)
    if fast is not None:
        return fast, tree

    def interpreted(data: dict[str, Any]) -> Any:
        try:
            return parsed.search(data)
        except (JMESPathError, TypeError, ValueError) as error:
            # JMESPath lets Python's own errors through when a function meets a value it does not expect.
            raise ExpressionError(" ".join(str(error).split("\n")[0].split())) from None

    return interpreted, tree


def names_used(node: Node) -> Iterator[tuple[str, str | None]]:
    """The top-level names that an expression reads, each with the name right below where there is one."""
    kind, children = node["type"], node["children"]
    if kind == "field":
        yield node["value"], None
    elif kind == "subexpression" and children[0]["type"] == "field":
        yield children[0]["value"], _leftmost_name(children[1])
    elif kind in _FIRST_CHILD_ONLY:
        yield from names_used(children[0])
    elif kind not in ("literal", "identity", "expref"):
        for child in children:
            yield from names_used(child)


_FIRST_CHILD_ONLY = frozenset(
    {
        "subexpression",
        "index_expression",
        "projection",
        "value_projection",
        "filter_projection",
        "flatten",
        "pipe",
    }
)


def _leftmost_name(node: Node) -> str | None:
    while node["type"] != "field":
        if not node["children"]:
            return None
        node = node["children"][0]
    name: str = node["value"]
    return name


def negates_too_little(node: Node) -> bool:
    """Whether "!" stands before a path: JMESPath reads ``!item.hidden`` as ``(!item).hidden``, which is nothing."""
    children = node["children"]
    if node["type"] == "subexpression" and children[0]["type"] == "not_expression":
        return True
    return any(negates_too_little(child) for child in children)


def is_false(value: Any) -> bool:
    """JMESPath's idea of false: nothing, false, or something empty. Zero is true."""
    return value is None or value is False or value == "" or value == [] or value == {}


def _compiled(node: Node) -> Expression | None:
    kind = node["type"]
    if kind == "literal":
        literal = node["value"]
        return lambda _: literal
    if kind in ("field", "subexpression"):
        return _path(node)
    if kind in ("and_expression", "or_expression", "not_expression", "comparator"):
        parts = [_compiled(child) for child in node["children"]]
        if all(part is not None for part in parts):
            return _condition(node, [part for part in parts if part is not None])
    return None


def _path(node: Node) -> Expression | None:
    nodes = [node] if node["type"] == "field" else node["children"]
    if any(part["type"] != "field" for part in nodes):
        return None
    names = tuple(part["value"] for part in nodes)
    if len(names) == 2:
        first, second = names

        def two(data: dict[str, Any]) -> Any:
            inner = data.get(first)
            return inner.get(second) if isinstance(inner, dict) else None

        return two

    def walk(data: Any) -> Any:
        for name in names:
            if not isinstance(data, dict):
                return None
            data = data.get(name)
        return data

    return walk


def _condition(node: Node, parts: list[Expression]) -> Expression | None:
    kind = node["type"]
    if kind == "not_expression":
        (inner,) = parts
        return lambda data: is_false(inner(data))
    left, right = parts
    if kind == "and_expression":

        def both(data: dict[str, Any]) -> Any:
            value = left(data)
            return value if is_false(value) else right(data)

        return both
    if kind == "or_expression":

        def either(data: dict[str, Any]) -> Any:
            value = left(data)
            return right(data) if is_false(value) else value

        return either
    if node["value"] == "eq":
        return lambda data: _equal(left(data), right(data))
    if node["value"] == "ne":
        return lambda data: not _equal(left(data), right(data))
    return None


def _equal(left: Any, right: Any) -> bool:
    """As JMESPath compares: true is not 1, false is not 0."""
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right)
