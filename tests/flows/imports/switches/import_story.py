"""What happens in both systems while the imports run: one of everything, in two evenings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from harness import demo_settings
from import_lab import EVERYTHING
from import_scene import ClockedLedgers, SceneLab

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.settings import ShopSettings

SEED = {"items": 18, "faults": 0, "orders": 0, "customers": 4}
ACCOUNT = {
    "sbm_id": 1000,
    "api_version": 2,
    "integration_key": "demo-integration-key",
    "users": {"12": {"key": "demo-user-key", "may_write": True}},
    "sites": {"1": "Lager", "2": "Butik"},
}
SETTINGS: dict[str, object] = EVERYTHING | {
    "imports__stock": True,
    "status__write_cancelled": True,
    "limits__chunks": 2,
}

DEARER, CHEAPER, ON_SALE, TAXED = "HK-11006", "HK-11014", "HK-11025", "SF-11009"
RENAMED, DESCRIBED, GUARDED = "SK-11027", "TV-11028", "BO-11019"
OWN_CAMPAIGN, EDITED, UNKNOWN_STOCK = "HK-11011", "SF-11024", "GK-11003"
ALIKE = ("HK-11022-VIT", "HK-11022-BEI", "HK-11022-MAR")
APART, APART_OTHER = "KL-11016-3639", "KL-11016-4043"
IN_STOCK = "KL-11029-GRA"
TWICE, NOWHERE, NEW = "DUBBEL-1", "BARA-I-SPECTER", "NY-1"
PARCEL = "SE 770/1"

ORDERS = {
    "delivered": RENAMED,
    "partly": DESCRIBED,
    "cancelled": EDITED,
    "under way": DEARER,
}
"""Name of an order → what was bought: two of it."""


def settings(**changes: object) -> ShopSettings:
    """The scene's settings, some changed."""
    return demo_settings(**(SETTINGS | changes))


@dataclass
class Story:
    """``tell`` is the whole of it.

    With ``trouble`` each evening's runs happen twice: while there is trouble, when whatever is asked on the second
    evening is refused, and an hour later in ``peace``. ``customer``: who buys, if not the shop's first customer.
    """

    lab: SceneLab
    trouble: Callable[[], None] | None = None
    peace: Callable[[], None] = lambda: None
    customer: Mapping[str, Any] | None = None
    uids: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def shop(self) -> Any:
        return self.lab.abicart_server.control

    @property
    def specter(self) -> Any:
        return self.lab.specter_server.control

    def tell(self) -> None:
        self.begin()
        self.first_evening()
        self.twice(lambda: self.runs(approve=True))
        self.lab.later(minutes=20)
        self.twice(lambda: self.lab.undo(ImportPart.TEXT))
        self.second_evening()
        self.lab.later(minutes=20)
        if self.trouble is not None:
            self.trouble()
            self.runs(approve=False)
            self.peace()
            self.lab.later(hours=1)
        self.lab.changed()  # so that the last night finds in Specter what people did in the shop
        self.runs(approve=True)

    def twice(self, work: Callable[[], None]) -> None:
        """Under trouble, if there is any, then in peace."""
        if self.trouble is not None:
            self.trouble()
            work()
            self.peace()
            self.lab.later(hours=1)
        work()

    def runs(self, *, approve: bool) -> None:
        """Every flow that runs by itself."""
        self.lab.nightly(approve=approve)
        self.lab.stock()
        self.lab.changed()

    # what people do

    def begin(self) -> None:
        """Two products share a number; all others and four orders are in Specter, which has two stock sites."""
        for _ in range(2):
            self._new_product(TWICE, "250")
        self.lab.run()
        self.numbers = {one["product_number"]: one for one in self.shop.inspect("items")}
        for name, number in ORDERS.items():
            self.uids[name] = self.buy(number)
        self.lab.export_orders()
        self.lab.later(hours=1)

    def first_evening(self) -> None:
        self.reprice(DEARER, "1.10")
        self.reprice(CHEAPER, "0.90")
        self.reprice(OWN_CAMPAIGN, "1.05")
        for number in ALIKE:
            self.reprice(number, "1.10")
        self.reprice(APART, "1.10")
        was = self.price(ON_SALE)
        self.change(ON_SALE, price=self.times(was, "0.80"), old_price=was, show_old_price=True)
        self.change(TAXED, vat_percent="25")
        self.change(RENAMED, name="Stövel för åar & bäckar")
        self.change(DESCRIBED, description="<p>För <b>mesar</b> &amp; finkar, 5 € st</p>")
        for number in (TWICE, NOWHERE):
            self.specter.edit("article.new", number=number, name="Spade", price=10, available=3)
        self.stock(DEARER, 30, site=1)
        self.stock(DEARER, 12, site=2)
        self.stock(IN_STOCK, "7.5", site=1)
        self.stock(UNKNOWN_STOCK, None)
        self.order("deliver", "delivered", tracking=PARCEL)
        self.order("deliver", "partly", rows={"1": 1})
        self.order("cancel", "cancelled")
        self.uids["unsent"] = self.buy(IN_STOCK)

    def second_evening(self) -> None:
        self.lab.export_orders()
        was = Decimal(self.article(ON_SALE)["old_price"])
        self.change(ON_SALE, price=was, old_price=0, show_old_price=False)
        self.change(GUARDED, price="1.00")
        self.reprice(APART_OTHER, "1.10")
        self.stock(IN_STOCK, 9, site=2)
        # In the shop: a field that the shop is master of, one that Specter is, and a new product.
        uid = self.numbers[EDITED]["uid"]
        patch = {"ean": "2099999999990", "price": {"regular": {"SEK": "71"}}}
        self.shop.edit("Article", uid=uid, patch=patch)
        self._new_product(NEW, "125")

    def _new_product(self, number: str, price: str) -> None:
        self.shop.edit(
            "Article",
            patch={
                "name": {"sv": f"Vara {number}"},
                "articleNumber": number,
                "price": {"regular": {"SEK": price}},
                "vatRate": "0.25",
                "stock": {"useStock": True, "stock": 5},
            },
        )

    def buy(self, number: str) -> int:
        item = self.numbers[number]
        at = self.lab.clock() - timedelta(minutes=1)
        row = {item["kind"]: item["uid"], "quantity": 2}
        who = {} if self.customer is None else {"customer": self.customer}
        return int(self.shop.edit("place_order", rows=[row], ordered=at.isoformat(), **who)["uid"])

    def article(self, number: str) -> Mapping[str, Any]:
        (found,) = self.specter.inspect("articles", number=number)
        return dict(found)

    def price(self, number: str) -> Decimal:
        return Decimal(self.article(number)["price"])

    @staticmethod
    def times(price: Decimal, factor: str) -> Decimal:
        return (price * Decimal(factor)).quantize(Decimal("0.01"))

    def reprice(self, number: str, factor: str) -> None:
        self.change(number, price=self.times(self.price(number), factor))

    def change(self, number: str, **values: Any) -> None:
        self.specter.edit("article.change", number=number, **values)

    def stock(self, number: str, available: object, **where: int) -> None:
        self.specter.edit("article.stock", number=number, available=available, **where)

    def order(self, what: str, name: str, **values: Any) -> None:
        external = str(self.shop.inspect("Order", uid=self.uids[name])["orderNumber"])
        (found,) = self.specter.inspect("orders", external_number=external)
        self.specter.edit(f"order.{what}", number=found["number"], **values)


@contextmanager
def story_between(
    abicart: Any,
    specter: Any,
    ledgers: ClockedLedgers,
    *,
    abicart_switches: Mapping[str, Any] | None = None,
    specter_switches: Mapping[str, Any] | None = None,
    modes: tuple[str, str] = ("strict", "strict"),
    shop_settings: ShopSettings | None = None,
    shop: Mapping[str, Any] | None = None,
    account: Mapping[str, Any] | None = None,
    fresh: bool = False,
) -> Iterator[Story]:
    """Both servers from the start, a fresh ledger, and nothing told yet."""
    abicart.control.reset(seed=SEED | (shop or {}), mode=modes[0], switches=dict(abicart_switches or {}))
    specter.control.reset(
        seed={"accounts": [account or ACCOUNT]}, mode=modes[1], switches=dict(specter_switches or {})
    )
    ledgers.clock.offset = timedelta()
    with ledgers.fresh() if fresh else ledgers.lent() as (folder, ledger):
        yield Story(
            SceneLab(
                abicart.url,
                specter.url,
                folder,
                settings=shop_settings or settings(),
                abicart_server=abicart,
                specter_server=specter,
                clock=ledgers.clock,
                lent=ledger,
            )
        )
