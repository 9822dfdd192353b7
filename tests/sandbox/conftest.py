"""A plain caller of the Specter sandbox that shares no code with it: own keys, own form encoding, own parsing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus
from xml.etree.ElementTree import Element

import pytest
import requests
from defusedxml.ElementTree import fromstring

from shop_sandbox.pytest_plugin import RunningSandbox


class Triple(tuple[str, str, str]):
    """result, number or code, words."""

    __slots__ = ()


class SpecterCaller:
    """Calls the server as the reference describes; settings can be changed per call."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sbm_id, self.user = "1000", "12"
        self.user_key, self.integration_key = "demo-user-key", "demo-integration-key"
        self.session = requests.Session()

    def key(self, covered: str, charset: str = "latin-1") -> str:
        inner = hashlib.md5((self.user_key + self.sbm_id + covered).encode(charset)).hexdigest()
        return hashlib.md5((self.integration_key + inner).encode()).hexdigest()

    def form(self, fields: Mapping[str, str]) -> str:
        return "&".join(f"{name}={quote_plus(value, encoding='latin-1')}" for name, value in fields.items())

    def send(
        self, page: str, action: str, covered: str, body: Mapping[str, str], *, xml: str = "", **query: str
    ) -> requests.Response:
        common = {"action": action, "sbmId": self.sbm_id, "apiUserId": self.user, "key": self.key(covered)}
        if xml:
            common["useXML"] = xml
        address = f"{self.url}/{page}?{self.form({**common, **query})}"
        if page.lower() == "getinfo.asp":
            return self.session.get(address, timeout=10)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.session.post(address, self.form(body), headers=headers, timeout=10)

    def put(
        self, action: str, covered: str, body: Mapping[str, str], *, xml: str = "", **query: str
    ) -> Triple:
        """A write, answered as a triple whatever its shape."""
        return self.triple(self.send("putInfo.asp", action, covered, body, xml=xml, **query).content)

    def get(self, action: str, batch: str, *, xml: str = "2", **query: str) -> bytes:
        return self.send("getInfo.asp", action, batch, {}, xml=xml, batchNo=batch, **query).content

    def triple(self, content: bytes) -> Triple:
        if content.lstrip().startswith(b"<"):
            answer = fromstring(content).find("APIresponse")
            assert answer is not None, content
            return Triple(answer.findtext(name) or "" for name in ("result", "code", "message"))
        return Triple(content.decode("cp1252").rstrip("\r\n").split(";", 2))

    def articles(self, *rows: Mapping[str, str], force: bool = False, xml: str = "", **query: str) -> Triple:
        """newArticleSubmit of rows with un-numbered names."""
        body = {f"{name}_{i}": value for i, row in enumerate(rows, 1) for name, value in row.items()}
        if force:
            body["forceArticleUpdate"] = "1"
        return self.put("newArticleSubmit", rows[0].get("articleNo", ""), body, xml=xml, **query)

    def article(self, number: str, **fields: str) -> Triple:
        return self.articles({"articleNo": number, "name": "Lampa", "priceExclVAT": "80.00"} | fields)

    def customer(self, name: str = "Åsa Öberg AB", **fields: str) -> Triple:
        return self.put("newCustomerSubmit", name, {"name": name} | fields)

    def order(self, customer: str, *rows: Mapping[str, str], xml: str = "", **fields: str) -> Triple:
        """newOrderSubmit; rows are (articleNo, …) mappings with defaults for what they leave out."""
        usual = {"articleName": "Rad", "noOfItems": "1", "priceExclVAT": "80.000", "vatPercent": "25"}
        body = {"customerId": customer, **fields}
        for index, row in enumerate(rows, 1):
            body |= {f"{name}_{index}": value for name, value in (usual | row).items()}
        return self.put("newOrderSubmit", customer, body, xml=xml)

    def tree(self, action: str, batch: str, **query: str) -> Element:
        return fromstring(self.get(action, batch, **query))


class SpecterDesk:
    """The server, its control interface and a caller in one."""

    def __init__(self, server: RunningSandbox) -> None:
        self.server = server
        self.control = server.control
        self.call = SpecterCaller(server.url)

    def article(self, number: str) -> dict[str, Any]:
        found = self.control.inspect("articles", number=number)
        assert len(found) == 1, found
        return dict(found[0])

    def numbers(self) -> list[str]:
        return [one["number"] for one in self.control.inspect("articles")]


@pytest.fixture
def specter(specter_server: RunningSandbox) -> SpecterDesk:
    return SpecterDesk(specter_server)
