"""Languages, ways to pay and ways to deliver."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from shop_sandbox.abicart.model import Language
from shop_sandbox.abicart.order_model import DeliveryMethod, PaymentMethod, WeightInterval
from shop_sandbox.abicart.store import Shop

LANGUAGES = (("sv", True), ("en", True), ("da", False), ("de", False), ("fi", False), ("nb", False))

PAYMENTS = (
    # Swedish name, English name, type, fee in kronor, gift card, status when the order is placed
    ("Faktura", "Invoice", "invoice", 29, False, "unpaid"),
    ("Kort", "Card", "card", 0, False, "reserved"),
    ("Swish", "Swish", "swish", 0, False, "paid"),
    ("Klarna", "Klarna", "klarna", 0, False, "reserved"),
    ("Presentkort", "Gift card", "giftcard", 0, True, "paid"),
    ("Postförskott", "Cash on delivery", "cod", 49, False, "planned"),
)

DELIVERIES = (
    # Swedish name, English name, kronor by weight up to grams, free from, cash on delivery
    ("Brev", "Letter", ((500, 29), (2000, 49)), None, False),
    ("Ombud", "Collection point", ((2000, 49), (10_000, 79), (None, 149)), 500, True),
    ("Hemleverans", "Home delivery", ((10_000, 99), (None, 249)), 1500, False),
    ("Hämta i butiken", "Collect in the shop", ((None, 0),), None, False),
)


def make_terms(shop: Shop, at: datetime) -> None:
    for code, active in LANGUAGES:
        shop.add("languages", Language(code, active, "SEK" if code == "sv" else "EUR"))
    for position, (swedish, english, kind, fee, gift_card, status) in enumerate(PAYMENTS, 1):
        shop.add(
            "payment_methods",
            PaymentMethod(
                uid=shop.payment_methods.new_uid(),
                name={"sv": swedish, "en": english},
                type=kind,
                position=position,
                fee={"SEK": Decimal(fee), "EUR": Decimal(fee) / 10} if fee else {},
                changed=at,
                gift_card=gift_card,
                first_status=status,
            ),
        )
    for swedish, english, steps, free_from, cod in DELIVERIES:
        shop.add(
            "delivery_methods",
            DeliveryMethod(
                uid=shop.delivery_methods.new_uid(),
                name={"sv": swedish, "en": english},
                intervals=_intervals(steps),
                changed=at,
                free_from={} if free_from is None else {"SEK": Decimal(free_from)},
                allow_cod=cod,
            ),
        )


def _intervals(steps: tuple[tuple[int | None, int], ...]) -> tuple[WeightInterval, ...]:
    made, low = [], Decimal(0)
    for grams, kronor in steps:
        high = None if grams is None else Decimal(grams)
        made.append(WeightInterval(low, high, {"SEK": Decimal(kronor), "EUR": Decimal(kronor) / 10}))
        low = low if high is None else high
    return tuple(made)
