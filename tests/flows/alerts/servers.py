"""A mail server and a Slack of this machine: real sockets, and what people would have got."""

from __future__ import annotations

import email
import email.policy
import json
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Mailbox:
    """``refuse`` is answered to ``step`` (``RCPT``, ``DATA`` …) instead of yes."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    step: str = ""
    refuse: str = ""

    def connection(self, **extra: object) -> str:
        """As an Airflow connection."""
        told = {
            "from_email": "koppling@example.com",
            "disable_ssl": True,
            "disable_tls": True,
            "timeout": 5,
        } | extra
        return json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": self.port, "extra": told})

    def texts(self) -> list[str]:
        return [f"{one['subject']}\n{html_of(one)}" for one in self.mails]


def html_of(mail: EmailMessage) -> str:
    return next(part.get_content() for part in mail.walk() if part.get_content_type() == "text/html")


class _Smtp(socketserver.StreamRequestHandler):
    box: Mailbox

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        self.say("220 mail.example")
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].split()[0].upper()
            if word == self.box.step:
                if not self.box.refuse:
                    return  # hangs up
                self.say(self.box.refuse)
            elif word == "DATA":
                self.say("354 go on")
                lines = []
                while (row := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(row.removeprefix(b"."))
                if row:
                    mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                    self.box.mails.append(mail)
                    self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 yes")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def mail_server(box: Mailbox):
    """Serves ``box``; on the port it had before, if it had one."""
    handler = type("Handler", (_Smtp,), {"box": box})
    with _Server(("127.0.0.1", box.port), handler) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()


@dataclass
class Slack:
    """What came to the webhook; ``status`` is answered."""

    port: int = 0
    texts: list[str] = field(default_factory=list)
    status: int = 200
    body: str = "ok"

    def connection(self) -> str:
        return json.dumps(
            {
                "conn_type": "slackwebhook",
                "host": f"http://127.0.0.1:{self.port}/services",
                "password": "T000/B000/not-to-be-told",
            }
        )


@contextmanager
def slack_server(slack: Slack):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if slack.status == 200:
                slack.texts.append(told["text"])
            body = slack.body.encode()
            self.send_response(slack.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing on the console."""

    with ThreadingHTTPServer(("127.0.0.1", slack.port), Handler) as server:
        slack.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield slack
        finally:
            server.shutdown()
