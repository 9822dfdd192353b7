"""What people are told of each cause, in English. Data only; ``texts`` says what the names in braces are."""

from __future__ import annotations

from abicart_specter.flows.alerts.text_form import Text

TEXTS: dict[str, Text] = {
    "ledger": Text(
        title="The ledger cannot be used",
        opened="The link cannot reach its ledger, the database that remembers what was sent.",
        means="Nothing is sent and nothing is read meanwhile, because without the ledger the same order could "
        "come to "
        "Specter twice. Nothing is lost: orders stay in the shop and changes stay in Specter.",
        do="Pass this on to whoever looks after the installation. Do not create a new, empty ledger: if the old "
        "one is "
        "gone, follow the page “Disaster” of the documentation. In technical words: {words} {remedy}",
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
        opened="{orders_have} not been sent to Specter: {numbers}. Found in the shop more than {minutes} minutes "
        "ago.",
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
    "shop_file": Text(
        title="A shop's settings file cannot be used",
        opened="The settings file of shop {broken} cannot be used.",
        means="Nothing goes between that shop and Specter: each run stops at its first task, and the shop's other "
        "alerts are silent. If only a field mapping is missing, the runs that need it stop. Nothing is lost, and other "
        "shops are not touched.",
        do="Correct the file, or tell whoever looks after the installation. In technical words: {problem}",
        otherwise="That shop's orders do not reach Specter, and its prices and stock are not brought up to date.",
        closed="The file of {broken} can be used again, or is gone. What waited is taken by the next runs.",
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
        closed="{answered}",
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
        do="Open the red run of {dag} in Airflow and read the two lines marked ERROR of the red task: they say "
        "what is "
        "wrong and what helps.{rerun}",
        otherwise="{flow_otherwise}",
        closed="A later run of {dag} succeeded.",
    ),
    "channel_failing": Text(
        title="Alerts do not get through by {channel}",
        opened="{channel} has taken no alerts since {failing_since} ({words}).",
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
