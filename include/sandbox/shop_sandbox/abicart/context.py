"""Context parameters: from the query string, else from cookies (Abicart reference 1.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl

from shop_sandbox.abicart.errors import (
    BAD_AUTH_TOKEN,
    BAD_SESSION_TOKEN,
    INVALID_LANGUAGE,
    INVALID_WEBSHOP,
    RpcError,
)
from shop_sandbox.abicart.store import Shop
from shop_sandbox.core.messages import Request

NAMES = ("webshop", "language", "auth", "session")


@dataclass(frozen=True, slots=True)
class Context:
    """What the caller sent; an empty value counts as not sent."""

    webshop: str | None = None
    language: str | None = None
    auth: str | None = None
    session: str | None = None

    def check(self, shop: Shop) -> None:
        """Raise the error of the first parameter that is wrong."""
        if self.webshop is not None and self.webshop != str(shop.webshop.uid):
            raise RpcError(INVALID_WEBSHOP)
        if self.language is not None and not re.fullmatch(r"[a-z]{2}", self.language):
            raise RpcError(INVALID_LANGUAGE)
        if self.language is not None and self.language not in shop.languages.rows:
            raise RpcError(INVALID_LANGUAGE)
        if self.auth is not None and self.auth not in shop.access.tokens:
            raise RpcError(BAD_AUTH_TOKEN)
        if self.session is not None and self.session not in shop.access.sessions:
            raise RpcError(BAD_SESSION_TOKEN)


def context_of(request: Request) -> Context:
    """The query string wins over cookies."""
    found: dict[str, str] = {}
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(request.header("cookie") or "")
    except CookieError:
        cookies.clear()
    for name in NAMES:
        if name in cookies and cookies[name].value:
            found[name] = cookies[name].value
    sent = parse_qsl(request.query.decode("utf-8", "replace"))
    found.update((name, value) for name, value in sent if name in NAMES and value)
    return Context(**found)
