"""The Abicart server as the core runs it."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import Any

from shop_sandbox.abicart import edits, inspections
from shop_sandbox.abicart.context import context_of
from shop_sandbox.abicart.modes import MODES
from shop_sandbox.abicart.rpc import Envelope, calls_in, read_envelope, run, status_of
from shop_sandbox.abicart.state import dump_shop, load_shop
from shop_sandbox.abicart.store import Shop
from shop_sandbox.abicart.switches import PLACEMENT, SWITCHES
from shop_sandbox.abicart.view import View
from shop_sandbox.core.clock import Clock
from shop_sandbox.core.faults import Fault
from shop_sandbox.core.messages import Answer, Call, Request
from shop_sandbox.core.service import Mode
from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.core.throttle import Throttle
from shop_sandbox.seed.build import build_shop
from shop_sandbox.seed.manifest import Manifest
from shop_sandbox.seed.options import options_from

PATH = "/backend/jsonrpc/v1"

OWN_FAULTS = {
    "rpc_internal": "status 200 with the JSON-RPC error -32603; nothing was done",
    "rpc_server": "status 200 with the JSON-RPC error -32000; nothing was done",
}


class AbicartService:
    """One webshop behind ``/backend/jsonrpc/v1/`` (the core's ``Service``)."""

    name = "abicart"
    modes: Mapping[str, Mode] = MODES
    own_faults: Mapping[str, str] = OWN_FAULTS
    edits: Mapping[str, str] = edits.EDITS
    inspections: Mapping[str, str] = inspections.INSPECTIONS
    credentials: Mapping[str, str] = {"webshop": "22222", "auth": "demo-token-1", "path": f"{PATH}/"}

    def __init__(self) -> None:
        self.clock = Clock()
        self.switches = SwitchBoard(SWITCHES)
        self.shop: Shop
        self.manifest = Manifest()
        self._throttle = Throttle()

    def read(self, request: Request) -> list[Call]:
        request.parsed = read_envelope(request.body)
        return calls_in(request.parsed)

    def answer(self, request: Request) -> Answer:
        if request.path.rstrip("/") != PATH:
            return Answer(b"Not Found", status=404)
        if request.method != "POST":
            return Answer(b"Method Not Allowed", status=405, headers={"Allow": "POST"})
        wait = self._throttle.wait(int(self.switches["rate_limit"]), self.clock.seconds())
        if wait:
            return Answer(b"Too Many Requests", status=429, headers={"Retry-After": str(wait)})
        envelope: Envelope = request.parsed
        outcome = run(envelope, self.shop, self.switches, self.clock.now(), context_of(request))
        if outcome.body is None:
            return Answer(b"", status=204, errors=tuple(map(str, outcome.codes)))
        by_code = self.switches["error_status"] == "by_code"
        return Answer(
            outcome.body,
            self.switches["content_type"],
            status_of(outcome.codes, batch=envelope.batch, by_code=by_code),
            errors=tuple(map(str, outcome.codes)),
        )

    def fault_answer(self, fault: Fault, request: Request) -> Answer:
        return Answer(
            edits.error_body(request.parsed, -32603 if fault.kind == "rpc_internal" else -32000),
            self.switches["content_type"],
            errors=("-32603" if fault.kind == "rpc_internal" else "-32000",),
        )

    def reset(self, seed: Mapping[str, Any]) -> None:
        options = options_from(seed)
        # Millions of young objects that all stay: collecting in between would only cost time.
        gc.disable()
        try:
            self.shop, self.manifest = build_shop(options, self.switches)
        finally:
            gc.enable()
        gc.freeze()
        self._throttle = Throttle()

    def edit(self, what: str, values: Mapping[str, Any]) -> Any:
        return edits.edit(self._by_hand(), what, values)

    def inspect(self, what: str, query: Mapping[str, str]) -> Any:
        return inspections.inspect(self._by_hand(), self.manifest, what, query)

    def dump(self) -> Any:
        return {"shop": dump_shop(self.shop), "manifest": self.manifest.as_dict()}

    def load(self, state: Any) -> None:
        self.shop = load_shop(state["shop"])
        self.manifest = Manifest.from_dict(state["manifest"])

    def _by_hand(self) -> View:
        """How the admin pages see the shop: no open question, one value changed leaves the others beside it alone."""
        board = SwitchBoard(SWITCHES)
        board.set({"set_nested": "merge", **{name: self.switches[name] for name in PLACEMENT}})
        language = self.shop.webshop.default_language
        return View(self.shop, board, self.clock.now(), language=language, admin=True, by_hand=True)
