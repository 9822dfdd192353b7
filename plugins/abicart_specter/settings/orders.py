"""Settings of customers and orders (settings 2–13, 21, 23, 28–30)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from abicart_specter.settings.types import Latin1, Moment, Pattern, Settings, SpecterId

Ripe = Literal["placed", "reserved", "paid"]
"""When an order may go: as soon as it is placed, when its payment is reserved, or when it is paid."""

ShopUid = Annotated[int, Field(gt=0)]


class CustomerGroups(Settings):
    """Specter's customer groups for new customers."""

    private: SpecterId | None = None
    company: SpecterId | None = None


class CustomerSettings(Settings):
    """How Specter matches customers, and what happens to one that it finds."""

    ignore_email: bool = False
    ignore_organisation_number: bool = False
    update_matched: bool = True
    group: CustomerGroups = CustomerGroups()
    missing_email: Literal["hold", "placeholder"] = "hold"
    placeholder_email: Latin1 = "order-{order_number}@example.invalid"

    @field_validator("placeholder_email")
    @classmethod
    def _one_per_order(cls, value: str) -> str:
        if "{order_number}" not in value or value.count("@") != 1:
            raise ValueError(
                "expected an address that holds {order_number}, so that no two customers share it, "
                "such as order-{order_number}@example.invalid"
            )
        return value

    @property
    def always_new(self) -> bool:
        """Both checks are off: Specter makes a new customer for every order (setting 4)."""
        return self.ignore_email and self.ignore_organisation_number


class ZeroRowSettings(Settings):
    """Rows that are sent although their amount is zero."""

    delivery: bool = False
    payment_fee: bool = False
    cash_on_delivery: bool = False


class RipeSettings(Settings):
    """When an order may go, per payment method."""

    otherwise: Ripe = "placed"
    payment_methods: dict[ShopUid, Ripe] = Field(default_factory=dict)


class OrderSettings(Settings):
    """What of an order is sent, and when."""

    orders_from: Moment
    number_prefix: Latin1 = Field(default="", max_length=20)
    ripe: RipeSettings = RipeSettings()
    confirmation_to_customer: bool = False
    confirmation_to_administrator: bool = False
    shop_confirmation_is_off: bool = False
    include_zero: ZeroRowSettings = ZeroRowSettings()
    include_customer_fields: bool = False
    discount_in_percent: bool = False
    company_in_address_row_1: bool = False
    send_delivery_method: bool = True
    payments_as_rows: bool = True
    write_number_to_shop: bool = True
    report_edited: bool = True
    stock_site: SpecterId | None = None
    packages: Literal["hold", "explode"] = "hold"
    freight_vat: Literal["as_shop", "split"] = "as_shop"
    gift_cards_sold: list[Pattern] = Field(default_factory=list)
    gift_card_sold_vat: Literal["none", "as_shop"] = "none"
    duplicate_control: Literal["untrusted", "trusted"] = "untrusted"
    duplicate_answer: Pattern | None = None
    specter_number_pattern: Pattern = "[0-9]{1,9}"
    overlap_minutes: int = Field(default=10, ge=5, le=1440)
    sweep_days: int = Field(default=14, ge=1, le=90)

    @field_validator("number_prefix")
    @classmethod
    def _no_blanks(cls, value: str) -> str:
        if any(char.isspace() or char == ";" for char in value):
            raise ValueError("a prefix may hold neither blanks nor semicolons")
        return value

    @model_validator(mode="after")
    def _trust_needs_words(self) -> OrderSettings:
        if self.duplicate_control == "trusted" and self.duplicate_answer is None:
            raise ValueError(
                "duplicate_control: “trusted” needs duplicate_answer, a pattern for the words with which Specter "
                "refuses a number that it already has, as recorded when the shop went live"
            )
        return self
