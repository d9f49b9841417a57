"""The listening socket: who may connect, what is believed of a proxy, and how much and how long anybody may send."""

import ssl
from collections.abc import Awaitable
from typing import Any, Final

from tornado.httpserver import HTTPServer
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.ioloop import PeriodicCallback
from tornado.iostream import IOStream
from tornado.log import app_log
from tornado.web import Application

from tollbook.account.people.addresses import normal
from tollbook.errors import TollbookError
from tollbook.portal.reach import Reach

LARGEST_HEAD: Final = 64 * 1024
"""Bytes of a request's first line and headers."""
LARGEST_BODY: Final = 1024 * 1024
"""Bytes of what is sent with a request; no page sends a file."""
BODY_S: Final = 60
QUIET_S: Final = 150
"""A connection without a request ends after this long; proxies keep theirs for less, so that it is them who end it."""
RENEWED_MS: Final = 60_000
"""How often a certificate is looked at."""
_OF_CLIENTS: Final = ("X-Real-Ip", "X-Scheme")
"""Tornado would believe them before the others, and a proxy need not write them: whoever asks could."""


class Server(HTTPServer):
    """Tornado's server, for those who may come in."""

    reach: Reach

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        """Serve a connection; one of a stranger ends before anything is read of it."""
        if self.reach.proxies and normal(str(address[0])) not in self.reach.proxies:
            stream.close()
            return
        super().handle_stream(stream, address)

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """Begin to read one; of a proxy, no more is believed than it says itself."""
        delegate = super().start_request(server_conn, request_conn)
        return ByProxy(delegate, request_conn, self.reach.origin) if self.reach.proxies else delegate


class ByProxy(HTTPMessageDelegate):
    """A request that came through a proxy. What clients may have written is dropped; from http it is led to https."""

    def __init__(self, inner: HTTPMessageDelegate, connection: HTTPConnection, origin: str) -> None:
        self.inner, self.connection, self.origin = inner, connection, origin
        self.led_away = False

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Look at the headers before anybody else does."""
        for name in _OF_CLIENTS:
            headers.pop(name, None)
        if headers.get("X-Forwarded-Proto", "https").rpartition(",")[2].strip() != "https":
            self.led_away = True
            return self._lead_to_https(getattr(start_line, "path", "/"))
        return self.inner.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Part of a body."""
        return None if self.led_away else self.inner.data_received(chunk)

    def finish(self) -> None:
        """The request is there."""
        if not self.led_away:
            self.inner.finish()

    def on_connection_close(self) -> None:
        """It will never be."""
        if not self.led_away:
            self.inner.on_connection_close()

    def _lead_to_https(self, path: str) -> Awaitable[None]:
        where = self.origin + (path if path.startswith("/") else "/")
        start = ResponseStartLine("HTTP/1.1", 308, "Permanent Redirect")
        done = self.connection.write_headers(start, HTTPHeaders({"Location": where, "Content-Length": "0"}))
        self.connection.finish()
        return done


def listen(application: Application, reach: Reach) -> Server:
    """Start to listen.

    Raises:
        OSError: the address or the port cannot be had.
    """
    server = Server(
        application,
        xheaders=bool(reach.proxies),
        trusted_downstream=list(reach.proxies),
        protocol="https" if reach.proxies else None,
        ssl_options=reach.certificate.context() if reach.certificate else None,
        max_header_size=LARGEST_HEAD,
        max_body_size=LARGEST_BODY,
        body_timeout=BODY_S,
        idle_connection_timeout=QUIET_S,
    )
    server.reach = reach
    server.listen(reach.port, reach.host)
    if reach.certificate:
        PeriodicCallback(renewal(server), RENEWED_MS).start()
    return server


def renewal(server: Server) -> Any:  # noqa: ANN401 - what PeriodicCallback takes
    """Takes a renewed certificate for the connections to come; one that cannot be used is said in the log and left."""
    own = server.reach.certificate
    assert own is not None  # noqa: S101 - only then it is asked for
    seen = own.stamp

    def look() -> None:
        nonlocal seen
        try:
            if (now := own.stamp) == seen:
                return
            seen = now
            fresh: ssl.SSLContext = own.context()
        except (OSError, TollbookError) as error:
            app_log.error("the renewed certificate is left: %s", error)
        else:
            server.ssl_options = fresh

    return look
