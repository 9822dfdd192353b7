"""Several shops on one Airflow, all at work at once: nothing lost, nothing doubled, nothing in another's shop."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from tests.stack.shops_lab import SETTINGS, Several, Shop, connect, pages_asked, rows_sent, several_shops

FORMS = {"product_export": {"dry_run": False}}
ORDERS = {"north": 5, "south": 4, "west": 3}


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Several]:
    folder = tmp_path_factory.mktemp("shops")
    for shop, text in SETTINGS.items():
        (folder / f"{shop}.yaml").write_text(text, encoding="utf-8")
    (folder / "east.yaml").write_text(SETTINGS["west"] + "no_such_setting: 1\n", encoding="utf-8")
    (folder / "twin.yaml").write_text(SETTINGS["north"].replace('"N-"', '"T-"'), encoding="utf-8")
    with several_shops(folder, "several_test") as running:
        connect(running.stack, running.shops["north"], "twin")
        flows = ("product_export", "nightly_import", "order_export")
        running.switch_on(
            "product_export__east",
            "product_export__twin",
            "alerts__north",
            "product_number_validation__north",
            *(f"{flow}__{shop}" for flow in flows for shop in SETTINGS),
        )
        yield running


def others(several: Several, shop: Shop) -> set[str]:
    """What is sold elsewhere only."""
    elsewhere = {number for one in several.shops.values() if one is not shop for number in one.items()}
    return elsewhere - set(shop.items())


def test_all_products_at_once(several: Several) -> None:
    runs = {shop: several.trigger("product_export", shop, dry_run=False) for shop in several.shops}
    assert set(several.ended(*runs.values()).values()) == {"success"}
    for name, shop in several.shops.items():
        figures = several.stack.api.xcom(*runs[name], "report")
        assert figures["found"] == figures["sent"] + figures["linked"] == len(shop.items())
        assert several.sent_products(name, runs[name][1]) == set(shop.items())
    north, south, west = several.shops.values()
    special = {"PRESENTKORT", "RABATT", "AVGIFT", "FRAKT", "POSTFORSKOTT", "AVRUNDNING"}
    assert set(north.specter.inspect("prices")) == {*north.items(), *south.items(), *special}
    assert set(west.specter.inspect("prices")) == {*west.items(), *special}
    assert north.specter.inspect("article_count") == len(north.items()) + 4 + len(special)
    assert west.specter.inspect("article_count") == len(west.items()) + len(special)


def test_limits_are_each_shops_own(several: Several) -> None:
    asked = {name: set(pages_asked(shop.abicart)) for name, shop in several.shops.items()}
    assert max(asked["west"]) <= 4
    assert max(asked["north"]) > 4 and max(asked["south"]) > 4
    rows = {name: rows_sent(shop.specter) for name, shop in several.shops.items()}
    assert max(rows["west"]) <= 3
    assert max(rows["north"]) > 3 and sum(rows["west"]) == 2 * len(several.shops["west"].items()), (
        "two passes"
    )


def test_all_flows_of_all_shops_at_once(several: Several) -> None:
    north, south, west = several.shops.values()
    both = sorted(set(north.items()) & set(south.items()))
    assert len(both) > 8
    plain = [number for number in both if north.items()[number]["kind"] == "article"]
    alone = sorted(set(west.items()))
    before = {name: shop.items() for name, shop in several.shops.items()}
    for shop in several.shops.values():
        shop.place_orders(ORDERS[shop.name])
    rises = {"north": [plain[0], "NORTH-1"], "south": [plain[0], "SOUTH-1"], "west": alone[:1]}
    for shop in several.shops.values():
        shop.specter.edit("article.prices", factor="1.1", numbers=rises[shop.name][-1:])
        number = alone[1] if shop is west else plain[1]
        shop.specter.edit("article.change", number=number, name="Nytt namn från Specter")
    north.specter.edit("article.prices", factor="1.2", numbers=[plain[0]])

    flows = ("order_export", "product_export", "nightly_import")
    runs = [several.trigger(flow, shop, **FORMS.get(flow, {})) for flow in flows for shop in several.shops]
    states = several.ended(*runs)
    assert {dag: state for dag, state in states.items() if state != "success"} == {}
    orders_are_where_they_belong(several)
    for name, shop in several.shops.items():
        items = shop.items()
        for number in rises[name]:
            assert (
                shop.price(number) == shop.price_from(number) != Decimal(str(before[name][number]["price"]))
            )
        renamed = {number for number in items if items[number]["name"] != before[name][number]["name"]}
        assert renamed == (set() if shop is west else {plain[1]}), "west does not import names"
        repriced = {number for number in items if items[number]["price"] != before[name][number]["price"]}
        assert repriced == set(rises[name])
        assert set(items) == set(before[name])


def orders_are_where_they_belong(several: Several) -> None:
    for shop in several.shops.values():
        placed = {one["orderNumber"]: one for one in shop.orders()}
        assert len(placed) == ORDERS[shop.name]
        in_ledger = several.orders_in_ledger(shop.name)
        in_specter = {
            one["external_number"]: str(one["number"]) for one in shop.specter.inspect("orders", limit=1000)
        }
        assert set(in_ledger) == set(placed)
        for number, order in placed.items():
            theirs = in_specter[f"{shop.prefix}{number}"]
            assert in_ledger[number] == theirs == order["externalOrderNumber"]
        assert shop.specter.inspect("order_doubles") == {}
        assert shop.specter.inspect("customer_doubles") == {"email": {}, "orgno": {}}
    north, south, west = several.shops.values()
    assert set(several.orders_in_ledger("north")) & set(several.orders_in_ledger("south")), (
        "both shops count alike: only the prefix tells their orders apart"
    )
    assert north.specter.inspect("order_count") == len(north.orders()) + len(south.orders())
    assert west.specter.inspect("order_count") == len(west.orders())


def test_a_broken_file_from_the_start_is_shown_as_what_it_is(several: Several) -> None:
    line = SETTINGS["west"].count("\n") + 1
    words = f"east.yaml, line {line}: there is no key “no_such_setting”"
    assert words in several.import_errors()
    assert "Shop east: " in several.import_errors()
    assert not any(f"Shop {name}: " in several.import_errors() for name in several.shops)
    dag, run = several.trigger("product_export", "east", dry_run=False)
    assert several.ended((dag, run)) == {dag: "failed"}
    assert words in several.log_of(dag, run, "check_shop")
    looked = several.trigger("alerts", "north")
    assert several.ended(looked) == {looked[0]: "success"}
    assert "shop_file:east" in several.alarms("north"), "its neighbour tells it: its own alerts cannot run"


def test_two_shops_of_one_webshop_by_accident(several: Several) -> None:
    """The second one stops before it sends anything; so does a shop whose file is renamed."""
    twin = several.trigger("product_export", "twin", dry_run=False)
    assert several.ended(twin) == {twin[0]: "failed"}
    log = several.log_of(*twin, "check_shop")
    assert "webshop id 30001 is bound to shop north" in log
    assert (
        "Remedy: Give the shop its old name (north), or correct the login of connection abicart_twin." in log
    )
    north = several.trigger("product_number_validation", "north")
    assert several.ended(north) == {north[0]: "success"}


def test_a_file_that_breaks_stops_its_shop_alone_and_loses_nothing(several: Several) -> None:
    north, south, _ = several.shops.values()
    both = sorted(number for number in south.items() if number in north.items())
    number = next(one for one in both if south.items()[one]["kind"] == "article")
    old = south.price(number)
    order = south.orders()[0]
    with_it = len(several.stack.api.runs("nightly_import__south"))
    broken = SETTINGS["south"].replace("base_currency: SEK", "base_currency: SEK\n\tnonsense")
    line = broken.splitlines().index("\tnonsense") + 1
    several.write("south", broken)
    for one in (number, "SOUTH-2"):
        south.specter.edit("article.prices", factor="1.1", numbers=[one])
    south.specter.edit("order.deliver", number=int(order["externalOrderNumber"]), tracking="SE1")
    stopped, night = several.trigger("nightly_import", "south"), several.trigger("nightly_import", "north")
    assert several.ended(stopped, night) == {stopped[0]: "failed", night[0]: "success"}
    assert f"south.yaml, line {line}: this is not valid YAML" in several.log_of(*stopped, "check_shop")
    several.stack.wait_for("The import error", 240, lambda: "Shop south: " in several.import_errors())
    assert south.price(number) == old
    assert north.price(number) == north.price_from(number)

    several.write("south", SETTINGS["south"])
    mended = several.trigger("nightly_import", "south")
    assert several.ended(mended) == {mended[0]: "success"}
    for one in (number, "SOUTH-2"):
        assert south.price(one) == south.price_from(one) != old
    (delivered,) = [one for one in south.abicart.inspect("Order") if one["uid"] == order["uid"]]
    assert delivered["deliveryStatus"] == "sent"
    several.stack.wait_for("Its end", 240, lambda: "Shop south: " not in several.import_errors())
    assert len(several.stack.api.runs("nightly_import__south")) == with_it + 2, "its history is there"


def test_a_shop_that_is_removed_leaves_its_ledger_and_nothing_else(several: Several) -> None:
    dag = "nightly_import__west"
    kept = several.orders_in_ledger("west")
    assert kept
    (several.folder / "west.yaml").unlink()
    several.stack.wait_for(
        "The end of west's DAGs", 300, lambda: (several.stack.api.dag(dag) or {})["is_stale"]
    )
    assert not (several.stack.api.dag("nightly_import__north") or {})["is_stale"]
    assert "Shop west: " not in several.import_errors()
    assert several.orders_in_ledger("west") == kept
    several.write("west", SETTINGS["west"])
    several.stack.wait_for(
        "Their return", 300, lambda: not (several.stack.api.dag(dag) or {"is_stale": True})["is_stale"]
    )
    assert several.stack.api.runs(dag), "its history is there"
