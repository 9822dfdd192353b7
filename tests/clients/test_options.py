"""Connections and options are checked when they are made, and never show a secret."""

from __future__ import annotations

import pytest

from abicart_specter.clients.options import AbicartConnection, HttpOptions, SpecterConnection
from abicart_specter.errors import ConfigurationError, CredentialsError


def test_a_connection_does_not_show_its_secrets():
    abicart = AbicartConnection("demo", "https://shop.example", 22222, "hemlig-token")
    specter = SpecterConnection("demo", "https://api.example", 1000, 2, 12, "hemlig-1", "hemlig-2", None)
    assert "hemlig" not in repr(abicart) + repr(specter)
    assert "22222" in repr(abicart)


@pytest.mark.parametrize(
    "address",
    [
        "shop.example",
        "ftp://shop.example",
        "https://",
        "https://anna:hemligt@shop.example",
        "https://anna@shop.example",
        "https://shop.example/?auth=hemligt",
        "https://shop.example:port",
        "https://shop.example:99999999",
        "https://[::1",
    ],
)
def test_an_address_of_another_form_is_refused_without_repeating_it(address):
    with pytest.raises(ConfigurationError) as caught:
        AbicartConnection("demo", address, 1, "token")
    assert "connection abicart_demo" in str(caught.value)
    assert "hemligt" not in str(caught.value)
    with pytest.raises(ConfigurationError, match="connection specter_demo"):
        SpecterConnection("demo", address, 1, 2, None, "a", "b", None)


def test_an_empty_secret_is_refused():
    with pytest.raises(CredentialsError, match="abicart_demo"):
        AbicartConnection("demo", "https://shop.example", 1, " ")
    with pytest.raises(CredentialsError, match="integration secret"):
        SpecterConnection("demo", "https://shop.example", 1, 2, None, "a", "", None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"connect_timeout": 0},
        {"read_timeout": -1},
        {"max_tries": 0},
        {"page_size": 0},
        {"batch_size": 0},
        {"base_wait": -1},
        {"rate_per_second": 0},
        {"read_timeout": float("nan")},
    ],
)
def test_limits_no_client_could_work_with_are_refused(wrong):
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        HttpOptions(**wrong)


def test_one_try_takes_at_most_both_time_outs():
    assert HttpOptions(connect_timeout=3, read_timeout=7).total_timeout == 10
