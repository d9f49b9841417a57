"""Calls in progress on the pages: the number at the top, which goes on by itself, and the calls themselves.

What changes comes by one stream of events to each page that is looked at. It asks no kernel and reads no calls.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from tornado.web import HTTPError

from tollbook.api.streams import send
from tollbook.language import tr
from tollbook.live.feed import MOST_CALLS, FullError, feed
from tollbook.live.figures import present_of
from tollbook.live.joined import joined
from tollbook.portal.access import Asking, asks
from tollbook.portal.handlers import Plain
from tollbook.portal.lanes import GRAPHS
from tollbook.portal.warm import Owner
from tollbook.portal.watch import over
from tollbook.workspace import open_workspace

PAST: Final = timedelta(hours=3)
"""What the graph of the page shows."""


class LiveEvents(Asking):
    """`/live/stream`: events for a page that is open. No sign-in lasts by it."""

    counts_as_use = False

    @asks("see", "live")
    async def get(self) -> None:
        """Until the page is left, or its reader is no longer let in."""
        here, owner = feed(open_workspace()), Owner.of(self.signed)
        if here is None or here.silent:
            self.set_status(204)  # by which a browser does not ask again
            return

        async def holds() -> bool:
            return not await asyncio.to_thread(over, [owner])

        calls = self.get_query_argument("calls", "") == "1"
        try:
            with here.place(f"person {self.signed.who.id}"):
                await send(self, here.events(self.signed.scope, holds, calls=calls))
        except FullError:
            self.set_header("Retry-After", "60")
            raise HTTPError(429) from None


class LivePage(Plain):
    """`/live`: the calls in progress, by customer, carrier or number."""

    @asks("see", "live")
    def get(self) -> None:
        """The page; its rows come by the stream."""
        self.show(tr("Calls in progress"), template="live.html.j2", most=MOST_CALLS)


class LivePast(Asking):
    """`/live/past`: calls in progress at each minute's start of the last hours, from records and what was seen."""

    counts_as_use = False

    @asks("see", "live")
    async def get(self) -> None:
        """Pairs of epoch seconds and a number."""
        workspace, now = open_workspace(), datetime.now(UTC)
        here = feed(workspace)
        present = here.present if here else present_of(workspace)
        scope = self.signed.scope
        points = await GRAPHS.answer(lambda: joined(workspace, present, scope, now - PAST, now))
        self.set_header("Cache-Control", "no-store")
        self.finish({"points": [[int(at.timestamp()), channels] for at, channels in points]})


ROUTES: Final[tuple[tuple[str, type[Asking]], ...]] = (
    ("/live/stream", LiveEvents),
    ("/live/past", LivePast),
    ("/live", LivePage),
)
