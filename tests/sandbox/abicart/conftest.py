"""A plain caller of the Abicart sandbox that shares no code with it, and a small shop with known contents."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
import requests

from shop_sandbox.pytest_plugin import RunningSandbox

PATH = "/backend/jsonrpc/v1/"


class RpcFailure(Exception):
    """The answer was an error object."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error)
        self.code = error["code"]
        self.message = error["message"]
        self.data = error.get("data")

    @property
    def pointers(self) -> list[str]:
        return [one["pointer"] for one in self.data]


class AbicartCaller:
    """Calls as an administrator unless told otherwise; ``context`` is the query string's parameters."""

    def __init__(self, server: RunningSandbox) -> None:
        self.control = server.control
        self.url = server.url
        self.context: dict[str, str] = {"webshop": "22222", "auth": "demo-token-1"}
        self.session = requests.Session()
        self.last = requests.Response()

    def send(
        self, body: bytes | str | list[Any] | dict[str, Any], path: str = PATH, **more: Any
    ) -> requests.Response:
        data = body if isinstance(body, bytes | str) else json.dumps(body, ensure_ascii=False)
        data = data.encode() if isinstance(data, str) else data
        self.last = self.session.post(self.url + path, data, params=self.context, timeout=20, **more)
        return self.last

    def parsed(self) -> Any:
        return json.loads(self.last.content, parse_float=Decimal)

    def __call__(self, method: str, *params: Any) -> Any:
        self.send({"jsonrpc": "2.0", "id": "x1", "method": method, "params": list(params)})
        answer = self.parsed()
        assert answer["jsonrpc"] == "2.0"
        if "error" in answer:
            raise RpcFailure(answer["error"])
        assert answer["id"] == "x1" and set(answer) == {"jsonrpc", "id", "result"}
        return answer["result"]

    def fails(self, method: str, *params: Any) -> RpcFailure:
        """The error of a call that must fail."""
        try:
            result = self(method, *params)
        except RpcFailure as failure:
            return failure
        raise AssertionError(f"{method} answered {result!r}")

    def batch(self, *calls: tuple[str, list[Any]]) -> list[dict[str, Any]]:
        self.send(
            [{"jsonrpc": "2.0", "id": at, "method": name, "params": p} for at, (name, p) in enumerate(calls)]
        )
        return self.parsed()

    def switch(self, **wanted: Any) -> None:
        self.control.switches(**wanted)

    def anonymous(self) -> AbicartCaller:
        other = AbicartCaller.__new__(AbicartCaller)
        other.__dict__.update(self.__dict__, context={"webshop": "22222"})
        return other

    def article(self, **patch: Any) -> int:
        """Make one through the interface."""
        return self("Article.create", {"name": {"sv": "Lampa"}, **patch}, "uid")["uid"]

    def goods(self, price: str | dict[str, Any] = "199", rate: str = "0.25", **patch: Any) -> int:
        """Make one by hand, amounts as text."""
        whole = price if isinstance(price, dict) else {"regular": {"SEK": price}}
        patch = {"price": whole, "vatRate": rate, "name": {"sv": "Vara"}, **patch}
        return int(self.control.edit("Article", patch=patch)["uid"])

    def place(self, *rows: dict[str, Any], **wanted: Any) -> int:
        """Place an order, without costs for delivery and payment unless given; returns its uid."""
        wanted = {"rows": list(rows), "shipping": 0, "fee": 0, **wanted}
        return int(self.control.edit("place_order", **wanted)["uid"])

    def order(self, uid: int) -> dict[str, Any]:
        return dict(self("Order.get", uid, {"items": {}, "payments": {}, "costs": True}))


@pytest.fixture
def shop(abicart_server: RunningSandbox) -> AbicartCaller:
    """An empty shop: no articles, no orders, three customers."""
    abicart_server.control.seed(items=0, orders=0, customers=3)
    return AbicartCaller(abicart_server)


@pytest.fixture
def seeded(abicart_server: RunningSandbox) -> AbicartCaller:
    """The default shop of 200 items."""
    return AbicartCaller(abicart_server)
