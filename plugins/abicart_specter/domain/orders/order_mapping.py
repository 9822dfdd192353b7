"""The mappings of the order export, read and compiled once per task."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from abicart_specter.domain.orders.info_names import InfoNames
from abicart_specter.domain.orders.mapped_fields import FieldSet
from abicart_specter.domain.orders.order_mapping_file import (
    CUSTOMERS,
    ORDERS,
    CustomerEntries,
    OrderEntries,
    PaymentEntries,
    PaymentEntry,
    read_customer_file,
    read_order_file,
    read_payment_file,
)
from abicart_specter.domain.orders.records import PaymentMethodFacts, PaymentRole, ShopOrder, ShopPayment
from abicart_specter.settings.paths import mapping_file
from abicart_specter.settings.shop import ShopSettings

NO_PAYMENT = PaymentMethodFacts(uid=0, code="", role=PaymentRole.ORDINARY)
"""An order without any payment but gift cards: nothing is left to pay."""

_DEAD = ("cancelled", "canceled", "error")
"""States of a payment that came to nothing (Abicart reference 6.4)."""


class OrderMapping:
    """``order.yaml``, ``customer.yaml`` and ``payment_methods.yaml`` of a shop.

    :ivar names: where ``customer.info`` keeps what, for :func:`read_order`.
    :ivar gift_card_row_names: exact names of rows without product that are used gift cards.
    :ivar discount_row_names: exact names of rows without product that are discounts.
    :ivar fingerprint: SHA-256 over what the files say, without comments and layout.
    """

    def __init__(self, order: OrderEntries, customer: CustomerEntries, payments: PaymentEntries) -> None:
        self.order_fields = FieldSet(order.fields, ORDERS.identity)
        self.customer_fields = FieldSet(customer.fields, CUSTOMERS.identity)
        self.names: InfoNames = customer.info.names()
        self.gift_card_row_names = frozenset(payments.gift_card_row_names)
        self.discount_row_names = frozenset(payments.discount_row_names)
        self._by_id = payments.by_id
        self._by_type = {name.casefold(): entry for name, entry in payments.by_type.items()}
        self._otherwise = payments.otherwise
        document = [one.model_dump(mode="json") for one in (order, customer, payments)]
        text = json.dumps(document, sort_keys=True, ensure_ascii=True)
        self.fingerprint = hashlib.sha256(text.encode("ascii")).hexdigest()

    def payment(self, method_uid: int, method_type: str | None) -> PaymentMethodFacts:
        """What a payment method of the shop is to Specter: by its id, then by its type, then ``otherwise``.

        :param method_type: the shop's word for it; ``None`` where the shop no longer has the method.
        """
        return _facts(method_uid, self._entry(method_uid, method_type))

    def knows_payment(self, method_uid: int, method_type: str | None) -> bool:
        """Whether the method is listed by id or by type, so that ``otherwise`` is not used."""
        return method_uid in self._by_id or (method_type or "").strip().casefold() in self._by_type

    def payments(self, order: ShopOrder, types: Mapping[int, str]) -> dict[int, PaymentMethodFacts]:
        """The facts of every method that an order was paid with.

        :param types: the shop's payment methods, uid → type.
        """
        return {
            one.method_uid: self.payment(one.method_uid, types.get(one.method_uid)) for one in order.payments
        }

    def _entry(self, method_uid: int, method_type: str | None) -> PaymentEntry:
        by_type = self._by_type.get((method_type or "").strip().casefold(), self._otherwise)
        return self._by_id.get(method_uid, by_type)


def order_mapping(settings: ShopSettings) -> OrderMapping:
    """The mappings that a shop's settings name.

    :raises ConfigurationError: a file is missing or wrong; the text names file and line.
    """
    names = settings.mappings
    return OrderMapping(
        read_order_file(mapping_file(names.order)),
        read_customer_file(mapping_file(names.customer)),
        read_payment_file(mapping_file(names.payment_methods)),
    )


def alive(payments: Iterable[ShopPayment]) -> list[ShopPayment]:
    """The payments that did not come to nothing."""
    return [one for one in payments if one.status not in _DEAD]


def main_payment(order: ShopOrder, facts: Mapping[int, PaymentMethodFacts]) -> PaymentMethodFacts:
    """The method by which the order is paid: the largest living payment that is no gift card.

    A discarded attempt stands in where nothing else is left; :data:`NO_PAYMENT` where only gift cards are.
    """
    found = _main(order, facts)
    return NO_PAYMENT if found is None else facts[found.method_uid]


def main_reference(order: ShopOrder, payment: PaymentMethodFacts) -> str:
    """The payment provider's reference of the order's main payment; empty if there is none."""
    own = [one for one in order.payments if one.method_uid == payment.uid and one.reference]
    preferred = alive(own) or own
    return max(preferred, key=lambda one: one.amount).reference if preferred else ""


def _main(order: ShopOrder, facts: Mapping[int, PaymentMethodFacts]) -> ShopPayment | None:
    ordinary = [one for one in order.payments if facts[one.method_uid].role is not PaymentRole.GIFT_CARD]
    preferred = alive(ordinary) or ordinary
    return max(preferred, key=lambda one: one.amount, default=None)


def _facts(uid: int, entry: PaymentEntry) -> PaymentMethodFacts:
    return PaymentMethodFacts(uid, entry.code, entry.payment_role, entry.prepayment)


def settings_for_mapping(settings: ShopSettings) -> dict[str, Any]:
    """``shop`` and ``settings`` as a mapping reads them."""
    return {"shop": {"name": settings.name}, "settings": settings.for_mapping()}
