"""How one request sees the shop: who asks, in which language, and how the switches stand."""

from __future__ import annotations

from datetime import datetime

from shop_sandbox.abicart.store import Shop
from shop_sandbox.abicart.times import WRITERS
from shop_sandbox.core.switches import SwitchBoard


class View:
    """Made once per HTTP request.

    :param language: of messages and of sorting by name, not of the texts returned (Abicart reference 1.3).
    :param admin: whether the caller has an administrator's token.
    :param by_hand: a person in the admin pages: the interface's own restrictions do not hold.
    """

    def __init__(
        self,
        shop: Shop,
        board: SwitchBoard,
        now: datetime,
        *,
        language: str,
        admin: bool,
        by_hand: bool = False,
    ) -> None:
        self.shop = shop
        self.now = now
        self.language = language
        self.admin = admin
        self.by_hand = by_hand
        self.switch = dict(board.values)
        self.uid_text = self.switch["uid_type"] == "string"
        self.empty_as_list = self.switch["empty_object"] == "array"
        self.write_time = WRITERS[self.switch["time_format"]]
        self.expand_order_rows = True

    @property
    def key(self) -> tuple[object, ...]:
        """What a kept scan depends on besides the selection itself."""
        return (self.admin, self.language, *self.switch.values())
