"""The errors of Abicart's interface: codes and texts of Abicart reference 2 (official documentation, part recorded)."""

from __future__ import annotations

from typing import Any

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_ERROR = -32000
WEBSHOP_MISSING = 1001
INVALID_WEBSHOP = 1002
INVALID_LANGUAGE = 1003
BAD_AUTH_TOKEN = 1004
BAD_SESSION_TOKEN = 1005
FORBIDDEN = 1006
SECURE_CONNECTION_REQUIRED = 1007
SESSION_MISSING = 1008
OBJECT_NOT_FOUND = 9003

MESSAGES = {
    PARSE_ERROR: "Parse error",
    INVALID_REQUEST: "Invalid Request",
    METHOD_NOT_FOUND: "Method not found",
    INVALID_PARAMS: "Invalid params",
    INTERNAL_ERROR: "Internal error",
    SERVER_ERROR: "Internal error",
    WEBSHOP_MISSING: "Webshop missing",
    INVALID_WEBSHOP: "Invalid webshop",
    INVALID_LANGUAGE: "Invalid language",
    BAD_AUTH_TOKEN: "Bad auth token",
    BAD_SESSION_TOKEN: "Bad session token",
    FORBIDDEN: "Forbidden",
    SECURE_CONNECTION_REQUIRED: "Secure connection required",
    SESSION_MISSING: "Session missing",
    OBJECT_NOT_FOUND: "Object not found",
}

HTTP_STATUS = {
    METHOD_NOT_FOUND: 404,
    BAD_AUTH_TOKEN: 401,
    BAD_SESSION_TOKEN: 401,
    FORBIDDEN: 403,
    OBJECT_NOT_FOUND: 404,
    INTERNAL_ERROR: 500,
    SERVER_ERROR: 500,
}
"""Used only with the switch ``error_status`` on ``by_code``; every code not named here is a 400."""

Problem = dict[str, str]
"""``{"message": ..., "pointer": ...}``; the pointer is a JSON Pointer into the patch, the query or the entity."""


class RpcError(Exception):
    """A call is answered with an error object.

    :param code: one of the codes above.
    :param data: ``None`` leaves the member out.
    :param message: only where it differs from the code's usual text.
    :param without_id: answer with ``id`` null though the request had one (unknown class, recorded in 2013).
    """

    def __init__(self, code: int, data: Any = None, *, message: str = "", without_id: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.data = data
        self.message = message or MESSAGES[code]
        self.without_id = without_id

    def as_object(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            shown["data"] = self.data
        return shown


def problem(message: str, pointer: str) -> Problem:
    return {"message": message, "pointer": pointer}


def invalid(message: str, pointer: str) -> RpcError:
    """Invalid params with one problem."""
    return RpcError(INVALID_PARAMS, [problem(message, pointer)])


def pointer_to(parent: str, key: str) -> str:
    """The JSON Pointer of ``key`` below ``parent`` (RFC 6901 escapes)."""
    return f"{parent}/{key.replace('~', '~0').replace('/', '~1')}"
