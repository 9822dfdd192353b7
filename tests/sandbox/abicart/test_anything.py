"""Whatever is sent, the answer is JSON-RPC, and reading changes nothing."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop_sandbox.abicart.service import AbicartService
from shop_sandbox.core.messages import Request

NAMES = [
    "uid",
    "name",
    "price",
    "regular",
    "SEK",
    "sv",
    "variants",
    "content",
    "choices",
    "stock",
    "search",
    "x",
    "",
]
POINTERS = [f"/{name}" for name in NAMES] + [
    "/name/sv",
    "/price/current/SEK",
    "/changed",
    "/showInArticlegroups",
]
CONDITIONS = ["min", "max", "equals", "in", "contains", "containsAny", "startsWith", "term"]
KEYS = st.sampled_from([*NAMES, *POINTERS, *CONDITIONS, "filters", "sort", "descending", "limit", "offset"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(1000, 1100)
    | st.decimals(allow_nan=False, allow_infinity=False)
    .map(float)
    .filter(lambda one: one == one and abs(one) < 1e300)
    | st.text(max_size=8)
    | KEYS
)
ANYTHING = st.recursive(
    LEAVES, lambda of: st.lists(of, max_size=4) | st.dictionaries(KEYS, of, max_size=4), max_leaves=12
)
SELECTIONS = st.fixed_dictionaries(
    {},
    optional={
        "filters": st.dictionaries(KEYS, ANYTHING, max_size=3),
        "sort": st.sampled_from(["uid", "name", "changed", "x"]),
        "descending": st.booleans(),
        "limit": st.integers(-1, 10),
        "offset": st.integers(-1, 10),
    },
)
READS = st.one_of(
    st.tuples(st.just("get"), st.tuples(ANYTHING, ANYTHING)),
    st.tuples(st.just("list"), st.tuples(ANYTHING, SELECTIONS | ANYTHING)),
    st.tuples(st.just("count"), st.tuples(st.dictionaries(KEYS, ANYTHING, max_size=3) | ANYTHING)),
    st.tuples(st.just("validate"), st.tuples(st.none() | st.integers(1001, 1010), ANYTHING)),
    st.tuples(st.just("getSchema"), st.tuples(ANYTHING)),
)
WRITES = st.one_of(
    st.tuples(st.just("set"), st.tuples(st.integers(1001, 1012), ANYTHING, ANYTHING)),
    st.tuples(st.just("create"), st.tuples(ANYTHING, ANYTHING)),
    st.tuples(st.just("addItem"), st.tuples(ANYTHING, ANYTHING, ANYTHING)),
)
CLASSES = st.sampled_from(
    ["Article", "ArticleVariant", "Order", "OrderItem", "Customer", "Language", "Shipment", "X"]
)

SERVICE = AbicartService()
SERVICE.reset({"items": 40})


def answer(body: bytes) -> object:
    request = Request(1, "POST", "/backend/jsonrpc/v1/", b"webshop=22222&auth=demo-token-1", [], body, 0.0, 1)
    SERVICE.read(request)
    return json.loads(SERVICE.answer(request).body)


def check(class_name: str, method: str, params: object) -> dict[str, object]:
    sent = {"jsonrpc": "2.0", "id": 1, "method": f"{class_name}.{method}", "params": params}
    got = answer(json.dumps(sent).encode())
    assert isinstance(got, dict) and got["jsonrpc"] == "2.0" and ("result" in got) != ("error" in got)
    if "error" in got and isinstance(got["error"].get("data"), list):
        assert all(set(one) == {"message", "pointer"} for one in got["error"]["data"])
    return got


@settings(max_examples=400, deadline=None)
@given(CLASSES, READS)
def test_any_read_is_answered_and_changes_nothing(class_name, call) -> None:
    before = SERVICE.shop.version
    check(class_name, *call)
    assert SERVICE.shop.version == before


@settings(max_examples=300, deadline=None)
@given(CLASSES, WRITES)
def test_any_write_is_answered_and_what_it_leaves_can_be_read(class_name, call) -> None:
    check(class_name, *call)
    for name in ("Article", "ArticleVariant", "Order", "Customer"):
        assert "result" in check(name, "list", [True, True])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=40) | ANYTHING.map(lambda one: json.dumps(one).encode()))
def test_any_body_is_answered(body) -> None:
    got = answer(body)
    assert isinstance(got, list | dict)
