"""After a loss nobody knows what Specter has of a product: it is not overwritten, and stock is as it was."""

from __future__ import annotations

import shutil
from datetime import timedelta
from decimal import Decimal

import pytest
from rebuild_lab import RebuildLab
from scenes import article_calls, last_request

from abicart_specter.domain.mapping import article_mapping
from abicart_specter.domain.records import Outcome
from abicart_specter.flows.doubtful_values import VALUES_UNKNOWN
from abicart_specter.flows.prepare_products import PrepareOptions

MASTERS = {"imports__price": True, "imports__vat": True, "imports__name": True}


def prices(lab: RebuildLab) -> dict[str, tuple[Decimal, Decimal]]:
    """What Specter sells each article at, and at which rate."""
    return {
        number: (Decimal(str(one["price"])), Decimal(str(one["vat_percent"])))
        for number, one in lab.specter_server.control.inspect("prices").items()
    }


def available(lab: RebuildLab) -> dict[str, Decimal | None]:
    return {
        one["number"]: one["available"] for one in lab.specter_server.control.inspect("articles", limit=1000)
    }


def shop_stock(lab: RebuildLab) -> dict[tuple[str, int], Decimal]:
    return {(one["kind"], one["uid"]): Decimal(str(one["stock"])) for one in lab.items()}


def imports_on(lab: RebuildLab) -> None:
    lab.settings_are(**MASTERS)
    lab.export.mapping = article_mapping(lab.export.settings)


def numbers(lab: RebuildLab) -> list[str]:
    return [one["product_number"] for one in lab.items()]


def test_prices_that_specter_changed_are_not_overwritten(lab: RebuildLab) -> None:
    """Specter changed them, we read it, the import wrote them to the shop; then a person edited the shop."""
    imports_on(lab)
    first, second, *_ = numbers(lab)
    lab.specter_server.control.edit("article.change", number=first, price="77.77")
    lab.night()
    # Told after the last night, and read by nobody yet.
    lab.specter_server.control.edit("article.change", number=second, price="66.66")
    wanted, stock, shop = prices(lab), available(lab), shop_stock(lab)
    shutil.rmtree(lab.folder / "journal")
    lab.lose()
    rebuilt = lab.rebuild()
    assert rebuilt.products["doubtful"] == len(numbers(lab))
    for item in lab.items():  # somebody edits every price in the shop
        if item["kind"] == "article":
            lab.edit("Article", uid=item["uid"], patch={"price": {"regular": {"SEK": "1"}}})
    for options in (PrepareOptions(), PrepareOptions(full_resend=True)):
        ctx = lab.export.context()
        report = lab.export.run(options=options, ctx=ctx)
        assert prices(lab) == wanted
        assert report.held == len(numbers(lab)) - 1, "only the one that Specter told of just now is known"
        held = list(lab.ledger.iter_outcomes(ctx.run, Outcome.HELD))
        assert {row.record.rule for row in held} == {VALUES_UNKNOWN}
    assert available(lab) == stock
    assert shop_stock(lab) == shop


def test_what_the_journal_has_is_known_again(lab: RebuildLab) -> None:
    imports_on(lab)
    first, *others = numbers(lab)
    lab.specter_server.control.edit("article.change", number=first, price="77.77")
    lab.night()
    wanted = prices(lab)
    lab.lose()
    lab.rebuild()
    ctx = lab.export.context()
    report = lab.export.run(ctx=ctx, options=PrepareOptions(full_resend=True))
    assert prices(lab) == wanted
    held = {row.record.product_number for row in lab.ledger.iter_outcomes(ctx.run, Outcome.HELD)}
    assert first not in held
    assert report.held == len(others)
    # The documented ways out: Specter tells them again, or a person says so.
    for number in others[:3]:
        lab.specter_server.control.edit("article.touch", number=number)
    ctx = lab.export.context()
    lab.export.run(ctx=ctx)
    held = {row.record.product_number for row in lab.ledger.iter_outcomes(ctx.run, Outcome.HELD)}
    assert held == set(others[3:])
    report = lab.export.run(options=PrepareOptions(accept_shop_values=True))
    assert report.held == 0
    assert lab.export.run().held == 0
    assert prices(lab) == wanted


def test_a_backup_and_the_journal_know_everything(lab: RebuildLab) -> None:
    imports_on(lab)
    first, second, *_ = numbers(lab)
    lab.specter_server.control.edit("article.change", number=first, price="55.55")
    lab.night()
    lab.beat()
    saved = lab.save()
    lab.later(timedelta(hours=2))
    lab.specter_server.control.edit("article.change", number=second, price="44.44")
    lab.night()
    lab.later(timedelta(hours=2))
    wanted = prices(lab)
    lab.put_back(saved)
    rebuilt = lab.rebuild()
    assert rebuilt.products["journal_whole"]
    assert rebuilt.products["doubtful"] == 0
    report = lab.export.run(options=PrepareOptions(full_resend=True))
    assert report.held == 0
    assert prices(lab) == wanted


def test_a_backup_without_its_journal_knows_nothing(lab: RebuildLab) -> None:
    imports_on(lab)
    first, *_ = numbers(lab)
    lab.specter_server.control.edit("article.change", number=first, price="55.55")
    lab.night()
    lab.beat()
    saved = lab.save()
    lab.later(timedelta(hours=2))
    lab.specter_server.control.edit("article.change", number=first, price="44.44")
    lab.night()
    wanted = prices(lab)
    shutil.rmtree(lab.folder / "journal")
    lab.put_back(saved)
    rebuilt = lab.rebuild()
    assert not rebuilt.products["journal_whole"]
    report = lab.export.run(options=PrepareOptions(full_resend=True))
    assert report.held == len(numbers(lab))
    assert prices(lab) == wanted


def test_where_the_shop_is_master_it_simply_goes_on(lab: RebuildLab) -> None:
    lab.lose()
    rebuilt = lab.rebuild()
    assert rebuilt.products["doubtful"] == 0
    stock, since = available(lab), last_request(lab.specter_server)
    report = lab.export.run()
    assert (report.held, report.sent) == (0, len(numbers(lab)))
    assert available(lab) == stock
    forced = [call for call in article_calls(lab.specter_server, after=since) if call.force]
    assert forced
    assert not any("noItemsInStock" in row for call in forced for row in call.rows)


def test_a_product_that_is_new_since_is_sent_as_any_other(lab: RebuildLab) -> None:
    imports_on(lab)
    lab.lose()
    lab.rebuild()
    lab.edit(
        "Article",
        patch={
            "name": {"sv": "Ny vara"},
            "articleNumber": "NY-1",
            "price": {"regular": {"SEK": "125"}},
            "vatRate": "0.25",
            "stock": {"useStock": True, "stock": 3},
        },
    )
    ctx = lab.export.context()
    lab.export.run(ctx=ctx)
    held = {row.record.product_number for row in lab.ledger.iter_outcomes(ctx.run, Outcome.HELD)}
    assert held == set(numbers(lab)) - {"NY-1"}
    assert prices(lab)["NY-1"] == (Decimal("100"), Decimal("25"))


def test_an_article_that_specter_lacks_is_created(lab: RebuildLab) -> None:
    imports_on(lab)
    gone = numbers(lab)[0]
    lab.specter_server.control.edit("article.delete", number=gone)
    shutil.rmtree(lab.folder / "journal", ignore_errors=True)
    lab.lose()
    lab.rebuild()
    lab.export.run()
    assert gone in prices(lab)


@pytest.mark.parametrize("journal", [True, False])
def test_stock_in_the_shop_is_as_it_was(lab: RebuildLab, journal: bool) -> None:
    """Some orders are in question: of their products nobody knows how many Specter's figure lacks."""
    lab.settings_are(orders__write_number_to_shop=False, imports__stock=True)
    items = lab.items()
    for item in items:
        lab.specter_stock(item["product_number"], 30)
    lab.stock_import(approve=True)
    lab.later(timedelta(hours=1))
    sold = [lab.buy(item, 2) for item in items[:4]]
    lab.later(timedelta(minutes=1))
    lab.export_all(runs=1)
    lab.later(timedelta(hours=1))
    lab.stock_import(approve=True)
    before = shop_stock(lab)
    if not journal:
        shutil.rmtree(lab.folder / "journal")
    lab.lose()
    lab.rebuild()
    lab.later(timedelta(hours=1))
    lab.stock_import(approve=True)
    assert shop_stock(lab) == before
    lab.export.run()  # which products take stock from Specter is known again by their export
    lab.stock_import(approve=True)
    assert shop_stock(lab) == before
    lab.specter_stock(items[0]["product_number"], 50)
    lab.specter_stock(items[5]["product_number"], 50)
    run = lab.stock_import(approve=True)
    assert lab.held(run).get(items[0]["product_number"]) == "stock_order_unreadable"
    assert lab.stock(items[0]) == before[items[0]["kind"], items[0]["uid"]]
    assert lab.stock(items[5]) == 50
    by_number = lab.in_specter()
    for uid in sold:
        lab.single(lab.number_of(uid), link_to=by_number[lab.number_of(uid)])
    lab.later(timedelta(hours=1))
    lab.specter_stock(items[0]["product_number"], 49)
    lab.stock_import(approve=True)
    assert lab.stock(items[0]) == 49
