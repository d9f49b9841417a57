"""Switches that answer by real sockets of this machine, as far as asking them needs it."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PASSWORD = "correct horse battery"
FIXTURES = Path(__file__).parent / "fixtures"


@contextmanager
def http(answer: Callable[[str, Mapping[str, str], bytes], tuple[int, bytes]]) -> Iterator[str]:
    """The address of a server; `answer` gets path, headers and body, and gives a status and a body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            status, body = answer(self.path, self.headers, self.rfile.read(length))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name is http.server's

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def json_rpc(results: Mapping[str, Any]) -> Callable[[str, Mapping[str, str], bytes], tuple[int, bytes]]:
    """Answers JSON-RPC: a method's result, which may depend on its parameters."""

    def answer(_path: str, _headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        return 200, rpc(results, body)

    return answer


def rpc(results: Mapping[str, Any], body: bytes) -> bytes:
    asked = json.loads(body)
    result = results.get(asked["method"])
    if callable(result):
        result = result(asked.get("params"))
    told = {"error": {"code": 404}} if result is None else {"result": result}
    return json.dumps({"jsonrpc": "2.0", "id": asked["id"], **told}).encode()


@contextmanager
def datagrams(answer: Callable[[bytes], bytes | None], path: Path | None = None) -> Iterator[str]:
    """The address of a socket that answers each datagram: by UDP, or where a path is told by that."""
    line = socket.socket(socket.AF_UNIX if path else socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(str(path) if path else ("127.0.0.1", 0))
    stopped = threading.Event()
    line.settimeout(0.05)

    def serve() -> None:
        while not stopped.is_set():
            try:
                asked, whom = line.recvfrom(65_536)
            except TimeoutError:
                continue
            told = answer(asked)
            if told is not None:
                line.sendto(told, whom)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"unix:{path}" if path else f"udp://127.0.0.1:{line.getsockname()[1]}"
    finally:
        stopped.set()
        thread.join()
        line.close()


@contextmanager
def tcp(talk: Callable[[Any], None]) -> Iterator[str]:
    """The address of a server that talks with each that connects, by a file of its connection."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line, line.makefile("rwb", buffering=0) as file:
                try:
                    talk(file)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def block(file: Any, end: bytes) -> dict[str, str]:
    """The headers up to an empty line."""
    lines = []
    while line := file.readline():
        if not line.strip():
            break
        lines.append(line.decode().strip())
    return dict(each.partition(": ")[::2] for each in lines)


def manager(channels: list[Mapping[str, str]], *, left_out: int = 0) -> Callable[[Any], None]:
    """Asterisk's manager interface, with these channels, the last few of which it does not tell."""

    def send(file: Any, **headers: str) -> None:
        text = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        file.write(f"{text}\r\n".encode())

    def talk(file: Any) -> None:
        file.write(b"Asterisk Call Manager/9.0.0\r\n")
        login = block(file, b"\r\n")
        if login.get("Secret") != PASSWORD or login.get("Username") != "reader":
            send(file, Response="Error", Message="Authentication failed")
            return
        send(file, Response="Success", Message="Authentication accepted")
        send(file, Event="FullyBooted", Status="Fully Booted")
        asked = block(file, b"\r\n")
        send(file, Response="Success", ActionID=asked["ActionID"], EventList="start")
        for channel in channels[: len(channels) - left_out]:
            send(file, Event="CoreShowChannel", ActionID=asked["ActionID"], **channel)
        send(
            file,
            Event="CoreShowChannelsComplete",
            ActionID=asked["ActionID"],
            ListItems=str(len(channels)),
        )
        block(file, b"\r\n")

    return talk


def event_socket(document: Mapping[str, Any]) -> Callable[[Any], None]:
    """FreeSWITCH's event socket, which tells this document."""

    def talk(file: Any) -> None:
        file.write(b"Content-Type: auth/request\n\n")
        word = file.readline().decode().strip()
        file.readline()
        if word != f"auth {PASSWORD}":
            file.write(b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n")
            return
        file.write(b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n")
        file.readline()
        file.readline()
        body = json.dumps(document).encode()
        file.write(b"Content-Type: api/response\nContent-Length: %d\n\n" % len(body) + body)

    return talk
