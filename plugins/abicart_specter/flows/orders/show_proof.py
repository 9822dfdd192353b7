"""The proof of one order in a log: the shop's amounts beside those sent, per VAT rate."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from abicart_specter.domain.money import fixed, shortest
from abicart_specter.flows.reports import log_table

log = logging.getLogger(__name__)

AMOUNTS = ("shop_ex", "sent_ex", "shop_vat", "sent_vat")
WHOLE = ("shop_total", "sent_total", "difference", "gift_cards_used", "gift_cards_sold", "rounding")


def show_proof(number: str, proof: Mapping[str, Any]) -> None:
    """:param proof: as it is kept (``Proof.as_document``); amounts in SEK."""
    log_table(
        log,
        f"Order {number}: proof ({proof['model']}; {proof['reading']})",
        ("", "shop ex VAT", "sent ex VAT", "shop VAT", "sent VAT"),
        [
            (f"VAT {shortest(Decimal(rate['percent']))} %", *(_shown(rate[name]) for name in AMOUNTS))
            for rate in proof["rates"]
        ],
    )
    if any(Decimal(rate["shop_vat"]) != Decimal(rate["sent_vat"]) for rate in proof["rates"]):
        log.info(
            "VAT may differ by an öre within a rate: the shop rounds each row, Specter's way is in the settings."
        )
    log.info(
        "Order %s: to pay %s in the shop, %s by the rows; difference %s. Gift cards used %s, sold %s, rounding row %s.",
        number,
        *(_shown(proof[name]) for name in WHOLE),
    )


def _shown(amount: str) -> str:
    return fixed(Decimal(amount), 2)
