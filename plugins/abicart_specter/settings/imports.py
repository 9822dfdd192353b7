"""Settings of what comes back from Specter (setting 20), its guard, stock and order status."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from abicart_specter.settings.orders import ShopUid
from abicart_specter.settings.types import Amount, Settings, SpecterId


class Master(StrEnum):
    """A field whose master is Specter while its import is on (rule 24)."""

    NAME = "name"
    DESCRIPTION = "description"
    PRICE = "price"
    EXTRA_PRICE = "extra_price"
    VAT = "vat"


class ImportSettings(Settings):
    """What the nightly import brings from Specter. All off until somebody switches it on."""

    product_number: bool = False
    name: bool = False
    description: bool = False
    price: bool = False
    extra_price: bool = False
    vat: bool = False
    stock: bool = False

    def masters(self) -> tuple[Master, ...]:
        """The fields that Specter is master of."""
        return tuple(master for master in Master if getattr(self, master.value))


class ImportGuardSettings(Settings):
    """When an import stops and asks a person. Shares are of the shop's whole catalogue."""

    largest_price_change_percent: Amount = Field(default=Decimal(30), gt=0, le=1000)
    largest_share_percent: Amount = Field(default=Decimal(10), gt=0, le=100)
    smallest_number: int = Field(default=20, ge=1)
    look_back_hours: int = Field(default=24, ge=1, le=168)
    answer_within_hours: int = Field(default=12, ge=1, le=72)
    without_answer: Literal["refuse", "apply"] = "refuse"


class StockSettings(Settings):
    """How stock comes back."""

    every_minutes: int | None = Field(default=None, ge=5, le=1440)
    sites: list[SpecterId] = Field(default_factory=list)


def _template(value: str) -> str:
    if not value.startswith("https://") or "{tracking_number}" not in value:
        raise ValueError("expected an address that begins with https:// and holds {tracking_number}")
    return value


def _code(value: str) -> str:
    if not value or any(char.isspace() for char in value):
        raise ValueError("expected a code without blanks, as Specter tells it")
    return value


StatusCode = Annotated[str, AfterValidator(_code)]
"""A code of an order's status in Specter. Only "D" (delivered) and "5" (cancelled) are publicly known."""

WriteStrategy = Literal["order-set", "shipment", "both"]
"""How the shop's order is marked as sent (Abicart reference 10 #19): its field, a shipment of all its rows, or both."""


class StatusSettings(Settings):
    """What an order's status in Specter does to the shop's order (rule 35). Payments are never touched."""

    read_orders: bool = True
    mark_delivered: bool = True
    delivered_codes: list[StatusCode] = Field(default_factory=lambda: ["D"])
    partly_delivered: Literal["list", "sent"] = "list"
    partly_delivered_codes: list[StatusCode] = Field(default_factory=list)
    write_cancelled: bool = False
    cancelled_codes: list[StatusCode] = Field(default_factory=lambda: ["5"])
    other_delivery_codes: list[StatusCode] = Field(default_factory=list)
    other_status_codes: list[StatusCode] = Field(default_factory=list)
    write_strategy: WriteStrategy = "order-set"
    tracking_urls: dict[ShopUid, Annotated[str, AfterValidator(_template)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _a_code_means_one_thing(self) -> StatusSettings:
        for names in (
            ("delivered_codes", "partly_delivered_codes", "other_delivery_codes"),
            ("cancelled_codes", "other_status_codes"),
        ):
            seen: dict[str, str] = {}
            for name in names:
                for code in getattr(self, name):
                    if code in seen:
                        raise ValueError(f"{name}: the code “{code}” is in {seen[code]} already")
                    seen[code] = name
        return self
