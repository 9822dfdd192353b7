"""Whether credentials are accepted, whatever Specter makes of the question."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from tests.clients.raw_server import RawServer, http, in_turn

from abicart_specter.errors import (
    CredentialsError,
)


@pytest.mark.parametrize("account_check_key", ["empty", "sbm_id", "api_user", "any"])
def test_good_credentials_are_recognised_whatever_the_key_covers(specter_server, opening, account_check_key):
    specter_server.control.switches(account_check_key=account_check_key)
    assert opening.specter(specter_server.url).check_account().recognised


@pytest.mark.parametrize("answer", ["settings", "unknown_action"])
def test_an_account_check_nobody_can_read_proves_nothing(specter_server, opening, answer):
    specter_server.control.switches(account_check=answer)
    assert not opening.specter(specter_server.url).check_account().recognised
    assert specter_server.control.counters()["writes"] == 0


@pytest.mark.parametrize("status", ["200", "500"])
@pytest.mark.parametrize(
    "settings", [{"user_key": "wrong-user-key"}, {"sbm_id": 4711}, {"api_user_id": 13}, {"api_user_id": None}]
)
def test_wrong_credentials_are_fatal_and_say_what_to_do(specter_server, opening, settings, status):
    specter_server.control.switches(error_status=status)
    client = opening.specter(specter_server.url, **settings)
    with pytest.raises(CredentialsError, match="connection specter_demo") as caught:
        client.check_account()
    assert "wrong-user-key" not in str(caught.value)
    assert client.counts.retries == 0
    assert specter_server.control.counters()["writes"] == 0


@pytest.mark.parametrize(
    ("check", "nonsense", "wrong_key", "refused"),
    [
        ("0;1;bad key", "0;2;no such function", "0;1;bad key", True),
        ("0;1;bad key", "1;0;OK", "0;1;bad key", True),
        ("0;1;bad key", "0;1;bad key", "0;1;bad key", False),
        ("0;3;not for you", "0;2;no such function", "0;1;bad key", False),
        ("0;2;no checkAccountSettings", "0;2;no checkNothingAtAll", "0;2;no checkAccountSettings", False),
        ("0;1;bad key", "0;2;no such function", "1;0;OK", False),
        ("0;1;bad key", "0;2;no such function", "<settings/>", False),
    ],
)
def test_only_a_refusal_of_the_key_itself_is_wrong_credentials(opening, check, nonsense, wrong_key, refused):
    calls = []

    def script(request):
        action = parse_qs(request.target.partition("?")[2])["action"][0]
        calls.append(action)
        if action != "checkAccountSettings":
            return [http(nonsense)]
        return [http(check if calls.count(action) <= 3 else wrong_key)]

    with RawServer(script) as server:
        client = opening.specter(server.url)
        if refused:
            with pytest.raises(CredentialsError, match="bad key"):
                client.check_account()
        else:
            assert not client.check_account().recognised


@pytest.mark.parametrize("body", ["", "OK", "<settings/>"])
def test_a_whole_answer_of_an_unknown_form_is_not_asked_for_again(opening, body):
    with RawServer(in_turn(http(body))) as server:
        assert not opening.specter(server.url).check_account().recognised
        assert len(server.received) == 1
