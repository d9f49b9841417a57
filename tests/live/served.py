"""A portal that asks one Kamailio, whose calls a test changes."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest

from live.servers import http, rpc
from portal.conftest import served
from tollbook.workspace import Workspace

LONGEST_S = 30


class Kamailio:
    """Dialogs of customers, and how often it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.asked = 0
        self.down = False

    def answer(self, _path: str, _headers: object, body: bytes) -> tuple[int, bytes]:
        self.asked += 1
        if self.down:
            return 500, b""
        listed = [
            {
                "call-id": f"c{number}", "state": 4, "init_ts": 1795397697, "start_ts": 1795397700,
                "variables": [{"customer": customer}, {"carrier": carrier}, {"src": "4930"}, {"dst": f"442{number}"}],
            }
            for number, (customer, carrier) in enumerate(self.calls)
        ]  # fmt: skip
        return 200, rpc({"dlg.list": listed}, body)


@contextmanager
def asking(workspace: Workspace, params: Path, **more: Any) -> Iterator[tuple[str, Kamailio]]:
    """The address of the portal, and the switch that it asks every second."""
    switch = Kamailio()
    with http(switch.answer) as address, pytest.MonkeyPatch.context() as patch:
        source = {"name": "sbc1", "kind": "kamailio", "address": address, "every_s": 1, "timeout_s": 30}
        (params / "live.yml").write_text(json.dumps({"sources": [source], **more}))
        (params / "site.yml").write_text("api_per_minute: 100000\nsessions: 400\n")
        patch.setenv("TOLLBOOK_PARAMS", str(params))
        for name in ("TOLLBOOK_DATABASE_URL", "TOLLBOOK_SECRET"):
            patch.delenv(name, raising=False)
        with served(workspace.home) as portal:
            patch.undo()  # other portals of the run have their own
            yield portal, switch


class Stream:
    """Events that a server sends, one after the other."""

    def __init__(self, address: str, path: str, **headers: str) -> None:
        where = urlsplit(address)
        self.line = HTTPConnection(where.hostname or "", where.port, timeout=60)
        self.line.request("GET", path, headers=headers)
        self.reply = self.line.getresponse()

    @property
    def status(self) -> int:
        return self.reply.status

    def next(self) -> dict[str, Any]:
        """The next event."""
        while line := self.reply.readline():
            if line.startswith(b"data: "):
                event: dict[str, Any] = json.loads(line[6:])
                return event
        raise EOFError

    def until(self, channels: int | None) -> dict[str, Any]:
        """The first event with so many calls; one comes at least every half minute."""
        ends = monotonic() + LONGEST_S
        while (event := self.next())["channels"] != channels:
            assert monotonic() < ends, f"{event['channels']} channels instead of {channels}"
        return event

    def to_the_end(self) -> None:
        """Read until the server ends it."""
        while self.reply.readline():
            pass

    def close(self) -> None:
        if self.line.sock:
            self.line.sock.shutdown(socket.SHUT_RDWR)
        self.line.close()
