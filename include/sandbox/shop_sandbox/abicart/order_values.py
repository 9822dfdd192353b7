"""What orders, rows and customers show, under the switches that decide how."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shop_sandbox.abicart.errors import Problem, problem
from shop_sandbox.abicart.order_model import (
    Amount,
    Customer,
    DeliveryMethod,
    Discount,
    Order,
    OrderItem,
    Person,
)
from shop_sandbox.abicart.view import View

OTHER_INFO_NAMES = {"nin": "personalNumber", "vatNumber": "vatNo", "companyNumber": "orgNumber"}
"""``customer_info`` on ``other_names``."""


def show_amount(amount: Amount, currency: str) -> dict[str, Any]:
    return {
        "incVat": amount.inc,
        "exVat": amount.ex,
        "vat": amount.vat,
        "vatRate": amount.rate,
        "currency": currency,
    }


def read_order_costs(_view: View, order: Order) -> dict[str, Any]:
    parts = {"cart": order.cart, "shipment": order.shipment, "payment": order.fee, "total": order.total}
    return {name: show_amount(amount, order.currency) for name, amount in parts.items()}


def read_item_costs(view: View, item: OrderItem) -> dict[str, Any]:
    currency = view.shop.orders.rows[item.order].currency
    before = view.switch["item_costs"] == "before_discount"
    return {
        "unit": show_amount(item.unit_before if before else item.unit, currency),
        "total": show_amount(item.total_before if before else item.total, currency),
    }


def read_choices(view: View, item: OrderItem) -> dict[str, Any]:
    """Choice uid → option uid as text, and the ordered quantity (Abicart reference 6.2)."""
    if view.switch["item_quantity"] == "top_level":
        return item.choices
    return {**item.choices, "quantity": item.quantity}


def read_item_number(view: View, item: OrderItem) -> str | None:
    if view.switch["item_number"] == "base" or item.variant_number is None:
        return item.base_number
    return item.variant_number


def show_discount(discount: Discount | None) -> dict[str, Any] | None:
    if discount is None:
        return None
    return {
        "discount": discount.uid,
        "name": discount.name,
        "rate": discount.rate,
        "incVat": discount.inc,
        "exVat": discount.ex,
    }


def read_payment_status(view: View, order: Order) -> str:
    status = "paid" if order.paid else "unpaid"
    words = view.switch["status_words"]
    if words == "capitalised":
        return status.capitalize()
    if words == "extra" and not order.paid:
        rows = view.shop.payments.rows
        return "reserved" if any(rows[uid].status == "reserved" for uid in order.payments) else status
    return status


def read_delivery_status(view: View, order: Order) -> str:
    status = "sent" if order.sent else "unsent"
    words = view.switch["status_words"]
    if words == "capitalised":
        return status.capitalize()
    if words == "extra":
        return "shipped" if order.sent else "partlySent" if order.partly_sent else status
    return status


def check_delivery_status(_view: View, value: Any, pointer: str) -> tuple[Any, list[Problem]]:
    """Sent or unsent, in any case; shipped is another word for sent."""
    word = value.lower() if isinstance(value, str) else value
    if word not in ("sent", "unsent", "shipped"):
        return None, [problem("Must be sent or unsent", pointer)]
    return word != "unsent", []


def check_language(view: View, value: Any, pointer: str) -> tuple[Any, list[Problem]]:
    if value not in view.shop.languages.rows:
        return None, [problem("Unknown language", pointer)]
    return value, []


def read_info(view: View, person: Person) -> dict[str, Any]:
    if view.switch["customer_info"] == "plain":
        return person.info
    return {OTHER_INFO_NAMES.get(name, name): value for name, value in person.info.items()}


def read_custom(view: View, person: Person) -> Any:
    if view.switch["custom_shape"] == "list":
        return list(person.custom)
    return {one["name"]: one["value"] for one in person.custom}


def read_order_customer(view: View, order: Order) -> dict[str, Any]:
    """The copy of the customer's data in the order (Abicart reference 6.1, 6.3)."""
    shown = {
        "info": read_info(view, order.person),
        "address": order.person.address,
        "deliveryAddress": order.person.delivery_address,
        "custom": read_custom(view, order.person),
    }
    if order.customer_uid is not None:
        shown["uid"] = order.customer_uid
    return shown


def collapsed_customer(view: View, shown: dict[str, Any]) -> Any:
    """Asked for with ``true`` the customer may be only a uid (switch ``order_customer``)."""
    return shown.get("uid") if view.switch["order_customer"] == "uid" else shown


def check_info(view: View, value: Any, pointer: str) -> tuple[Any, list[Problem]]:
    """The names that are read are the names that can be written; all values are texts or null."""
    if not isinstance(value, dict):
        return None, [problem("Must be an object", pointer)]
    plain = {OTHER_INFO_NAMES[name]: name for name in OTHER_INFO_NAMES}
    if view.switch["customer_info"] == "plain":
        plain = {}
    renamed = {plain.get(name, name): one for name, one in value.items()}
    problems = [
        problem("Must be a string", f"{pointer}/{name}") for name, one in value.items() if not _is_text(one)
    ]
    known = ("type", "email", *OTHER_INFO_NAMES)
    problems += [problem("Unknown property", f"{pointer}/{name}") for name in renamed if name not in known]
    return renamed, problems


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def write_info(_view: View, customer: Customer, value: dict[str, Any]) -> None:
    customer.person = replace(customer.person, info=value)


def write_address(_view: View, customer: Customer, value: dict[str, Any]) -> None:
    customer.person = replace(customer.person, address=value)


def write_delivery_address(_view: View, customer: Customer, value: dict[str, Any]) -> None:
    customer.person = replace(customer.person, delivery_address=value)


def read_rates(view: View, method: DeliveryMethod) -> list[dict[str, Any]]:
    """Abicart reference 6.6: one rate, its VAT by country, its price by weight in grams."""
    return [
        {
            "name": method.name,
            "countryVatRates": {view.shop.webshop.vat_country: {"vatRate": method.vat_rate, "states": {}}},
            "weightIntervals": [
                {"weightMin": one.low, "weightMax": one.high, "price": one.price} for one in method.intervals
            ],
        }
    ]
