"""A request as this server understands it: action, parameters, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.specter import refusals, wire
from shop_sandbox.specter.books import Books
from shop_sandbox.specter.keys import request_key
from shop_sandbox.specter.refusals import Refusal


@dataclass(slots=True)
class SpecterCall:
    """One action with its parameters (names in lower case; query before body, reference 1)."""

    action: str
    page: str
    fields: dict[str, str]
    charset: str
    books: Books | None = None
    api_user: int = 0
    switches: SwitchBoard = field(default_factory=lambda: SwitchBoard(()))

    def text(self, name: str) -> str:
        return self.fields.get(name, "")

    def flag(self, name: str) -> bool:
        return self.fields.get(name, "").strip() == "1"

    def required(self, name: str) -> str:
        value = self.fields.get(name, "").strip()
        if not value:
            raise Refusal(refusals.MISSING_PARAMETER, f"Parametern {name} saknas")
        return value

    def whole_number(self, name: str) -> int:
        value = self.required(name)
        if not (value.isascii() and value.isdecimal()):
            raise Refusal(refusals.BAD_VALUE, f"Parametern {name} är inte ett heltal: {value}")
        return int(value)

    def decimal(self, name: str, default: Decimal) -> Decimal:
        """A number, ``default`` where it is left out or empty."""
        value = self.fields.get(name, "")
        return self.decimal_of(value, name) if value.strip() else default

    def decimal_of(self, value: str, name: str) -> Decimal:
        number = wire.number_from(value, self.switches["decimal_input"] == "both")
        if number is None:
            raise Refusal(refusals.BAD_VALUE, f"Parametern {name} är inte ett tal: {value}")
        return number

    @property
    def xml_wanted(self) -> bool:
        """Reference 3.1."""
        wanted = self.text("usexml").strip()
        return wanted == "2" or (wanted == "1" and self.switches["use_xml_1"] == "xml")


def identify(call: SpecterCall, accounts: dict[int, Books]) -> Books:
    """Find the account and the user and check that the user may do this; raises ``Refusal``."""
    sbm_id = call.text("sbmid").strip()
    books = accounts.get(int(sbm_id)) if sbm_id.isascii() and sbm_id.isdecimal() else None
    if books is None:
        raise Refusal(refusals.UNKNOWN_ACCOUNT, f"Kontot {sbm_id} finns inte")
    account = books.data.account
    user_text = call.text("apiuserid").strip() if account.api_version == 2 else "0"
    user_number = int(user_text) if user_text.isascii() and user_text.isdecimal() else -1
    if user_number not in account.users:
        if call.switches.on("api_user_check"):
            raise Refusal(refusals.UNKNOWN_ACCOUNT, "API-användaren saknas eller är okänd")
        user_number = next(iter(account.users))
    user = account.users[user_number]
    if not (user.may_write if call.page == "putinfo.asp" else user.may_read):
        raise Refusal(refusals.NOT_PERMITTED, "API-användaren saknar behörighet")
    call.books, call.api_user = books, user_number
    return books


def check_key(call: SpecterCall, covered: list[str]) -> None:
    """Verify the key against each text it may cover; raises ``Refusal`` if none fits."""
    if not call.switches.on("key_check"):
        return
    assert call.books is not None
    account = call.books.data.account
    sent = call.text("key").strip()
    if call.switches["key_case"] == "either":
        sent = sent.lower()
    user_key = account.users[call.api_user].key
    for text in covered:
        raw = wire.encode(text, call.charset)
        if sent == request_key(account.integration_key, user_key, account.sbm_id, raw):
            return
    raise Refusal(refusals.BAD_KEY, "Felaktig nyckel")
