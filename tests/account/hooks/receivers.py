"""A system that is told of events, on this machine's loopback."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """What came, and what is answered: the statuses in turn, the last one from then on.

    0 waits until `over` is set, -1 begins an answer and goes on with a header that does not end until then.
    """

    statuses: list[int] = field(default_factory=lambda: [204])
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    heard: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    @property
    def names(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.came]


@contextmanager
def receiving(*statuses: int, encrypted: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver; an encrypted one is named localhost."""
    box = Receiver(list(statuses) or [204])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.paths.append(self.path)
            box.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = box.statuses.pop(0) if len(box.statuses) > 1 else box.statuses[0]
            box.heard.set()
            if status == -1:
                self._trickle()
                return
            if status == 0:
                status = 200 if box.over.wait(60) else 504
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{box.url}elsewhere")
            self.end_headers()

        def _trickle(self) -> None:
            self.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
            with suppress(OSError):
                while not box.over.wait(0.02):
                    self.wfile.write(b"x")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if encrypted:
        server.socket = encrypted.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    box.url = f"http://127.0.0.1:{server.server_port}/"
    if encrypted:
        box.url = f"https://localhost:{server.server_port}/"
    try:
        yield box
    finally:
        box.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
