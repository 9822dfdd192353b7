"""JSON-RPC 2.0 as Abicart speaks it: envelopes, batches, who may call what (Abicart reference 1, 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shop_sandbox.abicart.context import Context
from shop_sandbox.abicart.errors import (
    FORBIDDEN,
    HTTP_STATUS,
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    SECURE_CONNECTION_REQUIRED,
    WEBSHOP_MISSING,
    RpcError,
)
from shop_sandbox.abicart.methods import ADMIN_ONLY, METHODS, WRITES
from shop_sandbox.abicart.registry import CLASSES
from shop_sandbox.abicart.store import Shop
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import decode, encode, is_number
from shop_sandbox.core.messages import Call
from shop_sandbox.core.switches import SwitchBoard

TOKEN_CLASS = "AuthToken"  # noqa: S105 - the name of a class of the interface


@dataclass(slots=True)
class Envelope:
    """What a request's body turned out to be.

    :param calls: the elements as sent, valid or not.
    :param batch: whether they came as a list.
    :param broken: the body is no JSON.
    """

    calls: list[Any] = field(default_factory=list)
    batch: bool = False
    broken: bool = False


@dataclass(slots=True)
class Outcome:
    """The answer to a whole body. ``body`` is ``None`` when nothing is owed (a notification)."""

    body: bytes | None
    codes: list[int]


def read_envelope(body: bytes) -> Envelope:
    try:
        content = decode(body)
    except ValueError:
        return Envelope(broken=True)
    if isinstance(content, list):
        return Envelope(content, batch=True)
    return Envelope([content])


def calls_in(envelope: Envelope) -> list[Call]:
    """For the counters and the faults: each call under its own name."""
    named = []
    for one in envelope.calls:
        method = one.get("method") if isinstance(one, dict) else None
        if isinstance(method, str):
            is_write = method.partition(".")[2] in WRITES
            is_article = method.partition(".")[0] in ("Article", "ArticleVariant")
            named.append(Call(method, is_write, rows=int(is_write and is_article)))
    return named


def run(envelope: Envelope, shop: Shop, board: SwitchBoard, now: datetime, context: Context) -> Outcome:
    """Do the calls one after the other, each for itself."""
    if envelope.broken:
        return _one_error(PARSE_ERROR)
    if envelope.batch and not envelope.calls:
        return _one_error(INVALID_REQUEST)
    if envelope.batch and len(envelope.calls) > int(board["batch_limit"]):
        return _one_error(INVALID_REQUEST, f"At most {board['batch_limit']} calls in a batch")
    view = View(
        shop,
        board,
        now,
        language=context.language or shop.webshop.default_language,
        admin=context.auth in shop.access.tokens,
    )
    answers, codes = [], []
    for one in envelope.calls:
        answer, code = _answer(view, context, one)
        if code is not None:
            codes.append(code)
        if answer is not None:
            answers.append(answer)
    if envelope.batch:
        return Outcome(encode(answers), codes)
    return Outcome(encode(answers[0]) if answers else None, codes)


def _one_error(code: int, data: Any = None) -> Outcome:
    error = RpcError(code, data)
    return Outcome(encode({"jsonrpc": "2.0", "id": None, "error": error.as_object()}), [code])


def status_of(codes: list[int], *, batch: bool, by_code: bool) -> int:
    """Open question 1: 200 for everything, or a status that fits the only call's error."""
    if not by_code or batch or not codes:
        return 200
    return HTTP_STATUS.get(codes[0], 400)


def _answer(view: View, context: Context, one: Any) -> tuple[dict[str, Any] | None, int | None]:
    """The answer object, or none for a notification, and the code if it is an error."""
    if not _is_request(one):
        error = RpcError(INVALID_REQUEST)
        return {"jsonrpc": "2.0", "id": None, "error": error.as_object()}, error.code
    params = one.get("params")
    try:
        result = _guarded(view, context, one["method"], [] if params is None else params)
    except RpcError as error:
        keeps_id = not error.without_id or view.switch["unknown_class_id"] == "echo"
        shown = {"jsonrpc": "2.0", "id": one.get("id") if keeps_id else None, "error": error.as_object()}
        return (shown if "id" in one else None), error.code
    return ({"jsonrpc": "2.0", "id": one["id"], "result": result} if "id" in one else None), None


def _is_request(one: Any) -> bool:
    if not isinstance(one, dict) or one.get("jsonrpc") != "2.0" or not isinstance(one.get("method"), str):
        return False
    identity = one.get("id")
    return identity is None or isinstance(identity, str) or is_number(identity)


def _guarded(view: View, context: Context, method: str, params: Any) -> Any:
    """A query nested more deeply than this program can follow is the server's failure, not the caller's."""
    try:
        return _call(view, context, method, params)
    except RecursionError:
        raise RpcError(INTERNAL_ERROR) from None


def _call(view: View, context: Context, method: str, params: Any) -> Any:
    context.check(view.shop)
    class_name, _, name = method.partition(".")
    if class_name == TOKEN_CLASS:
        # A persistent token has every right but that over tokens (Abicart reference 1.4).
        raise RpcError(FORBIDDEN)
    if class_name == "Context":
        return _context(view, context, name)
    api_class = CLASSES.get(class_name)
    if api_class is None:
        raise RpcError(
            METHOD_NOT_FOUND, message=f"Method not found: No API for {class_name}", without_id=True
        )
    if name not in api_class.methods:
        raise RpcError(METHOD_NOT_FOUND, message=f"Method not found: {name}")
    if not isinstance(params, list):
        raise RpcError(INVALID_PARAMS, "Parameters are positional: an array")
    if context.webshop is None and class_name != "Webshop":
        raise RpcError(WEBSHOP_MISSING)
    if view.switch["secure_connection"] == "required" and (context.auth or not api_class.public):
        raise RpcError(SECURE_CONNECTION_REQUIRED)
    if not view.admin and (name in ADMIN_ONLY or not (api_class.public or name == "getSchema")):
        raise RpcError(FORBIDDEN)
    return METHODS[name](view, api_class, params)


def _context(view: View, context: Context, name: str) -> dict[str, Any]:
    """``Context.get``: the effective context; what is not set is null."""
    if name != "get":
        raise RpcError(METHOD_NOT_FOUND, message=f"Method not found: {name}")
    return {
        "webshop": None if context.webshop is None else int(context.webshop),
        "language": view.language,
        "auth": context.auth,
        "session": context.session,
    }
