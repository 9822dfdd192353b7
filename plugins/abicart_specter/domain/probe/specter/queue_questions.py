"""Questions that only the change queues answer (Specter reference 3.4, 6, 7, 11)."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from abicart_specter.domain.probe.specter.form_questions import nothing, stock_rows
from abicart_specter.domain.probe.specter.material import (
    AGAIN,
    ARTICLE_INFO,
    OPEN_BATCH,
    ORDERS,
    OTHER_ID,
    PLAIN,
    QUEUES,
    STOCK,
    Material,
    Parsed,
    local,
    value,
)
from abicart_specter.domain.probe.verdicts import Outcome, Question, not_told, told, unexpected

CONTAINERS = {STOCK: "stockchanges", ARTICLE_INFO: "articles", ORDERS: "orders"}
FEWEST_AT_A_LIMIT = 5
"""Fewer records than this may be as many as the limit by chance."""

_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_ROW_END = re.compile(rb"\r\n|\r|\n")


def _read_api_response(material: Material) -> Outcome:
    told_of = [
        (queue, one)
        for queue, one in material.batches()
        if one.root is not None and any(local(element) == CONTAINERS[queue] for element in one.root.iter())
    ]
    names = [queue for queue, _ in told_of]
    carried = {one.response is not None for _, one in told_of}
    if not carried:
        return nothing(material, "No queue was answered with XML that holds records or a place for them.")
    if len(carried) > 1:
        return unexpected("Some reads carry an APIresponse and some do not.").from_answers(*names)
    if carried.pop():
        return told("on", "Successful reads carry an APIresponse.").from_answers(*names)
    return told("off", "Successful reads carry no APIresponse.").from_answers(*names)


def _empty_read(material: Material) -> Outcome:
    shapes: dict[str, str] = {}
    refusals: dict[str, tuple[str, str]] = {}
    for queue in QUEUES:
        one = material.get(queue)
        if one is None:
            continue
        if one.reply is not None and one.refused:
            if one.reply.code != OPEN_BATCH:
                refusals[queue] = (one.reply.code, one.reply.words)
        elif one.answer.status == 200 and not one.is_html and not material.rows(queue):
            shapes[queue] = _empty_shape(queue, one)
    if shapes and not refusals:
        if len(set(shapes.values())) > 1 or "unknown" in shapes.values():
            return unexpected("Empty reads came in several or unknown forms.").from_answers(*shapes)
        words = {
            "container": "A read without changes gives XML with an empty container.",
            "empty_body": "A read without changes gives nothing at all.",
            "api_response_only": "A read without changes gives an APIresponse alone.",
        }
        shape = next(iter(shapes.values()))
        return told(shape, words[shape]).from_answers(*shapes)
    if not refusals:
        return nothing(material, "No queue was empty.")
    if len(set(refusals.values())) == 1 and any(material.rows(queue) for queue in QUEUES) and not shapes:
        return told(
            "error_triple", "A read without changes is refused; other queues could be read."
        ).from_answers(*refusals)
    return not_told(
        "Queues were refused: nothing may wait in them, or the account may lack the right to read them."
    ).from_answers(*refusals)


def _empty_shape(queue: str, one: Parsed) -> str:
    if one.is_blank:
        return "empty_body"
    if one.root is not None:
        if any(local(element) == CONTAINERS[queue] for element in one.root.iter()):
            return "container"
        if one.reply is not None and one.reply.accepted:
            return "api_response_only"
    return "unknown"


def _row_end(material: Material) -> Outcome:
    rows = stock_rows(material)
    if not rows:
        return nothing(material, "The plain stock read held no row.")
    ends = set(_ROW_END.findall(material.need(STOCK + PLAIN).body))
    known = {b"\r": ("cr", "CR"), b"\r\n": ("crlf", "CR LF"), b"\n": ("lf", "LF")}
    if len(ends) == 1:
        value_, word = known[ends.pop()]
        return told(value_, f"Rows of the plain stock read end with {word}.")
    if not ends:
        return not_told("The plain stock read held one row and no row end.")
    return unexpected("Rows of the plain stock read end in several ways.")


def _header_row(material: Material) -> Outcome:
    rows = stock_rows(material)
    if not rows:
        return nothing(material, "The plain stock read held no row.")
    first, *_ = rows
    if not _NUMBER.fullmatch(first[0].strip()) and not _NUMBER.fullmatch(first[2].strip()):
        return told("on", "The plain stock read begins with a row of column names.")
    return told("off", "The plain stock read begins with its first article.")


def _batch_reread(material: Material) -> Outcome:
    grown = [
        queue
        for queue in QUEUES
        if material.rows(queue + AGAIN) and material.records(queue, AGAIN) > material.records(queue) > 0
    ]
    if grown:
        return told("grown", "A batch that was read again held more than before.").from_answers(*grown)
    again = [queue + AGAIN for queue in QUEUES if material.get(queue + AGAIN) is not None]
    if not again:
        return nothing(material, "No batch with changes could be read twice.")
    return not_told(
        "Batches that were read again held what they held before; nothing may have changed meanwhile."
    ).from_answers(*again)


def _batch_scope(material: Material) -> Outcome:
    read = [queue for queue in QUEUES if material.rows(queue)]
    blocked = [queue for queue in QUEUES if (one := material.get(queue)) is not None and _quotes(one)]
    if len(read) > 1:
        return not_told(
            "Batches of several queues were open at a time, so each function has its own; whether each API user has "
            "too was not asked."
        ).from_answers(*read)
    if read and blocked and all(QUEUES.index(read[0]) < QUEUES.index(one) for one in blocked):
        rest = [queue for queue in QUEUES if queue not in (*read, *blocked)]
        if not rest:
            return told(
                "account", "While a batch of one queue was open, the others were refused."
            ).from_answers(*read, *blocked)
    return nothing(material, "Changes did not wait in several queues at a time.")


def _quotes(one: Parsed) -> bool:
    return one.refused and one.reply is not None and one.reply.code == OPEN_BATCH


def _other_id(material: Material) -> Outcome:
    asked = [one for queue in QUEUES if (one := material.get(queue + OTHER_ID)) is not None]
    names = [one.name for one in asked]
    if not asked:
        return nothing(material, "No queue held changes, so no other id was tried.")
    quoting = [one for one in asked if _quotes(one)]
    if len(quoting) == len(asked):
        if all(one.reply is not None and re.search(r"'[^']+'", one.reply.words) for one in quoting):
            return told(
                "99", "Another id is refused with code 99, which quotes the open batch."
            ).from_answers(*names)
        return unexpected("Another id is refused with code 99, which quotes no batch.").from_answers(*names)
    return unexpected("Another id is not refused with code 99 while a batch is open.").from_answers(*names)


def _response_limit(material: Material) -> Outcome:
    one = material.get(ARTICLE_INFO)
    if one is None or one.root is None or one.refused:
        return nothing(material, "Article info could not be read.")
    text = next(
        (element.text or "" for element in one.root.iter() if local(element) == "responsemaxlimit"), ""
    )
    if not text.strip():
        return not_told("Article info tells no responseMaxLimit.").from_answers(ARTICLE_INFO)
    if not text.strip().isdecimal():
        return unexpected("responseMaxLimit is no whole number.").from_answers(ARTICLE_INFO)
    limit = int(text)
    return told(limit, f"An answer of article info holds {limit} articles at most.").from_answers(
        ARTICLE_INFO
    )


def _limit_scope(material: Material) -> Outcome:
    outcome = _response_limit(material)
    if not isinstance(outcome.value, int):
        return nothing(material, "The limit of article info is not known.")
    limit = outcome.value
    counts = {queue: material.records(queue) for queue in (STOCK, ORDERS)}
    above = [queue for queue, count in counts.items() if count > limit > 0]
    if above:
        return told("article_info", f"Another read held more than {limit} records.").from_answers(*above)
    at = [queue for queue, count in counts.items() if count == limit >= FEWEST_AT_A_LIMIT]
    if at:
        return told(
            "all", f"Another read held exactly {limit} records, as many as are allowed."
        ).from_answers(*at)
    return not_told(f"Neither stock nor orders told of {limit} records or more.").from_answers(STOCK, ORDERS)


def _sites(material: Material) -> list[Element]:
    one = material.get(STOCK)
    if one is None or one.root is None or one.refused:
        return []
    return [element for element in one.root.iter() if local(element) == "stock"]


def _stock_site_names(material: Material) -> Outcome:
    sites = _sites(material)
    if not sites:
        return nothing(material, "No stock site came.")
    shapes = {tuple(name.rpartition("}")[2] for name in site.attrib) for site in sites}
    if len(shapes) > 1:
        return unexpected("Stock sites come with different attributes.").from_answers(STOCK)
    names = shapes.pop()
    ids = [name for name in names if "id" in name.lower()]
    if len(ids) != 1 or len(names) > 2:
        return unexpected(
            f"A stock site has the attributes {', '.join(names) or 'none'}: which is its number cannot be told."
        ).from_answers(STOCK)
    ordered = [*ids, *(name for name in names if name not in ids)]
    return told(",".join(ordered), f"A stock site has the attributes {', '.join(names)}.").from_answers(STOCK)


def _stock_changes(material: Material) -> Outcome:
    sites = _sites(material)
    one = material.get(STOCK)
    if len(sites) < 2 or one is None or one.root is None:
        return nothing(material, "Fewer than two stock sites came.")
    containers = sum(1 for element in one.root.iter() if local(element) == "stockchanges")
    if containers == 1:
        return told("one", f"One stockChanges holds all {len(sites)} stock sites.").from_answers(STOCK)
    if containers == len(sites):
        return told("per_site", "Each stock site comes in a stockChanges of its own.").from_answers(STOCK)
    return unexpected(f"{len(sites)} stock sites come in {containers} stockChanges.").from_answers(STOCK)


def _order_codes(material: Material) -> Outcome:
    codes: dict[str, set[str]] = {"statusId": set(), "deliveryStatus": set()}
    for order in material.rows(ORDERS):
        status = next((one for one in order if local(one) == "orderstatus"), order)
        for name, seen in codes.items():
            if code := value(status, name.lower()).strip():
                seen.add(code)
    text = "; ".join(f"{name} {', '.join(sorted(seen))}" for name, seen in codes.items() if seen)
    if not text:
        return nothing(material, "No order's state came.")
    return told(text, f"Orders came with these codes: {text}.").from_answers(ORDERS)


_Settle = Callable[[Material], Outcome]


def _question(number: str, switch: str, meaning: str, settle: _Settle, *rests_on: str) -> Question[Material]:
    return Question(number, switch, meaning, settle, rests_on)


QUEUE_QUESTIONS: tuple[Question[Material], ...] = (
    _question("Q4", "read_api_response", "Whether successful reads carry an APIresponse", _read_api_response),
    _question("Q5", "empty_read", "What a read without changes gives", _empty_read),
    _question("Q6", "row_end", "How rows of plain reads end", _row_end, STOCK + PLAIN),
    _question("Q6", "header_row", "Whether plain reads begin with column names", _header_row, STOCK + PLAIN),
    _question("Q14", "batch_reread", "What an open batch holds when it is read again", _batch_reread),
    _question("Q16", "batch_scope", "What one open batch blocks", _batch_scope),
    _question("7", "", "What another id gets while a batch is open", _other_id),
    _question("Q20", "response_limit", "Most articles in one answer", _response_limit),
    _question("Q20", "limit_scope", "Which reads are limited", _limit_scope),
    _question("Q31", "stock_site_names", "Attributes of a stock site", _stock_site_names),
    _question("Q31", "stock_changes", "How stock sites are grouped", _stock_changes),
    _question("Q26", "", "Codes of orders", _order_codes),
)
