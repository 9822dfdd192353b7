"""What the tests of the Abicart client share."""

from __future__ import annotations

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import HttpOptions
from abicart_specter.domain.catalogue import ARTICLE_FIELDS, REQUIRED_FIELDS
from abicart_specter.domain.records import ShopFacts

SMALL_PAGES = HttpOptions(connect_timeout=2, read_timeout=5, page_size=17, batch_size=20)
FACTS = ShopFacts(22222, "SEK", True, True, "SE", "sv")


def read_all(client: AbicartClient) -> list[dict]:
    pages = client.iter_article_pages(ARTICLE_FIELDS, required=REQUIRED_FIELDS)
    return [article for page in pages for article in page]


def outline(articles: list[dict]) -> list[tuple]:
    """What must come out the same under every switch."""
    return [
        (
            article["uid"],
            article.get("articleNumber"),
            [(one["uid"], one["overrides"].get("articleNumber")) for one in article.get("variants") or []],
            (article["price"].get("regular") or {}).get("SEK"),
        )
        for article in articles
    ]


def expected(control) -> list[tuple]:
    found: list[dict] = []
    while page := control.inspect("Article", offset=len(found), limit=500):
        found += page
    return [(one["uid"], one.get("articleNumber")) for one in found]


ABICART_FAULTS = [
    {"kind": "refuse"},
    {"kind": "drop_before"},
    {"kind": "drop_before", "how": "reset"},
    {"kind": "drop_after"},
    {"kind": "drop_after", "how": "reset"},
    {"kind": "cut"},
    {"kind": "cut", "how": "chunked"},
    {"kind": "cut", "how": "clean"},
    {"kind": "html_500"},
    {"kind": "html_500", "work": "before"},
    {"kind": "too_many", "seconds": 1.0},
    {"kind": "unavailable", "seconds": 1.0},
    {"kind": "unavailable", "seconds": 0.0},
    {"kind": "slow", "seconds": 1.5},
    {"kind": "rpc_internal"},
    {"kind": "rpc_server"},
]
ABICART_FAULT_NAMES = [" ".join(str(value) for value in fault.values()) for fault in ABICART_FAULTS]
IMPATIENT = HttpOptions(connect_timeout=0.5, read_timeout=0.5, page_size=50, max_tries=3)
