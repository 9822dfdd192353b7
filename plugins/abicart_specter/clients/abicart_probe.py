"""What a probe asks a webshop: reads, few rows of each kind, every answer as it came.

What is asked later depends on what came before (a product's own number, an order's own uid). Without a token only what
every visitor may read is asked.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from abicart_specter.clients.abicart_probe_queries import (
    ARTICLES,
    ORDERS,
    ROWS_ARTICLES,
    WEBSHOP_KEYS,
    newest,
)
from abicart_specter.clients.jsonrpc import Call, encode_batch, encode_call
from abicart_specter.clients.options import AbicartConnection, HttpOptions, check_address
from abicart_specter.clients.probe_allowed import (
    ABICART_PATH,
    NO_SUCH_CLASS,
    NO_SUCH_METHOD,
    SCHEMA_CLASSES,
    abicart_gate,
)
from abicart_specter.clients.probe_transport import RawTransport
from abicart_specter.clients.redact import Redactor
from abicart_specter.clients.transport import HttpRequest
from abicart_specter.domain.probe.abicart.material import Material, Row, amount, rows_of
from abicart_specter.domain.probe.abicart.reading_questions import CAP_ASKED
from abicart_specter.domain.probe.records import Answer
from abicart_specter.domain.probe.verdicts import NoUseError

MOST_ORDERS = 50
MOST_PRODUCTS = 100
MOST_WHOLE_ORDERS = 10
BATCH = 10
NO_SUCH_UID = 2_000_000_001
BATCH_SIZES = (20, 21, 100, 101)


@dataclass(frozen=True, slots=True)
class ProbedShop:
    """The webshop to ask.

    :param token: empty: only what every visitor may read.
    """

    shop: str
    base_url: str
    webshop_id: int
    token: str = field(default="", repr=False)
    language: str = "sv"

    def __post_init__(self) -> None:
        check_address(self.shop, "Abicart", self.base_url)

    @classmethod
    def of(cls, connection: AbicartConnection) -> ProbedShop:
        """With the connection's token."""
        return cls(
            connection.shop, connection.base_url, connection.webshop_id, connection.token, connection.language
        )


def probe_abicart(
    shop: ProbedShop, options: HttpOptions, on_secret: Callable[[str], None] | None = None
) -> list[Answer]:
    """Ask everything that reads can tell. Takes about a minute at the usual two requests a second.

    :param on_secret: told the token in every spelling, for masking.
    :returns: the answers in the order they came; raw, so they hold personal data.
    """
    asker = _Asker(shop, options, on_secret)
    try:
        _ask_errors(asker)
        _ask_shop(asker)
        _ask_products(asker)
        if shop.token:
            _ask_orders(asker)
            _ask_filters_of_orders(asker)
            _ask_shipments(asker)
        _ask_batches(asker)
        _ask_schemas(asker)
    finally:
        asker.close()
    return list(asker.answers.values())


class _Asker:
    """Asks, and keeps the answers."""

    def __init__(
        self, shop: ProbedShop, options: HttpOptions, on_secret: Callable[[str], None] | None
    ) -> None:
        if shop.token:
            Redactor(on_secret).add(shop.token)
        self.shop = shop
        self.answers: dict[str, Answer] = {}
        self._raw = RawTransport(shop.base_url, options, abicart_gate)
        self._numbers = itertools.count(1)
        self._plain_http = shop.base_url.lower().startswith("http://")

    def close(self) -> None:
        self._raw.close()

    @property
    def material(self) -> Material:
        """What came so far."""
        return Material(self.answers)

    def get(self, name: str, method: str, uid: Any, query: Any) -> None:
        self._ask(name, Call(method, [uid, query]), {"uid": uid, "query": query})

    def list(
        self, name: str, method: str, query: Any, selection: Mapping[str, Any], *, anonymous: bool = False
    ) -> None:
        call = Call(method, [query, selection])
        self._ask(name, call, {"query": query, "selection": selection}, anonymous=anonymous)

    def count(self, name: str, method: str, filters: Mapping[str, Any]) -> None:
        self._ask(name, Call(method, [filters]), {"filters": filters})

    def bare(self, name: str, method: str, *params: Any) -> None:
        self._ask(name, Call(method, params), {})

    def batch(self, name: str, calls: Sequence[Call], asked: Mapping[str, Any]) -> None:
        numbered = [(next(self._numbers), call) for call in calls]
        self._send(name, f"batch of {calls[0].method}", asked, encode_batch(numbered), anonymous=False)

    def _ask(self, name: str, call: Call, asked: Mapping[str, Any], *, anonymous: bool = False) -> None:
        self._send(name, call.method, asked, encode_call(call, next(self._numbers)), anonymous=anonymous)

    def _send(
        self, name: str, method: str, asked: Mapping[str, Any], body: bytes, *, anonymous: bool
    ) -> None:
        context: dict[str, Any] = {"webshop": self.shop.webshop_id, "language": self.shop.language}
        asked = dict(asked)
        if self.shop.token and not anonymous:
            context["auth"] = self.shop.token
            if self._plain_http:
                asked["plain_http"] = True
        request = HttpRequest(
            "POST",
            ABICART_PATH,
            urlencode(context, quote_via=quote, safe=""),
            body,
            content_type="application/json",
        )
        self.answers[name] = self._raw.get(name, method, asked, request)


def _ask_errors(asker: _Asker) -> None:
    asker.bare("unknown_method", NO_SUCH_METHOD)
    asker.bare("unknown_class", NO_SUCH_CLASS, 1)
    asker.list("unknown_key", "Article.list", ["uid", "noSuchKey"], {"limit": 1})
    asker.get("missing_article", "Article.get", NO_SUCH_UID, ["uid"])


def _ask_shop(asker: _Asker) -> None:
    asker.get("webshop", "Webshop.get", asker.shop.webshop_id, WEBSHOP_KEYS)
    asker.list("payment_methods", "PaymentMethod.list", True, {})


def _ask_products(asker: _Asker) -> None:
    asker.list("article_list", "Article.list", ARTICLES, newest(MOST_PRODUCTS))
    if _refused(asker.material, "article_list"):
        # One of the keys is unknown here; whole products are larger, so fewer of them.
        asker.list("article_list_whole", "Article.list", True, newest(MOST_PRODUCTS // 5))
    asker.list("anonymous_articles", "Article.list", ["uid", "stock"], newest(20), anonymous=True)
    asker.count("article_count", "Article.count", {})
    asker.list("list_cap", "Article.list", ["uid"], {"sort": "uid", "limit": CAP_ASKED})
    asker.list("list_default", "Article.list", ["uid"], {"sort": "uid"})
    asker.list("article_changed_filter", "Article.list", ["uid"], _since("/changed"))
    articles = asker.material.articles
    number = next((one["articleNumber"] for one in articles if one.get("articleNumber")), None)
    if number is not None:
        selection = {"filters": {"/articleNumber": number}, "limit": 10}
        asker.list("article_number_filter", "Article.list", ["uid", "articleNumber"], selection)
    if articles:
        uid = articles[0].get("uid")
        asker.list(
            "article_uid_filter", "Article.list", ["uid"], {"filters": {"/uid": {"min": uid}}, "limit": 1}
        )
        asker.count("range_article_uid", "Article.count", {"/uid": {"min": uid, "max": uid}})


def _ask_orders(asker: _Asker) -> None:
    placed = {"filters": {"/ordered": {"min": "2000-01-01T00:00:00Z"}}}
    selection = {**newest(MOST_ORDERS), **placed}
    asker.list("order_list", "Order.list", ORDERS, selection)
    asker.list("order_articles", "Order.list", ROWS_ARTICLES, selection)
    asker.list("order_heads", "Order.list", ["uid", "ordered"], newest(MOST_ORDERS))
    asker.list("order_customers", "Order.list", {"uid": True, "customer": True}, {**newest(10), **placed})
    orders = asker.material.orders
    if orders and not any(map(rows_of, orders)):
        uids = [one.get("uid") for one in orders]
        for place in range(0, len(uids), BATCH):
            some = uids[place : place + BATCH]
            for name, query in (("order_batch", ORDERS), ("order_articles_batch", ROWS_ARTICLES)):
                calls = [Call("Order.get", [uid, query]) for uid in some]
                asker.batch(f"{name}_{place // BATCH + 1}", calls, {"uids": some, "query": query})
    whole = [one.get("uid") for one in _worth_a_look(asker.material.orders)]
    if whole:
        asker.batch(
            "order_whole", [Call("Order.get", [uid, True]) for uid in whole], {"uids": whole, "query": True}
        )


def _worth_a_look(orders: Sequence[Row]) -> list[Row]:
    """Those whose total is not the sum of its parts first, then those with discounts in their rows."""

    def oddity(order: Row) -> tuple[bool, bool]:
        parts = [amount(order, "costs", name, "incVat") for name in ("cart", "shipment", "payment", "total")]
        whole = [one for one in parts if one is not None]
        differs = len(whole) == len(parts) and abs(sum(whole[:3]) - whole[3]) > 1
        return not differs, not any(item.get("discountInfo") for item in rows_of(order))

    return sorted(orders, key=oddity)[:MOST_WHOLE_ORDERS]


def _ask_filters_of_orders(asker: _Asker) -> None:
    asker.list("order_changed_filter", "Order.list", ["uid"], _since("/changed"))
    orders = asker.material.orders
    if not orders:
        return
    newest_one = orders[0]
    uid, at, number = newest_one.get("uid"), newest_one.get("ordered"), newest_one.get("orderNumber")
    asker.list("order_uid_filter", "Order.list", ["uid"], {"filters": {"/uid": {"min": uid}}, "limit": 1})
    asker.count("range_uid", "Order.count", {"/uid": {"min": uid, "max": uid}})
    if at:
        asker.count("range_ordered", "Order.count", {"/ordered": {"min": at, "max": at}})
    if number:
        selection = {"filters": {"/orderNumber": number}, "limit": 10}
        asker.list("order_number_filter", "Order.list", ["uid", "orderNumber"], selection)


def _ask_shipments(asker: _Asker) -> None:
    asker.list("shipment_list", "Shipment.list", ["uid"], {"limit": 1})
    asker.count("shipment_count", "Shipment.count", {})


def _ask_batches(asker: _Asker) -> None:
    """The smallest and cheapest call there is, as often as a batch may hold, and once more."""
    call = Call("Webshop.get", [asker.shop.webshop_id, "uid"])
    for size in BATCH_SIZES:
        asker.batch(f"batch_{size}", [call] * size, {"calls": size})


def _ask_schemas(asker: _Asker) -> None:
    for name in SCHEMA_CLASSES:
        asker.bare(f"schema_{name}", f"{name}.getSchema")


def _since(key: str) -> dict[str, Any]:
    return {"filters": {key: {"min": "2000-01-01T00:00:00Z"}}, "limit": 1}


def _refused(material: Material, name: str) -> bool:
    try:
        return material.reply(name).code is not None
    except NoUseError:
        return False
