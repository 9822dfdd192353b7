"""Whether setting 21 lets orders go, by itself or by hand."""

from __future__ import annotations

from abicart_specter.errors import ConfigurationError
from abicart_specter.settings import ShopSettings


def why_off(settings: ShopSettings) -> str:
    """Why the schedule does nothing at all; empty if it works."""
    event = settings.events.export_order
    if event.update == "inactive":
        return (
            "events.export_order.update is “inactive”: no order is read or sent; every other task is skipped."
        )
    if event.when == "inactive":
        return (
            "events.export_order.when is “inactive”: no order is read or sent; every other task is skipped. "
            "By number, orders can still be sent with order_export_single."
        )
    return ""


def require_not_off(settings: ShopSettings) -> None:
    """:raises ConfigurationError: orders may not even be sent by hand."""
    if settings.events.export_order.update == "inactive":
        raise ConfigurationError(
            f"Shop {settings.name}: events.export_order.update is “inactive”: no order may be sent, not even by hand.",
            remedy="Set it to “directly” in the shop file when orders shall go to Specter.",
        )


def only_listed(settings: ShopSettings, *, send_manual: bool) -> bool:
    """Whether orders are found and listed, and wait for a person to send them."""
    return settings.events.export_order.when == "manual" and not send_manual
