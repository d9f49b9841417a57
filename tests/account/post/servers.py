"""Servers of the tests' own, reached over this machine's loopback as real ones are."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from tollbook.servers import Mail

USER, PASSWORD = "calls", "what only the server knows"


@dataclass
class Mailbox:
    """An SMTP server's mail, and what it answers in place of taking more; `before` is called with each mail's content."""

    mail: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    answers: str = ""
    before: Callable[[], None] = lambda: None

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802 - aiosmtpd's
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd's
        self.before()
        if self.answers:
            return self.answers
        self.envelopes.append(envelope)
        content = envelope.content.replace(b"\r\n", b"\n")  # lines as programs have them
        self.mail.append(message_from_bytes(content, policy=policy.default))
        return "250 taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _signed_in(_server, _session, _envelope, _mechanism, data) -> AuthResult:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False, message=None if right else "535 5.7.8 wrong")


@contextmanager
def smtp(box: Mailbox, context: ssl.SSLContext | None, security: str = "starttls") -> Iterator[Mail]:
    """A server that wants a password where it is encrypted; yields how it is reached."""
    port, more = free_port(), {}
    if context:
        more = {"authenticator": _signed_in, "auth_required": True}
        more |= {"ssl_context": context, "auth_require_tls": False} if security == "tls" else {}
        more |= {"tls_context": context, "require_starttls": True} if security == "starttls" else {}
    running = Controller(box, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True, **more)
    running.start()
    try:
        yield Mail(
            host="localhost",
            port=port,
            security=security,
            sender="Calls <calls@carrier.example>",
            user=USER if context else "",
        )
    finally:
        running.stop()


@dataclass
class Asked:
    """A request as an HTTP server saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Site:
    """What an HTTP server was asked, and what it answers: a status, headers and a body, from the request."""

    answer: Callable[[Asked], tuple[int, dict[str, str], str]]
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def http(site: Site, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """An HTTP server; yields its address. An answer of status 0 hangs up without one."""

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length).decode()
            asked = Asked(self.command, self.path, dict(self.headers), body)
            site.asked.append(asked)
            status, headers, said = site.answer(asked)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.encode())))
            self.end_headers()
            self.wfile.write(said.encode())

        do_GET = do_POST = do_PUT = _do  # noqa: N815 - the library's

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"{'https' if context else 'http'}://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def as_json(value: object, status: int = 200) -> tuple[int, dict[str, str], str]:
    return status, {"Content-Type": "application/json"}, json.dumps(value)
