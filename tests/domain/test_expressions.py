from __future__ import annotations

from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.expressions import ExpressionError, compile_expression, is_false, names_used

scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "1"])
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3)
    ),
    max_leaves=6,
)
data = st.dictionaries(st.sampled_from(["a", "b", "c"]), values, max_size=3)
paths = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map(".".join)
literals = st.sampled_from(["`null`", "`true`", "`false`", "`0`", "`1`", "'a'", "''", "`[]`"])
expressions = st.recursive(
    paths | literals,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["&&", "||", "==", "!="]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        )
        | inner.map(lambda text: f"!{text}")
    ),
    max_leaves=5,
)


@given(expressions, data)
def test_compiled_expressions_give_what_jmespath_gives(text: str, document: dict[str, Any]) -> None:
    expression, _ = compile_expression(text)
    assert expression(document) == jmespath.search(text, document)
    assert type(expression(document)) is type(jmespath.search(text, document))


@pytest.mark.parametrize(
    "text",
    [
        "a == `true`",
        "a == `1`",
        "b == `false`",
        "b == `0`",
        "a != `true`",
        "b && `7`",
        "b || `7`",
        "c && `7`",
        "!b",
        "!d",
    ],
)
@pytest.mark.parametrize("a", [1, True])
@pytest.mark.parametrize("b", [0, False])
def test_numbers_are_no_truth_values(text: str, a: object, b: object) -> None:
    document = {"a": a, "b": b, "c": "", "d": []}
    found, expected = compile_expression(text)[0](document), jmespath.search(text, document)
    assert (found, type(found)) == (expected, type(expected))


@given(values)
def test_false_is_what_jmespath_calls_false(value: Any) -> None:
    assert is_false(value) == (
        jmespath.search("a && `1`", {"a": value}) == value and jmespath.search("!a", {"a": value})
    )


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("article.images[0]", "x.png"),
        ("join(' ', [article.name.sv, item.kind])", "Blå article"),
        ("article.parts[?qty > `1`].uid | [0]", 8),
        ("length(article.parts)", 2),
        ("article.attributes.*.sv | [0]", "ull"),
    ],
)
def test_the_rest_of_jmespath_works_too(text: str, result: object) -> None:
    document = {
        "article": {
            "images": ["x.png"],
            "name": {"sv": "Blå"},
            "parts": [{"uid": 7, "qty": 1}, {"uid": 8, "qty": 2}],
            "attributes": {"41": {"sv": "ull"}},
        },
        "item": {"kind": "article"},
    }
    assert compile_expression(text)[0](document) == result


@pytest.mark.parametrize("text", ["item.", "item[", "&&", "foo(", "item..name", "unknown_function(item)"])
def test_what_is_no_jmespath_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)[0]({"item": {}})
    assert "\n" not in str(caught.value)


def test_a_function_on_an_unfitting_value_is_an_expression_error() -> None:
    expression, _ = compile_expression("join(', ', item.names)")
    with pytest.raises(ExpressionError):
        expression({"item": {"names": 7}})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("item.name", [("item", "name")]),
        ("article.description.sv", [("article", "description")]),
        ("article.images[0].url", [("article", "images")]),
        ("article", [("article", None)]),
        ("article.*", [("article", None)]),
        ("article.parts[?qty > `1`].uid", [("article", "parts")]),
        ("join(' ', [article.name.sv, item.name])", [("article", "name"), ("item", "name")]),
        ("variant.overrides || article.ean", [("variant", "overrides"), ("article", "ean")]),
        ("!(item.hidden) && settings.products.hidden == 'x'", [("item", "hidden"), ("settings", "products")]),
        ("article.parts[].uid | [0]", [("article", "parts")]),
        ("{a: article.sku}", [("article", "sku")]),
        ("foo", [("foo", None)]),
    ],
)
def test_the_names_that_an_expression_reads(text: str, names: list[tuple[str, str | None]]) -> None:
    assert list(names_used(compile_expression(text)[1])) == names
