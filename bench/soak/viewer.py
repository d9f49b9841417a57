"""What one viewer does: signs in, opens pages, changes what they show, takes data away, leaves, and comes again."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any, Final
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient

from bench.soak.browser import Browser, Line, Page, read
from bench.soak.noted import Noted
from bench.soak.people import Person

STAYS_S: Final = (30.0, 90.0)
CHOOSES_S: Final = (5.0, 20.0)
_READS_S: Final = (0.5, 4.0)
"""How soon a reader reaches for a page that was remembered, and so has it connected."""
_TICK_S: Final = 15.0
_OUTSTANDING_S: Final = 60.0
_DOWNLOADS, _ASKS_API, _SIGNS_IN_ANEW, _SIGNS_OUT = 0.15, 0.3, 0.25, 0.1

PAGES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "dashboard": {
        "start": ("-6h", "-24h", "-2d", "-7d"),
        "by": ("total", "destination"),
        "compare": ("", "previous"),
    },
    "summary": {"view": ("live", "daily", "weekly", "monthly")},
    "calls": {
        "start": ("-6h", "-24h", "-7d"),
        "outcome": ("", "answered", "busy", "cancelled"),
        "order": ("newest", "oldest"),
        "shortest": ("", "30"),
    },
    "carriers": {
        "start": ("-24h", "-7d"),
        "minimum": ("20", "100"),
        "sort": ("-stake", "carrier", "-asr", "-acd"),
    },
}
"""What is chosen on each page."""
OF_OPERATORS: Final = frozenset({"carriers"})


@dataclass
class Viewer:
    """One of them; `until` is when they go home, on the clock of `monotonic`."""

    person: Person
    portal: str
    http: AsyncHTTPClient
    noted: Noted
    random: Random
    until: float
    inside: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, arrives_s: float) -> None:
        """Arrive after so many seconds, and look at one page after the other. What goes wrong is noted."""
        await asyncio.sleep(arrives_s)
        browser = await self._first()
        while monotonic() < self.until:
            try:
                if self.random.random() < _SIGNS_IN_ANEW:
                    browser = await self._signed_in("sign-in")
                await self._visit(browser)
            except Exception as error:  # noqa: BLE001 - whatever it was, it is an error of the run
                self.noted.error(f"{type(error).__name__}: {error}")
                await asyncio.sleep(1)

    async def _first(self) -> Browser:
        try:
            return await self._signed_in("first sign-in")
        finally:
            self.inside.set()

    async def _signed_in(self, kind: str) -> Browser:
        browser = Browser(self.http, self.portal, self.person.address)
        with suppress(OSError):
            await browser.get("/login")
        async with self.noted.timed(kind):
            status = await browser.sign_in(self.person.login, self.person.password)
        self.noted.status(kind, status, 303)
        return browser

    async def _visit(self, browser: Browser) -> None:
        """Open a page, stay, leave it."""
        name = self.random.choice(
            [name for name in PAGES if self.person.role != "contact" or name not in OF_OPERATORS]
        )
        page = await self._opened(browser, name)
        if page is None:
            return
        async with self.noted.timed("line"):
            line = await browser.line(page.kernel_id)
            await line.ready()
        leaves = min(self.until, monotonic() + self.random.uniform(*STAYS_S))
        beside = asyncio.create_task(self._page_itself(browser, line, page))
        try:
            await self._choose(line, page, name, leaves)
            await self._take_away(browser)
        finally:
            beside.cancel()
            with suppress(asyncio.CancelledError):
                await beside
            await line.close()
            await self._leave(browser, page)

    async def _opened(self, browser: Browser, name: str) -> Page | None:
        asked = f"/{name}?{urlencode(self._changed(name, {}))}"
        async with self.noted.timed("page"):
            answer = await browser.get(asked)
        if not self.noted.status("page", answer.code, 200):
            return None
        page = read(answer.body.decode())
        if page.kernel_id:
            return page
        await asyncio.sleep(self.random.uniform(*_READS_S))
        async with self.noted.timed("session of a remembered page"):
            answer = await browser.post(asked)
        if not self.noted.status("session of a remembered page", answer.code, 200):
            return None
        return page.connected(json.loads(answer.body))

    async def _choose(self, line: Line, page: Page, name: str, leaves: float) -> None:
        values: dict[str, str] = dict(page.values)
        while (pause := self.random.uniform(*CHOOSES_S)) < leaves - monotonic():
            await asyncio.sleep(pause)
            values |= self._changed(name, values, page.defaults)
            async with self.noted.timed("choice"):
                await line.choose(page.choices, values)
            for fault in line.faults:
                self.noted.error(f"{name}: {fault}")
            line.faults.clear()
        await asyncio.sleep(max(0.0, leaves - monotonic()))

    def _changed(
        self, name: str, held: Mapping[str, str], known: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        offered = {field: values for field, values in PAGES[name].items() if known is None or field in known}
        field = self.random.choice(sorted(offered))
        return {field: self.random.choice([value for value in offered[field] if value != held.get(field)])}

    async def _page_itself(self, browser: Browser, line: Line, page: Page) -> None:
        """What a page does while nobody touches it."""
        asked_at = monotonic()
        with suppress(OSError):  # the line has ended: whoever chooses something is told
            while True:
                await asyncio.sleep(_TICK_S)
                await line.tick(page.choices)
                if self.person.role != "contact" and monotonic() - asked_at >= _OUTSTANDING_S:
                    asked_at = monotonic()
                    self.noted.status("outstanding", (await browser.get("/outstanding")).code, 200)

    async def _take_away(self, browser: Browser) -> None:
        if self.random.random() < _DOWNLOADS:
            async with self.noted.timed("download"):
                answer = await browser.get("/calls.csv?start=-24h")
            self.noted.status("download", answer.code, 200)
        if self.random.random() < _ASKS_API:
            program = Browser(self.http, self.portal, self.person.address)
            async with self.noted.timed("api"):
                answer = await program.get(
                    "/api/v1/summary?view=daily", Authorization=f"Bearer {self.person.token}"
                )
            if self.noted.status("api", answer.code, 200):
                document: dict[str, Any] = json.loads(answer.body)
                if not document["data"]:
                    self.noted.error("api: no rows")

    async def _leave(self, browser: Browser, page: Page) -> None:
        """As a page says when it is left; one in ten signs out and leaves it to the portal to end the session."""
        if self.random.random() < _SIGNS_OUT:
            self.noted.status("sign-out", (await browser.post("/logout")).code, 302, 303)
            browser.cookies = (await self._signed_in("sign-in")).cookies
            return
        answer = await browser.post(f"/voila/api/shutdown/{page.kernel_id}")
        self.noted.status("leaving", answer.code, 204)
