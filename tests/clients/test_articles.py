"""What is asked of an article and what is made of the answer."""

from __future__ import annotations

import pytest

from abicart_specter.clients.articles import ArticleQuery, complete_variants, tidy
from abicart_specter.clients.unreadable import NotReadable

FIELDS = ("uid", "articleNumber", "choices", "variants")


def test_the_query_asks_for_every_field_and_expands_choices():
    query = ArticleQuery(FIELDS, (), set())
    assert query.query == {
        "uid": True,
        "articleNumber": True,
        "choices": {"uid": True, "name": True, "options": {"uid": True, "name": True}},
        "variants": True,
    }
    assert ArticleQuery((), (), set()).query == {"uid": True}


@pytest.mark.parametrize(
    ("pointer", "path"),
    [
        ("/articleNumber", ("articleNumber",)),
        ("/0/articleNumber", ("articleNumber",)),
        ("/params/0/articleNumber", ("articleNumber",)),
        ("/choices/options/name", ("choices", "options", "name")),
        ("/choices/options/price", ("choices", "options")),
        ("/choices", ("choices",)),
        ("/filters/~1uid", None),
        ("/limit", None),
        ("", None),
    ],
)
def test_a_pointer_names_a_key_wherever_it_begins(pointer, path):
    assert ArticleQuery(FIELDS, (), set()).named_by(pointer) == path


def test_a_dropped_key_stays_dropped_and_leaves_other_queries_alone():
    query = ArticleQuery(FIELDS, (), set())
    query.drop(("choices", "options", "name"))
    query.drop(("articleNumber",))
    query.drop(("no", "such", "key"))
    assert query.query["choices"]["options"] == {"uid": True}
    assert "articleNumber" not in query.query
    assert ArticleQuery(FIELDS, (), set()).query["choices"]["options"] == {"uid": True, "name": True}
    assert "articleNumber" not in ArticleQuery(FIELDS, (), {("articleNumber",)}).query


def test_uids_become_numbers_and_empty_lists_objects_where_an_object_is_meant():
    article = tidy(
        {
            "uid": "7",
            "name": [],
            "price": {"regular": [], "current": {"SEK": 1}},
            "images": [],
            "content": [],
            "variants": [{"uid": "8", "definedBy": [], "overrides": []}, {"uid": 9}],
            "choices": [{"uid": "1", "name": [], "options": [{"uid": "2", "name": []}, 3]}, "4"],
        }
    )
    assert article == {
        "uid": 7,
        "name": {},
        "price": {"regular": {}, "current": {"SEK": 1}},
        "images": [],
        "content": [],
        "variants": [{"uid": 8, "definedBy": {}, "overrides": {}}, {"uid": 9}],
        "choices": [{"uid": 1, "name": {}, "options": [{"uid": 2, "name": {}}, 3]}, "4"],
    }


@pytest.mark.parametrize("value", [{}, {"uid": None}, {"uid": "x"}, [], None, "x", 7])
def test_an_article_without_uid_is_not_read(value):
    with pytest.raises(NotReadable):
        tidy(value)


def test_an_odd_variant_stays_for_the_reader_to_judge():
    article = {"uid": 1, "variants": [{"uid": "x"}, "y", None]}
    assert tidy(dict(article)) == article
    complete_variants([article], lambda uids: pytest.fail("nothing to fetch"))
    assert article["variants"] == [{"uid": "x"}, "y", None]


def test_bare_variants_are_made_whole():
    articles = [
        {"uid": 1, "articleNumber": "A", "variants": [11, "12", 13]},
        {"uid": 2, "articleNumber": "B", "variants": [{"uid": 21, "overrides": {}}]},
        {"uid": 3},
        {"uid": 4, "variants": [41]},
    ]
    asked: list[int] = []

    def fetch(uids):
        asked.extend(uids)
        return {
            11: {"uid": 11, "articleNumber": "A-1", "stock": 4},
            12: {"uid": "12", "articleNumber": "A", "stock": None},
        }

    complete_variants(articles, fetch)
    assert asked == [11, 12, 13, 41]
    assert articles[0]["variants"] == [
        {"uid": 11, "definedBy": {}, "overrides": {"articleNumber": "A-1", "stock": 4}},
        {"uid": 12, "definedBy": {}, "overrides": {}},
    ]
    assert articles[1]["variants"] == [{"uid": 21, "overrides": {}}]
    assert articles[2] == {"uid": 3}
    assert articles[3]["variants"] == []
