"""What a person does in the shop's admin pages, or a buyer in the shop: the control interface's edits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from shop_sandbox.abicart import order_changes
from shop_sandbox.abicart.errors import RpcError
from shop_sandbox.abicart.methods import new_article
from shop_sandbox.abicart.model import Article, ArticleVariant, Webshop
from shop_sandbox.abicart.order_edits import EDIT_SETTINGS, REFUND_SETTINGS, edit_order, refund
from shop_sandbox.abicart.ordering import SETTINGS, place_order, place_orders
from shop_sandbox.abicart.patches import check_patch, write_values
from shop_sandbox.abicart.properties import ApiClass
from shop_sandbox.abicart.query import WHOLE, compile_query
from shop_sandbox.abicart.registry import CLASSES
from shop_sandbox.abicart.rpc import Envelope
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import encode, tidy
from shop_sandbox.core.errors import UnknownRecordError, UsageError

Values = Mapping[str, Any]


def edit(view: View, what: str, values: Values) -> Any:
    """Do one of ``EDITS``; what cannot be done raises ``UsageError`` in words."""
    try:
        if what in CLASSES:
            return _edit_row(view, CLASSES[what], values)
        return _OTHER[what](view, values)
    except RpcError as error:
        raise UsageError(f"{error.message}: {error.data}") from error


def _only(values: Values, *names: str) -> None:
    unknown = set(values) - set(names)
    if unknown:
        raise UsageError(f"this edit takes {', '.join(names)}, not {', '.join(sorted(unknown))}")


def _row(view: View, api_class: ApiClass, uid: Any) -> Any:
    row = view.shop.table(api_class.table).get(uid)
    if row is None:
        raise UnknownRecordError(f"there is no {api_class.name} {uid!r}")
    return row


def _shown(view: View, class_name: str, row: Any) -> Any:
    return compile_query(view, CLASSES[class_name], WHOLE)(row)


def _edit_row(view: View, api_class: ApiClass, values: Values) -> Any:
    """``uid`` and ``patch``; an article without ``uid`` is a new one."""
    _only(values, "uid", "patch")
    patch = _as_decimals(values.get("patch", {}))
    if not isinstance(patch, dict):
        raise UsageError("patch is an object")
    if api_class.name == "Webshop":
        return _edit_webshop(view, patch)
    row = None if values.get("uid") is None else _row(view, api_class, values["uid"])
    if row is None and api_class.name != "Article":
        raise UsageError(f"a {api_class.name} is changed by its uid")
    own = _take_variant_values(row, patch) if isinstance(row, ArticleVariant) else {}
    checked, problems = check_patch(view, api_class, patch, row=row)
    if problems:
        raise UsageError("; ".join(f"{one['pointer']}: {one['message']}" for one in problems))
    row = row or new_article(view)
    write_values(view, api_class, row, checked)
    for name, value in own.items():
        setattr(row, name, value)
    return _shown(view, api_class.name, row)


def _take_variant_values(variant: ArticleVariant, patch: dict[str, Any]) -> dict[str, Any]:
    """A variant's EAN and weight are in its article's ``variants`` only; the admin pages can change them."""
    own: dict[str, Any] = {}
    if "ean" in patch:
        own["ean"] = patch.pop("ean")
    if "weight" in patch:
        weight = patch.pop("weight")
        own["weight"] = None if weight is None else tidy(Decimal(weight))
    return own


_WEBSHOP = {
    "baseCurrency": "base_currency",
    "priceStoredWithVat": "prices_with_vat",
    "showPricesIncludingVat": "shows_prices_with_vat",
    "vatSupport": "vat_support",
    "vatCountry": "vat_country",
    "defaultLanguage": "default_language",
    "activeCurrencies": "currencies",
}


def _edit_webshop(view: View, patch: dict[str, Any]) -> Any:
    _only(patch, *_WEBSHOP)
    webshop: Webshop = view.shop.webshop
    for name, value in patch.items():
        old = getattr(webshop, _WEBSHOP[name])
        if isinstance(old, tuple) and isinstance(value, list):
            value = tuple(value)
        if type(value) is not type(old):
            raise UsageError(f"{name} is a {type(old).__name__}, not {value!r}")
        setattr(webshop, _WEBSHOP[name], value)
    view.shop.stamp(webshop, view.now)
    return _shown(view, "Webshop", webshop)


def _as_decimals(value: Any) -> Any:
    """Numbers with a fraction as the digits that were sent."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {key: _as_decimals(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_decimals(one) for one in value]
    return value


def _delete(view: View, values: Values) -> Any:
    """Remove a product, with its variants; old order rows keep its uid."""
    _only(values, "class", "uid")
    if values.get("class") != "Article":
        raise UsageError("only an Article can be deleted")
    article: Article = _row(view, CLASSES["Article"], values.get("uid"))
    for uid in article.variants:
        view.shop.remove("variants", uid)
    view.shop.remove("articles", article.uid)
    return None


def _place_order(view: View, values: Values) -> Any:
    return _shown(view, "Order", place_order(view, values))


def _place_orders(view: View, values: Values) -> Any:
    """Only what tells the orders apart: thousands in full would be slow to answer."""
    return [
        {"uid": one.uid, "orderNumber": one.number, "total": one.total.inc}
        for one in place_orders(view, values)
    ]


def _edit_order(view: View, values: Values) -> Any:
    order = _row(view, CLASSES["Order"], values.get("uid"))
    with view.shop.changing("orders", order, view.now):
        edit_order(view, order, values)
    return _shown(view, "Order", order)


def _refund(view: View, values: Values) -> Any:
    order = _row(view, CLASSES["Order"], values.get("uid"))
    refund(view, order, values)
    return _shown(view, "Order", order)


def _discard_order(view: View, values: Values) -> Any:
    _only(values, "uid", "discarded")
    order = _row(view, CLASSES["Order"], values.get("uid"))
    with view.shop.changing("orders", order, view.now):
        order_changes.set_discarded(view, order, bool(values.get("discarded", True)))
    return _shown(view, "Order", order)


def _add_token(view: View, values: Values) -> Any:
    _only(values, "token")
    view.shop.access.tokens.add(str(values["token"]))
    return sorted(view.shop.access.tokens)


def _revoke_token(view: View, values: Values) -> Any:
    _only(values, "token")
    view.shop.access.tokens.discard(str(values["token"]))
    return sorted(view.shop.access.tokens)


def _add_session(view: View, values: Values) -> Any:
    _only(values, "token")
    view.shop.access.sessions.add(str(values["token"]))
    return sorted(view.shop.access.sessions)


def _prices(view: View, values: Values) -> dict[str, int]:
    """A price list for many products at once; campaigns stay as they are."""
    _only(values, "factor", "uids", "decimals")
    factor, decimals = _as_decimals(values.get("factor")), values.get("decimals", 2)
    if isinstance(factor, str):
        factor = _number_of(factor)
    if isinstance(factor, bool) or not isinstance(factor, int | Decimal) or type(decimals) is not int:
        raise UsageError("prices takes a factor, and decimals as a whole number")
    currency = view.shop.webshop.base_currency
    uids = values.get("uids")
    chosen = [
        _row(view, CLASSES["Article"], uid) for uid in (view.shop.articles.uids if uids is None else uids)
    ]
    changed = [one for one in chosen if currency in one.regular]
    for article in changed:
        price = (article.regular[currency] * factor).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        with view.shop.changing("articles", article, view.now):
            article.regular = {**article.regular, currency: tidy(price)}
    return {"changed": len(changed)}


def _number_of(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise UsageError(f"factor is a number, not {text!r}") from None
    if not number.is_finite():
        raise UsageError(f"factor is a number, not {text!r}")
    return number


_OTHER: dict[str, Callable[[View, Values], Any]] = {
    "delete": _delete,
    "prices": _prices,
    "place_order": _place_order,
    "place_orders": _place_orders,
    "edit_order": _edit_order,
    "refund": _refund,
    "discard_order": _discard_order,
    "add_token": _add_token,
    "revoke_token": _revoke_token,
    "add_session": _add_session,
}

_CHANGED_BY_PATCH = "uid, patch: change it by hand; what a switch forbids to the interface is allowed here"


def _help(settings: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {help_text}" for name, help_text in settings.items())


EDITS: dict[str, str] = {
    "Article": "uid, patch: change a product by hand; without uid make one (what a switch forbids is allowed here)",
    "ArticleVariant": "uid, patch: articleNumber, stock, image, ean, weight",
    "Articlegroup": _CHANGED_BY_PATCH,
    "Order": _CHANGED_BY_PATCH,
    "Payment": _CHANGED_BY_PATCH,
    "Customer": _CHANGED_BY_PATCH,
    "Shipment": _CHANGED_BY_PATCH,
    "Webshop": f"patch: {', '.join(_WEBSHOP)}",
    "prices": "factor, uids (all unless given), decimals (2): new regular prices in the base currency, many at once",
    "delete": "class (Article), uid: remove a product and its variants",
    "place_order": _help(SETTINGS),
    "place_orders": "orders: list of what place_order takes; defaults: what holds for all; answers uids and numbers",
    "edit_order": _help(EDIT_SETTINGS),
    "refund": _help(REFUND_SETTINGS),
    "discard_order": "uid, discarded (true): cancel an order; its stock comes back; false takes that back",
    "add_token": "token: one more administrator token",
    "revoke_token": "token: it is refused with 1004 from now on",
    "add_session": "token: a buyer's session token that is accepted",
}


def error_body(envelope: Envelope, code: int) -> bytes:
    """Every call of a request answered with the same error."""
    error = RpcError(code).as_object()
    answers = [
        {"jsonrpc": "2.0", "id": one.get("id") if isinstance(one, dict) else None, "error": error}
        for one in envelope.calls or [None]
    ]
    return encode(answers if envelope.batch else answers[0])
