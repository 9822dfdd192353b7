"""Settings of how hard the flows may work, and of what a run's end means."""

from __future__ import annotations

from pydantic import Field

from abicart_specter.settings.types import Seconds, Settings, YamlName


class SystemLimits(Settings):
    """Towards one of the two systems."""

    connect_timeout: Seconds = Field(default=10.0, gt=0, le=60)
    read_timeout: Seconds = Field(default=60.0, gt=0, le=300)
    max_tries: int = Field(default=5, ge=1, le=10)
    rate_per_second: Seconds | None = Field(default=None, gt=0)


class LimitSettings(Settings):
    """Sizes. A group is the rows of one write to Specter."""

    chunks: int = Field(default=8, ge=1, le=16)
    page_size: int = Field(default=100, ge=1, le=500)
    batch_size: int = Field(default=20, ge=1, le=100)
    group_rows: int = Field(default=100, ge=1, le=100)
    group_bytes: int = Field(default=90_000, ge=5_000, le=90_000)
    abicart: SystemLimits = SystemLimits()
    specter: SystemLimits = SystemLimits()


class MappingSettings(Settings):
    """The field mappings, by the names of their files."""

    article: YamlName = "article.yaml"
    article_import: YamlName = "article_import.yaml"
    order: YamlName = "order.yaml"
    customer: YamlName = "customer.yaml"
    payment_methods: YamlName = "payment_methods.yaml"


class RetentionSettings(Settings):
    """How long the ledger, the journal of Specter's raw answers and the reports keep what is not needed for safety.

    The lower limits keep what a run, an undo, a question or a replay may still need.
    """

    run_days: int = Field(default=90, ge=7, le=3650)
    personal_data_days: int = Field(default=90, ge=1, le=3650)
    journal_days: int = Field(default=30, ge=7, le=3650)
    report_days: int = Field(default=90, ge=1, le=3650)
