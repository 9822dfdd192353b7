"""The staged catalogue by whole articles, and who owns which product number (fault F14)."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest
from import_samples import NIGHT
from ledger_samples import article_key, articles, item, stage, variant_key

from abicart_specter.domain.records import Kind
from abicart_specter.ledger import Ledger, NumberOwner, NumberOwners, StagedArticle, StagingGoneError


def variants(article_uid: int, *uids: int) -> StagedArticle:
    return StagedArticle(article_uid, [item(uid, Kind.VARIANT, article_uid) for uid in uids])


def test_articles_come_whole_and_those_not_staged_are_left_out(ledger: Ledger) -> None:
    page = [*articles([1]), variants(2, 21, 22, 23), *articles([3]), variants(4, 41)]
    stage(ledger, NIGHT, [page])
    found = list(ledger.staged_groups(NIGHT, [4, 2, 2, 99, 1]))
    assert found == [
        page[0].items,
        page[1].items,
        page[3].items,
    ]
    assert found[0][0].document == page[0].items[0].document
    assert list(ledger.staged_groups(NIGHT, [])) == []


def test_many_articles_come_in_order(ledger: Ledger) -> None:
    stage(ledger, NIGHT, [[variants(uid, 2 * uid, 2 * uid + 1) for uid in range(1, 451)]])
    found = list(ledger.staged_groups(NIGHT, range(450, 0, -1)))
    assert [[one.key.uid for one in group] for group in found] == [
        [2 * uid, 2 * uid + 1] for uid in range(1, 451)
    ]


def test_a_catalogue_that_is_not_whole_is_not_read(ledger: Ledger) -> None:
    ledger.start_run(NIGHT, {})
    ledger.reset_staging(NIGHT)
    ledger.stage_articles(NIGHT, articles([1]))
    with pytest.raises(StagingGoneError):
        list(ledger.staged_groups(NIGHT, [1]))
    with pytest.raises(StagingGoneError):
        ledger.number_owners(NIGHT)


def test_every_owner_of_a_number_is_known(ledger: Ledger) -> None:
    first, second = item(1), replace(item(22, Kind.VARIANT, 2), product_number="A-1")
    nameless = replace(item(3), product_number=None)
    empty = replace(item(4), product_number="")
    stage(
        ledger,
        NIGHT,
        [
            [
                StagedArticle(1, [first]),
                StagedArticle(2, [item(21, Kind.VARIANT, 2), second]),
                StagedArticle(3, [nameless]),
                StagedArticle(4, [empty]),
            ]
        ],
    )
    owners = ledger.number_owners(NIGHT)
    assert owners.owners("A-1") == (NumberOwner(article_key(1), 1), NumberOwner(variant_key(22), 2))
    assert owners.owners("V-21") == (NumberOwner(variant_key(21), 2),)
    assert owners.owners("a-1") == owners.owners("") == ()
    assert (set(owners), len(owners), owners.items, owners.articles) == ({"A-1", "V-21"}, 2, 5, 4)
    assert "A-1" in owners
    assert "A-9" not in owners
    assert [owners.has_article(uid) for uid in range(6)] == [False, True, True, True, True, False]


def test_all_pages_of_a_catalogue_are_read(ledger: Ledger) -> None:
    stage(ledger, NIGHT, [articles(range(1, 5002))])
    owners = ledger.number_owners(NIGHT)
    assert (len(owners), owners.items, owners.articles) == (5001, 5001, 5001)
    assert owners.owners("A-5001") == (NumberOwner(article_key(5001), 5001),)


def test_a_large_catalogue_takes_little_memory() -> None:
    items = 100_000
    tracemalloc.start()
    try:
        owners = NumberOwners()
        for uid in range(1_000_000, 1_000_000 + items):
            owners.add(f"ART-{uid}-M", Kind.VARIANT, uid, uid // 3)
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(owners) == items
    assert used / items <= 250
