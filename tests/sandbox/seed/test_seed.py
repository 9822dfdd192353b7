"""The seed: the same data from the same seed, exactly as many items as asked for, and a manifest that is true."""

from __future__ import annotations

import re
import string
import subprocess
import sys
import time
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shop_sandbox.abicart.service import AbicartService
from shop_sandbox.abicart.state import dump_shop
from shop_sandbox.seed.faults import FAULTS
from shop_sandbox.seed.options import RESERVED_NUMBERS

SANDBOX = Path(__file__).parents[3] / "include" / "sandbox"


def built(**seed: Any) -> AbicartService:
    service = AbicartService()
    service.reset(seed)
    return service


def items_of(service: AbicartService) -> dict[tuple[str, int], dict[str, Any]]:
    found = service.inspect("items", {"limit": "1000000"})
    return {(one["kind"], one["uid"]): one for one in found}


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 17, 39, 40, 41, 199, 200, 201, 1000, 4321])
@pytest.mark.parametrize("faults", [0, 1, 3.5])
def test_exactly_as_many_items_as_asked_for(size, faults) -> None:
    service = built(items=size, faults=faults, orders=2)
    assert len(items_of(service)) == size == service.inspect("counts", {})["items"]


def test_the_same_seed_gives_the_same_shop() -> None:
    first, again, other = built(items=300), built(items=300), built(items=300, seed=2)
    assert dump_shop(first.shop) == dump_shop(again.shop)
    assert first.manifest.as_dict() == again.manifest.as_dict()
    assert dump_shop(other.shop)["tables"]["articles"] != dump_shop(first.shop)["tables"]["articles"]
    more_people = built(items=300, customers=77, orders=3)
    assert more_people.inspect("counts", {})["customers"] == 77
    numbers = [one.article_number for one in first.shop.articles.rows.values()]
    assert [one.article_number for one in more_people.shop.articles.rows.values()] == numbers


def test_the_same_in_another_process() -> None:
    """Nothing hangs on the order of a set or on the day."""
    code = (
        "import hashlib, json; from shop_sandbox.abicart.service import AbicartService as S;"
        "s = S(); s.reset({'items': 250}); print(hashlib.sha256(json.dumps(s.dump()).encode()).hexdigest())"
    )
    prints = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONPATH": str(SANDBOX), "PYTHONHASHSEED": number},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for number in ("1", "2")
    }
    assert len(prints) == 1


ALLOWED = frozenset(string.ascii_letters + string.digits + "-_./")


def folded(number: str) -> str:
    stripped = number.strip().lower()
    return stripped.lstrip("0") or stripped


def found_by_hand(items: dict[tuple[str, int], dict[str, Any]]) -> dict[str, set[tuple[str, int]]]:
    """What is wrong with a catalogue, by rules written down here once more, apart from the seed."""
    found: dict[str, set[tuple[str, int]]] = defaultdict(set)
    owners, twins = defaultdict(list), defaultdict(list)
    for key, item in items.items():
        number = item["product_number"]
        if item["is_package"]:
            found["package"].add(key)
        if not item["stock_managed"]:
            found["stock_not_managed"].add(key)
        if item["price"] is None:
            found["price_missing"].add(key)
        if item["vat_rate"] not in (Decimal("0.25"), Decimal("0.12"), Decimal("0.06"), 0):
            found["vat_rate_unusual"].add(key)
        if any(ord(char) > 255 for char in item["name"]) or "\u00a0" in item["name"] or "½" in item["name"]:
            found["name_odd"].add(key)
        if number is None:
            found["number_missing"].add(key)
            continue
        if not number.strip():
            found["number_blank"].add(key)
            continue
        if not item["own_number"]:
            found["variant_without_number"].add(key)
            continue
        owners[number].append(key)
        twins[folded(number)].append(key)
        if len(number) > 50:
            found["number_too_long"].add(key)
        if " " in number or "\t" in number:
            found["number_space"].add(key)
        if any(char in "\u2011\u2013\u2212\u00a0" or 0xFF00 <= ord(char) < 0xFFE0 for char in number):
            found["number_lookalike"].add(key)
        elif set(number) - ALLOWED - {" "}:
            found["number_forbidden_character"].add(key)
        if number in RESERVED_NUMBERS:
            found["number_reserved"].add(key)
    for keys in owners.values():
        if len(keys) > 1:
            found["number_duplicate"].update(keys)
    for keys in twins.values():
        if len({items[key]["product_number"] for key in keys}) > 1:
            found["number_twin"].update(keys)
    return found


@pytest.mark.parametrize(("size", "seed"), [(200, 1), (200, 2), (200, 3), (1000, 4), (20_000, 5)])
def test_the_manifest_is_the_whole_truth(size, seed) -> None:
    service = built(items=size, seed=seed, orders=0)
    told = {rule: set(keys) for rule, keys in service.manifest.by_rule().items()}
    assert told == found_by_hand(items_of(service))


@pytest.mark.parametrize("seed", range(1, 21))
def test_200_items_have_one_of_each_fault(seed) -> None:
    planted = built(items=200, seed=seed, orders=0).manifest.planted
    assert [fault.name for fault in FAULTS if not planted.get(fault.name)] == []
    assert planted["package"] and planted["unmanaged"]


def test_shares_are_as_documented() -> None:
    planted = built(items=20_000, orders=0).manifest.planted
    for fault in FAULTS:
        if fault.name != "reserved":
            items = 2 if fault.name.startswith(("duplicate", "twin")) else 1
            assert len(planted[fault.name]) == items * round(20_000 * fault.share), fault.name
    assert len(planted["reserved"]) == len(RESERVED_NUMBERS)
    assert len(planted["package"]) == 200
    assert 600 <= len(planted["unmanaged"]) <= 620
    twice = built(items=20_000, orders=0, faults=2).manifest.planted
    assert len(twice["missing"]) == 2 * len(planted["missing"])


def test_clean_mode_has_nothing_to_flag() -> None:
    service = built(items=3000, faults=0)
    told = service.manifest.as_dict()
    assert found_by_hand(items_of(service)) == {} == told["rules"] == told["planted"]
    assert all(set(item["product_number"]) <= ALLOWED for item in items_of(service).values())


def test_planted_pairs_really_clash() -> None:
    service = built(items=2000, orders=0)
    items = items_of(service)
    pairs = service.manifest.pairs
    for first, second in pairs["duplicate_mixed"]:
        assert first[0] == "variant" and second[0] == "article"
    for name in ("duplicate_articles", "duplicate_mixed"):
        assert all(items[a]["product_number"] == items[b]["product_number"] for a, b in pairs[name])
    for name, shape in (
        ("twin_case", r"[A-Z].*\n[a-z]"),
        ("twin_zeros", r"[1-9]\d+\n00[1-9]"),
        ("twin_edge", r"\S+\n\S+ $"),
    ):
        for a, b in pairs[name]:
            assert re.match(shape, f"{items[a]['product_number']}\n{items[b]['product_number']}"), name


def test_no_article_has_two_variants_without_a_number() -> None:
    """They would share their article's number and be duplicates as well, which the manifest does not tell."""
    service = built(items=3000, faults=5, orders=0)
    articles = [
        service.shop.variants.rows[uid].article for _, uid in service.manifest.planted["variant_without"]
    ]
    assert len(articles) == 30 == len(set(articles))
    spoilt = service.manifest.planted["twin_edge_blank"]
    assert set(spoilt) < set(service.manifest.planted["twin_edge"])


def test_the_reserved_numbers_can_be_chosen() -> None:
    service = built(items=200, reserved=["PORTO"])
    (key,) = service.manifest.planted["reserved"]
    assert items_of(service)[key]["product_number"] == "PORTO"
    assert "reserved" not in built(items=200, reserved=[]).manifest.planted


def test_a_believable_catalogue() -> None:
    shop = built(items=5000).shop
    articles = list(shop.articles.rows.values())
    rates = Counter(str(one.vat_rate) for one in articles)
    assert {"0.25", "0.12", "0.06", "0"} <= set(rates) and rates["0.25"] > rates["0.12"] > 50
    for share, most, holds in (
        (0.05, 0.2, lambda one: one.offer),
        (0.01, 0.1, lambda one: one.tiers),
        (0.5, 0.9, lambda one: "EUR" in one.regular),
        (0.15, 0.5, lambda one: one.variants),
        (0.005, 0.05, lambda one: one.hidden),
        (0.005, 0.05, lambda one: one.draft),
        (0.6, 0.95, lambda one: one.ean),
        (0.4, 0.8, lambda one: "en" in one.name),
    ):
        assert share < sum(1 for one in articles if holds(one)) / len(articles) < most
    text = "".join(one.description["sv"] for one in articles)
    for sign in ("å", "ä", "ö", "é", "Å", "Ö", '"', "”", "“", "€", "&amp;", "–", "<ul><li>", "<br />"):
        assert sign in text, sign
    assert all(one.regular["SEK"] > one.offer["SEK"] for one in articles if one.offer)
    assert {len(one.choice_options) for one in articles} == {0, 1, 2}
    for one in articles:
        variants = shop.variants_of(one)
        combinations = {tuple(sorted(variant.defined_by.items())) for variant in variants}
        assert len(combinations) == len(variants)
        for variant in variants:
            assert variant.article == one.uid
            for choice, option in variant.defined_by.items():
                assert int(option) in one.choice_options[int(choice)]
        rates_of_parts = {shop.articles.rows[part.article].vat_rate for part in one.content}
        assert rates_of_parts - {Decimal("0.2")} <= {one.vat_rate}
    assert {one.uid for one in articles} & set(shop.variants.rows), "the two series overlap, as they may"


def test_eans_are_of_the_range_for_use_inside_a_shop() -> None:
    shop = built(items=500).shop
    eans = [one.ean for one in (*shop.articles.rows.values(), *shop.variants.rows.values()) if one.ean]
    assert len(eans) == len(set(eans)) > 200
    for ean in eans:
        assert ean.startswith("20") and len(ean) == 13
        assert sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(ean)) % 10 == 0


def test_prices_without_vat() -> None:
    with_vat, without = built(items=300), built(items=300, prices_with_vat=False)
    assert without.shop.webshop.prices_with_vat is False
    for uid, article in with_vat.shop.articles.rows.items():
        if article.vat_rate == Decimal("0.25") and "SEK" in article.regular and not article.content:
            ex = without.shop.articles.rows[uid].regular["SEK"]
            assert abs(article.regular["SEK"] / Decimal("1.25") - ex) <= Decimal("0.005")


def test_200_000_items_in_time_and_memory() -> None:
    code = (
        "import resource; from shop_sandbox.abicart.service import AbicartService as S;"
        "s = S(); s.reset({'items': 200_000});"
        "print(s.inspect('counts', {})['items'], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(SANDBOX)},
        capture_output=True,
        check=True,
        timeout=120,
    )
    items, kilobytes = map(int, done.stdout.split())
    assert items == 200_000
    assert kilobytes < 1_500_000 and time.monotonic() - start < 60
