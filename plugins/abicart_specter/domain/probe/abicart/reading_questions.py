"""Questions about what can be asked: filters, limits, keys (Abicart reference 10, 5 to 10, 25, 35, 38 to 40)."""

from __future__ import annotations

from collections.abc import Callable

from abicart_specter.domain.probe.abicart.material import Material, Reply
from abicart_specter.domain.probe.verdicts import (
    NotAskedError,
    NoUseError,
    Outcome,
    Question,
    not_told,
    told,
    unexpected,
)

INVALID_PARAMS = -32602
METHOD_NOT_FOUND = -32601
NOT_FOUND = 9003
FORBIDDEN = 1006
CAP_ASKED = 5000


def _filter(what: str, *names: str) -> Callable[[Material], Outcome]:
    """Whether lists may be filtered so: the same of every class that was asked."""

    def settle(material: Material) -> Outcome:
        taken = {name: _taken(material.reply(name), name) for name in names if name in material.answers}
        if not taken:
            raise NotAskedError(f"A filter by {what} was not asked for: nothing came to filter by.")
        if all(taken.values()):
            return told("allowed", f"Lists were filtered by {what}.")
        if not any(taken.values()):
            return told("refused", f"A filter by {what} was refused.")
        refused = ", ".join(name for name, one in taken.items() if not one)
        return unexpected(f"A filter by {what} was taken for one class and refused for another ({refused}).")

    return settle


def _taken(reply: Reply, name: str) -> bool:
    if reply.code is None:
        return True
    if reply.code == INVALID_PARAMS:
        return False
    raise NoUseError(f"The shop refused {name} with code {reply.code}.", name)


def _number_filter(material: Material) -> Outcome:
    reply = material.reply("article_number_filter")
    if not _taken(reply, "article_number_filter"):
        return told("refused", "A filter by product number was refused.")
    asked = _asked_number(material, "article_number_filter")
    rows = material.rows("article_number_filter")
    if not rows:
        return unexpected("A product's own number found nothing when lists were filtered by it.")
    if any(row.get("articleNumber") != asked for row in rows):
        return unexpected("A filter by product number also found products of other numbers.")
    return told("exact", "A filter by product number found products of exactly that number.")


def _asked_number(material: Material, name: str) -> str:
    selection = material.answer(name).asked.get("selection")
    filters = selection.get("filters") if isinstance(selection, dict) else None
    return str(filters.get("/articleNumber")) if isinstance(filters, dict) else ""


def _range_bounds(material: Material) -> Outcome:
    counted = {}
    for name in ("range_uid", "range_ordered", "range_article_uid"):
        try:
            value = material.result(name)
        except NoUseError:
            continue
        if isinstance(value, int):
            counted[name] = value
    if not counted:
        raise NotAskedError("Nothing came whose own value could be both bounds.")
    if any(counted.values()) and not all(counted[name] for name in counted if name != "range_ordered"):
        return unexpected("Bounds of some filters include their value and those of others do not.")
    if any(counted.values()):
        return told(
            "inclusive", "A record lies between two bounds that both are its own value."
        ).from_answers(*counted)
    if counted.keys() == {"range_ordered"}:
        return not_told(
            "No order lies between two bounds that both are its own time, but times may be kept finer than shown."
        ).from_answers(*counted)
    return told("exclusive", "No record lies between two bounds that both are its own value.").from_answers(
        *counted
    )


def _list_limit(material: Material) -> Outcome:
    whole = material.result("article_count")
    if not isinstance(whole, int):
        raise NoUseError("The number of products is no number.", "article_count")
    capped = len(material.rows("list_cap"))
    try:
        default: int | None = len(material.rows("list_default"))
    except NoUseError:
        default = None
    most = min(whole, CAP_ASKED)
    sizes = {capped, capped if default is None else default}
    words = f"Of {whole} products a list gave {capped} with a limit of {CAP_ASKED}" + (
        "." if default is None else f" and {default} without a limit."
    )
    if capped >= most and (default is None or default >= most):
        if whole > 500:
            return told("none", words)
        return not_told(
            words + " A cap of 500 or none would look the same with so few products."
            if whole > 100
            else words + " With so few products no cap can show."
        )
    for cap in (500, 100):
        if sizes == {cap} and whole > cap:
            return told(str(cap), words)
    return unexpected(words)


def _order_expansion(material: Material) -> Outcome:
    rows = [
        value
        for order in material.rows("order_list")
        for key in ("items", "payments")
        if isinstance(order.get(key), list)
        for value in order[key]
    ]
    if not rows:
        return not_told("No order with rows or payments was listed.")
    if all(isinstance(one, dict) for one in rows):
        return told("inline", "Rows and payments came inside the list of orders.")
    if not any(isinstance(one, dict) for one in rows):
        return told("uids", "In the list of orders rows and payments came only as uids.")
    return unexpected("In the list of orders some rows and payments came as objects and some as uids.")


def _unknown_key(material: Material) -> Outcome:
    reply = material.reply("unknown_key")
    if reply.code is None:
        return told("ignored", "A key that products do not have was left out without an error.")
    if reply.code == INVALID_PARAMS:
        where = "naming its place" if reply.pointer else "without naming its place"
        return told("error", f"A key that products do not have was refused, {where}.")
    return unexpected(f"A key that products do not have was refused with code {reply.code}.")


def _missing_object(material: Material) -> Outcome:
    reply = material.reply("missing_article")
    if reply.code is None:
        if reply.value is None:
            return told("null", "A product that does not exist was answered with null.")
        return unexpected("A product that should not exist was answered with a value.")
    if reply.code in (NOT_FOUND, INVALID_PARAMS):
        return told(str(reply.code), f"A product that does not exist was answered with code {reply.code}.")
    return unexpected(f"A product that does not exist was answered with code {reply.code}.")


def _carts(material: Material) -> Outcome:
    rows = material.rows("order_heads")
    if any(row.get("ordered") is None for row in rows):
        return told("yes", "The list of orders holds carts as well; the project leaves them out.")
    return not_told("No cart was among the newest orders; the project leaves them out in any case.")


def _gone_article(material: Material) -> Outcome:
    gone = [item for item in material.need_items() if item.get("article") is None]
    if gone:
        return not_told(
            f"{len(gone)} rows came without a product: deleted ones, or rows that never had one, such as a discount."
        )
    return not_told("Every row of the orders still has its product.")


def _shipment_list(material: Material) -> Outcome:
    codes = {material.reply(name).code for name in ("shipment_list", "shipment_count")}
    if codes == {None}:
        return told("allowed", "Shipments could be listed and counted.")
    if codes == {METHOD_NOT_FOUND}:
        return told("refused", "Shipments can be neither listed nor counted.")
    if FORBIDDEN in codes:
        return not_told("Shipments may not be read with this token.")
    return unexpected(f"Listing and counting shipments came to different ends (codes {codes - {None}}).")


READING_QUESTIONS: tuple[Question[Material], ...] = (
    Question("5", "range_bounds", "Whether min and max include their value", _range_bounds),
    Question(
        "6",
        "list_limit",
        "Most rows of one list",
        _list_limit,
        ("article_count", "list_cap", "list_default"),
    ),
    Question(
        "7",
        "changed_filter",
        "Filter by time of change",
        _filter("time of change", "article_changed_filter", "order_changed_filter"),
        ("article_changed_filter", "order_changed_filter"),
    ),
    Question("8", "", "Whether the list of orders holds carts", _carts, ("order_heads",)),
    Question(
        "9",
        "order_expansion",
        "Rows and payments inside the list of orders",
        _order_expansion,
        ("order_list",),
    ),
    Question("10", "unknown_key", "A key that a class does not have", _unknown_key, ("unknown_key",)),
    Question("25", "number_filter", "Filter by product number", _number_filter, ("article_number_filter",)),
    Question("35", "missing_object", "A record that does not exist", _missing_object, ("missing_article",)),
    Question("38", "", "Rows whose product is deleted", _gone_article, ("order_list",)),
    Question(
        "39",
        "order_number_filter",
        "Filter by order number",
        _filter("order number", "order_number_filter"),
        ("order_number_filter",),
    ),
    Question(
        "40",
        "uid_filter",
        "Filter by uid",
        _filter("uid", "article_uid_filter", "order_uid_filter"),
        ("article_uid_filter", "order_uid_filter"),
    ),
    Question(
        "6.7",
        "shipment_list",
        "Whether shipments can be listed",
        _shipment_list,
        ("shipment_list", "shipment_count"),
    ),
)
