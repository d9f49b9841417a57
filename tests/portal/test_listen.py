"""Who may connect, and what is believed of a proxy."""

import asyncio
import os
import socket
import ssl
from pathlib import Path

import pytest
from tornado.web import Application, RequestHandler

from aside import run
from portal.world import NAME, Papers, ports
from tollbook.portal.certificate import Certificate
from tollbook.portal.listen import LARGEST_BODY, LARGEST_HEAD, Server, listen, renewal
from tollbook.portal.reach import Reach

HERE = "127.0.0.1"


class Echo(RequestHandler):
    """Tells whom it takes a request to be from, and how."""

    def get(self) -> None:
        self.finish(f"{self.request.remote_ip} {self.request.protocol}")

    post = get


def reach(*proxies: str, certificate: Certificate | None = None) -> Reach:
    address = f"https://{NAME}/" if proxies or certificate else ""
    return Reach(HERE, ports(1)[0], "/", address, proxies, certificate)


def exchanged(where: Reach, *headers: str, source: str = HERE, line: str = "GET /x?y=1") -> str:
    """What comes back over one connection, all of it; empty where it is closed without a word."""

    def ask() -> str:
        with socket.create_connection((HERE, where.port), 10, (source, 0)) as connection:
            sent = "\r\n".join((f"{line} HTTP/1.1", f"Host: {NAME}", "Connection: close", *headers, "", ""))
            connection.sendall(sent.encode())
            try:
                return b"".join(iter(lambda: connection.recv(65536), b"")).decode()
            except ConnectionError:
                return ""

    async def main() -> str:
        server = listen(Application([(".*", Echo)]), where)
        try:
            return await asyncio.to_thread(ask)
        finally:
            server.stop()
            await server.close_all_connections()

    return run(main())


def told(answer: str) -> str:
    return answer.rpartition("\r\n")[2]


FORGED = ("X-Forwarded-For: 203.0.113.9", "X-Real-Ip: 203.0.113.9", "X-Scheme: https")


def test_without_named_proxies_no_header_is_believed() -> None:
    assert told(exchanged(reach(), *FORGED, "X-Forwarded-Proto: https")) == f"{HERE} http"


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("203.0.113.9, 192.0.2.1", "192.0.2.1"),
        ("192.0.2.1, 127.0.0.5", "192.0.2.1"),
        ("nonsense", HERE),
    ],
)
def test_a_proxy_tells_who_asks_by_the_last_address_that_is_no_proxy(header: str, meant: str) -> None:
    answer = exchanged(reach(HERE, "127.0.0.5"), f"X-Forwarded-For: {header}")
    assert told(answer) == f"{meant} https"


def test_other_headers_of_a_client_mean_nothing() -> None:
    answer = exchanged(reach(HERE), "X-Forwarded-For: 192.0.2.1", "X-Real-Ip: 203.0.113.9", "X-Scheme: http")
    assert told(answer) == "192.0.2.1 https"


def test_who_comes_by_http_is_led_to_https_at_the_address() -> None:
    for line in ("GET /x?y=1", "POST /x?y=1", "GET http://elsewhere.example/x?y=1"):
        answer = exchanged(reach(HERE), "X-Forwarded-Proto: http", line=line)
        assert answer.startswith("HTTP/1.1 308 Permanent Redirect\r\n")
        where = f"Location: https://{NAME}/" if "://" in line else f"Location: https://{NAME}/x?y=1"
        assert where in answer.split("\r\n")
    body = exchanged(reach(HERE), "X-Forwarded-Proto: http", "Content-Length: 3", "", "a=1", line="POST /x")
    assert body.startswith("HTTP/1.1 308 ")


def test_only_named_proxies_may_connect() -> None:
    assert told(exchanged(reach("127.0.0.5"), source="127.0.0.5")) == "127.0.0.5 https"
    assert exchanged(reach("127.0.0.5"), source="127.0.0.6") == ""


def test_what_is_sent_has_bounds() -> None:
    head = exchanged(reach(), f"X-Long: {'x' * LARGEST_HEAD}")
    assert head.startswith("HTTP/1.1 4") or head == ""
    body = exchanged(reach(), f"Content-Length: {LARGEST_BODY + 1}", line="POST /x")
    assert body.startswith("HTTP/1.1 4") or body == ""


def test_a_renewed_certificate_is_taken_and_a_broken_one_is_not(tmp_path: Path) -> None:
    papers = Papers.made(tmp_path)
    server = Server(Application([]))
    server.reach = reach(certificate=Certificate(papers.chain, papers.key))
    look = renewal(server)
    look()
    assert server.ssl_options is None  # nothing has changed since
    Papers.made(tmp_path)
    os.utime(papers.chain, ns=(1, 1))
    look()
    taken = server.ssl_options
    assert isinstance(taken, ssl.SSLContext)
    papers.key.write_text("half a k")
    os.utime(papers.key, ns=(2, 2))
    look()
    assert server.ssl_options is taken
