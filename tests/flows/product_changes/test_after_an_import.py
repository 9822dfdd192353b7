"""Rules 22 and 24 over both flows: what the import brings into the shop is not sent back to Specter, and nothing that
Specter owns is lost when something else of the product is sent.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from change_lab import ChangeLab
from harness import demo_settings
from import_lab import EVERYTHING, ImportLab
from scenes import change, key, plain_articles, reprice, specter_article

from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.ledger import PairOrigin, PairValues

RATES = ("0.25", "0.12", "0.06", "0")
EVERYTHING_GOES = {
    "import_guard__smallest_number": 10_000,
    "import_guard__largest_price_change_percent": 1000,
}


@dataclass
class BothWays(ImportLab, ChangeLab):
    """The nightly import and the export on change between the same two systems."""


@pytest.fixture
def both(abicart_server, specter_server, ledger_folder: Path) -> Iterator[BothWays]:
    """Every import on; ``item`` costs 250 kr with VAT and 200 without, in both systems."""
    abicart_server.control.reset(seed={"items": 12, "faults": 0, "orders": 0, "customers": 0})
    lab = BothWays(
        abicart_server.url,
        specter_server.url,
        ledger_folder,
        settings=demo_settings(**(EVERYTHING | EVERYTHING_GOES)),
        abicart_server=abicart_server,
        specter_server=specter_server,
    )
    try:
        lab.item = next(
            one for one in plain_articles(abicart_server) if Decimal(one["vat_rate"]) == Decimal("0.25")
        )
        reprice(abicart_server, lab.item, "250")
        lab.run()
        lab.changes()
        lab.later(minutes=31)
        yield lab
    finally:
        lab.close()


def shop_price(lab: BothWays) -> Decimal:
    return lab.shop_price(lab.item["uid"])


def price(lab: BothWays) -> str:
    return str(specter_article(lab.specter_server, lab.item["product_number"])["price"])


def import_price(lab: BothWays, specters: str, **more: object) -> None:
    lab.in_specter(lab.item["product_number"], price=specters, **more)
    lab.night()
    lab.later(minutes=15)


def imports_off(lab: BothWays) -> None:
    lab.settings = demo_settings()


@pytest.mark.parametrize("on", [True, False])
def test_a_price_that_the_import_wrote_costs_no_write(both: BothWays, on: bool) -> None:
    import_price(both, "199.5")
    assert shop_price(both) == Decimal("249.38")
    if not on:
        imports_off(both)
    with both.writes() as calls:
        run = both.changes()
        both.run()
    assert (calls, run.report.unchanged) == ([], 1)
    assert price(both) == "199.5"


@pytest.mark.parametrize("on", [True, False])
def test_with_another_field_specters_price_goes_as_specter_has_it(both: BothWays, on: bool) -> None:
    """249.38 kr are 199.50 without VAT, which is not what Specter says."""
    import_price(both, "199.503")
    assert shop_price(both) == Decimal("249.38")
    if not on:
        imports_off(both)
    change(both.abicart_server, both.item, ean="2099999999990")
    with both.writes() as calls:
        both.changes()
    assert [row["priceExclVAT"] for call in calls for row in call.rows] == ["199.503"]
    assert specter_article(both.specter_server, both.item["product_number"])["bar_code"] == "2099999999990"


def test_a_real_change_back_to_the_older_price_is_sent_once_the_import_is_off(both: BothWays) -> None:
    import_price(both, "199.5")
    imports_off(both)
    reprice(both.abicart_server, both.item, "250")
    assert both.changes().sent == 1
    assert price(both) == "200.00"
    with both.writes() as calls:
        both.changes()
    assert calls == []


def test_while_the_import_is_on_it_is_overruled_and_flagged(both: BothWays) -> None:
    import_price(both, "199.5")
    reprice(both.abicart_server, both.item, "250")
    with both.writes() as calls:
        both.changes()
    assert calls == []
    assert both.flagged(key(both.item)) == {"shop_edit_overruled"}
    assert price(both) == "199.5"


@pytest.mark.parametrize("on", [True, False])
def test_what_an_undo_restored_is_not_exported(both: BothWays, on: bool) -> None:
    """Rule 34: the shop's 250 kr stand for Specter's 199.50 until Specter says something new."""
    import_price(both, "199.5")
    reprice(both.abicart_server, both.item, "250")
    undone = PairValues(key(both.item), "price", "250", "199.5")
    both.ledger.settle_pairs("demo", [undone], PairOrigin.UNDO)
    if not on:
        imports_off(both)
    with both.writes() as calls:
        run = both.changes()
    assert (calls, run.report.unchanged) == ([], 1)
    assert both.flagged(key(both.item)) == set()


def test_at_another_vat_rate_the_shops_price_is_a_new_one(both: BothWays) -> None:
    import_price(both, "199.5")
    imports_off(both)
    change(both.abicart_server, both.item, vatRate="0.12")
    assert both.changes().sent == 1
    assert price(both) == "222.66"


def test_a_sale_of_specters_is_kept_by_a_complete_record(both: BothWays) -> None:
    import_price(both, "150", old_price="200", show_old_price=True)
    assert both.shop_prices()[str(both.item["uid"])]["offer"] == {"SEK": "187.5"}
    with both.writes() as calls:
        both.changes()
    assert calls == []
    change(both.abicart_server, both.item, ean="2099999999990")
    with both.writes() as calls:
        both.changes()
    (row,) = [row for call in calls for row in call.rows]
    assert (row["priceExclVAT"], row["standardOldPrice"], row["showStandardOldPrice"]) == (
        "150.00",
        "200.00",
        "1",
    )
    article = specter_article(both.specter_server, both.item["product_number"])
    assert (Decimal(article["old_price"]), article["show_old_price"]) == (200, True)


def test_a_name_that_the_import_wrote_stays_as_specter_has_it(both: BothWays) -> None:
    both.in_specter(both.item["product_number"], name="Specters  namn")
    both.night()
    both.later(minutes=15)
    with both.writes() as calls:
        both.changes()
    assert calls == []
    imports_off(both)
    with both.writes() as calls:
        both.changes()
        both.run()
    assert calls == []


def prices_of(lab: BothWays) -> dict[str, dict[str, str]]:
    """What both systems hold, but for when it changed."""
    shop = {
        uid: {k: str(v) for k, v in one.items() if k != "changed"} for uid, one in lab.shop_prices().items()
    }
    specter = lab.specter_server.control.inspect("articles", limit=10_000)
    return {
        "shop": shop,
        "specter": {one["number"]: str((one["price"], one["vat_percent"])) for one in specter},
    }


@pytest.mark.parametrize("seed", range(3))
def test_a_round_trip_in_either_direction_leaves_both_systems_as_they_were(both: BothWays, seed: int) -> None:
    """A sample of the prices from 0.01 to 9,999.99 at every rate, through the real flows."""
    draw = random.Random(seed)
    plain = plain_articles(both.abicart_server)
    for item in plain:
        change(
            both.abicart_server,
            item,
            price={"regular": {"SEK": str(Decimal(draw.randint(1, 999_999)).scaleb(-2))}},
            vatRate=draw.choice(RATES),
        )
    # The shop says what it costs, while it may.
    imports_on = both.settings
    imports_off(both)
    both.changes()
    both.settings = imports_on
    both.later(minutes=31)
    _quiet(both, prices_of(both))
    # Specter says what it costs.
    for item in plain:
        both.in_specter(item["product_number"], price=str(Decimal(draw.randint(1, 999_999)).scaleb(-2)))
    both.night()
    both.later(minutes=31)
    after = prices_of(both)
    pairs = both.ledger.pairs("demo", [ItemKey(Kind.ARTICLE, item["uid"]) for item in plain])
    assert {pair["price"].origin for pair in pairs.values()} <= {PairOrigin.IMPORT, PairOrigin.EXPORT}
    _quiet(both, after)
    imports_off(both)
    with both.writes() as calls:
        both.run()
    assert calls == []
    assert prices_of(both) == after


def _quiet(lab: BothWays, before: dict[str, dict[str, str]]) -> None:
    """Nights and runs go by, and nothing is written on either side."""
    writes = lab.shop_writes()
    with lab.writes() as calls:
        for _ in range(2):
            lab.changes()
            lab.night()
            lab.later(minutes=31)
        lab.run()
    assert (calls, lab.shop_writes() - writes) == ([], 0)
    assert prices_of(lab) == before
