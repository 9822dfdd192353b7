"""What people do in the demo's two systems before the imports, and what must be true afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from local_stack.errors import StackError
from local_stack.follow import FinishedRun
from local_stack.running import SHOP, RunningAirflow

NIGHT = f"nightly_import__{SHOP}"
ORE = Decimal("0.01")
RISE, BAD_PRICE_LIST = Decimal("1.05"), Decimal("0.1")
ON_THE_SHELF = 41
LATELY_ORDERED = 10
"""More of one product is not in the demo's orders."""
NEW_WEIGHT = 777


def a_day_in_specter(stack: RunningAirflow) -> None:
    """Six prices rise by 5 %, a name is changed, stock comes in, an order is delivered and another one cancelled."""
    specter = stack.sandboxes["specter"]
    numbers = _chosen(stack)
    specter.edit("article.prices", factor=str(RISE), numbers=numbers[:6])
    specter.edit("article.change", number=numbers[6], name="Nytt namn från Specter")
    for number in numbers[:4]:
        specter.edit("article.stock", number=number, available=ON_THE_SHELF)
    orders = [order["number"] for order in specter.inspect("orders", limit=10)]
    specter.edit("order.deliver", number=orders[0], tracking="SE123456789")
    specter.edit("order.cancel", number=orders[1])


def prices_have_come(stack: RunningAirflow, run: FinishedRun, figures: Mapping[str, Any]) -> list[str]:
    """Each of the changed prices is in the shop, to the öre; and the name is."""
    specter, shop = stack.sandboxes["specter"].inspect("prices"), _shop_items(stack)
    found = []
    for number in _chosen(stack)[:6]:
        item, theirs = shop[number], Decimal(str(specter[number]["price"]))
        wanted = (theirs * (1 + Decimal(str(item["vat_rate"])))).quantize(ORE, ROUND_HALF_UP)
        if Decimal(str(item["price"])) != wanted:
            found.append(f"{number} costs {item['price']} in the shop and should cost {wanted}.")
    if figures["applied"] != 7:
        found.append(f"Seven products were changed in Specter, {figures['applied']} came into the shop.")
    return found


def stock_has_come(stack: RunningAirflow, run: FinishedRun, figures: Mapping[str, Any]) -> list[str]:
    """Specter's figures are in the shop, less what was ordered so lately that Specter may not have counted it yet."""
    shop = _shop_items(stack)
    return [
        f"{number} has a stock of {shop[number]['stock']} in the shop; Specter has {ON_THE_SHELF}."
        for number in _chosen(stack)[:4]
        if not ON_THE_SHELF - LATELY_ORDERED <= Decimal(str(shop[number]["stock"])) <= ON_THE_SHELF
    ]


def edit_the_shop(stack: RunningAirflow) -> None:
    """Somebody corrects a product's weight in the shop."""
    item = _shop_items(stack)[_chosen(stack)[7]]
    stack.sandboxes["abicart"].edit("Article", uid=item["uid"], patch={"weight": NEW_WEIGHT})


def edit_has_gone(stack: RunningAirflow, run: FinishedRun, figures: Mapping[str, Any]) -> list[str]:
    """The correction is in Specter, and nothing that the import wrote went back."""
    number = _chosen(stack)[7]
    weight = Decimal(str(stack.sandboxes["specter"].inspect("articles", number=number)[0]["weight"]))
    found = []
    if weight != Decimal(NEW_WEIGHT) / 1000:
        found.append(f"{number} weighs {weight} kg in Specter.")
    if figures["sent"] != 1:
        found.append(f"One product was edited in the shop, {figures['sent']} were sent.")
    return found


def first_night(stack: RunningAirflow) -> dict[str, Any]:
    """The undo's form: the import that is taken back."""
    run_id = stack.api.newest_run(NIGHT)
    return {"run_id": run_id, "dry_run": False}


def prices_are_back(stack: RunningAirflow, run: FinishedRun, figures: Mapping[str, Any]) -> list[str]:
    """The shop's prices are what they were before the first night."""
    specter, shop = stack.sandboxes["specter"].inspect("prices"), _shop_items(stack)
    found = []
    for number in _chosen(stack)[:6]:
        theirs = Decimal(str(specter[number]["price"])) * (1 + Decimal(str(shop[number]["vat_rate"])))
        ratio = theirs / Decimal(str(shop[number]["price"]))
        if abs(ratio - RISE) > Decimal("0.005"):
            found.append(f"{number} still costs {shop[number]['price']} in the shop.")
    return found


def a_bad_price_list(stack: RunningAirflow) -> None:
    """Somebody imports a price list with a slipped decimal point into Specter: everything costs a tenth."""
    stack.sandboxes["specter"].edit("article.prices", factor=str(BAD_PRICE_LIST))


def reject(stack: RunningAirflow, dag_id: str, run_id: str, task_id: str) -> None:
    """The owner looks at the question and says no."""
    subject, body = stack.api.question(dag_id, run_id, task_id)
    if "|" not in body:
        raise StackError(f"The question of {task_id} shows no table: {subject}")
    stack.questions[task_id] = (subject, body)
    stack.api.answer(dag_id, run_id, task_id, "Reject")


def nothing_has_come(stack: RunningAirflow, run: FinishedRun, figures: Mapping[str, Any]) -> list[str]:
    """The bad price list is stopped: it waits in the ledger and is not in the shop."""
    found = []
    if figures["applied"] or not figures["refused"]:
        found.append(f"The bad price list: {figures['applied']} applied, {figures['refused']} refused.")
    return found + prices_are_back_to_normal(stack)


def prices_are_back_to_normal(stack: RunningAirflow) -> list[str]:
    """No product of the shop costs a tenth of what Specter wanted before."""
    specter, shop = stack.sandboxes["specter"].inspect("prices"), _shop_items(stack)
    cheap = [
        number
        for number in _chosen(stack)
        if Decimal(str(shop[number]["price"])) < Decimal(str(specter[number]["price"])) * 5
    ]
    return [f"{', '.join(cheap)} became cheap in the shop."] if cheap else []


def _chosen(stack: RunningAirflow) -> list[str]:
    """Eight products that nothing is wrong with, articles without variants and without a campaign."""
    abicart, known = stack.sandboxes["abicart"], stack.sandboxes["specter"].inspect("prices")
    bad = {(kind, uid) for found in abicart.inspect("manifest")["rules"].values() for kind, uid in found}
    offers = {int(uid) for uid, row in abicart.inspect("prices").items() if row["offer"]}
    chosen = [
        item["product_number"]
        for item in abicart.inspect("items")
        if item["kind"] == "article"
        and item["product_number"] in known
        and item["stock_managed"]
        and item["uid"] not in offers
        and ("article", item["uid"]) not in bad
    ]
    return chosen[:8]


def _shop_items(stack: RunningAirflow) -> dict[str, dict[str, Any]]:
    return {
        item["product_number"]: item for item in stack.sandboxes["abicart"].inspect("items", limit=100_000)
    }
