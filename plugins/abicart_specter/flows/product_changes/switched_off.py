"""Whether setting 22 lets products go by themselves."""

from __future__ import annotations

from abicart_specter.settings import ShopSettings


def why_off(settings: ShopSettings) -> str:
    """Why the schedule does nothing at all; empty if it works."""
    if settings.products_leave_by_themselves:
        return ""
    event = settings.events.export_product
    key, value = ("when", event.when) if event.when == "inactive" else ("update", event.update)
    return (
        f"events.export_product.{key} is “{value}”: added and changed products are not exported by themselves; every "
        "other task is skipped. When it is switched on again, what changed meanwhile goes."
    )
