"""No key or token in any log line, exception or header, with everything logged that can be logged."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, quote_plus

import pytest
from tests.clients.abicart_cases import ABICART_FAULT_NAMES, ABICART_FAULTS
from tests.clients.conftest import INTEGRATION_KEY, USER_KEY
from tests.clients.raw_server import CLOSE, RawServer, Received, http
from tests.clients.specter_cases import ROWS, SPECTER_FAULT_NAMES, SPECTER_FAULTS

from abicart_specter.clients.options import HttpOptions
from abicart_specter.clients.specter_batches import Queue
from abicart_specter.errors import AbicartSpecterError

TOKEN = "hemlig+token/å="
IMPATIENT = HttpOptions(connect_timeout=0.5, read_timeout=0.5, max_tries=2)
OURS = ("abicart_specter.",)


@pytest.fixture(autouse=True)
def everything_is_logged(caplog) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="urllib3")
    yield


def chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and one not in found:
            found.append(one)
            waiting += [one.__cause__, one.__context__]
    return found


def everything_said(caplog, errors: list[AbicartSpecterError]) -> str:
    said = []
    for record in caplog.records:
        said += [record.getMessage(), repr(record.args), str(record.exc_text), str(record.exc_info)]
    for error in errors:
        for one in chain(error):
            assert type(one).__module__.startswith(OURS), f"a foreign exception travels with it: {type(one)}"
            said += [str(one), repr(one), repr(vars(one)), *traceback.format_exception(one)]
    return "\n".join(said)


def failing(*calls) -> list[AbicartSpecterError]:
    errors = []
    for call in calls:
        try:
            call()
        except AbicartSpecterError as error:
            errors.append(error)
    return errors


def spellings(*secrets: str) -> list[str]:
    return [one for secret in secrets for one in (secret, quote(secret, safe=""), quote_plus(secret))]


def abicart_calls(client):
    return (
        lambda: next(client.iter_article_pages(["uid"]), None),
        lambda: client.get_articles([1, 2], ["uid"]),
        lambda: client.call("Article.set", [1, {}, ["uid"]], idempotent=True),
    )


def specter_calls(client):
    return (
        lambda: client.check_account(),
        lambda: client.submit_articles(ROWS, force=True),
        lambda: client.read_batch(Queue.STOCK, "B1"),
        lambda: client.acknowledge(Queue.STOCK, "B1"),
    )


@pytest.mark.parametrize("fault", ABICART_FAULTS, ids=ABICART_FAULT_NAMES)
def test_no_fault_makes_abicarts_token_show(abicart_server, opening, caplog, fault):
    abicart_server.control.reset(seed={"items": 20, "token": TOKEN})
    abicart_server.control.fault(**fault, count=None)
    client = opening.abicart(abicart_server.url, IMPATIENT, token=TOKEN)
    errors = failing(*abicart_calls(client))
    assert len(errors) == 3
    said = everything_said(caplog, errors)
    assert "newconnection" not in said.lower()
    assert not [one for one in spellings(TOKEN) if one in said]
    assert not [one for one in spellings(TOKEN) if one in caplog.text]


@pytest.mark.parametrize("fault", SPECTER_FAULTS, ids=SPECTER_FAULT_NAMES)
def test_no_fault_makes_specters_keys_show(specter_server, opening, caplog, fault):
    specter_server.control.fault(**fault, count=None)
    client = opening.specter(specter_server.url, IMPATIENT)
    errors = failing(*specter_calls(client))
    assert len(errors) == 4
    assert {USER_KEY, INTEGRATION_KEY} < set(opening.secrets)
    keys = [key for one in specter_server.control.requests() for key in parse_qs(one["query"])["key"]]
    assert set(keys) <= set(opening.secrets)
    said = everything_said(caplog, errors)
    assert not [one for one in {*opening.secrets, *keys} if one in said]
    assert not [one for one in {*opening.secrets, *keys} if one in caplog.text]


def repeating(request: Received):
    """A server that gives back the whole address in everything it says."""
    target = request.target.replace('"', "")
    if "jsonrpc" in request.target:
        error = (
            f'{{"code":-32602,"message":"{target}","data":[{{"message":"{TOKEN}","pointer":"/{target}"}}]}}'
        )
        yield http(f'{{"id":null,"error":{error}}}')
    else:
        yield http(f"0;{target};Fel i {target} {USER_KEY} {INTEGRATION_KEY}")


def test_a_server_that_repeats_our_secrets_does_not_make_them_show(opening, caplog):
    with RawServer(repeating) as server:
        abicart = opening.abicart(server.url, IMPATIENT, token=TOKEN)
        specter = opening.specter(server.url, IMPATIENT)
        errors = failing(*abicart_calls(abicart), *specter_calls(specter))
    assert len(errors) == 6
    said = everything_said(caplog, errors)
    keys = [one for one in opening.secrets if len(one) > 10]
    assert len(keys) > 6
    assert not [one for one in keys if one in said]


def test_no_secret_goes_as_a_header(opening):
    with RawServer(repeating) as server:
        failing(
            *abicart_calls(opening.abicart(server.url, IMPATIENT, token=TOKEN)),
            *specter_calls(opening.specter(server.url, IMPATIENT)),
        )
        for request in server.received:
            headers = request.headers
            assert not {"authorization", "cookie", "referer"} & set(headers)
            assert not [one for one in opening.secrets if one in "".join(headers.values())]


def test_headers_that_cannot_be_parsed_do_not_make_the_address_show(opening, caplog):
    def script(_: Received):
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n broken\r\n\x00: x\r\n: y\r\nnonsense\r\n\r\nOK"
        yield CLOSE

    with RawServer(script) as server:
        failing(*specter_calls(opening.specter(server.url, IMPATIENT)))
        failing(*abicart_calls(opening.abicart(server.url, IMPATIENT, token=TOKEN)))
    assert "Failed to parse headers" in caplog.text
    assert not [one for one in opening.secrets if one in caplog.text]


def test_a_client_does_not_show_its_secrets(specter_server, abicart_server, opening):
    specter = opening.specter(specter_server.url)
    abicart = opening.abicart(abicart_server.url, token=TOKEN)
    shown = repr(specter) + repr(specter.connection) + repr(abicart) + repr(abicart.connection)
    assert not [one for one in (USER_KEY, INTEGRATION_KEY, TOKEN) if one in shown]
