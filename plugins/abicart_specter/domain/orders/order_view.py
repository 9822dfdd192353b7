"""What ``order.…`` and ``payment.…`` mean in the order export's mappings."""

from __future__ import annotations

from typing import Any

from abicart_specter.domain.orders.buyer_values import usable_email
from abicart_specter.domain.orders.records import PaymentMethodFacts, ShopOrder
from abicart_specter.domain.text import clean_line
from abicart_specter.settings.shop import ShopSettings
from abicart_specter.settings.types import STOCKHOLM


def order_view(
    order: ShopOrder, settings: ShopSettings, external_number: str, *, address_in_comment: bool = False
) -> dict[str, Any]:
    """The prepared values of an order. The date is the shop's, in Stockholm (fault F36)."""
    orders = settings.orders
    custom = dict(order.buyer.custom) if orders.include_customer_fields else {}
    method = order.delivery_method_uid if orders.send_delivery_method else None
    return {
        "uid": order.uid,
        "number": order.number,
        "external_number": external_number,
        "date": order.ordered.astimezone(STOCKHOLM).date().isoformat(),
        "currency": order.currency,
        "language": order.language,
        "payment_status": order.payment_status,
        "delivery_method": method,
        "note": order.note,
        "custom": custom,
        "customer_fields": "; ".join(
            f"{clean_line(name)}: {clean_line(text)}" for name, text in custom.items()
        ),
        "delivery_address": _address_line(order) if address_in_comment else "",
        # A confirmation to an address that nobody has would come back.
        "send_confirmation": orders.confirmation_to_customer and usable_email(order.buyer.email) is not None,
    }


def payment_view(payment: PaymentMethodFacts, reference: str) -> dict[str, Any]:
    """The order's main means of payment."""
    return {
        "method": payment.uid or None,
        "code": payment.code,
        "prepayment": payment.prepayment,
        "reference": reference,
    }


def _address_line(order: ShopOrder) -> str:
    """Where the goods go, in one line: for when the customer's record in Specter is left as it is."""
    address = order.buyer.delivery or order.buyer.invoice
    name = address.name or f"{address.first_name} {address.last_name}"
    parts = (
        address.company,
        name,
        address.street,
        address.street2,
        f"{address.postcode} {address.town}",
        address.country,
    )
    return ", ".join(filter(None, (clean_line(part) for part in parts)))
