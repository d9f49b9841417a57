"""Whoever follows the calls in progress, each with a token of their own."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from bench.live.switch import CUSTOMERS
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer, now
from tollbook.account.people import persons, tokens
from tollbook.workspace import Workspace

PATH: Final = "/api/v1/live/stream"
_LONGEST_LINE: Final = 2**24
_BY: Final = Actor(None, "bench")


@dataclass
class Viewer:
    """Whoever follows; `shares` is how many customers' calls they see. What they heard: when, and how many calls of each."""

    token: str
    path: str
    shares: int
    heard: list[tuple[float, int]] = field(default_factory=list)

    async def follow(self, address: str) -> None:
        """Read until cancelled.

        Raises:
            SystemExit: the stream is refused, or ends.
        """
        where = urlsplit(address)
        reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=_LONGEST_LINE)
        try:
            asked = f"GET {self.path} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {self.token}\r\n\r\n"
            writer.write(asked.encode())
            status = await reader.readline()
            if b" 200 " not in status:
                raise SystemExit(f"a stream was refused: {status.decode().strip()}")
            async for line in reader:
                if line.startswith(b"data: "):
                    at = monotonic()
                    self.heard.append((at, json.loads(line[6:])["channels"] // self.shares))
            raise SystemExit("a stream has ended")
        finally:
            writer.close()


def entered(home: Path, count: int) -> list[Viewer]:
    """So many people with a token each: two operators to three contacts; one in five looks at the calls themselves."""
    workspace = Workspace(home)
    workspace.create()
    db = Database.of(workspace)
    with db.session() as session:
        session.add_all(
            Customer(id=f"customer{n}", name=f"Customer {n}", channels=60) for n in range(CUSTOMERS)
        )
    made = []
    for number in range(count):
        operator, login = number % 5 < 2, f"viewer{number}@bench.example"
        kind, told = (
            ("user", {"role": "analyst"})
            if operator
            else ("contact", {"customer": f"customer{number % CUSTOMERS}"})
        )
        with db.session() as session:
            persons.add(session, kind, login, told, _BY)
            session.flush()
            until = now() + timedelta(days=1)
            token, _ = tokens.make(
                session, persons.found(session, login), "bench", ("live",), until, _BY, now()
            )
        path = f"{PATH}?calls=1" if number % 5 == number // 5 % 5 else PATH
        made.append(Viewer(token, path, CUSTOMERS if operator else 1))
    db.close()
    return made
