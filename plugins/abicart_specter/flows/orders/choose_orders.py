"""Which of the orders read may go now; of all others it is decided why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.order_documents import OrderDocument
from abicart_specter.domain.mapping import ArticleMapping
from abicart_specter.domain.orders.ripeness import not_ripe
from abicart_specter.domain.records import Flag, ItemKey, Kind, Severity
from abicart_specter.errors import RecordError
from abicart_specter.flows.orders.articles_first import REMEDY as ARTICLE_REMEDY
from abicart_specter.flows.orders.articles_first import RULE, ensure_articles
from abicart_specter.flows.orders.prepare_order import PreparedOrder, external_number, prepare, read
from abicart_specter.flows.orders.sending import Ready, Sending
from abicart_specter.flows.send_products import mapping_context
from abicart_specter.ledger.order_records import Decision, OrderRecord, RunOrder
from abicart_specter.ledger.order_rules import SETTLED, UNSENT, OrderState


@dataclass(frozen=True, slots=True)
class SendOptions:
    """What a person asked for beyond the settings: send although the payment is awaited."""

    although_not_ripe: bool = False


AS_SETTINGS_SAY = SendOptions()


def choose_orders(
    sending: Sending,
    options: SendOptions,
    todo: Sequence[RunOrder],
    documents: Mapping[int, OrderDocument],
    records: Mapping[int, OrderRecord],
) -> list[Ready]:
    """The orders that may go; of all others it is decided why not."""
    ready: list[Ready] = []
    decisions: list[Decision] = []
    for one in todo:
        record = records[one.uid]
        if record.state in SETTLED or _must_wait(sending, record):
            sending.count(sending.ctx.ledger.orders.already_there(sending.ctx.run, [one.uid]))
            continue
        document = documents.get(one.uid)
        try:
            if document is None:
                raise RecordError(
                    f"Order {one.number}: the shop has it no more.",
                    rule="order_gone",
                    remedy="Look in the shop whether it was deleted.",
                )
            decided = _decide(sending, options, one, document, record)
        except RecordError as error:
            decided = _held(one.uid, error)
        if isinstance(decided, Decision):
            decisions.append(decided)
        else:
            ready.append((decided, record))
    sending.count(sending.ctx.ledger.orders.decide(sending.ctx.run, decisions))
    # By the key as it is now: a buyer may have been corrected since the scan.
    return sorted(ready, key=lambda one: (one[0].customer_key, one[0].order.ordered, one[0].order.uid))


def with_articles(
    sending: Sending, abicart: AbicartClient, articles: ArticleMapping, ready: Sequence[Ready]
) -> list[Ready]:
    """Send the articles that Specter lacks first; hold the orders whose articles cannot be sent (fault F42)."""
    named = [article for prepared, _ in ready for article in prepared.articles()]
    problems = ensure_articles(
        sending.ctx,
        abicart,
        sending.specter,
        named,
        articles,
        mapping_context(sending.ctx),
        lambda: None,
    )
    if not problems:
        return list(ready)
    decisions, going = [], list[Ready]()
    for prepared, record in ready:
        error = lacks_article(prepared, problems)
        if error is None:
            going.append((prepared, record))
        else:
            decisions.append(_held(prepared.order.uid, error))
    sending.count(sending.ctx.ledger.orders.decide(sending.ctx.run, decisions))
    return going


def lacks_article(prepared: PreparedOrder, problems: Mapping[str, str]) -> RecordError | None:
    """Why the order must be held for the first of its products that has a problem, if one has.

    :param problems: product number → why Specter cannot have it.
    """
    for one in prepared.articles():
        number = one.product_number
        if number in problems:
            return RecordError(
                f"Order {prepared.order.number}, row {prepared.place_of(number)}: Specter does not have the shop's "
                f"product {number}, and it cannot be sent: {problems[number]}.",
                rule=RULE,
                remedy=ARTICLE_REMEDY,
            )
    return None


def _must_wait(sending: Sending, record: OrderRecord) -> bool:
    """Whether its answer was lost and nobody may send it again yet: a person has not said so, and by itself it is
    repeated only when the first write has surely arrived or never will (rules 4 and 10).
    """
    if record.state is not OrderState.UNCONFIRMED or record.resend_allowed:
        return False
    if sending.ctx.settings.orders.duplicate_control != "trusted":
        return True
    terms = sending.terms
    begun = record.intent_at or record.state_since
    return sending.ctx.clock() < begun + timedelta(seconds=terms.write_timeout + terms.margin)


def _decide(
    sending: Sending, options: SendOptions, one: RunOrder, document: OrderDocument, record: OrderRecord
) -> PreparedOrder | Decision:
    order, tools = read(document, sending.tools), sending.tools
    if order.discarded:
        words = f"Order {order.number} was cancelled in the shop."
        return Decision(one.uid, OrderState.EXCLUDED, "discarded", words)
    if order.external_number.strip() and record.generation == 1 and record.state in UNSENT:
        raise RecordError(
            f"Order {order.number} carries a number that we did not write.",
            rule="foreign_mark",
            remedy="Nothing if it is Specter's: the next run links it. Else remove it in the shop.",
        )
    why = "" if options.although_not_ripe else not_ripe(order, sending.ctx.settings)
    if why:
        raise RecordError(
            f"Order {order.number}: {why}.",
            rule="awaiting_payment",
            remedy="Nothing: it goes when it is paid. To send it now, use order_export_single.",
        )
    number = external_number(sending.ctx.settings, order.number, record)
    return prepare(order, tools, external_no=number, now=sending.ctx.clock())


def _held(uid: int, error: RecordError) -> Decision:
    flag = Flag(ItemKey(Kind.ORDER, uid), error.rule, Severity.ERROR, error.message, error.remedy)
    return Decision(uid, OrderState.HELD, error.rule, error.message, error.remedy, (flag,))
