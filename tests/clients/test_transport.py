"""One connection, bounded in time, and failures that are values. Over real sockets."""

from __future__ import annotations

import datetime as dt
import gzip
import ipaddress
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.clients.raw_server import CLOSE, RawServer, http, in_turn

from abicart_specter.clients import transport as transport_module
from abicart_specter.clients.options import HttpOptions
from abicart_specter.clients.retry import Failure, Happened
from abicart_specter.clients.transport import HttpAnswer, HttpRequest, Transport

QUICK = HttpOptions(connect_timeout=0.5, read_timeout=0.5)
GET = HttpRequest("GET", "/a", "auth=hemligt%2F1")
POST = HttpRequest("POST", "/b", "key=hemligt", b"x=1", "text/plain", writes=2)


@pytest.fixture
def asking():
    """Opens transports and closes them at the end."""
    opened = []

    def open_one(url: str, options: HttpOptions = QUICK, **more) -> Transport:
        opened.append(Transport(url, options, **more))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def test_requests_share_one_connection_and_are_counted(asking):
    with RawServer(in_turn(http("hej"))) as server:
        transport = asking(server.url)
        answers = [transport.send(request) for request in (GET, POST, GET)]
        assert [answer.body for answer in answers] == [b"hej"] * 3
        assert server.connections == 1
        assert transport.counts.as_dict() == {
            "requests": 3,
            "retries": 0,
            "writes": 2,
            "connections_opened": 1,
        }
        assert [one.target for one in server.received] == [
            "/a?auth=hemligt%2F1",
            "/b?key=hemligt",
            "/a?auth=hemligt%2F1",
        ]
        assert server.received[1].body == b"x=1"
        assert server.received[1].headers["content-type"] == "text/plain"


def test_no_cookie_is_kept_and_nothing_of_the_environment_is_sent(asking, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login anna password hemligt\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with RawServer(in_turn(http("hej", headers=["Set-Cookie: SERVERID=a; Path=/"]))) as server:
        transport = asking(server.url)
        transport.send(GET)
        assert transport.send(GET) == HttpAnswer(200, b"hej")
        for request in server.received:
            assert set(request.headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_redirects_are_answers_like_any_other(asking):
    with RawServer(in_turn(http("bort", 302, headers=["Location: /annan?auth=hemligt"]))) as server:
        assert asking(server.url).send(GET) == HttpAnswer(302, b"bort")
        assert len(server.received) == 1


def test_a_zipped_answer_is_unpacked(asking):
    body = gzip.compress("å".encode() * 1000)
    with RawServer(in_turn(http(body, headers=["Content-Encoding: gzip"]))) as server:
        assert asking(server.url).send(GET).body == "å".encode() * 1000


def test_retry_after_is_read_as_seconds_and_as_a_date(asking):
    now = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
    with RawServer(
        in_turn(
            http("", 429, headers=["Retry-After: 7"]),
            http("", 503, headers=["Retry-After: Sun, 01 Mar 2026 12:00:30 GMT"]),
        )
    ) as server:
        transport = asking(server.url, now=lambda: now)
        assert transport.send(GET) == HttpAnswer(429, b"", 7.0)
        assert transport.send(GET) == HttpAnswer(503, b"", 30.0)


def drip(answer: bytes) -> list:
    return [step for byte in answer for step in (bytes([byte]), 0.05)]


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([CLOSE], "the connection broke before the answer was complete"),
        ([http("hej", length=9), CLOSE], "the connection broke before the answer was complete"),
        ([b"HTTP/1.1 200 OK\r\nContent-", CLOSE], "the answer has neither body nor length"),
        ([b"HTTP/1.1 200 OK\r\n\r\n", CLOSE], "the answer has neither body nor length"),
        (
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhej\r\n", CLOSE],
            "the connection broke",
        ),
        ([b"nonsense\r\n\r\n", CLOSE], "the connection broke"),
        ([1.5, http("hej")], "no answer for 0.5 s"),
        ([http("hej", length=9), 1.5, b"hejhej"], "no answer for 0.5 s"),
        (drip(http("hej")), "no complete answer within 1 s"),
        ([http(b"", length=99), *drip(b"x" * 99)], "no complete answer within 1 s"),
    ],
    ids=[
        "closed",
        "cut",
        "cut head",
        "cut before body",
        "cut chunks",
        "no HTTP",
        "silent",
        "stalls",
        "drips",
        "drips body",
    ],
)
def test_every_way_to_lose_an_answer_is_a_failure_in_words_of_ours(asking, steps, reason):
    with RawServer(in_turn(steps, http("hej"))) as server:
        transport = asking(server.url)
        failure = transport.send(POST)
        assert isinstance(failure, Failure)
        assert failure.happened is Happened.LOST
        assert failure.reason.startswith(reason)
        assert transport.counts.requests == 1
        assert transport.send(GET) == HttpAnswer(200, b"hej")
        assert transport.counts.connections_opened == server.connections == 2


def test_what_cannot_be_unpacked_cannot_be_read(asking):
    with RawServer(in_turn(http(b"zip", headers=["Content-Encoding: gzip"]))) as server:
        assert asking(server.url).send(POST) == Failure(Happened.UNREADABLE, "the answer cannot be unpacked")


def test_a_body_may_end_with_the_connection(asking):
    with RawServer(in_turn([b"HTTP/1.0 200 OK\r\n\r\nhej", CLOSE])) as server:
        assert asking(server.url).send(GET) == HttpAnswer(200, b"hej")


def test_a_server_that_is_not_there_was_sent_nothing(asking):
    with RawServer(in_turn(http())) as server:
        url = server.url
    transport = asking(url)
    failure = transport.send(POST)
    assert failure == Failure(Happened.NOT_SENT, "no connection could be made")
    assert transport.counts.as_dict() == {"requests": 0, "retries": 0, "writes": 0, "connections_opened": 0}


def test_a_name_that_nobody_knows_was_sent_nothing(asking):
    failure = asking("http://shop.invalid").send(POST)
    assert failure.happened is Happened.NOT_SENT
    assert failure.reason == "the server's name could not be resolved"


def test_an_answer_beyond_all_reason_is_not_read_to_its_end(asking):
    def endless(_):
        yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        piece = b"x" * 1_000_000
        for _ in range(transport_module.LARGEST_ANSWER // len(piece) + 10):
            yield b"%x\r\n" % len(piece) + piece + b"\r\n"

    with RawServer(endless) as server:
        failure = asking(server.url, HttpOptions(connect_timeout=5, read_timeout=30)).send(GET)
        assert failure.happened is Happened.UNREADABLE
        assert failure.reason == "the answer is larger than 64 MB"


def certificate(tmp_path, host: str) -> tuple[ssl.SSLContext, str]:
    """A server's TLS context, and the file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, key_file = tmp_path / "server.pem", tmp_path / "server.key"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return context, str(file)


def test_tls_is_spoken_over_one_connection_too(asking, tmp_path):
    context, file = certificate(tmp_path, "localhost")
    with RawServer(in_turn(http("hej")), tls=context) as server:
        transport = asking(server.url, HttpOptions(connect_timeout=2, read_timeout=2, ca_file=file))
        assert [transport.send(POST) for _ in range(3)] == [HttpAnswer(200, b"hej")] * 3
        assert transport.counts.connections_opened == server.connections == 1


@pytest.mark.parametrize(("host", "trusted"), [("localhost", False), ("example.org", True)])
def test_a_certificate_that_cannot_be_verified_is_sent_nothing(asking, tmp_path, host, trusted):
    context, file = certificate(tmp_path, host)
    with RawServer(in_turn(http("hej")), tls=context) as server:
        options = HttpOptions(connect_timeout=2, read_timeout=2, ca_file=file if trusted else None)
        transport = asking(server.url, options)
        answer = transport.send(POST)
        assert isinstance(answer, Failure)
        assert answer.happened is Happened.UNTRUSTED
        assert answer.reason.startswith("the server's certificate could not be verified: ")
        assert server.received == []
        assert transport.counts.requests == 0
