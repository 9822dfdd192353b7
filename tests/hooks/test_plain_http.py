"""Keys travel in addresses: plain http is for this machine, and for the hosts that the environment names."""

from __future__ import annotations

import pytest

from abicart_specter.hooks.abicart import AbicartHook


class TestPlainHttpHosts:
    def address(self, monkeypatch: pytest.MonkeyPatch, hosts: str | None, host: str) -> tuple[bool, str]:
        if hosts is None:
            monkeypatch.delenv("ABICART_SPECTER_PLAIN_HTTP_HOSTS", raising=False)
        else:
            monkeypatch.setenv("ABICART_SPECTER_PLAIN_HTTP_HOSTS", hosts)
        monkeypatch.setenv(
            "AIRFLOW_CONN_X", f'{{"conn_type": "abicart", "host": "{host}", "schema": "http"}}'
        )
        return AbicartHook(abicart_conn_id="x").test_connection()

    def test_named_hosts_may_be_spoken_to(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for host in ("sandbox-abicart", "Sandbox-Abicart", "sandbox-specter"):
            _, words = self.address(monkeypatch, "sandbox-abicart, sandbox-specter", host)
            assert words.startswith("Login (webshop id) is empty."), "the address is good"

    @pytest.mark.parametrize("hosts", [None, "", " , ", "sandbox-abicart", "*"])
    def test_others_may_not(self, monkeypatch: pytest.MonkeyPatch, hosts: str | None) -> None:
        for host in ("shop.textalk.se", "sandbox-abicart.example.com", "xsandbox-abicart"):
            assert self.address(monkeypatch, hosts, host)[1].startswith("Schema is http, but")
