"""What the tests of writes to products share."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.clients.raw_server import RawServer, http

from abicart_specter.clients.article_writes import ArticleWrite
from shop_sandbox.abicart.switches import PRODUCTS, READING, TRANSPORT, VALUES

FIELDS = ("articleNumber", "name", "price", "vatRate", "variants")


def goods(control, count: int = 20, **patch) -> list[int]:
    """New products with prices in two currencies."""
    whole = {
        "name": {"sv": "Mössa", "en": "Cap"},
        "articleNumber": "W",
        "price": {"regular": {"SEK": "199.50", "EUR": "19.95"}},
        "vatRate": "0.25",
        **patch,
    }
    return [
        control.edit("Article", patch=whole | {"articleNumber": f"W-{place}"})["uid"]
        for place in range(count)
    ]


def price_write(uid: int, sek: str = "249.95", **more) -> ArticleWrite:
    regular = {"SEK": Decimal(sek), "EUR": Decimal("19.95")}
    return ArticleWrite(uid, {"price": {"regular": regular}, **more})


def stored_prices(control) -> dict[int, Decimal]:
    """The regular price in kronor as the shop stores it."""
    return {
        int(uid): Decimal(one["regular"]["SEK"])
        for uid, one in control.inspect("prices").items()
        if "SEK" in one["regular"]
    }


def product_alternatives(*without: str):
    """Every value but the default of every switch that shapes products, reading and transport."""
    for switch in (*TRANSPORT, *VALUES, *READING, *PRODUCTS):
        for value in switch.choices:
            if value != switch.default and switch.name not in ("secure_connection", *without):
                yield pytest.param(switch.name, value, id=f"{switch.name}-{value}")


def answering(results: dict[str, Any] | Callable[[dict], Any]) -> tuple[RawServer, list[str]]:
    """A server that answers each method with its result, or with what is made of the call; and what was called.

    An object that holds nothing but ``error`` is an error.
    """
    methods: list[str] = []

    def one(call):
        methods.append(call["method"])
        answer = results(call) if callable(results) else results[call["method"]]
        failed = isinstance(answer, dict) and set(answer) == {"error"}
        return {"jsonrpc": "2.0", "id": call["id"]} | (answer if failed else {"result": answer})

    def script(request):
        asked = request.json()
        yield http(json.dumps([one(call) for call in asked] if isinstance(asked, list) else one(asked)))

    return RawServer(script), methods
