"""A shop's limits as the clients' options."""

from __future__ import annotations

from abicart_specter.clients.options import HttpOptions
from abicart_specter.settings import ShopSettings


def abicart_options(settings: ShopSettings) -> HttpOptions:
    """Time-outs, tries, page and rate for Abicart."""
    limits = settings.limits.abicart
    return HttpOptions(
        connect_timeout=limits.connect_timeout,
        read_timeout=limits.read_timeout,
        max_tries=limits.max_tries,
        rate_per_second=limits.rate_per_second,
        page_size=settings.limits.page_size,
        batch_size=settings.limits.batch_size,
    )


def specter_options(settings: ShopSettings) -> HttpOptions:
    """Time-outs, tries and rate for Specter."""
    limits = settings.limits.specter
    return HttpOptions(
        connect_timeout=limits.connect_timeout,
        read_timeout=limits.read_timeout,
        max_tries=limits.max_tries,
        rate_per_second=limits.rate_per_second,
    )
