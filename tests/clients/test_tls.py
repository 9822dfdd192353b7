"""TLS is always verified: a server whose certificate is not in order is sent nothing, by either client. Keys travel in
addresses, so that a redirect is not followed either: no key goes to another server.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.clients.conftest import Opener
from tests.clients.raw_server import RawServer, http

from abicart_specter.clients.options import HttpOptions
from abicart_specter.errors import AbicartSpecterError, ConfigurationError, UnreadableAnswerError

REPO = Path(__file__).parents[2]
OPTIONS = HttpOptions(connect_timeout=5, read_timeout=5, max_tries=2)
NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


@dataclass
class Authority:
    """A certificate authority of a company's own, in a folder."""

    folder: Path

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Firmans CA")])
        self.file = self.folder / "ca.pem"
        made = self._builder(self.name, self.key, NOW - DAY, NOW + DAY).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.file.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def server(
        self, host: str = "localhost", *, until: dt.datetime = NOW + DAY, self_signed: bool = False
    ) -> ssl.SSLContext:
        """A server's TLS context with a certificate of this authority, or of its own."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]
        made = self._builder(name, key, until - 2 * DAY, until, issuer=name if self_signed else self.name)
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        signed = made.sign(key if self_signed else self.key, hashes.SHA256())
        file = self.folder / f"{host}.pem"
        file.write_bytes(
            signed.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _builder(self, subject, key, start, end, *, issuer=None) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
        )


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    return Authority(tmp_path)


@pytest.fixture
def opener() -> Iterator[Opener]:
    made = Opener()
    yield made
    for one in made.opened:
        one.close()


def refused(opener: Opener, server: RawServer, options: HttpOptions = OPTIONS) -> list[str]:
    """What both clients say of the server, which got not one byte of a request."""
    said = []
    for call in (
        lambda: opener.abicart(server.url, options).call("Article.get", [1, True], idempotent=True),
        lambda: opener.specter(server.url, options).check_account(),
        lambda: opener.specter(server.url, options, version=1).check_account(),
    ):
        with pytest.raises(ConfigurationError) as raised:
            call()
        said.append(str(raised.value))
    assert server.received == []
    assert server.connections >= 3
    return said


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"self_signed": True}, "its authority is not one that is trusted here"),
        ({"host": "another.example"}, "it is for another server name"),
        ({"until": NOW - DAY}, "it has expired"),
        ({"until": NOW + 5 * DAY}, "it is not valid yet"),
    ],
    ids=["self-signed", "wrong host", "expired", "not yet"],
)
def test_a_wrong_certificate_is_refused_and_nothing_is_sent(
    authority: Authority, opener: Opener, monkeypatch: pytest.MonkeyPatch, wrong: dict, why: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with RawServer(lambda request: [http("{}")], tls=authority.server(**wrong)) as server:
        for text in refused(opener, server):
            assert f"could not be verified: {why}" in text
            assert "Nothing was sent." in text
            assert re.search(r"Check the host of connection (abicart|specter)_demo", text)
            assert "SSL_CERT_FILE" in text


def test_an_authority_that_nobody_named_is_not_trusted(authority: Authority, opener: Opener) -> None:
    with RawServer(lambda request: [http("{}")], tls=authority.server()) as server:
        assert all("authority is not one that is trusted here" in text for text in refused(opener, server))


@pytest.mark.parametrize("named_by", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "ca_file"])
def test_an_authority_of_the_companys_own_is_trusted_where_it_is_named(
    authority: Authority, opener: Opener, monkeypatch: pytest.MonkeyPatch, named_by: str
) -> None:
    options = OPTIONS
    if named_by == "ca_file":
        monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")  # what is said in the options counts
        options = HttpOptions(connect_timeout=5, read_timeout=5, max_tries=2, ca_file=str(authority.file))
    else:
        monkeypatch.setenv(named_by, str(authority.file))
    with RawServer(lambda request: [http("?")], tls=authority.server()) as server:
        with pytest.raises(UnreadableAnswerError):  # of an answer that came
            opener.abicart(server.url, options).call("Article.get", [1, True], idempotent=True)
        asked = len(server.received)
        opener.specter(server.url, options).check_account()
        assert 1 <= asked < len(server.received)


@pytest.mark.parametrize("named_by", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_file_that_is_not_there_is_said_before_anything_is_asked(
    authority: Authority, opener: Opener, monkeypatch: pytest.MonkeyPatch, named_by: str
) -> None:
    monkeypatch.setenv(named_by, "/nowhere/ca.pem")
    with RawServer(lambda request: [http("?")], tls=authority.server()) as server:
        with pytest.raises(ConfigurationError, match=f"{named_by} names is not there: /nowhere/ca.pem"):
            opener.abicart(server.url)
        assert server.connections == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(opener: Opener, status: int) -> None:
    with RawServer(lambda request: [http("elsewhere")]) as other:
        location = f"Location: {other.url}/api?moved=1"
        with RawServer(lambda request: [http("moved", status, headers=[location])]) as server:
            for call in (
                lambda: opener.abicart(server.url, OPTIONS).call("Article.get", [1, True], idempotent=True),
                lambda: opener.specter(server.url, OPTIONS).check_account(),
            ):
                with pytest.raises(AbicartSpecterError):
                    call()
            assert len(server.received) >= 2
        assert (other.connections, other.received) == (0, [])


def test_nothing_in_the_code_can_switch_verification_off() -> None:
    switches = re.compile(
        r"verify\s*=\s*False|CERT_NONE|_create_unverified|check_hostname\s*=\s*False|disable_warnings|assert_hostname"
    )
    found = [
        f"{path.relative_to(REPO)}: {line.strip()}"
        for folder in ("plugins", "dags", "deploy", "bin", "include/sandbox")
        for path in (REPO / folder).rglob("*")
        if path.suffix in (".py", ".sh", ".yaml", "") and path.is_file()
        for line in path.read_text("utf-8", "replace").splitlines()
        if switches.search(line)
    ]
    assert found == []
    settings = "".join(
        path.read_text("utf-8") for path in (REPO / "plugins/abicart_specter/settings").glob("*.py")
    )
    assert not re.search(r"\bverify|\btls|\bssl", settings)
