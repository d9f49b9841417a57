"""Wrong sign-ins from many addresses, some with the viewers' own names: so many a minute, whatever the answers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tornado.httpclient import AsyncHTTPClient

from bench.soak.browser import Browser
from bench.soak.noted import Noted

ADDRESSES: Final = tuple(f"127.0.2.{number}" for number in range(1, 201))
KIND: Final = "wrong sign-in"
_VIEWERS_NAMES: Final = 0.5


@dataclass
class Strangers:
    """All of them; `logins` are names that there are."""

    portal: str
    http: AsyncHTTPClient
    noted: Noted
    random: Random
    logins: Sequence[str]
    a_minute: int
    sent: int = 0
    _browsers: dict[str, Browser] = field(default_factory=dict)

    async def run(self, seconds: float) -> None:
        """Try for so long, at even steps: a slow answer makes none of the others wait."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        async with asyncio.TaskGroup() as tries:
            while (at := self.sent * 60 / self.a_minute) < seconds:
                await asyncio.sleep(max(0.0, begun + at - loop.time()))
                tries.create_task(self._try())
                self.sent += 1

    async def _try(self) -> None:
        address = self.random.choice(ADDRESSES)
        browser = self._browsers.setdefault(address, Browser(self.http, self.portal, address))
        known = self.random.random() < _VIEWERS_NAMES
        name = (
            self.random.choice(self.logins) if known else f"{self.random.getrandbits(40):x}@elsewhere.example"
        )
        try:
            async with self.noted.timed(KIND):
                status = await browser.sign_in(name, f"{self.random.getrandbits(64):x}")
        except Exception as error:  # noqa: BLE001 - whatever it was, it is an error of the run
            self.noted.error(f"{KIND}: {type(error).__name__}: {error}")
        else:
            self.noted.status(KIND, status, 403, 429)
