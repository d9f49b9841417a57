"""A switch whose calls change, and when each change came and was first told of."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, time
from typing import Any, Final

CUSTOMERS: Final = 10
_CYCLE: Final = 10
"""After so many changes a number of calls comes again."""


@dataclass
class Stub:
    """A Kamailio whose calls change. What it noted: when each change came, and when it was first told of in an answer."""

    calls: int
    changes: list[float] = field(default_factory=list)
    answered: dict[int, float] = field(default_factory=dict)
    asked: int = 0

    def change(self) -> None:
        self.changes.append(monotonic())

    def each(self, change: int) -> int:
        """Calls of each customer after so many changes."""
        return self.calls // CUSTOMERS + change % _CYCLE

    def answer(self, asked: dict[str, Any]) -> bytes:
        """The dialogs of this moment, by JSON-RPC."""
        self.asked += 1
        change = len(self.changes) - 1
        begun = int(time()) - 60
        listed = [
            {
                "call-id": f"{customer}-{number}", "state": 4, "init_ts": begun, "start_ts": begun + 5,
                "variables": [{"customer": f"customer{customer}"}, {"carrier": f"carrier{number % 5}"},
                              {"src": f"39041{number}"}, {"dst": f"4420{number}"}],
            }
            for customer in range(CUSTOMERS) for number in range(self.each(change))
        ]  # fmt: skip
        told = json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": listed}).encode()
        self.answered.setdefault(change, monotonic())
        return told


@contextmanager
def answering(stub: Stub) -> Iterator[str]:
    """The address of the switch."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = stub.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/RPC"
        server.shutdown()
