"""The causes that people are told of. A cause's key is stable: it is what opening, reminders and closing hang on."""

from __future__ import annotations

from dataclasses import dataclass

from abicart_specter.flows.orders.alarms import ABICART, SPECTER, TWICE
from abicart_specter.settings.alerts import AlertSettings

RUN_RED = "run_red"
FLAGGED = "products_flagged"
HELD = "orders_held"
QUESTION = "question_waiting"
UNCONFIRMED = "orders are unconfirmed"
UNSENT = "orders_unsent"
LATE = "orders_late"
MISSED = "import_missed"
SILENT = "queue_silent"
CHANNEL = "channel_failing"
LEDGER = "ledger"
SHOP_FILE = "shop_file"


@dataclass(frozen=True, slots=True)
class Cause:
    """A kind of cause.

    :param text: which text tells of it, see ``texts``.
    :param switch: its switch in the shop's ``alerts``; empty: always told.
    :param rank: 1 is the worst; the subject of a message names the worst one in it.
    :param closes: whether it ends by itself; else it is news, or a person ends it.
    :param reminds: whether it is told again while it is open.
    """

    text: str
    switch: str
    rank: int
    closes: bool = True
    reminds: bool = True


CAUSES: dict[str, Cause] = {
    LEDGER: Cause("ledger", "ledger_problems", 1),
    TWICE.rstrip(":"): Cause("orders_twice", "doubled_orders", 2, closes=False),
    UNCONFIRMED: Cause("orders_unconfirmed", "unconfirmed_orders", 3),
    UNSENT: Cause("orders_unsent", "unsent_orders", 4),
    LATE: Cause("orders_late", "late_orders", 5),
    SHOP_FILE: Cause("shop_file", "broken_shop_files", 6),
    SPECTER: Cause("specter_silent", "no_answer", 7),
    ABICART: Cause("abicart_silent", "no_answer", 8),
    HELD: Cause("orders_held", "held_orders", 9),
    QUESTION: Cause("question_waiting", "questions", 10),
    MISSED: Cause("import_missed", "missed_import", 11),
    RUN_RED: Cause("run_red", "red_runs", 12),
    CHANNEL: Cause("channel_failing", "failing_channels", 13),
    SILENT: Cause("queue_silent", "silent_queues", 14, reminds=False),
    FLAGGED: Cause("products_flagged", "flagged_products", 15, closes=False, reminds=False),
}
"""Key, or the part of it before its colon → what it is."""

OTHER = Cause("other", "", 16)
"""A cause that another part of the package raised and that has no text of its own: its own words are told."""


def cause_of(key: str) -> Cause:
    """What a cause is: ``run_red:order_export`` → ``run_red``."""
    return CAUSES.get(key) or CAUSES.get(key.partition(":")[0]) or OTHER


def is_wanted(key: str, settings: AlertSettings) -> bool:
    """Whether the shop wants to be told of it."""
    switch = cause_of(key).switch
    return not switch or bool(getattr(settings, switch))
