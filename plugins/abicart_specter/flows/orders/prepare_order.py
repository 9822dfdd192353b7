"""From the shop's document to what Specter will get: pure decisions joined, nothing sent and nothing stored."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from abicart_specter.domain.orders.amounts import build_rows
from abicart_specter.domain.orders.content import content_hash, snapshot
from abicart_specter.domain.orders.customer import customer_key, customer_write
from abicart_specter.domain.orders.header import order_write
from abicart_specter.domain.orders.masking import personal_texts, written_texts
from abicart_specter.domain.orders.order_mapping import OrderMapping, main_payment
from abicart_specter.domain.orders.read_order import read_order
from abicart_specter.domain.orders.records import (
    CustomerWrite,
    OrderRows,
    OrderWrite,
    PaymentMethodFacts,
    RowRole,
    ShopOrder,
)
from abicart_specter.domain.records import Flag, ItemKey, Kind
from abicart_specter.flows.orders.articles_first import NamedArticle
from abicart_specter.ledger.order_records import OrderRecord
from abicart_specter.ledger.order_rules import numbered
from abicart_specter.settings import ShopSettings

NAMES_A_PRODUCT = frozenset({RowRole.PRODUCT, RowRole.PART, RowRole.GIFT_CARD_SOLD})


@dataclass(frozen=True, slots=True)
class OrderTools:
    """What every order of a task is prepared with.

    :param payment_types: the shop's payment methods, uid → type.
    :param secret: key of the customers' HMAC.
    """

    settings: ShopSettings
    mapping: OrderMapping
    payment_types: Mapping[int, str]
    secret: bytes


@dataclass(frozen=True, slots=True)
class PreparedOrder:
    """An order that may go, as far as it alone decides. ``external_no`` is what Specter will know it by."""

    order: ShopOrder
    external_no: str
    customer_key: str
    customer: CustomerWrite
    rows: OrderRows
    payments: Mapping[int, PaymentMethodFacts]
    content_hash: str

    @property
    def key(self) -> ItemKey:
        """Under which flags and outcomes are kept."""
        return ItemKey(Kind.ORDER, self.order.uid)

    def write(self, tools: OrderTools, *, address_in_comment: bool) -> OrderWrite:
        """The fields and rows of ``newOrderSubmit``.

        :raises RecordError: the field mapping holds the order.
        """
        return order_write(
            self.order,
            self.rows,
            main_payment(self.order, self.payments),
            tools.settings,
            tools.mapping,
            self.external_no,
            address_in_comment=address_in_comment,
        )

    def snapshot(self, tools: OrderTools) -> dict[str, Any]:
        """What is kept to tell a later edit by; nothing personal."""
        return snapshot(self.order, tools.secret)

    def name_hash(self, tools: OrderTools) -> str:
        """The buyer's name under the customers' secret: by it a change of name is seen, and nothing else."""
        name = self.customer.fields.get("name") or self.customer.fields.get("contactPerson", "")
        folded = " ".join(name.casefold().split())
        return hmac.new(tools.secret, b"name\0" + folded.encode(), hashlib.sha256).hexdigest()[:32]

    def proof(self) -> dict[str, Any]:
        """The proof as it is kept, with the number of rows sent."""
        return {**self.rows.proof.as_document(), "rows": len(self.rows.rows)}

    def personal(self) -> list[str]:
        """What must not be shown of it."""
        return [*personal_texts(self.order.buyer, self.customer.fields), *written_texts(self.order)]

    def open_texts(self) -> list[str]:
        """What may be shown of it whatever it looks like: its own number and its rows' product numbers."""
        return [self.external_no, self.order.number, *(row.product_number for row in self.rows.rows)]

    def flags(self, written: OrderWrite) -> list[Flag]:
        """Every finding, each rule and message once."""
        found = (*self.customer.flags, *self.rows.flags, *written.flags)
        return list({(flag.rule, flag.message): flag for flag in found}.values())

    def articles(self) -> list[NamedArticle]:
        """The products that its rows name."""
        return [
            NamedArticle(
                _key(row.article_uid, row.variant_uid), row.article_uid, row.product_number, row.quantity
            )
            for row in self.rows.rows
            if row.role in NAMES_A_PRODUCT
        ]

    def place_of(self, product_number: str) -> int:
        """The first row that names a product, counted from 1."""
        return next(
            place for place, row in enumerate(self.rows.rows, 1) if row.product_number == product_number
        )


def external_number(settings: ShopSettings, order_number: str, record: OrderRecord | None) -> str:
    """What Specter knows the order by: frozen at its first intent (rule 9); a later generation ends in -R2, …"""
    if record is not None and record.external_no is not None:
        return record.external_no
    generation = 1 if record is None else record.generation
    return numbered(settings.orders.number_prefix, order_number, generation)


def prepare(order: ShopOrder, tools: OrderTools, *, external_no: str, now: datetime) -> PreparedOrder:
    """Decide everything about an order that was read.

    :raises RecordError: the order is to be held; rule, message and remedy say why.
    """
    settings, mapping = tools.settings, tools.mapping
    payments = mapping.payments(order, tools.payment_types)
    rows = build_rows(
        order,
        settings=settings,
        payments=payments,
        gift_card_row_names=mapping.gift_card_row_names,
        discount_row_names=mapping.discount_row_names,
        now=now,
    )
    return PreparedOrder(
        order=order,
        external_no=external_no,
        customer_key=customer_key(order, settings, tools.secret),
        customer=customer_write(order, settings, mapping, order_number=external_no),
        rows=rows,
        payments=payments,
        content_hash=content_hash(order),
    )


def read(document: Mapping[str, Any], tools: OrderTools) -> ShopOrder:
    """The order in the shop's document.

    :raises RecordError: rule ``order_unreadable``.
    """
    return read_order(document, tools.mapping.names)


def _key(article_uid: int | None, variant_uid: int | None) -> ItemKey | None:
    if variant_uid is not None:
        return ItemKey(Kind.VARIANT, variant_uid)
    return None if article_uid is None else ItemKey(Kind.ARTICLE, article_uid)
