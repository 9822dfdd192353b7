"""One shop's settings as a whole: the groups, what must hold between them, and what deserves a warning."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import PrivateAttr, model_validator

from abicart_specter.settings.alerts import AlertSettings
from abicart_specter.settings.imports import (
    ImportGuardSettings,
    ImportSettings,
    Master,
    StatusSettings,
    StockSettings,
)
from abicart_specter.settings.limits import LimitSettings, MappingSettings, RetentionSettings
from abicart_specter.settings.numbers import NumberRules, fold
from abicart_specter.settings.orders import CustomerSettings, OrderSettings
from abicart_specter.settings.products import PriceSettings, ProductNumberSettings, ProductSettings
from abicart_specter.settings.special_numbers import ROLES, SpecialNumber
from abicart_specter.settings.types import Settings

Update = Literal["directly", "inactive"]


class OrderEvent(Settings):
    """Setting 21: Abicart's two lists for orders."""

    when: Literal["inactive", "registered", "manual"] = "registered"
    update: Update = "directly"


class ProductEvent(Settings):
    """Setting 22: Abicart's two lists for products that are added or changed."""

    when: Literal["inactive", "changed"] = "changed"
    update: Update = "directly"


class EventSettings(Settings):
    """What starts an export."""

    export_order: OrderEvent = OrderEvent()
    export_product: ProductEvent = ProductEvent()


class ShopSettings(Settings):
    """Everything of a shop that is no address and no secret. One file each; see ``include/shops/demo.yaml``."""

    live: bool = True
    base_currency: Literal["SEK"] = "SEK"
    held_makes_run_red: bool = False
    customers: CustomerSettings = CustomerSettings()
    orders: OrderSettings
    product_numbers: ProductNumberSettings = ProductNumberSettings()
    products: ProductSettings = ProductSettings()
    events: EventSettings = EventSettings()
    prices: PriceSettings = PriceSettings()
    imports: ImportSettings = ImportSettings()
    import_guard: ImportGuardSettings = ImportGuardSettings()
    stock: StockSettings = StockSettings()
    status: StatusSettings = StatusSettings()
    alerts: AlertSettings = AlertSettings()
    mappings: MappingSettings = MappingSettings()
    limits: LimitSettings = LimitSettings()
    retention: RetentionSettings = RetentionSettings()

    _name: str = PrivateAttr(default="")

    @property
    def name(self) -> str:
        """The shop's name, which is its file's name."""
        return self._name

    @property
    def create_special_numbers(self) -> bool:
        """Whether missing special product numbers are created in Specter (setting 19)."""
        return self.product_numbers.special.create

    @property
    def orders_leave_by_themselves(self) -> bool:
        """Whether the schedule exports orders; by hand they can be exported unless ``update`` is inactive."""
        event = self.events.export_order
        return event.when == "registered" and event.update == "directly"

    @property
    def products_leave_by_themselves(self) -> bool:
        """Whether added and changed products are exported without being asked for."""
        event = self.events.export_product
        return event.when == "changed" and event.update == "directly"

    def number_rules(self) -> NumberRules:
        """The rule for product numbers."""
        return self.product_numbers.rules(self.prices.usual_rates())

    def special_numbers(self) -> list[SpecialNumber]:
        """The product numbers of rows that are no products."""
        return self.product_numbers.special.in_use()

    def special_numbers_by_number(self) -> dict[str, str]:
        """Reserved product number → what it is reserved for, in words."""
        return {special.number: special.role for special in self.special_numbers()}

    def masters(self) -> tuple[Master, ...]:
        """The fields that Specter is master of (rule 24)."""
        return self.imports.masters()

    def for_mapping(self) -> dict[str, Any]:
        """The settings as a field mapping reads them."""
        return self.model_dump(mode="python")

    @model_validator(mode="after")
    def _special_numbers_can_be_used(self) -> ShopSettings:
        rules = self.number_rules()
        seen: dict[str, str] = {}
        for key in ROLES:
            number = getattr(self.product_numbers.special, key)
            if number is None:
                continue
            if not rules.accepts(number):
                raise ValueError(
                    f"product_numbers.special.{key}: {number} is no valid product number: it may hold "
                    f"{rules.in_words()}, at most {rules.max_length} characters"
                )
            other = seen.setdefault(fold(number), key)
            if other != key:
                raise ValueError(
                    f"product_numbers.special.{key}: {number} is used for {other} already; each needs its own"
                )
        return self

    def warnings(self) -> list[str]:
        """What is allowed but should be known, each as a sentence with the key in it."""
        return list(_warnings(self))


def _warnings(settings: ShopSettings) -> Any:
    customers, orders, special = settings.customers, settings.orders, settings.product_numbers.special
    if customers.always_new:
        yield (
            "customers.ignore_email and customers.ignore_organisation_number are both on: Specter makes a new "
            "customer for every order. This is the main cause of duplicate customers; switch one of them off."
        )
    if (
        orders.confirmation_to_customer or orders.confirmation_to_administrator
    ) and not orders.shop_confirmation_is_off:
        yield (
            "Specter sends order confirmations, and the shop may still send its own: switch the shop's off in "
            "Abicart, then set orders.shop_confirmation_is_off to true."
        )
    missing = [key for key in ROLES if getattr(special, key) is None]
    if missing:
        yield (
            f"product_numbers.special has no number for {', '.join(missing)}: an order that needs one will be held."
        )
    if settings.imports.extra_price and not settings.imports.price:
        yield "imports.extra_price does nothing while imports.price is off."
    if settings.imports.vat and not settings.imports.price:
        yield (
            "imports.vat is on and imports.price is off: a changed VAT rate is only written together with its "
            "price, so it will only be listed."
        )
    if settings.stock.every_minutes is not None and not settings.imports.stock:
        yield "stock.every_minutes does nothing while imports.stock is off."
    if settings.status.write_cancelled:
        yield (
            "status.write_cancelled is on: an order cancelled in Specter is cancelled in the shop, which gives its "
            "stock back and signals the payment provider."
        )
    if settings.status.tracking_urls and settings.status.write_strategy == "order-set":
        yield (
            "status.tracking_urls do nothing while status.write_strategy is “order-set”: only a shipment carries "
            "the address of a parcel."
        )
    if settings.status.mark_delivered and not settings.status.delivered_codes:
        yield "status.mark_delivered does nothing while status.delivered_codes is empty."
    if settings.import_guard.without_answer == "apply":
        yield (
            "import_guard.without_answer is “apply”: changes beyond the guard's limits are written when nobody "
            "answers in time."
        )
