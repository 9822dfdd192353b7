"""newCustomerSubmit (reference 5.1): creates a customer or finds an existing one."""

from __future__ import annotations

from shop_sandbox.specter import refusals
from shop_sandbox.specter.books import Books, email_key, organisation_key
from shop_sandbox.specter.calls import SpecterCall
from shop_sandbox.specter.records import Customer
from shop_sandbox.specter.refusals import Refusal
from shop_sandbox.specter.wire import collapsed

MAX_LENGTHS = {
    "name": 100,
    "firstname": 50,
    "surname": 50,
    "customerorganizationalform": 1,
    "typecustomer": 1,
    "orgno": 20,
    "vatno": 30,
    "emailaddress": 100,
    "phoneno": 50,
    "mobileno": 50,
    "homepage": 50,
}
NOT_STORED = {
    "action",
    "sbmid",
    "apiuserid",
    "key",
    "usexml",
    "webshopid",
    "forcecustomerupdate",
    "ignorecontrolemail",
    "ignorecontrolorgno",
    "identifybycustomerid",
    "customerid",
}


def key_readings(call: SpecterCall) -> list[str]:
    """The texts the key may cover (Q9): the customer's name in each way it can be read."""
    person = f"{call.text('firstname')} {call.text('surname')}"
    readings = [collapsed(call.text("name")), collapsed(person), collapsed(call.text("contactperson"))]
    filled = [reading for reading in readings if reading]
    return filled[:1] if call.switches["customer_key"] == "first" else filled


def submit_customer(call: SpecterCall, books: Books) -> int:
    """The number of the new or found customer."""
    fields = _fields(call)
    found = _found(call, books, fields)
    if found is None:
        if not key_readings(call):
            raise Refusal(refusals.MISSING_PARAMETER, "Kundens namn saknas")
        return books.new_customer(fields).number
    if call.flag("forcecustomerupdate") or call.switches["match_without_force"] == "updated":
        kept = {} if call.switches["omitted_fields"] == "cleared" else found.fields
        books.change_customer(found, {**kept, **fields})
    return found.number


def _fields(call: SpecterCall) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in call.fields.items():
        if name in NOT_STORED:
            continue
        limit = MAX_LENGTHS.get(name)
        if limit is not None and len(value) > limit:
            if call.switches["too_long"] == "refuse":
                raise Refusal(refusals.TOO_LONG, f"Parametern {name} är för lång, högst {limit} tecken")
            value = value[:limit]
        fields[name] = value
    return fields


def _found(call: SpecterCall, books: Books, fields: dict[str, str]) -> Customer | None:
    if call.flag("identifybycustomerid"):
        customer = books.data.customers.get(call.whole_number("customerid"))
        if customer is None:
            raise Refusal(refusals.UNKNOWN_CUSTOMER, f"Kunden {call.text('customerid')} finns inte")
        return customer
    by_email = None if call.flag("ignorecontrolemail") else books.customer_by_email(email_key(fields))
    by_organisation = (
        None if call.flag("ignorecontrolorgno") else books.customer_by_organisation(organisation_key(fields))
    )
    if call.switches["match_conflict"] == "orgno":
        return by_organisation or by_email
    return by_email or by_organisation
