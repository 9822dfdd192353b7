"""What people are told, in English. Data only; ``texts`` says what the names in braces are."""

from __future__ import annotations

from abicart_specter.flows.alerts.text_form import Language, Text

TEXTS: dict[str, Text] = {
    "ledger": Text(
        title="The ledger cannot be used",
        opened="The link cannot reach its ledger, the database that remembers what was sent: {words}",
        means="Nothing is sent and nothing is read meanwhile, because without the ledger the same order could "
        "come to Specter "
        "twice. Nothing is lost: orders stay in the shop and changes stay in Specter.",
        do="{remedy} Do not create a new, empty ledger. Ask whoever looks after the installation to follow the "
        "page "
        "“Disaster” of the documentation.",
        otherwise="Orders do not reach Specter, and prices and stock in the shop are not brought up to date.",
        closed="The ledger can be used again. What waited is taken by the next runs.",
    ),
    "orders_twice": Text(
        title="An order is in Specter twice",
        opened="The same order is in Specter both as {first} and as {others}.",
        means="The customer may be invoiced and get the goods twice if nobody does anything.",
        do="Look at both in Specter and cancel one. Then trigger order_export_single__{shop} with the order's "
        "number, with "
        "“One of the two is cancelled in Specter” on and “Dry run” off. Only that ends the alarm.",
        otherwise="Both stay in Specter.",
        closed="Somebody has answered that one of them is cancelled in Specter.",
    ),
    "orders_unconfirmed": Text(
        title="Nobody knows whether an order reached Specter",
        opened="{orders_have} been sent without Specter's answer reaching us: {numbers}.",
        means="The order may be in Specter or not. It is not sent again by itself, so it cannot become a double. "
        "All other "
        "orders go as usual.",
        do="Look for the order's number in Specter (the field of the external order number). Then trigger "
        "order_export_single__{shop} with “Link to this Specter order” if it is there, or with “Looked in "
        "Specter: it is "
        "not there, send it” if it is still missing ten minutes later.",
        otherwise="An order that did not arrive is not delivered.",
        closed="It is known of every order now whether it is in Specter.",
    ),
    "orders_unsent": Text(
        title="Orders do not leave for Specter",
        opened="{orders_have} not been sent to Specter: {numbers}. Found in the shop more than {minutes} minutes ago.",
        means="Nothing is lost: the orders are in the shop and are tried again by every run.",
        do="If Specter is down, wait. Otherwise open the last run of order_export__{shop} and read the lines "
        "marked ERROR of its "
        "task “report”: they say why, order by order.",
        otherwise="The orders are tried every ten minutes until they go. Until then the warehouse does not know "
        "of them.",
        closed="No order waits to be sent any more.",
    ),
    "orders_late": Text(
        title="New orders are not read from the shop",
        opened="Orders were read from the shop only up to {scanned_to}.{paused}",
        means="Orders placed later have not reached Specter. Nothing is lost: they are read when the export runs "
        "again.",
        do="Look at order_export__{shop}. If it is paused, unpause it. If it is red, read the lines marked ERROR. "
        "If no run "
        "starts at all, Airflow's scheduler is down: talk to whoever looks after the installation.",
        otherwise="New orders do not show in Specter and are not delivered.",
        closed="Orders are read again, with all that were placed meanwhile.",
    ),
    "specter_silent": Text(
        title="Specter does not answer",
        opened="Specter has not answered several tries in a row.",
        means="Orders, products, prices and stock stand still between the systems. Nothing is lost: everything "
        "goes when "
        "Specter answers again.",
        do="Log in to Specter. If you cannot, the fault is there, and all one can do is wait. If you can, open "
        "the last red run "
        "and read the lines marked ERROR.",
        otherwise="Every run tries again until Specter answers.",
        closed="Specter answers again.",
    ),
    "abicart_silent": Text(
        title="Abicart does not answer",
        opened="The shop's server at Abicart has not answered several tries in a row.",
        means="No orders are read and nothing is written to the shop. Nothing is lost: the next run begins where "
        "the last one "
        "ended.",
        do="Log in to the shop's administration. If you cannot, the fault is at Abicart, and all one can do is "
        "wait. If you "
        "can, open the last red run and read the lines marked ERROR.",
        otherwise="Every run tries again until Abicart answers.",
        closed="Abicart answers again.",
    ),
    "orders_held": Text(
        title="Orders are held and need you",
        opened="{orders_are} held and not sent to Specter: {numbers}. New among them: {new}. Reasons: {rules}.",
        means="They are in the shop and not lost, but they are not delivered. Other orders go as usual.",
        do="Open the last run of order_export__{shop}, task “report”: it says why each order is held and what "
        "helps, often "
        "something to correct in the shop. Corrected orders go by themselves with the next run.",
        otherwise="Every run looks at them again, but they do not go until somebody has corrected them.",
        closed="No order is held any more.",
    ),
    "question_waiting": Text(
        title="The import waits for your answer",
        opened="The import from Specter asks about {part}: {products} would change, more or by more than the "
        "limits "
        "allow. Answer until {until}.",
        means="Nothing of this was written to the shop yet. Changes within the limits are written already.",
        do="Open Airflow, go to “Required Actions”, read the table and choose “Approve” or “Reject”.",
        otherwise="{without_answer}",
        closed="The question was answered, or its time is over.",
    ),
    "import_missed": Text(
        title="The nightly import is not done",
        opened="The import from Specter (nightly_import__{shop}) was not done {deadline}. {state}",
        means="The shop shows yesterday's prices, VAT and texts, and deliveries told by Specter do not show in "
        "the shop. "
        "Nothing is lost: the next run takes Specter's changes.",
        do="{state_do}",
        otherwise="Prices in the shop are the old ones until the import has run.",
        closed="The import is done.",
    ),
    "run_red": Text(
        title="A run failed: {flow}",
        opened="A run of {dag} ended red {ended}.{tasks}{more}",
        means="{flow_means}",
        do="Open the run and read the two lines marked ERROR of the red task: they say what is wrong and what "
        "helps.{rerun}",
        otherwise="{flow_otherwise}",
        closed="A later run of {dag} succeeded.",
    ),
    "channel_failing": Text(
        title="Alerts do not get through by {channel}",
        opened="{channel} has taken no alerts since {failing_since}: {words}",
        means="Alerts are kept and sent when it works again. They are also in the log of alerts__{shop}.",
        do="{remedy}",
        otherwise="Whoever reads alerts only there learns of things too late.",
        closed="{channel} takes alerts again, and what waited was sent.",
    ),
    "queue_silent": Text(
        title="Specter has told nothing for a week",
        opened="Specter's queue of {queue} has told of no change for {days_count}.",
        means="That may be true if nothing was changed in Specter. Otherwise another program reads the same queue "
        "and takes the "
        "changes before us; then they are missing in the shop.",
        do="Change something in Specter (a price, for instance) and see whether the next import brings it. If "
        "not, find the "
        "other program, often Abicart's own link to Specter, and switch it off.",
        otherwise="This is said once only. Changes that somebody else has taken do not come by themselves.",
        closed="The queue has told of changes again.",
    ),
    "products_flagged": Text(
        title="Products need a look",
        opened="The last run of {dag} flagged {products}: {numbers}. Reasons: {rules}.",
        means="Products with errors are not sent to Specter until they are corrected; those with only a warning "
        "are. The rest of "
        "the catalogue is not touched by this.",
        do="Open the run's task “report”: its list flags.csv has each product, what is wrong and what helps. "
        "Correct it in the "
        "shop; the next export takes it.",
        otherwise="Products with errors are missing or old in Specter, and orders with them may be held.",
        closed="Nothing is flagged any more.",
    ),
    "other": Text(
        title="An alarm of the link",
        opened="{words}",
        means="This alarm has no text of its own; the words above are the link's.",
        do="Show it to whoever looks after the installation.",
        otherwise="It is repeated until its cause is gone.",
        closed="Its cause is gone.",
    ),
}

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
