"""Questions that no harmless read answers, each with the reason."""

from __future__ import annotations

from collections.abc import Callable

from abicart_specter.domain.probe.specter.material import Material
from abicart_specter.domain.probe.verdicts import Outcome, Question, not_asked

_ARTICLE = "Only writing an article would tell, and a probe writes nothing."
_CUSTOMER = "Only writing a customer would tell, and a probe writes nothing."
_ORDER = "Only writing an order would tell, and a probe writes nothing."
_WRITE = "Only a write would tell, and a probe writes nothing."
_CLOSE = "Only closing a batch would tell, and a probe closes none."
_KEY = (
    "Only a call that may count as one with a wrong key would tell, and a probe makes one such call at most."
)

REASONS: tuple[tuple[str, str, str, str], ...] = (
    ("Q2", "xml_success_id", "Where an XML success carries the number", _WRITE),
    ("Q24", "key_case", "Case of the key's digits", _KEY),
    (
        "Q25",
        "api_user_check",
        "Whether the API user is checked",
        "Only a call in the name of an API user that is not ours would tell.",
    ),
    ("Q9", "customer_key", "What a customer's key may cover", _CUSTOMER),
    ("Q23", "request_charset", "How request text is decoded", _WRITE),
    ("Q21", "decimal_input", "Decimal marks taken in requests", _WRITE),
    ("10", "post_limit_bytes", "Largest request body", _WRITE),
    (
        "10",
        "query_limit_bytes",
        "Largest query string",
        "Only a request made to be refused would tell; the project's own are far below the usual limit.",
    ),
    ("5", "too_long", "What becomes of texts that are too long", _WRITE),
    ("Q11", "partial_rows", "What a bad row does to the others", _ARTICLE),
    ("Q12", "stock_on_update", "noItemsInStock of an existing article", _ARTICLE),
    ("Q13", "omitted_fields", "Fields that a forced update leaves out", _ARTICLE),
    ("5.2", "article_answer_id", "Which number an article write answers", _ARTICLE),
    ("10", "max_article_rows", "Most rows in one call", _ARTICLE),
    ("4", "row_gaps", "Rows after a missing index", _ARTICLE),
    ("5.2", "name_required", "Whether a new article needs a name", _ARTICLE),
    ("4", "article_number_rule", "Article numbers that are refused", _ARTICLE),
    ("5", "article_number_max_length", "Longest article number", _ARTICLE),
    ("5", "article_name_max_length", "Longest article name", _ARTICLE),
    ("4", "refused_numbers", "Article numbers that are refused one by one", _ARTICLE),
    ("4", "article_number_match", "When two article numbers are the same", _ARTICLE),
    ("Q35", "own_writes_on_queue", "Whether our own writes come back", _ARTICLE),
    ("Q27", "match_conflict", "Which match of a customer wins", _CUSTOMER),
    ("Q29", "match_without_force", "A match of a customer without force", _CUSTOMER),
    ("Q8", "order_unknown_article", "An order row with an unknown article", _ORDER),
    ("Q10", "duplicate_order", "A repeated external order number", _ORDER),
    ("Q33", "duplicate_scope", "Where an external order number is unique", _ORDER),
    ("Q34", "order_vat", "VAT rounded per rate or per row", _ORDER),
    ("Q34", "order_whole_krona", "Whether totals are rounded to whole kronor", _ORDER),
    ("Q34", "order_row_decimals", "Decimals kept of a row's price", _ORDER),
    ("Q34", "order_row_vat", "Whose VAT an order row gets", _ORDER),
    (
        "Q28",
        "order_delete_event",
        "Whether a deleted order is reported",
        "Only deleting an order would tell.",
    ),
    ("Q17", "ack_unknown", "Closing a batch that is not there", _CLOSE),
    ("Q18", "ack_answer", "What closing a batch gives", _CLOSE),
    (
        "Q19",
        "batch_expiry_minutes",
        "Whether an open batch expires",
        "Only leaving a batch open for as long as it takes would tell.",
    ),
)
"""Number, switch, meaning and reason."""


def _reason(why: str) -> Callable[[Material], Outcome]:
    return lambda _material: not_asked(why)


WRITE_QUESTIONS: tuple[Question[Material], ...] = tuple(
    Question(number, switch, meaning, _reason(why)) for number, switch, meaning, why in REASONS
)
