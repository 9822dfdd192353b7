"""The methods of the classes (Abicart reference 4): each takes the view, the class and the call's parameters."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from shop_sandbox.abicart import order_changes
from shop_sandbox.abicart.errors import (
    FORBIDDEN,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    OBJECT_NOT_FOUND,
    RpcError,
    invalid,
)
from shop_sandbox.abicart.json_schema import schema_of
from shop_sandbox.abicart.model import Article
from shop_sandbox.abicart.patches import check_patch, refuse_if, write_values
from shop_sandbox.abicart.properties import ApiClass
from shop_sandbox.abicart.query import compile_query
from shop_sandbox.abicart.registry import CLASSES
from shop_sandbox.abicart.selection import count, find, parse_selection, select
from shop_sandbox.abicart.times import whole_second
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import is_number

Params = list[Any]
Method = Callable[[View, ApiClass, Params], Any]

MISSING = object()


def _param(params: Params, place: int, default: Any = MISSING) -> Any:
    if place < len(params):
        return params[place]
    if default is MISSING:
        raise RpcError(INVALID_PARAMS, f"Parameter {place + 1} is missing")
    return default


def _existing(view: View, api_class: ApiClass, uid: Any) -> Any:
    row = find(view, api_class, uid)
    if row is None:
        raise RpcError(OBJECT_NOT_FOUND, f"No {api_class.name} {uid}")
    return row


def get(view: View, api_class: ApiClass, params: Params) -> Any:
    """Open question 35: a uid that is not there is 9003, -32602 or null."""
    uid = _param(params, 0)
    project = compile_query(view, api_class, _param(params, 1, None))
    row = find(view, api_class, uid)
    if row is not None:
        return project(row)
    if view.switch["missing_object"] == "null":
        return None
    if view.switch["missing_object"] == "-32602":
        raise invalid(f"No {api_class.name} {uid}", "/uid")
    raise RpcError(OBJECT_NOT_FOUND, f"No {api_class.name} {uid}")


def list_rows(view: View, api_class: ApiClass, params: Params) -> Any:
    """Open question 9: whether an order's rows can be expanded in a list."""
    _refuse_unlisted(view, api_class, "list")
    inline = view.switch["order_expansion"] == "inline" or api_class.name != "Order"
    view.expand_order_rows = inline
    try:
        project = compile_query(view, api_class, _param(params, 0, None))
        selection = parse_selection(view, api_class, _param(params, 1, None))
        return [project(row) for row in select(view, api_class, selection)]
    finally:
        view.expand_order_rows = True


def count_rows(view: View, api_class: ApiClass, params: Params) -> int:
    _refuse_unlisted(view, api_class, "count")
    return count(view, api_class, _param(params, 0, None))


def _refuse_unlisted(view: View, api_class: ApiClass, name: str) -> None:
    """No public text names a list of shipments."""
    if api_class.name == "Shipment" and view.switch["shipment_list"] == "refused":
        raise RpcError(METHOD_NOT_FOUND, message=f"Method not found: {name}")


def set_row(view: View, api_class: ApiClass, params: Params) -> Any:
    """Without a uid it creates, where the class can be created."""
    uid = _param(params, 0)
    if uid is None:
        return create(view, api_class, params[1:])
    row = _existing(view, api_class, uid)
    query = _param(params, 2, None)
    project = None if query is None else compile_query(view, api_class, query)
    values, problems = check_patch(view, api_class, _param(params, 1), row=row)
    refuse_if(problems)
    write_values(view, api_class, row, values)
    return _written(view, row, project)


def _written(view: View, row: Any, project: Callable[[Any], Any] | None) -> Any:
    """Open question 22: without a query the answer is null or the uid."""
    if project is not None:
        return project(row)
    if view.switch["set_result"] == "null":
        return None
    return str(row.uid) if view.uid_text else row.uid


def create(view: View, api_class: ApiClass, params: Params) -> Any:
    """Only an Article can be made through this interface. Without a query the answer is its uid."""
    if "create" not in api_class.methods:
        raise RpcError(FORBIDDEN)
    query = _param(params, 1, None)
    project = None if query is None else compile_query(view, api_class, query)
    values, problems = check_patch(view, api_class, _param(params, 0))
    refuse_if(problems)
    article = new_article(view)
    write_values(view, api_class, article, values)
    return compile_query(view, api_class, "uid")(article)["uid"] if project is None else project(article)


def new_article(view: View) -> Article:
    now = whole_second(view.now)
    article = Article(view.shop.articles.new_uid(), now, now, {}, use_stock=False)
    view.shop.add("articles", article)
    return article


def validate(view: View, api_class: ApiClass, params: Params) -> Any:
    """An empty list when the patch is fine; nothing is saved."""
    uid = _param(params, 0)
    row = None if uid is None else _existing(view, api_class, uid)
    return check_patch(view, api_class, _param(params, 1), row=row)[1]


def get_schema(view: View, api_class: ApiClass, _params: Params) -> Any:
    return schema_of(view, api_class)


def delete(view: View, api_class: ApiClass, params: Params) -> None:
    order_changes.delete_item(view, _existing(view, api_class, _param(params, 0)))


def capture(view: View, api_class: ApiClass, params: Params) -> None:
    """Collect a payment: it is paid from then on."""
    payment = _existing(view, api_class, _param(params, 0))
    if payment.status in ("cancelled", "error"):
        raise RpcError(2010, "The payment cannot be captured", message="Payment failed")
    with view.shop.changing("payments", payment, view.now):
        order_changes.set_payment_status(view, payment, "paid")


def add_all_items(view: View, api_class: ApiClass, params: Params) -> Any:
    """``[shipment or null, order, query]``; without a query the answer is the shipment's uid."""
    order = _existing(view, CLASSES["Order"], _param(params, 1))
    shipment = _shipment(view, api_class, _param(params, 0))
    for uid in order.items:
        item = view.shop.order_items.rows[uid]
        left = order_changes.left_to_send(view, item)
        if left > 0 and item.takes_stock:
            order_changes.add_to_shipment(view, shipment, item, left)
    return _shipped(view, api_class, shipment, _param(params, 2, None))


def add_item(view: View, api_class: ApiClass, params: Params) -> Any:
    """``[shipment or null, order item, quantity]``; without a quantity what is left."""
    item = _existing(view, CLASSES["OrderItem"], _param(params, 1))
    quantity = _param(params, 2, None)
    if quantity is None:
        quantity = order_changes.left_to_send(view, item)
    if not is_number(quantity):
        raise invalid("Must be a number", "/quantity")
    if not 0 < quantity <= order_changes.left_to_send(view, item):
        raise invalid("More than is left to send", "/quantity")
    shipment = _shipment(view, api_class, _param(params, 0))
    order_changes.add_to_shipment(view, shipment, item, Decimal(quantity))
    return _shipped(view, api_class, shipment, _param(params, 3, None))


def _shipment(view: View, api_class: ApiClass, uid: Any) -> Any:
    return order_changes.new_shipment(view) if uid is None else _existing(view, api_class, uid)


def _shipped(view: View, api_class: ApiClass, shipment: Any, query: Any) -> Any:
    if query is None:
        return str(shipment.uid) if view.uid_text else shipment.uid
    return compile_query(view, api_class, query)(shipment)


METHODS: dict[str, Method] = {
    "get": get,
    "list": list_rows,
    "count": count_rows,
    "set": set_row,
    "create": create,
    "validate": validate,
    "getSchema": get_schema,
    "delete": delete,
    "capture": capture,
    "addAllItemsFromOrder": add_all_items,
    "addItem": add_item,
}

WRITES = frozenset({"set", "create", "delete", "capture", "addAllItemsFromOrder", "addItem"})
ADMIN_ONLY = WRITES | {"validate"}
