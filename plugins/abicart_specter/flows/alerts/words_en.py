"""The words around the texts, in English: counts, headings, flows, reasons, how times are written. Data only."""

from __future__ import annotations

from abicart_specter.flows.alerts.text_form import Language
from abicart_specter.flows.alerts.texts_en import TEXTS

LANGUAGE = Language(
    texts=TEXTS,
    counts={
        "orders": ("1 order", "{n} orders"),
        "orders_have": ("1 order has", "{n} orders have"),
        "orders_are": ("1 order is", "{n} orders are"),
        "products": ("1 product", "{n} products"),
        "new": ("1", "{n}"),
        "days_count": ("1 day", "{n} days"),
        "alerts": ("1 alert", "{n} alerts"),
    },
    words={
        "means": "What it means",
        "do": "What to do",
        "otherwise": "If nothing is done",
        "open_link": "Open",
        "opened": "ALARM",
        "reminder": "REMINDER",
        "closed": "OVER",
        "since": "It has been so since {opened_at}.",
        "was": "It began {opened_at} and was over {closed_at}.",
        "others": "and {left} more",
        "nobody": "none",
        "footer": "From the link between Abicart and Specter, shop {shop}. Nobody reads answers to this message.",
        "test_title": "Test alert",
        "test": "This is a test. If it arrives, so do alerts. Nothing needs to be done.",
        "left_out": "{alerts} more in the log of alerts__{shop}.",
        "tasks": " Red task: {tasks}.",
        "more_red": " More runs have ended red since.",
        "email": "E-mail",
        "slack": "Slack",
        "paused": " The export is paused.",
        "refuse": "No answer until then counts as no: nothing is written, and the next import asks again.",
        "apply": "No answer until then counts as yes: the changes are written to the shop.",
        "answered_approved": "Somebody said yes to {products}. They are written to the shop; the run's report says "
        "what became of each.",
        "answered_refused": "Somebody said no to {products}: none of it was written, and the next import asks again.",
        "answered_counted_as_yes": "Nobody answered about {products} in time, which counts as yes by the shop's "
        "settings. They are written to the shop; the run's report says what became of each.",
        "answered_counted_as_no": "Nobody answered about {products} in time: none of it was written, and the next "
        "import asks again.",
        "answered_somehow": "The question was answered, or its time is over.",
        "rerun": " When the cause is gone, the next run goes by itself.",
        "rerun_by_hand": " Then start the run again by hand.",
        "state_paused": "It is paused.",
        "state_red": "Its last run failed.",
        "state_running": "It has begun and is not done.",
        "state_none": "It has not started.",
        "do_paused": "Unpause nightly_import__{shop} in Airflow. If it is meant to be off, set "
        "alerts.missed_import to false in the "
        "shop's file.",
        "do_red": "Open the red run of nightly_import__{shop}, read the lines marked ERROR, and start a new one "
        "when the cause is "
        "gone.",
        "do_running": "Wait a while. If it is not done in an hour, open the run and see which task is at work.",
        "do_none": "Start nightly_import__{shop} by hand. If nothing starts, Airflow's scheduler is down: talk to "
        "whoever looks "
        "after the installation.",
        "part_price": "prices",
        "part_vat": "VAT",
        "part_text": "names and descriptions",
        "part_stock": "stock",
        "queue_article_info": "articles",
        "queue_stock": "stock",
        "queue_orders": "orders",
        "channel_remedy_email": "Check the connection {connection} in Airflow (server, port, user, password) and "
        "the addresses in "
        "alerts.email.to.",
        "channel_remedy_slack": "Check the connection {connection} in Airflow: the webhook may have been "
        "withdrawn. Make a new one "
        "in Slack and enter it there.",
    },
    flows={
        "order_export": (
            "order export",
            "No order is lost: they are in the shop. The run as a whole, or a part of it, was not done.",
            "The next run, in ten minutes, tries again.",
        ),
        "order_export_single": (
            "single orders",
            "The order that somebody sent by hand may not have gone. The usual export goes on as before.",
            "Nothing more happens with this run.",
        ),
        "nightly_import": (
            "nightly import",
            "What was not written to the shop is not lost: it is planned again next night.",
            "The next night tries again.",
        ),
        "stock_import": (
            "stock import",
            "Stock in the shop may be old. Nothing is lost: Specter's figures are kept.",
            "The next run tries again. Until then a product that is sold out may be bought.",
        ),
        "product_export": (
            "product export",
            "New or changed products may not have reached Specter. What was sent is there.",
            "The products are missing in Specter until the export runs again.",
        ),
        "product_change_export": (
            "changed products",
            "Changed products may not have reached Specter. They wait in the ledger.",
            "The next run tries again.",
        ),
        "ledger_maintenance": (
            "ledger maintenance",
            "Orders and products are not touched by this, but the ledger was not cleaned up, or its file is "
            "damaged.",
            "A damaged file gets worse: read the run today.",
        ),
    },
    other_flow=(
        "{flow_id}",
        "What the run was to do was not done, or only in part. Orders and prices go as usual.",
        "Nothing happens until somebody starts a new run.",
    ),
    rules={
        "text_changed": "the text had to be changed for Specter",
        "text_cut": "the text was too long and was cut",
        "value_raised": "a value was too low for Specter and was raised",
        "number_missing": "no product number",
        "number_blank": "the product number is empty",
        "number_forbidden_character": "a character that may not be in a product number",
        "number_space": "a blank in the product number",
        "number_lookalike": "a character that looks like another",
        "number_too_long": "the product number is too long",
        "number_duplicate": "several products with the same number",
        "number_twin": "nearly the same number as another product",
        "number_reserved": "the number is used for freight, discounts or the like",
        "variant_without_number": "the variant has no number of its own",
        "package": "packages are not sent",
        "stock_not_managed": "stock management is off",
        "price_missing": "no price",
        "vat_rate_missing": "no VAT rate",
        "vat_rate_unusual": "an unusual VAT rate",
        "amounts_do_not_add_up": "the amounts do not add up",
        "email_missing": "no e-mail address",
        "customer_name_missing": "no customer name",
        "article_missing_in_specter": "the article is not in Specter",
        "product_number_missing": "no product number",
        "product_number_unfit": "the product number cannot be used",
        "variant_conflict": "the row names two variants",
        "product_renumbered": "the product's number has changed",
        "customer_refused": "Specter refused the customer",
        "customer_unconfirmed": "the answer about the customer was lost",
        "refused_by_specter": "Specter refused the order",
        "number_already_in_specter": "the number is in Specter already",
        "external_no_taken": "the order number is taken",
        "foreign_mark": "another system marked the order",
        "order_gone": "the order is not in the shop any more",
    },
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    moment="{day} {month}, {hour:02}:{minute:02}",
    thousands=",",
)
