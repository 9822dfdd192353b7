"""The Specter server: getInfo.asp and putInfo.asp."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter

from shop_sandbox.core.clock import Clock
from shop_sandbox.core.engine import HTML_PAGE
from shop_sandbox.core.errors import UnknownRecordError
from shop_sandbox.core.faults import Fault
from shop_sandbox.core.messages import Answer, Call, Request
from shop_sandbox.core.service import Mode
from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.core.throttle import Throttle
from shop_sandbox.specter import answers, refusals, seed, wire
from shop_sandbox.specter.articles import ArticleWriter
from shop_sandbox.specter.books import Books
from shop_sandbox.specter.calls import SpecterCall, check_key, identify
from shop_sandbox.specter.customers import key_readings, submit_customer
from shop_sandbox.specter.edits import EDITS, Desk
from shop_sandbox.specter.inspections import INSPECTIONS, inspect
from shop_sandbox.specter.orders import submit_order
from shop_sandbox.specter.queues import BatchKeeper, batch_open
from shop_sandbox.specter.reads import ReadAnswer, account_settings
from shop_sandbox.specter.records import AccountData, Queue
from shop_sandbox.specter.refusals import Refusal
from shop_sandbox.specter.switches import MODES, SWITCHES

PAGES = {"getinfo.asp": False, "putinfo.asp": True}
READS = {
    "getArticleExternalNeedUpdate": Queue.STOCK,
    "getArticleInfoExternalNeedUpdate": Queue.ARTICLE_INFO,
    "getOrdersExternalNeedUpdate": Queue.ORDERS,
}
ACKNOWLEDGEMENTS = {
    "updateArticlesFromBatch": Queue.STOCK,
    "updateArticleInfosFromBatch": Queue.ARTICLE_INFO,
    "updateOrdersFromBatch": Queue.ORDERS,
}
ARTICLE_ROW = re.compile(rb"(?:^|&)articleno_\d+=", re.IGNORECASE)
NOT_FOUND_PAGE = b"<html><head><title>404 - File or directory not found.</title></head><body></body></html>"

Handler = Callable[[SpecterCall, Books], Answer]
_STATE: TypeAdapter[list[AccountData]] = TypeAdapter(list[AccountData])


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    page: str
    handler: Handler
    is_write: bool = False


class SpecterService:
    """See ``core.service.Service``. Addresses of one account: the switch board and the seed are shared by all."""

    name = "specter"
    modes: Mapping[str, Mode] = MODES
    edits: Mapping[str, str] = EDITS
    own_faults: Mapping[str, str] = {
        "error_99": "99 that quotes an open batch; without one, another reader opens one with what waits",
        "refusal": "0;9099;`words` (words may begin with a code of four digits and a blank); nothing was done",
    }
    inspections: Mapping[str, str] = INSPECTIONS
    credentials: Mapping[str, str] = {
        "sbmId": "1000",
        "apiUserId": "12",
        "apiUserKey": "demo-user-key",
        "integrationKey": "demo-integration-key",
        "v1 account": "sbmId 1001, md5key1 demo-md5key1, md5key2 demo-md5key2",
    }

    def __init__(self) -> None:
        self.switches = SwitchBoard(SWITCHES)
        self.clock = Clock()
        self.accounts: dict[int, Books] = {}
        self._throttle = Throttle()
        known = [
            Action("newArticleSubmit", "putinfo.asp", self._new_articles, True),
            Action("newCustomerSubmit", "putinfo.asp", self._new_customer, True),
            Action("newOrderSubmit", "putinfo.asp", self._new_order, True),
            Action("checkAccountSettings", "getinfo.asp", self._check_account),
            *(Action(name, "getinfo.asp", self._read_queue) for name in READS),
            *(Action(name, "getinfo.asp", self._acknowledge, True) for name in ACKNOWLEDGEMENTS),
        ]
        self._actions = {action.name.lower(): action for action in known}
        self.reset({})

    # requests

    def read(self, request: Request) -> list[Call]:
        charset = self.switches["request_charset"]
        fields = wire.form_fields(request.query, charset)
        for name, value in wire.form_fields(request.body, charset).items():
            fields.setdefault(name, value)
        action = self._actions.get(fields.get("action", "").strip().lower())
        name = action.name if action else fields.get("action", "")[:50] or "(none)"
        page = request.path.strip("/").lower()
        request.parsed = SpecterCall(name, page, fields, charset, switches=self.switches)
        if action is None:
            return [Call(name)]
        if action.name != "newArticleSubmit":
            return [Call(name, action.is_write)]
        rows = len(ARTICLE_ROW.findall(request.query)) + len(ARTICLE_ROW.findall(request.body))
        return [Call(name, True, rows, article_call=True)]

    def answer(self, request: Request) -> Answer:
        call: SpecterCall = request.parsed
        wait = self._throttle.wait(int(self.switches["rate_limit"]), self.clock.seconds())
        if wait:
            return Answer(b"Too Many Requests", status=429, headers={"Retry-After": str(wait)})
        outside = self._outside(request, call)
        if outside is not None:
            return outside
        try:
            action = self._actions.get(call.action.lower())
            if action is None or action.page != call.page:
                raise Refusal(refusals.UNKNOWN_ACTION, f"Okänd funktion: {call.action}")
            return action.handler(call, identify(call, self.accounts))
        except Refusal as error:
            return answers.refusal(self.switches, error, xml=call.xml_wanted)

    def _outside(self, request: Request, call: SpecterCall) -> Answer | None:
        """What the web server answers itself: no such page, query string or form too large (reference 10)."""
        query_limit, post_limit = self.switches["query_limit_bytes"], self.switches["post_limit_bytes"]
        if call.page not in PAGES:
            return Answer(NOT_FOUND_PAGE, "text/html", 404, errors=("page",))
        if query_limit and len(request.query) > query_limit:
            return Answer(NOT_FOUND_PAGE, "text/html", 404, errors=("query_limit",))
        if post_limit and len(request.body) > post_limit:
            return Answer(HTML_PAGE, "text/html", 500, errors=("post_limit",))
        return None

    def fault_answer(self, fault: Fault, request: Request) -> Answer:
        call: SpecterCall = request.parsed
        if fault.kind == "error_99":
            error = batch_open(self._blocking_batch(call, fault))
        else:
            code, _, words = fault.words.partition(" ")
            known = code.isdecimal() and len(code) == 4
            error = (
                Refusal(code, words) if known else Refusal(refusals.ON_DEMAND, fault.words or "På begäran")
            )
        return answers.refusal(self.switches, error, xml=call.xml_wanted)

    def _blocking_batch(self, call: SpecterCall, fault: Fault) -> str:
        """The id that a forced 99 quotes: a batch that is really open wherever the account can have one."""
        number = fault.words or f"annan-lasare-{fault.number}-{fault.hits}"
        queue = READS.get(call.action)
        try:
            books = identify(call, self.accounts)
        except Refusal:
            return number
        if queue is None:
            return number
        keeper = self._keeper(books)
        batch = keeper.open_batch(queue, call.api_user) or keeper.take(queue, number, call.api_user)
        return number if batch is None else batch.number

    # actions

    def _new_articles(self, call: SpecterCall, books: Books) -> Answer:
        check_key(call, [call.text("articleno_1")])
        number = ArticleWriter(call, books).run()
        return self._success(call, number, "articleId", "Artiklarna är sparade")

    def _new_customer(self, call: SpecterCall, books: Books) -> Answer:
        check_key(call, key_readings(call))
        number = submit_customer(call, books)
        return self._success(call, str(number), "customerId", "Kunden är sparad")

    def _new_order(self, call: SpecterCall, books: Books) -> Answer:
        check_key(call, [call.text("customerid").strip()])
        number = submit_order(call, books, self.clock.seconds())
        return self._success(call, str(number), "orderNo", "Ordern är sparad")

    def _read_queue(self, call: SpecterCall, books: Books) -> Answer:
        number = call.required("batchno")
        check_key(call, [number])
        queue = READS[call.action]
        keeper = self._keeper(books)
        rows = keeper.read(queue, number, call.api_user)
        return ReadAnswer(call, books.data.account, queue, keeper.limit(queue)).build(rows)

    def _acknowledge(self, call: SpecterCall, books: Books) -> Answer:
        number = call.required("batchno")
        check_key(call, [number])
        self._keeper(books).acknowledge(ACKNOWLEDGEMENTS[call.action], number, call.api_user)
        if self.switches["ack_answer"] == "empty":
            return Answer(b"", "text/html")
        return self._success(call, "0", "id", "OK")

    def _check_account(self, call: SpecterCall, books: Books) -> Answer:
        if self.switches["account_check"] == "unknown_action":
            raise Refusal(refusals.UNKNOWN_ACTION, f"Okänd funktion: {call.action}")
        account = books.data.account
        covered = {"empty": [""], "sbm_id": [str(account.sbm_id)], "api_user": [str(call.api_user)]}
        everything = [text for texts in covered.values() for text in texts]
        check_key(call, covered.get(self.switches["account_check_key"], everything))
        if self.switches["account_check"] == "settings":
            return account_settings(account, self.switches)
        return self._success(call, "0", "id", "OK")

    def _success(self, call: SpecterCall, number: str, number_name: str, words: str) -> Answer:
        return answers.success(
            self.switches, xml=call.xml_wanted, number=number, number_name=number_name, words=words
        )

    def _keeper(self, books: Books) -> BatchKeeper:
        return BatchKeeper(books, self.switches, self.clock.seconds())

    # control

    def reset(self, seed_options: Mapping[str, Any]) -> None:
        self.accounts = seed.build(seed_options, self.switches)
        self._throttle = Throttle()

    def _books(self, sbm_id: Any) -> Books:
        """The account a control call names with ``account``; the first if it names none."""
        if sbm_id is None:
            return next(iter(self.accounts.values()))
        books = self.accounts.get(int(sbm_id)) if str(sbm_id).isdecimal() else None
        if books is None:
            raise UnknownRecordError(f"there is no account {sbm_id!r}")
        return books

    def edit(self, what: str, values: Mapping[str, Any]) -> Any:
        books = self._books(values.get("account"))
        deletions = self.switches["order_delete_event"] == "queued"
        desk = Desk(books, self._keeper(books), self.clock.seconds(), queue_deletions=deletions)
        return desk.do(what, {name: value for name, value in values.items() if name != "account"})

    def inspect(self, what: str, query: Mapping[str, str]) -> Any:
        if what == "accounts":
            return [asdict(books.data.account) for books in self.accounts.values()]
        return inspect(self._books(query.get("account")), self.switches, what, query)

    def dump(self) -> Any:
        return _STATE.dump_python([books.data for books in self.accounts.values()], mode="json")

    def load(self, state: Any) -> None:
        loaded = _STATE.validate_python(state)
        self.accounts = {data.account.sbm_id: Books(data, self.switches) for data in loaded}
