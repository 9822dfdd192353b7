"""The circumstances under which marked orders are exported: faults, refusals that quote, answers nobody knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from marked_orders import (
    DOOR,
    EMAIL,
    HASH_SECRET,
    QUOTED,
    TOKEN,
    USER_KEY,
    WRITTEN,
)
from relay import Passing, relay_to
from switch_lab import SwitchLab, set_settings
from test_lost_answers import free_port

from abicart_specter.flows.context import FlowContext

ORDERS, CUSTOMERS = "newOrderSubmit", "newCustomerSubmit"


class MarkedLab(SwitchLab):
    """Hashes with a marked secret; keeps every error that anybody saw."""

    def context(self, **how: Any) -> FlowContext:
        ctx = super().context(**how)
        ctx.hash_secret = HASH_SECRET.encode()
        return ctx


Arm = Callable[[MarkedLab, ExitStack], None]


def on(system: str, kind: str, **how: Any) -> Arm:
    def arm(lab: MarkedLab, stack: ExitStack) -> None:
        getattr(lab, f"{system}_server").control.fault(kind, count=None, **how)

    return arm


def both(*arms: Arm) -> Arm:
    def arm(lab: MarkedLab, stack: ExitStack) -> None:
        for one in arms:
            one(lab, stack)

    return arm


def answering(system: str, action: str, answer: Callable[[Passing], bytes]) -> Arm:
    """Somebody between us and the server exchanges its answers to one action."""

    def after(passing: Passing) -> None:
        if passing.action == action:
            passing.answer = answer(passing)

    def arm(lab: MarkedLab, stack: ExitStack) -> None:
        relay = stack.enter_context(relay_to(getattr(lab, f"{system}_server").url, after=after))
        setattr(lab.export, f"{system}_url", relay.url)
        if lab.export.connection is not None and system == "specter":
            lab.export.connection = replace(lab.export.connection, base_url=relay.url)

    return arm


def quoting(form: str) -> Callable[[Passing], bytes]:
    def answer(passing: Passing) -> bytes:
        return form.replace("…", QUOTED[passing.nth % len(QUOTED)]).encode("latin-1", "replace")

    return answer


def shop_refuses(passing: Passing) -> bytes:
    """An error for every call, that quotes the buyer in all its parts."""
    calls = json.loads(passing.body)
    words = QUOTED[passing.nth % len(QUOTED)]
    answers = [
        {
            "jsonrpc": "2.0",
            "id": call["id"],
            "error": {
                "code": -32602,
                "message": words,
                "data": [{"pointer": "/customer/address/firstName", "message": words}, words],
            },
        }
        for call in (calls if isinstance(calls, list) else [calls])
    ]
    return json.dumps(answers if isinstance(calls, list) else answers[0]).encode()


def otherwise(path: tuple[str, ...], change: Callable[[Any], Any]) -> Callable[[Passing], bytes]:
    """Something of every order comes in a form that nobody knows."""

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(one) for one in value]
        if not isinstance(value, dict):
            return value
        if "orderNumber" in value and "customer" in value:
            place = value
            for name in path[:-1]:
                place = place[name]
            if isinstance(place, dict) and path[-1] in place:
                place[path[-1]] = change(place[path[-1]])
        return {name: walk(one) for name, one in value.items()}

    def answer(passing: Passing) -> bytes:
        return json.dumps(walk(json.loads(passing.answer))).encode()

    return answer


def elsewhere(system: str, url: str) -> Arm:
    def arm(lab: MarkedLab, stack: ExitStack) -> None:
        setattr(lab.export, f"{system}_url", url)
        if system == "specter" and lab.export.connection is not None:
            lab.export.connection = replace(lab.export.connection, base_url=url)

    return arm


def another_key(lab: MarkedLab, stack: ExitStack) -> None:
    assert lab.export.connection is not None
    lab.export.connection = replace(lab.export.connection, user_key=USER_KEY + "-of another")


def another_token(lab: MarkedLab, stack: ExitStack) -> None:
    lab.export.token = TOKEN + "of another"


def settings_that_send_nearly_all(lab: MarkedLab, stack: ExitStack) -> None:
    lab.export.settings = set_settings(
        customers__missing_email="placeholder", orders__include_customer_fields=False
    )


CASES: dict[str, Arm] = {
    "in peace": lambda lab, stack: None,
    "with placeholders": settings_that_send_nearly_all,
    "slow": both(
        on("abicart", "slow", seconds=0.7, after=4), on("specter", "slow", seconds=0.7, probability=0.3)
    ),
    "refused connections": both(on("abicart", "refuse", probability=0.3), on("specter", "refuse", after=6)),
    "dropped before": on("specter", "drop_before", how="reset", after=5),
    "orders dropped after": on("specter", "drop_after", action=ORDERS),
    "customers dropped after": on("specter", "drop_after", action=CUSTOMERS),
    "cut": both(
        on("abicart", "cut", how="length", after=3), on("specter", "cut", how="chunked", action=ORDERS)
    ),
    "cut lists": on("abicart", "cut", how="clean", action="Order.list", keep=0.7),
    "error pages": both(
        on("specter", "html_500", action=ORDERS), on("abicart", "html_500", action="Order.set")
    ),
    "too many": both(
        on("specter", "too_many", seconds=30, after=4), on("abicart", "too_many", seconds=1, after=9)
    ),
    "orders refused": answering("specter", ORDERS, quoting("0;9099;…")),
    "customers refused": answering("specter", CUSTOMERS, quoting("0;9099;…")),
    "refused with what was written": on("specter", "refusal", action=ORDERS, words=WRITTEN, text=DOOR),
    "a code that quotes": answering("specter", CUSTOMERS, quoting("0;…;Nej")),
    "yes with words": answering("specter", CUSTOMERS, quoting("1;5001;Uppdaterade …")),
    "yes without number": answering("specter", ORDERS, quoting("1;…;OK")),
    "neither yes nor no": answering("specter", ORDERS, quoting("… är upptagen")),
    "a page": answering("specter", CUSTOMERS, quoting("<html><body>Fel hos …</body></html>")),
    "XML that says no": answering(
        "specter",
        ORDERS,
        quoting(
            "<svar><APIresponse><result>0</result><code>7</code><message>…</message></APIresponse></svar>"
        ),
    ),
    "the shop refuses marks": answering("abicart", "Order.set", shop_refuses),
    "the shop refuses lists": answering("abicart", "Order.list", shop_refuses),
    "the shop answers nonsense": answering("abicart", "Order.list", quoting("<b>…</b>")),
    "a customer that is a text": answering(
        "abicart", "Order.list", otherwise(("customer",), lambda one: QUOTED[0])
    ),
    "an address that is a list": answering(
        "abicart", "Order.list", otherwise(("customer", "info"), lambda one: {"email": [EMAIL, QUOTED[1]]})
    ),
    "a name that is an object": answering(
        "abicart",
        "Order.list",
        otherwise(("customer", "address"), lambda one: {"firstName": {"sv": QUOTED[0]}}),
    ),
    "a note that is a list": answering("abicart", "Order.list", otherwise(("note",), lambda one: [one])),
    "a currency that is a name": answering(
        "abicart", "Order.list", otherwise(("currency",), lambda one: "Märkgerd Zätterqvist")
    ),
    "specter down": elsewhere("specter", f"http://127.0.0.1:{free_port()}"),
    "no such host": elsewhere("specter", "http://specter.invalid"),
    "shop down": elsewhere("abicart", f"http://127.0.0.1:{free_port()}"),
    "another key": another_key,
    "another token": another_token,
}


BY_DEFAULT = (
    "in peace",
    "orders dropped after",
    "cut lists",
    "customers refused",
    "orders refused",
    "refused with what was written",
    "neither yes nor no",
    "the shop refuses marks",
    "an address that is a list",
    "another token",
)
"""The other cases run with ``--whole-order-set``."""
