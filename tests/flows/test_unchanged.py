"""What did not change costs no write; what did costs one row (rule 22)."""

from __future__ import annotations

import pytest
from harness import Export
from scenes import article_calls, items, key, last_request, plain_articles, reprice, specter_article

from abicart_specter.errors import UnconfirmedError
from abicart_specter.flows.prepare_products import PrepareOptions


def price_in_specter(specter, item) -> str:
    return str(specter_article(specter, item["product_number"])["price"])


def writes_of(specter, run) -> int:
    """Writes that Specter counts while ``run`` runs."""
    before = specter.control.counters()["writes"]
    run()
    return int(specter.control.counters()["writes"] - before)


def test_a_second_run_writes_nothing(export: Export, specter_server) -> None:
    first = export.run()
    assert writes_of(specter_server, export.run) == 0
    second = export.run()
    assert (second.sent, second.unchanged, second.held) == (0, first.sent, first.held)


def test_a_full_resend_sends_everything_once_and_the_run_after_it_nothing(small, specter_server) -> None:
    small.run()
    after = last_request(specter_server)
    result = small.run(options=PrepareOptions(full_resend=True))
    calls = article_calls(specter_server, after=after)
    assert (result.sent, result.unchanged) == (12, 0)
    assert [(call.force, len(call.rows)) for call in calls] == [(True, 12)]
    assert not any("noItemsInStock" in row for row in calls[0].rows)
    assert writes_of(specter_server, small.run) == 0


def test_one_changed_price_is_one_row_in_one_call(small, abicart_server, specter_server) -> None:
    small.run()
    item = plain_articles(abicart_server)[1]
    reprice(abicart_server, item, "250")
    after = last_request(specter_server)
    result = small.run()
    calls = article_calls(specter_server, after=after)
    assert [(call.force, call.numbers) for call in calls] == [(True, [item["product_number"]])]
    assert calls[0].rows[0]["priceExclVAT"] == "200.00"
    assert (result.sent, result.unchanged) == (1, 11)
    assert price_in_specter(specter_server, item) == "200.00"
    assert writes_of(specter_server, small.run) == 0


def test_a_price_put_back_to_an_older_one_is_a_change_like_any_other(
    small, abicart_server, specter_server
) -> None:
    item = plain_articles(abicart_server)[1]
    for price, expected in (("250", "200.00"), ("500", "400.00"), ("250", "200.00")):
        reprice(abicart_server, item, price)
        assert writes_of(specter_server, small.run) > 0
        assert price_in_specter(specter_server, item) == expected
    assert writes_of(specter_server, small.run) == 0


def test_prices_that_are_one_price_to_specter_are_not_sent(small, abicart_server, specter_server) -> None:
    """10.02 and 10.03 kr with 25 % VAT are both 8.02 without, as far as Specter's öre go."""
    item = plain_articles(abicart_server)[1]
    reprice(abicart_server, item, "10.02")
    small.run()
    assert price_in_specter(specter_server, item) == "8.02"
    reprice(abicart_server, item, "10.03")
    assert writes_of(specter_server, small.run) == 0
    reprice(abicart_server, item, "10.04")
    assert writes_of(specter_server, small.run) == 1
    assert price_in_specter(specter_server, item) == "8.03"


@pytest.mark.parametrize("arrived", ["drop_after", "drop_before"])
def test_a_write_whose_end_is_unknown_is_repeated_even_if_nothing_changed_since(
    small, abicart_server, specter_server, arrived
) -> None:
    """The price went out as 200 and its answer was lost; then somebody put the old one back."""
    item = plain_articles(abicart_server)[1]
    reprice(abicart_server, item, "500")
    small.run()
    reprice(abicart_server, item, "250")
    specter_server.control.fault(arrived, count=None, action="newArticleSubmit")
    ctx = small.context()
    (chunk,) = small.prepare(ctx)
    with pytest.raises(UnconfirmedError):
        small.send(ctx, chunk)
    specter_server.control.clear_faults()
    reprice(abicart_server, item, "500")
    assert small.ledger.item_states("demo", [key(item)])[key(item)].intent_hash is not None
    result = small.run()
    assert (result.sent, result.unchanged) == (1, 11)
    assert price_in_specter(specter_server, item) == "400.00"
    assert writes_of(specter_server, small.run) == 0


def test_only_what_specter_is_sent_counts_as_a_change(small, abicart_server, specter_server) -> None:
    """Stock, a campaign and a description are the shop's own."""
    small.run()
    item = plain_articles(abicart_server)[1]
    patch = {
        "stock": {"useStock": True, "stock": 999},
        "description": {"sv": "<p>En helt annan text.</p>"},
        "price": {"regular": {"SEK": item["price"]}, "specialOffer": {"SEK": "1"}},
    }
    abicart_server.control.edit("Article", uid=item["uid"], patch=patch)
    assert writes_of(specter_server, small.run) == 0
    assert items(abicart_server)[1]["price"] == item["price"]
