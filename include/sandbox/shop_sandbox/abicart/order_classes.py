"""The class tables of orders, payments, deliveries and customers (Abicart reference 6)."""

from __future__ import annotations

from typing import Any

from shop_sandbox.abicart import order_changes
from shop_sandbox.abicart import order_values as values
from shop_sandbox.abicart.catalogue_classes import changed_filter, uid_filter
from shop_sandbox.abicart.errors import FORBIDDEN, Problem, problem
from shop_sandbox.abicart.properties import api_class, by_switch, derived, never, stored
from shop_sandbox.abicart.shapes import (
    FLAG,
    INTEGER,
    LANGUAGES,
    MONEY,
    NUMBER,
    TEXT,
    TIME,
    UID,
    UNKNOWN,
    ListOf,
    Reference,
    Scalar,
    Shape,
    Struct,
)
from shop_sandbox.abicart.view import View

WORDS = Scalar("string", nullable=False)
COST = Struct({"incVat": NUMBER, "exVat": NUMBER, "vat": NUMBER, "vatRate": NUMBER, "currency": TEXT})
ORDER_COSTS = Struct({"cart": COST, "shipment": COST, "payment": COST, "total": COST})
DISCOUNT = Struct({"discount": UID, "name": TEXT, "rate": NUMBER, "incVat": NUMBER, "exVat": NUMBER})

_PLACE = ("company", "address", "address2", "postcode", "town", "country", "state")
ADDRESS = Struct(
    dict.fromkeys((*_PLACE, "firstName", "lastName", "phoneDay", "phoneNight", "phoneMobile"), TEXT)
)
DELIVERY_ADDRESS = Struct({"copyAddress": FLAG, "name": TEXT, **dict.fromkeys(_PLACE, TEXT)})
PERSON: dict[str, Shape] = {
    "info": UNKNOWN,
    "address": ADDRESS,
    "deliveryAddress": DELIVERY_ADDRESS,
    "custom": UNKNOWN,
}
ORDER_CUSTOMER = Struct({**PERSON, "uid": UID}, collapsed=values.collapsed_customer)

PAYMENT_STATUSES = ("prepared", "planned", "unpaid", "pending", "reserved", "paid", "cancelled", "error")


def _marks(view: View) -> bool | int:
    """externalOrderNumber, note and tags (open question 20)."""
    stands = view.switch["order_marks"]
    return FORBIDDEN if stands == "forbidden" else stands == "writable"


def _check_payment_status(_view: View, value: Any, pointer: str) -> tuple[Any, list[Problem]]:
    if value not in PAYMENT_STATUSES:
        return None, [problem(f"Must be one of {', '.join(PAYMENT_STATUSES)}", pointer)]
    return value, []


ORDER = api_class(
    "Order",
    "orders",
    "get list count set validate getSchema",
    [
        stored("uid", UID, "uid", sortable=True, filterable=uid_filter),
        stored(
            "orderNumber",
            TEXT,
            "number",
            sortable=True,
            filterable=by_switch("order_number_filter", "allowed"),
        ),
        stored("ordered", TIME, "ordered", sortable=True),
        stored("created", TIME, "created", sortable=True),
        stored("changed", TIME, "changed", sortable=True, filterable=changed_filter),
        stored("language", TEXT, "language", writable=True, check=values.check_language),
        stored("currency", TEXT, "currency"),
        stored("exchangeRate", NUMBER, "exchange_rate", admin_only=True),
        stored("hasVat", FLAG, "has_vat"),
        derived("customer", ORDER_CUSTOMER, values.read_order_customer),
        stored("items", ListOf(Reference("OrderItem")), "items"),
        derived("costs", ORDER_COSTS, values.read_order_costs),
        stored("payments", ListOf(Reference("Payment")), "payments"),
        derived("paymentStatus", TEXT, values.read_payment_status),
        derived(
            "delivery",
            Struct({"method": Reference("DeliveryMethod")}),
            lambda _view, one: {"method": one.delivery_method},
        ),
        derived(
            "deliveryStatus",
            TEXT,
            values.read_delivery_status,
            write=order_changes.set_sent,
            allowed=lambda view: view.switch["sent_by"] != "shipment",
            check=values.check_delivery_status,
        ),
        stored("discarded", FLAG, "discarded", write=order_changes.set_discarded),
        stored("note", WORDS, "note", writable=True, allowed=_marks),
        stored("tags", ListOf(TEXT), "tags", writable=True, allowed=_marks),
        stored("externalOrderNumber", WORDS, "external_number", writable=True, allowed=_marks),
        derived("affiliate", INTEGER, lambda _view, _one: None, filterable=never),
        derived(
            "discount",
            DISCOUNT,
            lambda _view, one: values.show_discount(one.discount),
            known=by_switch("order_discount", "property"),
            filterable=never,
        ),
    ],
)

ORDER_ITEM = api_class(
    "OrderItem",
    "order_items",
    "get delete getSchema",
    [
        stored("uid", UID, "uid"),
        stored("order", UID, "order"),
        stored("article", Reference("Article"), "article"),
        derived("articleNumber", TEXT, values.read_item_number),
        stored("articleName", TEXT, "name"),
        derived("choices", UNKNOWN, values.read_choices),
        stored("quantity", NUMBER, "quantity", known=lambda view: view.switch["item_quantity"] != "choices"),
        derived("costs", Struct({"unit": COST, "total": COST}), values.read_item_costs),
        derived("discountInfo", DISCOUNT, lambda _view, one: values.show_discount(one.discount)),
        derived("revenueShare", UNKNOWN, lambda _view, _one: None),
        derived("download", TEXT, lambda _view, _one: None),
    ],
)

PAYMENT = api_class(
    "Payment",
    "payments",
    "get set capture getSchema",
    [
        stored("uid", UID, "uid"),
        stored("method", Reference("PaymentMethod"), "method"),
        stored("params", UNKNOWN, "params"),
        stored("externalData", UNKNOWN, "external_data"),
        stored("status", TEXT, "status", write=order_changes.set_payment_status, check=_check_payment_status),
        stored("externalRef", WORDS, "external_ref", writable=True),
        stored("amount", NUMBER, "amount"),
    ],
)

PAYMENT_METHOD = api_class(
    "PaymentMethod",
    "payment_methods",
    "get list getSchema",
    [
        stored("uid", UID, "uid", sortable=True, filterable=uid_filter),
        stored("active", FLAG, "active"),
        stored("name", LANGUAGES, "name", sortable=True),
        derived("description", LANGUAGES, lambda _view, _one: {}, filterable=never),
        stored("position", INTEGER, "position"),
        stored("fee", MONEY, "fee"),
        stored("type", TEXT, "type"),
        derived("disableDeliveryAddress", FLAG, lambda _view, _one: False, filterable=never),
        derived("mailOnChange", FLAG, lambda _view, _one: True, filterable=never),
        derived("limitToCurrencies", ListOf(TEXT), lambda _view, _one: [], filterable=never),
        derived(
            "orderCostRange", UNKNOWN, lambda _view, _one: {"mode": "all", "intervals": {}}, filterable=never
        ),
        derived("orderStatus", INTEGER, lambda _view, _one: 1, filterable=never),
        derived("params", UNKNOWN, lambda _view, _one: {}, filterable=never),
    ],
    public=True,
    visible=lambda method: bool(method.active),
)

DELIVERY_METHOD = api_class(
    "DeliveryMethod",
    "delivery_methods",
    "get list count getSchema",
    [
        stored("uid", UID, "uid", sortable=True, filterable=uid_filter),
        stored("name", LANGUAGES, "name", sortable=True),
        stored("description", LANGUAGES, "description"),
        derived("limitToCustomergroups", UNKNOWN, lambda _view, _one: None, filterable=never),
        stored("freeDeliveryMinimumSpend", MONEY, "free_from"),
        derived("preferred", FLAG, lambda _view, _one: False, filterable=never),
        derived("allowBulky", FLAG, lambda _view, _one: True, filterable=never),
        stored("allowCod", FLAG, "allow_cod"),
        derived("codCountry", TEXT, lambda _view, one: "SE" if one.allow_cod else None, filterable=never),
        derived("rates", UNKNOWN, values.read_rates, filterable=never),
    ],
    public=True,
)

CUSTOMER = api_class(
    "Customer",
    "customers",
    "get list count set validate getSchema",
    [
        stored("uid", UID, "uid", sortable=True, filterable=uid_filter),
        stored("created", TIME, "created", sortable=True),
        stored("changed", TIME, "changed", sortable=True, filterable=changed_filter),
        stored("approved", FLAG, "approved", writable=True),
        stored("language", TEXT, "language", writable=True, check=values.check_language),
        stored("groups", ListOf(INTEGER), "groups", admin_only=True),
        derived(
            "info",
            UNKNOWN,
            lambda view, one: values.read_info(view, one.person),
            write=values.write_info,
            check=values.check_info,
        ),
        derived(
            "address",
            ADDRESS,
            lambda _view, one: one.person.address,
            write=values.write_address,
        ),
        derived(
            "deliveryAddress",
            DELIVERY_ADDRESS,
            lambda _view, one: one.person.delivery_address,
            write=values.write_delivery_address,
        ),
        derived("custom", UNKNOWN, lambda view, one: values.read_custom(view, one.person)),
    ],
)

SHIPMENT_ITEM = api_class(
    "ShipmentItem",
    "shipment_items",
    "get getSchema",
    [
        stored("uid", UID, "uid"),
        stored("shipment", Reference("Shipment"), "shipment"),
        stored("orderItem", Reference("OrderItem"), "order_item"),
        stored("quantity", NUMBER, "quantity"),
    ],
)

SHIPMENT = api_class(
    "Shipment",
    "shipments",
    "get list count set addAllItemsFromOrder addItem getSchema",
    [
        stored("uid", UID, "uid", sortable=True, filterable=uid_filter),
        stored("type", TEXT, "type"),
        stored("trackingUrl", TEXT, "tracking_url", writable=True),
        stored("shipmentMethod", Reference("DeliveryMethod"), "method", writable=True),
        stored("services", UNKNOWN, "services"),
        stored("packageCount", INTEGER, "package_count", writable=True),
        stored("items", ListOf(Reference("ShipmentItem")), "items"),
        stored("events", UNKNOWN, "events"),
        derived("documentUrl", TEXT, lambda _view, _one: None, filterable=never),
    ],
)

ORDER_CLASSES = (
    ORDER,
    ORDER_ITEM,
    PAYMENT,
    PAYMENT_METHOD,
    DELIVERY_METHOD,
    CUSTOMER,
    SHIPMENT_ITEM,
    SHIPMENT,
)
