"""Every open question of both interfaces, each alone, while one of everything comes back from Specter.

Both systems end as they do by default, with as many writes, or the difference is in ``import_switches`` with its
reason.
"""

from __future__ import annotations

from typing import Any

import pytest
from import_ends import End, differences, expected_end, told
from import_picture import picture, writes
from import_story import (
    ALIKE,
    APART,
    CHEAPER,
    DEARER,
    DESCRIBED,
    EDITED,
    GUARDED,
    IN_STOCK,
    NEW,
    NOWHERE,
    ON_SALE,
    OWN_CAMPAIGN,
    RENAMED,
    TAXED,
    TWICE,
    UNKNOWN_STOCK,
    Story,
    settings,
)
from import_switches import (
    DIFFERENT,
    NOT_AT_ONCE,
    UNTOUCHED,
    different,
    known,
    other_values,
    tried,
)

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.errors import ConfigurationError, RefusedError


@pytest.mark.parametrize("system", ["abicart", "specter"])
def test_every_switch_is_known_here(system: str) -> None:
    """A new switch is tried by itself if it has choices; else it needs a sample, or a reason not to be tried."""
    names = {switch["name"] for switch in known(system)}
    assert [switch["name"] for switch in known(system) if not other_values(system, switch)] == []
    assert set(UNTOUCHED[system]) <= names
    assert {
        (one.system, one.name, str(one.value)) for one in tried() if different(one) in DIFFERENT.values()
    } == set(DIFFERENT)


def test_by_default_everything_comes_back(by_default: End) -> None:
    """That the end which all others are held against is right, in figures of its own."""
    ends, counts = by_default
    prices = {number: ends["price"][number] for number in (DEARER, CHEAPER, OWN_CAMPAIGN, ALIKE[0], TAXED)}
    assert prices == {
        DEARER: ("229.9", None, "0.25"),  # 209 → 10 % more
        CHEAPER: ("1081.89", None, "0.25"),  # 1202.10 → 10 % less
        OWN_CAMPAIGN: ("1216.95", "1043.1", "0.25"),  # 1159 → 5 % more; the shop's own campaign goes on
        ALIKE[0]: ("1351.9", None, "0.25"),  # 1229 → 10 % more, for all three alike
        TAXED: ("54.69", None, "0.25"),  # 49 with 12 % → the same without VAT, with 25 %
    }
    assert ends["price"][ON_SALE] == ("349", None, "0.25")  # the sale began and ended
    assert ends["price"][GUARDED] == ("1.06", None, "0.06")  # once somebody had approved of it
    assert ends["price"][APART] == ("139", None, "0.25")
    assert (ends["stock"][DEARER], ends["stock"][IN_STOCK]) == ("42", "14")
    assert ends["stock"][UNKNOWN_STOCK] == "80"
    assert ends["order"] == {
        "delivered": ("sent", False),
        "partly": ("unsent", False),
        "cancelled": ("unsent", True),
        "under way": ("unsent", False),
        "unsent": ("unsent", False),
    }
    assert set(ends["held"]) == {
        "KL-11016-3639 price",
        "KL-11016-4043 price",
        *(f"{TWICE} {name}" for name in ("name", "price", "vat")),
    }
    assert ends["stock held"] == {
        NOWHERE: "number_unknown",
        TWICE: "number_unknown",
        UNKNOWN_STOCK: "stock_figure_unknown",
    }
    assert ends["article"][EDITED]["bar_code"] == "2099999999990"
    assert NEW in ends["article"]
    for number in (RENAMED, DESCRIBED):  # undone in the shop, and Specter keeps its own
        assert (ends["article"][number]["name"], ends["article"][number]["description"]) != ("", "")
    assert [line for line in ends["difference"].values() if line.startswith("unexplained")] == []
    # Prices: seven products, one of them twice; texts: two, there and back. Stock: one product, one variant twice.
    assert (counts["Article.set"], counts["ArticleVariant.set"]) == (8 + 4 + 1, 2)
    assert counts["Payment.set"] == 0


@pytest.mark.parametrize("one", [one for one in tried() if not different(one).stops], ids=str)
def test_it_ends_as_it_should(new_story: Any, by_default: End, one: Any) -> None:
    other = different(one)
    switches = {f"{one.system}_switches": {one.name: one.value}}
    ends, counts = told(new_story(**switches, shop_settings=settings(**other.settings)))
    expected, expected_counts = expected_end(by_default, other)
    assert differences(ends, expected) == []
    assert counts == expected_counts


def test_switches_of_other_flows_change_nothing_even_all_at_once(new_story: Any, by_default: End) -> None:
    values: dict[str, dict[str, object]] = {"abicart": {}, "specter": {}}
    for one in tried(untouched=True):
        if one.name not in NOT_AT_ONCE:
            values[one.system][one.name] = one.value  # of several values the last
    ends, counts = told(new_story(abicart_switches=values["abicart"], specter_switches=values["specter"]))
    assert differences(ends, by_default[0]) == []
    assert counts == by_default[1]


def test_a_shop_that_takes_no_token_over_plain_http_stops_everything(new_story: Any) -> None:
    story = new_story()
    story.begin()
    story.first_evening()
    before = writes(story)
    story.shop.switches(secure_connection="required")
    story.runs(approve=True)
    story.lab.undo(ImportPart.PRICE)
    assert {type(error) for name, error in story.lab.errors if name == "check_shop"} == {ConfigurationError}
    assert writes(story) == before


def test_an_empty_queue_that_looks_like_an_error_loses_nothing(new_story: Any, by_default: End) -> None:
    """Codes other than 99 are not public, so this might be any error. What was told before it is kept (rule 24)."""
    story = new_story()
    story.trouble = lambda: told_as_an_error(story)
    story.peace = lambda: understood(story)
    story.tell()
    assert story.lab.errors == []
    assert differences(picture(story), by_default[0]) == []
    assert writes(story) == by_default[1]


def told_as_an_error(story: Story) -> None:
    story.specter.switches(empty_read="error_triple")


def understood(story: Story) -> None:
    red = {type(error) for name, error in story.lab.errors if name.startswith("drain")}
    assert red <= {RefusedError}
    story.specter.switches(empty_read="container")
    story.lab.errors.clear()
