"""The switches and modes of the Specter server. Question numbers are those of the reference, section 11."""

from __future__ import annotations

from collections.abc import Mapping

from shop_sandbox.core.service import Mode
from shop_sandbox.core.switches import Switch, on_off

ANSWERS = (
    Switch("xml_root", "specterAPI", "name of the XML root element", question="Q1"),
    Switch(
        "xml_success_id",
        "code",
        "where an XML success carries the number: in code, in a child id, in a child named after it, or nowhere",
        ("code", "child_id", "child_named", "none"),
        "Q2",
    ),
    Switch("use_xml_1", "text", "what useXML=1 gives", ("text", "xml"), "Q3"),
    on_off("read_api_response", "on", "successful XML reads carry an APIresponse", "Q4"),
    Switch(
        "empty_read",
        "container",
        "what a read without changes gives",
        ("container", "empty_body", "api_response_only", "error_triple"),
        "Q5",
    ),
    Switch("row_end", "cr", "how rows of plain reads end", ("cr", "crlf", "lf"), "Q6"),
    on_off("header_row", "on", "plain reads begin with a row of column names", "Q6"),
    Switch(
        "article_info_fields",
        "attributes",
        "article info beyond the four known attributes: as attributes, as elements, or all as elements",
        ("attributes", "elements", "all_elements"),
        "Q7",
    ),
    Switch(
        "description_name",
        "webShopLongText",
        "name of the description in article info, and with a row number in article writes (invented; its text is "
        "escaped as HTML when it is read)",
        question="Specter reference 6.2",
    ),
    on_off(
        "empty_description",
        "off",
        "article info tells an empty description of an article that has none",
        "Specter reference 6.2",
    ),
    on_off(
        "article_info_id",
        "off",
        "article info tells the article's own id, as articleId (invented)",
        "Specter reference 6.2",
    ),
    Switch("field_case", "camel", "case of article info's field names", ("camel", "lower", "upper"), "Q7"),
    Switch(
        "xml_text",
        "cdata",
        "texts in XML as CDATA or with escapes",
        ("cdata", "escaped"),
        "Specter reference 3.3",
    ),
    Switch(
        "xml_charset",
        "iso-8859-1",
        "encoding of XML answers, declared",
        ("iso-8859-1", "windows-1252", "utf-8"),
        "Q23",
    ),
    Switch("text_charset", "iso-8859-1", "encoding of plain answers", ("iso-8859-1", "windows-1252"), "Q23"),
    Switch(
        "text_end",
        "none",
        "what follows the last character of a plain triple",
        ("none", "crlf"),
        "Specter reference 3.2",
    ),
    Switch("decimal_output", "comma", "decimal mark in answers", ("comma", "point"), "Q22"),
    Switch(
        "quantity_output",
        "short",
        "quantities as short as possible or with two decimals",
        ("short", "two"),
        "Q22",
    ),
    Switch(
        "error_status",
        "200",
        "how errors are answered: 200 with the body, 500 with the body, 500 with an HTML page",
        ("200", "500", "500_html"),
        "Q30",
    ),
    Switch(
        "account_check",
        "triple",
        "what checkAccountSettings gives: a triple, the account's settings as XML, or 'unknown action'",
        ("triple", "settings", "unknown_action"),
        "Specter reference 6.4",
    ),
)

REQUESTS = (
    on_off("key_check", "on", "whether the key parameter is verified", "Specter reference 2"),
    Switch("key_case", "either", "case of the key's hex digits", ("either", "lower"), "Q24"),
    on_off("api_user_check", "on", "whether apiUserId must be known and fit the key (v2)", "Q25"),
    Switch(
        "customer_key",
        "any",
        "which reading of the customer's name the key may cover: any, or only the first that is not empty of"
        " name, firstName + surName, contactPerson",
        ("any", "first"),
        "Q9",
    ),
    Switch(
        "account_check_key",
        "empty",
        "what checkAccountSettings' key covers",
        ("empty", "sbm_id", "api_user", "any"),
        "Specter reference 2",
    ),
    Switch(
        "request_charset",
        "windows-1252",
        "how request text is decoded",
        ("windows-1252", "iso-8859-1"),
        "Q23",
    ),
    Switch("decimal_input", "both", "decimal marks taken in requests", ("both", "point"), "Q21"),
    Switch(
        "post_limit_bytes", 204800, "largest request body, 0 for no limit", question="Specter reference 10"
    ),
    Switch(
        "query_limit_bytes", 2048, "largest query string, 0 for no limit", question="Specter reference 10"
    ),
    Switch("rate_limit", 0, "requests a second before 429 with Retry-After; 0: no limit"),
    Switch(
        "too_long",
        "refuse",
        "texts over the known lengths are refused or cut",
        ("refuse", "cut"),
        "Specter reference 5",
    ),
)

ARTICLES = (
    Switch(
        "partial_rows",
        "all_or_nothing",
        "what a bad row does to the others: nothing is stored, those before it are, all good ones are",
        ("all_or_nothing", "before_bad", "all_good"),
        "Q11",
    ),
    Switch(
        "stock_on_update", "ignored", "noItemsInStock of an existing article", ("ignored", "applied"), "Q12"
    ),
    Switch("omitted_fields", "kept", "fields a forced update leaves out", ("kept", "cleared"), "Q13"),
    Switch(
        "article_answer_id",
        "last",
        "which number an article write answers: the last or first row's article id, the number of rows, nothing",
        ("last", "first", "rows", "none"),
        "Specter reference 5.2",
    ),
    Switch("max_article_rows", 100, "most rows in one call, 0 for no limit", question="Specter reference 10"),
    Switch(
        "row_gaps", "refused", "rows after a missing index", ("refused", "ignored"), "Specter reference 4"
    ),
    on_off("name_required", "on", "a new article needs a name", "Specter reference 5.2"),
    Switch(
        "article_number_rule",
        "strict",
        "article numbers refused: none, with blanks, or also with å ä ö & % ¤ # € and commas",
        ("none", "blanks", "strict"),
        "Specter reference 4",
    ),
    Switch("article_number_max_length", 0, "longest article number, 0 for no limit"),
    Switch("article_name_max_length", 0, "longest article name, 0 for no limit"),
    Switch("refused_numbers", [], "article numbers that are refused"),
    Switch(
        "article_number_match",
        "exact",
        "when two article numbers are the same: exactly equal, or apart from case and blanks at the edges",
        ("exact", "case_insensitive"),
    ),
    on_off("own_writes_on_queue", "off", "our own article writes come back on the change queues", "Q35"),
)

CUSTOMERS = (
    Switch(
        "match_conflict", "email", "which match wins if e-mail and orgNo differ", ("email", "orgno"), "Q27"
    ),
    Switch("match_without_force", "kept", "a match without forceCustomerUpdate", ("kept", "updated"), "Q29"),
)

ORDERS = (
    Switch("order_unknown_article", "refuse", "a row with an unknown article", ("refuse", "accept"), "Q8"),
    Switch(
        "duplicate_order",
        "refuse",
        "a repeated externalOrderNo: refused, answered with the old order's number, or a second order",
        ("refuse", "return_old", "off"),
        "Q10",
    ),
    Switch("duplicate_scope", "account", "where an externalOrderNo is unique", ("account", "webshop"), "Q33"),
    Switch("order_vat", "sum", "VAT rounded on the sum per rate or per row", ("sum", "row"), "Q34"),
    on_off("order_whole_krona", "off", "order totals rounded to whole kronor", "Q34"),
    Switch("order_row_decimals", "3", "decimals kept of a row's price", ("2", "3", "4"), "Q34"),
    Switch(
        "order_row_vat",
        "row",
        "whose VAT an order row gets: its own or its article's",
        ("row", "article"),
        "Q34",
    ),
    Switch(
        "order_delete_event",
        "silent",
        "a deleted order: silent or queued as cancelled",
        ("silent", "queued"),
        "Q28",
    ),
)

BATCHES = (
    Switch(
        "batch_reread",
        "frozen",
        "an open batch read again: as it was, or with newer changes",
        ("frozen", "grown"),
        "Q14",
    ),
    Switch(
        "batch_scope",
        "user_function",
        "one open batch per account, API user and function; per account and function; or per account",
        ("user_function", "account_function", "account"),
        "Q16",
    ),
    Switch("ack_unknown", "success", "acknowledging an unknown batch", ("success", "error"), "Q17"),
    Switch("ack_answer", "ok", "what an acknowledgement gives", ("ok", "empty"), "Q18"),
    Switch(
        "batch_expiry_minutes", 0, "an open batch expires after so many minutes, 0 for never", question="Q19"
    ),
    Switch("response_limit", 500, "most records in one answer", question="Q20"),
    Switch("limit_scope", "article_info", "which reads are limited", ("article_info", "all"), "Q20"),
    Switch("stock_site_names", "stocksiteId,name", "attributes of a stock site: id, name", question="Q31"),
    Switch(
        "stock_changes", "one", "one stockChanges element, or one per stock site", ("one", "per_site"), "Q31"
    ),
)

SWITCHES = (*ANSWERS, *REQUESTS, *ARTICLES, *CUSTOMERS, *ORDERS, *BATCHES)

MODES: Mapping[str, Mode] = {
    "strict": Mode("The documented defaults: keys verified, unknown articles and repeated orders refused."),
    "lenient": Mode(
        "Takes what any client seen in public sends.",
        {
            "key_check": "off",
            "api_user_check": "off",
            "order_unknown_article": "accept",
            "duplicate_order": "return_old",
            "post_limit_bytes": 0,
            "query_limit_bytes": 0,
            "max_article_rows": 0,
            "row_gaps": "ignored",
            "name_required": "off",
            "article_number_rule": "none",
            "too_long": "cut",
        },
    ),
    "chaos": Mode(
        "Other shapes of answers, open batches, slow and cut answers, HTML pages; repeatable.",
        {
            "xml_root": "Response",
            "xml_success_id": "child_id",
            "read_api_response": "off",
            "row_end": "crlf",
            "header_row": "off",
            "article_info_fields": "elements",
            "field_case": "lower",
            "xml_text": "escaped",
            "xml_charset": "utf-8",
            "decimal_output": "point",
            "quantity_output": "two",
            "text_end": "crlf",
            "own_writes_on_queue": "on",
            "batch_reread": "grown",
            "response_limit": 7,
            "limit_scope": "all",
        },
        (
            {"kind": "error_99", "count": None, "action": "get*NeedUpdate", "probability": 0.1, "seed": 11},
            {"kind": "slow", "count": None, "probability": 0.05, "seconds": 0.05, "seed": 12},
            {"kind": "cut", "count": None, "probability": 0.05, "seed": 13},
            {"kind": "cut", "count": None, "probability": 0.02, "how": "clean", "seed": 14},
            {"kind": "html_500", "count": None, "probability": 0.05, "seed": 15},
            {"kind": "html_500", "count": None, "probability": 0.02, "work": "before", "seed": 16},
        ),
    ),
}
