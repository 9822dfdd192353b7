"""The open questions of Abicart's interface, each a switch; the numbers are those of Abicart reference 10."""

from __future__ import annotations

from shop_sandbox.core.switches import Switch

# Transport and envelope.
TRANSPORT = (
    Switch("error_status", "200", "HTTP status of an answer that holds an error", ("200", "by_code"), "1"),
    Switch(
        "content_type",
        "application/json-rpc",
        "content type of answers",
        ("application/json-rpc", "application/json", "text/plain"),
        "2",
    ),
    Switch("batch_limit", "100", "calls in one batch; more are refused with -32600", ("100", "20"), "32"),
    Switch("rate_limit", 0, "requests a second before 429 with Retry-After; 0: no limit", (), "33"),
    Switch(
        "unknown_class_id",
        "null",
        "id of the answer to a call of an unknown class (null was recorded in 2013)",
        ("null", "echo"),
    ),
    Switch(
        "secure_connection",
        "not_required",
        "whether everything that needs a token is refused over plain http with 1007",
        ("not_required", "required"),
    ),
)

# How values look.
VALUES = (
    Switch("uid_type", "int", "uids as JSON numbers or as strings", ("int", "string"), "3"),
    Switch(
        "time_format",
        "offset",
        "times: ISO with offset, with Z, with a blank instead of T, or Swedish time without a zone",
        ("offset", "z", "blank", "naive"),
        "4",
    ),
    Switch(
        "empty_object", "object", "an object without members comes as {} or as []", ("object", "array"), "34"
    ),
)

# Reading.
READING = (
    Switch(
        "range_bounds",
        "inclusive",
        "whether min and max include their value",
        ("inclusive", "exclusive"),
        "5",
    ),
    Switch(
        "list_limit",
        "500",
        "rows of one list: 500 or 100 as default and cap, or neither default nor cap",
        ("500", "100", "none"),
        "6",
    ),
    Switch("changed_filter", "allowed", "filter by /changed", ("allowed", "refused"), "7"),
    Switch("number_filter", "exact", "filter by /articleNumber", ("exact", "refused"), "25"),
    Switch("order_number_filter", "allowed", "filter by /orderNumber", ("allowed", "refused"), "39"),
    Switch("uid_filter", "allowed", "filter by /uid", ("allowed", "refused"), "40"),
    Switch("order_expansion", "inline", "items and payments inside Order.list", ("inline", "uids"), "9"),
    Switch(
        "unknown_key", "error", "a key in a query that the class does not have", ("error", "ignored"), "10"
    ),
    Switch("missing_object", "9003", "get of a uid that is not there", ("9003", "-32602", "null"), "35"),
)

# Products.
PRODUCTS = (
    Switch(
        "package_quantity",
        "beside",
        "how many of a part are in a package: beside the article, by repeating it, or not told",
        ("beside", "repeated", "none"),
        "17",
    ),
    Switch(
        "set_nested", "replace", "set replaces or deeply merges nested objects", ("replace", "merge"), "21"
    ),
    Switch("set_result", "null", "answer of set without a query", ("null", "uid"), "22"),
    Switch(
        "stock_write",
        "object",
        "Article.stock in a patch: the object, the bare number, or either",
        ("object", "number", "both"),
        "23",
    ),
    Switch("anonymous_stock", "hidden", "stock numbers without a token", ("hidden", "visible"), "23"),
    Switch(
        "variant_article_stock",
        "ignored",
        "an article's own stock written though it has variants",
        ("ignored", "error"),
        "24",
    ),
    Switch(
        "price_meaning",
        "stored",
        "Article.price as stored, or as the shop displays it (with or without VAT)",
        ("stored", "displayed"),
        "26",
    ),
    Switch(
        "no_offer",
        "absent",
        "price.specialOffer without a campaign: absent, equal to regular, or null",
        ("absent", "regular", "null"),
        "27",
    ),
    Switch(
        "vat_rate_shape",
        "number",
        "Article.vatRate as fraction or by country",
        ("number", "by_country"),
        "28",
    ),
    Switch("vat_rate_write", "allowed", "Article.vatRate in a patch", ("allowed", "refused"), "41"),
)

# Orders and customers. Those marked "placed after" shape the rows of orders placed from then on.
ORDERS = (
    Switch(
        "item_quantity",
        "choices",
        "where an order row's quantity is",
        ("choices", "top_level", "both"),
        "11",
    ),
    Switch("item_number", "variant", "articleNumber of a row with a variant", ("variant", "base"), "12"),
    Switch(
        "item_costs",
        "after_discount",
        "costs of a row before or after its discount",
        ("after_discount", "before_discount"),
        "13",
    ),
    Switch(
        "order_discount",
        "items",
        "a discount on the whole order: in the rows, as negative rows, or as the order's property `discount` "
        "(orders placed after)",
        ("items", "negative_item", "property"),
        "14",
    ),
    Switch(
        "gift_card",
        "payment",
        "a used gift card: a payment, a negative row, or a lower total (orders placed after)",
        ("payment", "negative_item", "total_reduced"),
        "15",
    ),
    Switch(
        "package_rows",
        "one_row",
        "a package in an order: one row, with rows of price 0 for its parts, or only its parts "
        "(orders placed after)",
        ("one_row", "with_parts", "parts_only"),
        "16",
    ),
    Switch(
        "status_words",
        "plain",
        "paymentStatus and deliveryStatus: paid/sent, Paid/Sent, or with more values (reserved, partlySent, shipped)",
        ("plain", "capitalised", "extra"),
        "18",
    ),
    Switch(
        "sent_by",
        "both",
        "what makes an order sent: deliveryStatus through Order.set, shipments of all its rows, or either",
        ("both", "order_set", "shipment"),
        "19",
    ),
    Switch(
        "shipment_list",
        "allowed",
        "Shipment.list and Shipment.count, or -32601",
        ("allowed", "refused"),
    ),
    Switch(
        "order_marks",
        "writable",
        "externalOrderNumber, note and tags through Order.set: allowed, 1006, or -32602",
        ("writable", "forbidden", "refused"),
        "20",
    ),
    Switch("customer_info", "plain", "names inside customer.info", ("plain", "other_names"), "29"),
    Switch("custom_shape", "list", "customer.custom as list or as object", ("list", "object"), "30"),
    Switch(
        "order_rounding",
        "ore",
        "an order's total in öre or rounded to whole kronor (orders placed after)",
        ("ore", "whole_kronor"),
        "36",
    ),
    Switch(
        "refund_shape",
        "negative_payment",
        "money given back (made up): one more payment of a negative amount, the payment cancelled (and a new one of "
        "the rest), or the payment's amount lowered (refunds made after)",
        ("negative_payment", "cancelled_payment", "lowered_amount"),
    ),
    Switch("order_customer", "embedded", "order.customer asked for with true", ("embedded", "uid"), "37"),
)

PLACEMENT = ("order_discount", "gift_card", "package_rows", "order_rounding", "refund_shape")
"""The switches that shape an order when it is placed or changed, not when it is read."""

SWITCHES = (*TRANSPORT, *VALUES, *READING, *PRODUCTS, *ORDERS)
