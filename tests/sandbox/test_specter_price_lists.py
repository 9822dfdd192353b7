"""What the nightly import meets at Specter: descriptions, campaigns, price lists for many articles at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shop_sandbox.core.errors import UsageError

INFO = "getArticleInfoExternalNeedUpdate"
HTML = '<p>Mössa & "vante"</p>\n<p>åäö €</p>'
ESCAPED = "&lt;p&gt;Mössa &amp; &quot;vante&quot;&lt;/p&gt;\n&lt;p&gt;åäö €&lt;/p&gt;"


def told(specter, batch: str, name: str) -> str | None:
    """The field of the one article that waits, wherever it stands."""
    article = specter.call.tree(INFO, batch).find("articles/article")
    inside = article.findtext(name)
    return article.get(name) if inside is None else inside


@pytest.mark.parametrize("fields", ["attributes", "elements", "all_elements"])
@pytest.mark.parametrize("text", ["cdata", "escaped"])
def test_a_description_is_told_escaped_as_html(specter, fields: str, text: str) -> None:
    specter.control.switches(article_info_fields=fields, xml_text=text)
    specter.control.edit("article.new", number="A-1", name="Mössa", description=HTML)
    assert told(specter, "b1", "webShopLongText") == ESCAPED


def test_the_name_of_the_description_is_a_switch(specter) -> None:
    specter.control.switches(description_name="articleText", field_case="lower")
    specter.control.edit("article.new", number="A-1", description="Hej")
    assert (told(specter, "b1", "articletext"), told(specter, "b1", "webshoplongtext")) == ("Hej", None)


@pytest.mark.parametrize(("switch", "empty"), [("off", None), ("on", "")])
@pytest.mark.parametrize("fields", ["attributes", "elements"])
def test_an_empty_description_is_told_or_not(specter, switch: str, empty: str | None, fields: str) -> None:
    specter.control.switches(empty_description=switch, article_info_fields=fields)
    specter.control.edit("article.new", number="A-1", name="Mössa")
    assert told(specter, "b1", "webShopLongText") == empty


@pytest.mark.parametrize("fields", ["attributes", "elements", "all_elements"])
def test_an_articles_own_id_is_told_where_the_switch_says_so(specter, fields: str) -> None:
    specter.control.switches(article_info_fields=fields)
    specter.control.edit("article.new", number="A-1", name="Mössa")
    assert told(specter, "b1", "articleId") is None
    specter.control.switches(article_info_id="on")
    specter.control.edit("article.renumber", number="A-1", to="B-1")
    assert told(specter, "b1", "articleId") == str(specter.article("B-1")["id"])


def test_a_description_can_be_written_and_a_forced_update_may_clear_it(specter) -> None:
    specter.call.article("A-1", webShopLongText="<b>Ny</b>")
    assert specter.article("A-1")["description"] == "<b>Ny</b>"
    assert specter.article("A-1")["extra"] == {}
    row = {"articleNo": "A-1", "name": "Lampa", "priceExclVAT": "80.00"}
    specter.call.articles(row, force=True)
    assert specter.article("A-1")["description"] == "<b>Ny</b>"
    specter.control.switches(omitted_fields="cleared")
    specter.call.articles(row, force=True)
    assert specter.article("A-1")["description"] == ""


def test_a_campaign_can_be_written_and_is_told(specter) -> None:
    specter.call.article("A-1", standardOldPrice="100.00", showStandardOldPrice="1")
    prices = specter.control.inspect("prices")["A-1"]
    assert (Decimal(prices["price"]), Decimal(prices["old_price"]), prices["show_old_price"]) == (
        80,
        100,
        True,
    )
    specter.control.edit("article.touch", number="A-1")
    assert (told(specter, "b1", "standardOldPrice"), told(specter, "b1", "showStandardOldPrice")) == (
        "100,00",
        "1",
    )
    specter.call.articles({"articleNo": "A-1", "showStandardOldPrice": "0"}, force=True)
    assert specter.control.inspect("prices")["A-1"]["show_old_price"] is False


@pytest.fixture
def stocked(specter):
    for number, price in (("A-1", "10"), ("A-2", "19.95"), ("A-3", "0.05")):
        specter.control.edit("article.new", number=number, price=price, vat_percent=25)
    specter.control.edit("queue.clear", queue="article_info")
    return specter


def prices(specter) -> dict[str, Decimal]:
    return {number: Decimal(one["price"]) for number, one in specter.control.inspect("prices").items()}


def test_a_price_list_changes_many_articles_and_puts_them_on_the_queue(stocked) -> None:
    assert stocked.control.edit("article.prices", factor="0.1") == {"changed": 3}
    assert prices(stocked) == {"A-1": 1, "A-2": Decimal("2.00"), "A-3": Decimal("0.01")}
    assert stocked.control.inspect("queues")["article_info"] == ["A-1", "A-2", "A-3"]


def test_a_price_list_for_some_articles(stocked) -> None:
    stocked.control.edit("article.prices", price="-3.456", numbers=["A-3"], decimals=1)
    stocked.control.edit("article.prices", vat_percent=12, numbers=["A-2"])
    assert prices(stocked) == {"A-1": 10, "A-2": Decimal("19.95"), "A-3": Decimal("-3.5")}
    assert stocked.control.inspect("queues")["article_info"] == ["A-3", "A-2"]
    rates = {number: Decimal(one["vat_percent"]) for number, one in stocked.control.inspect("prices").items()}
    assert rates == {"A-1": 25, "A-2": 12, "A-3": 25}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"factor": 2, "price": 3},
        {"factor": "much"},
        {"factor": 2, "numbers": ["A-9"]},
        {"factor": 2, "decimals": "2"},
        {"vat_percent": 12, "size": 3},
    ],
)
def test_a_price_list_that_makes_no_sense_changes_nothing(stocked, values) -> None:
    before = prices(stocked)
    with pytest.raises(UsageError):
        stocked.control.edit("article.prices", **values)
    assert prices(stocked) == before and stocked.control.inspect("queues")["article_info"] == []


def test_a_renumbered_article_is_told_under_its_new_number_and_a_deleted_one_not_at_all(stocked) -> None:
    stocked.control.edit("article.renumber", number="A-1", to="B-1")
    stocked.control.edit("article.touch", number="A-2")
    stocked.control.edit("article.delete", number="A-2")
    numbers = [
        one.findtext("articleNo") for one in stocked.call.tree(INFO, "b1").iterfind("articles/article")
    ]
    assert numbers == ["B-1"] and stocked.numbers() == ["B-1", "A-3"]
    stock = stocked.call.get("getArticleExternalNeedUpdate", "s1", xml="")
    assert b"1;B-1;" in stock  # the article's own id stays
