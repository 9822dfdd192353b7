"""A shop's limits as the clients' options."""

from __future__ import annotations

from abicart_specter.clients.options import HttpOptions
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.settings import ShopSettings

QUEUE_PATIENCE = 30.0
"""Seconds that a task waits for another one that reads the same queue of Specter's, before Airflow tries it again."""


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


def lease_terms(settings: ShopSettings) -> LeaseTerms:
    """How long leases last, from the longest that one write to Specter may take."""
    longest = settings.limits.specter.connect_timeout + settings.limits.specter.read_timeout
    return LeaseTerms(longest, patience=QUEUE_PATIENCE)


def shop_lease_terms(settings: ShopSettings) -> LeaseTerms:
    """The same for writes to the shop."""
    longest = settings.limits.abicart.connect_timeout + settings.limits.abicart.read_timeout
    return LeaseTerms(longest, patience=QUEUE_PATIENCE)


def specter_options(settings: ShopSettings) -> HttpOptions:
    """Time-outs, tries and rate for Specter."""
    limits = settings.limits.specter
    return HttpOptions(
        connect_timeout=limits.connect_timeout,
        read_timeout=limits.read_timeout,
        max_tries=limits.max_tries,
        rate_per_second=limits.rate_per_second,
    )
