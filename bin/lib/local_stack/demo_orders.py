"""What buyers do in the demo's shop before the orders are exported, and what must be true afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from abicart_specter.ledger import Ledger
from local_stack.follow import FinishedRun
from local_stack.running import SHOP, RunningAirflow

GOLDEN_NOTE = "golden"
GOLDEN_TO_PAY = Decimal("868.90")
BEFORE = timedelta(minutes=20)
"""So long ago they bought: the schedule's last interval has ended since."""


def place_orders(stack: RunningAirflow) -> None:
    """Orders of today: two VAT rates with a discount, split freight and gift cards; and two plain ones."""
    abicart = stack.sandboxes["abicart"]
    book, lamp, card = (_product(stack, rate) for rate in ("0.06", "0.25", "0"))
    at = (datetime.now(UTC) - BEFORE).isoformat(timespec="seconds")
    golden = {
        "rows": [
            book | {"price_ex": "649.90"},
            lamp | {"price_ex": "349.95"},
            card | {"price": 300, "gift_card": True},
        ],
        "discount": {"name": "TIO", "percent": 10, "without_vat": True},
        "gift_cards": [500],
        "fee": 0,
        "shipping": {"ex": "49.00", "split": True},
        "note": GOLDEN_NOTE,
    }
    plain = [{"rows": [book | {"quantity": 3}]}, {"rows": [lamp | {"quantity": 2, "discount_percent": 25}]}]
    abicart.edit("place_orders", orders=[golden, *plain], defaults={"ordered": at})


def _product(stack: RunningAirflow, rate: str) -> dict[str, int]:
    """A product at a VAT rate that nothing is wrong with."""
    abicart = stack.sandboxes["abicart"]
    bad = {(kind, uid) for found in abicart.inspect("manifest")["rules"].values() for kind, uid in found}
    for item in abicart.inspect("items"):
        if Decimal(str(item["vat_rate"])) == Decimal(rate) and (item["kind"], item["uid"]) not in bad:
            return {item["kind"]: item["uid"]}
    raise LookupError(f"the made-up shop sells nothing at VAT rate {rate}")


def orders_agree(stack: RunningAirflow, run: FinishedRun, figures: Mapping[str, Any]) -> list[str]:
    """What the run says it sent is what Specter holds: each once, and each comes to what the buyer has to pay."""
    specter = stack.sandboxes["specter"]
    holds, sent = specter.inspect("order_count"), figures["sent"] + figures["unchanged"] + figures["linked"]
    found = []
    if holds != sent:
        found.append(f"The run says that Specter has {sent} orders, but the specter sandbox holds {holds}.")
    if doubles := specter.inspect("order_doubles"):
        found.append(f"Specter has {len(doubles)} orders twice.")
    golden = _golden(stack)
    totals = {one["external_number"]: one for one in specter.inspect("orders", limit=10_000)}
    if golden["orderNumber"] not in totals:
        found.append(f"Order {golden['orderNumber']} is not in Specter.")
    elif (total := Decimal(str(totals[golden["orderNumber"]]["totals"]["total"]))) != GOLDEN_TO_PAY:
        found.append(f"Order {golden['orderNumber']} comes to {total} in Specter, not to {GOLDEN_TO_PAY}.")
    return found


def proof_of_the_golden_order(stack: RunningAirflow) -> tuple[str, str, Mapping[str, Any]] | None:
    """Its number, Specter's number and its proof, if it went."""
    golden = _golden(stack)
    with Ledger.open(stack.ledger_url) as ledger:
        record = ledger.orders.states(SHOP, [golden["uid"]]).get(golden["uid"])
        proof = ledger.orders.proof(SHOP, golden["uid"])
    if record is None or proof is None or record.specter_order_no is None:
        return None
    return record.number, record.specter_order_no, proof


def _golden(stack: RunningAirflow) -> dict[str, Any]:
    """The newest order that was placed for the proof."""
    orders = stack.sandboxes["abicart"].inspect("Order", limit=100_000)
    return dict([one for one in orders if one["note"] == GOLDEN_NOTE][-1])
