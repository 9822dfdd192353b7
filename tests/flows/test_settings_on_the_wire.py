"""Every setting that touches the product export, by what it changes for Specter."""

from __future__ import annotations

from decimal import Decimal

import pytest
import yaml
from harness import REPO, demo_settings
from scenes import (
    article_calls,
    change,
    flags,
    items,
    key,
    outcomes,
    plain_articles,
    renumber,
    reprice,
    specter_article,
    specter_numbers,
)

from abicart_specter.domain.mapping import article_mapping
from abicart_specter.domain.records import Outcome
from abicart_specter.operators.options import abicart_options, lease_terms, specter_options
from abicart_specter.settings import load_shop_by_name


def updates(specter) -> list[dict[str, str]]:
    """The rows of every pass 2, without the special numbers."""
    return [row for call in article_calls(specter) if call.force for row in call.rows]


def creations(specter) -> list[dict[str, str]]:
    calls = article_calls(specter)
    return [row for call in calls if not call.force and "FRAKT" not in call.numbers for row in call.rows]


def test_opening_stock_can_be_left_to_specter(small, abicart_server, specter_server) -> None:
    small.settings = demo_settings(products__opening_stock=False)
    small.run()
    assert len(creations(specter_server)) == 12
    assert not any("noItemsInStock" in row for row in creations(specter_server))
    assert {row["createArticleStock"] for row in creations(specter_server)} == {"1"}


def test_a_stock_below_zero_opens_at_zero_and_is_flagged(small, abicart_server, specter_server) -> None:
    item = plain_articles(abicart_server)[0]
    change(abicart_server, item, stock={"useStock": True, "stock": -4})
    ctx = small.context()
    small.run(ctx=ctx)
    rows = {row["articleNo"]: row["noItemsInStock"] for row in creations(specter_server)}
    assert rows[item["product_number"]] == "0"
    assert set(flags(small, ctx)["value_raised"]) == {key(item)}


@pytest.mark.parametrize(
    ("setting", "field"), [("products__hidden", "hidden"), ("products__drafts", "draft")]
)
def test_hidden_products_and_drafts_are_exported_or_excluded(
    small, abicart_server, specter_server, setting, field
) -> None:
    for item in items(abicart_server):
        change(abicart_server, item, hidden=False, draft=False)
    item = plain_articles(abicart_server)[0]
    change(abicart_server, item, **{field: True})
    small.settings = demo_settings(**{setting: "exclude"})
    ctx = small.context()
    result = small.run(ctx=ctx)
    assert (result.sent, result.excluded) == (11, 1)
    record = outcomes(small, ctx)[key(item)]
    assert (record.outcome, record.rule) == (Outcome.EXCLUDED, "not_wanted")
    assert setting.replace("__", ".") in record.reason
    assert item["product_number"] not in specter_numbers(specter_server)
    small.settings = demo_settings(**{setting: "export"})
    assert small.run().sent == 1
    assert item["product_number"] in specter_numbers(specter_server)


def test_twins_are_sent_or_held(small, abicart_server, specter_server) -> None:
    one, two = plain_articles(abicart_server)[:2]
    renumber(abicart_server, one, "0042")
    renumber(abicart_server, two, "42")
    small.settings = demo_settings(product_numbers__twins="hold")
    result = small.run()
    assert (result.held, result.sent, result.flags["number_twin"]) == (2, 10, 2)
    small.settings = demo_settings(product_numbers__twins="warn")
    result = small.run()
    assert (result.held, result.sent, result.flags["number_twin"]) == (0, 2, 2)
    assert specter_numbers(specter_server) >= {"0042", "42"}


@pytest.mark.parametrize(("decimals", "expected"), [(2, "8.02"), (3, "8.024"), (4, "8.0240")])
def test_decimals_of_prices(small, abicart_server, specter_server, decimals, expected) -> None:
    item = plain_articles(abicart_server)[1]
    reprice(abicart_server, item, "10.03")
    small.settings = demo_settings(prices__article_decimals=decimals)
    small.run()
    row = next(row for row in updates(specter_server) if row["articleNo"] == item["product_number"])
    assert row["priceExclVAT"] == expected


def test_prices_stored_without_vat_go_as_they_are(small, abicart_server, specter_server) -> None:
    abicart_server.control.edit("Webshop", patch={"priceStoredWithVat": False})
    item = plain_articles(abicart_server)[1]
    reprice(abicart_server, item, "250")
    small.run()
    row = next(row for row in updates(specter_server) if row["articleNo"] == item["product_number"])
    assert (row["priceExclVAT"], row["vatPercent"]) == ("250.00", "25")


def test_a_campaign_price_never_goes(small, abicart_server, specter_server) -> None:
    """Rule 23: always the regular price."""
    item = plain_articles(abicart_server)[1]
    change(abicart_server, item, price={"regular": {"SEK": "250"}, "specialOffer": {"SEK": "125"}})
    small.run()
    assert specter_article(specter_server, item["product_number"])["price"] == "200.00"


def test_longest_number_and_signs_are_settings(small, abicart_server, specter_server) -> None:
    one, two = plain_articles(abicart_server)[:2]
    renumber(abicart_server, one, "A+B")
    renumber(abicart_server, two, "C" * 13)
    assert small.run().held == 1
    small.settings = demo_settings(product_numbers__also_allowed="+-", product_numbers__max_length=13)
    assert small.run().held == 0
    assert specter_numbers(specter_server) >= {"A+B", "C" * 13}
    small.settings = demo_settings(product_numbers__max_length=12)
    held = {record.product_number for record in _held(small).values()}
    assert held >= {"A+B", "C" * 13}


def _held(export):
    ctx = export.context()
    export.run(ctx=ctx)
    return {key: one for key, one in outcomes(export, ctx).items() if one.outcome is Outcome.HELD}


def test_unusual_vat_rates_are_a_setting(small, abicart_server, specter_server) -> None:
    item = plain_articles(abicart_server)[0]
    change(abicart_server, item, vatRate="0.20")
    result = small.run()
    assert (result.sent, result.flags["vat_rate_unusual"]) == (12, 1)
    assert specter_article(specter_server, item["product_number"])["vat_percent"] == "20"
    small.settings = demo_settings(prices__usual_vat_percents=[Decimal(25), Decimal(20), Decimal(12)])
    ctx = small.context()
    small.run(ctx=ctx)
    unusual = {key(one) for one in items(abicart_server) if Decimal(one["vat_rate"]) in (0, Decimal("0.06"))}
    assert set(flags(small, ctx)["vat_rate_unusual"]) == unusual
    assert unusual


def test_a_reserved_number_follows_the_shops_special_numbers(small, abicart_server, specter_server) -> None:
    item = plain_articles(abicart_server)[0]
    renumber(abicart_server, item, "PORTO-1")
    small.settings = demo_settings(product_numbers__special__delivery="PORTO-1")
    result = small.run()
    assert (result.held, result.flags["number_reserved"]) == (1, 1)
    assert specter_article(specter_server, "PORTO-1")["name"] == "Frakt"


def test_a_shops_own_mapping_decides_what_goes(small, specter_server, tmp_path, monkeypatch) -> None:
    """The file that the shop names, found beside it; a changed mapping sends every product again, once."""
    small.run()
    shop = yaml.safe_load((REPO / "include/shops/demo.yaml").read_text(encoding="utf-8"))
    shop["mappings"]["article"] = "own.yaml"
    mapping = yaml.safe_load((REPO / "include/mappings/article.yaml").read_text(encoding="utf-8"))
    mapping["fields"].append(
        {
            "to": "manufacturingCountryCode",
            "from": "article.unit",
            "transforms": ["text", {"lookup": {"st": "SE"}}],
        }
    )
    (tmp_path / "shops" / "mappings").mkdir(parents=True)
    (tmp_path / "shops" / "demo.yaml").write_text(yaml.safe_dump(shop, allow_unicode=True), encoding="utf-8")
    own = tmp_path / "shops" / "mappings" / "own.yaml"
    own.write_text(yaml.safe_dump(mapping, allow_unicode=True), encoding="utf-8")
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(tmp_path / "shops"))
    small.settings = load_shop_by_name("demo")
    small.mapping = article_mapping(small.settings)
    result = small.run()
    assert (result.sent, result.unchanged) == (12, 0)
    codes = {row.get("manufacturingCountryCode") for row in updates(specter_server)[-12:]}
    assert codes == {"SE"}
    assert small.run().unchanged == 12


def test_limits_reach_the_clients(small) -> None:
    """Time-outs, tries, page sizes and rates of the shop file."""
    settings = demo_settings(
        limits__page_size=7,
        limits__batch_size=3,
        limits__abicart__read_timeout=11.0,
        limits__specter__connect_timeout=4.0,
        limits__specter__read_timeout=8.0,
        limits__specter__max_tries=2,
        limits__specter__rate_per_second=5.0,
    )
    abicart, specter = abicart_options(settings), specter_options(settings)
    assert (abicart.page_size, abicart.batch_size, abicart.read_timeout) == (7, 3, 11.0)
    assert (specter.read_timeout, specter.max_tries, specter.rate_per_second) == (8.0, 2, 5.0)
    assert lease_terms(settings).write_timeout == 12.0


def test_page_size_is_what_the_shop_is_asked_for(small, abicart_server) -> None:
    small.options = abicart_options(demo_settings(limits__page_size=3))
    ctx = small.context()
    small.read(ctx)
    articles = abicart_server.control.inspect("counts")["articles"]
    assert abicart_server.control.counters()["calls"]["Article.list"] == -(-articles // 3) + 1


def test_chunks_share_the_products(export, abicart_server) -> None:
    abicart_server.control.reset(seed={"items": 1600, "faults": 0, "orders": 0, "customers": 0})
    for wanted, expected in ((8, 3), (2, 2), (1, 1)):
        export.settings = demo_settings(limits__chunks=wanted)
        ctx = export.context()
        export.read(ctx)
        chunks = export.plan(ctx)
        assert len(chunks) == expected
        assert sum(chunk.items for chunk in chunks) == 1600
        partitions = [partition for chunk in chunks for partition in chunk.partitions]
        assert sorted(partitions) == list(range(16))
        assert max(chunk.items for chunk in chunks) - min(chunk.items for chunk in chunks) < 200
