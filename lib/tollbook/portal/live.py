"""Calls in progress on the pages: the number at the top, which goes on by itself, and the calls themselves.

What changes comes by one stream of events to each page that is looked at. It asks no kernel and reads no calls.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tollbook.account.scope import Scope
from tollbook.api.streams import send
from tollbook.language import tr
from tollbook.live.feed import FullError, as_json, event, feed, full
from tollbook.live.figures import present_of
from tollbook.live.history import lately
from tollbook.live.joined import joined
from tollbook.live.missing import Missing, missing
from tollbook.live.present import Present
from tollbook.portal.access import Asking, asks
from tollbook.portal.cells import in_script
from tollbook.portal.handlers import Plain
from tollbook.portal.lanes import GRAPHS
from tollbook.portal.warm import Owner
from tollbook.portal.watch import over
from tollbook.workspace import Workspace, open_workspace

PAST: Final = timedelta(hours=3)
"""What the graph of the page shows."""


class LiveEvents(Asking):
    """`/live/stream`: events for a page that is open. No sign-in lasts by it."""

    counts_as_use = False

    @asks("see", "live")
    async def get(self) -> None:
        """Until the page is left, or its reader is no longer let in."""
        here, owner = feed(open_workspace()), Owner.of(self.signed)
        if here is None or not await asyncio.to_thread(here.tells):
            self.set_status(204)  # by which a browser does not ask again
            return

        async def holds() -> bool:
            return not await asyncio.to_thread(over, [owner])

        calls = self.get_query_argument("calls", "") == "1"
        try:
            with here.place(f"person {self.signed.who.id}", self.signed.scope.customer):
                await send(self, here.events(self.signed.scope, holds, calls=calls))
        except FullError as error:
            # A browser tells a page nothing of a refused stream: it is said in one, and the page asks again later.
            await send(self, _once(full(error)))


class LivePage(Plain):
    """`/live`: the calls in progress, by customer, carrier or number."""

    @asks("see", "live")
    async def get(self) -> None:
        """The page as it is now; it goes on by the stream."""
        scope = self.signed.scope
        told = await GRAPHS.answer(lambda: _told(scope))
        lacking = (
            None if scope.customer is not None else await GRAPHS.answer(lambda: missing(open_workspace()))
        )
        self.show(
            tr("Calls in progress"),
            template="live.html.j2",
            told=in_script(told),
            groups=_groups(scope),
            lacking=lacking,
            seen=await GRAPHS.answer(lambda: lately(open_workspace(), scope.customer)),
            lists=_lists(lacking) if lacking else (),
        )


def _told(scope: Scope) -> dict[str, Any]:
    """The first event."""
    workspace = open_workspace()
    return json.loads(as_json(event(workspace, _present(workspace), scope, calls=True)))  # type: ignore[no-any-return]


def _present(workspace: Workspace) -> Present:
    here = feed(workspace)
    return here.present if here else present_of(workspace)


def _groups(scope: Scope) -> Sequence[tuple[str, str]]:
    """What calls are counted by: those of a contact are all of one customer, and carriers are not told."""
    parties = (("customer", tr("Customer")), ("carrier", tr("Carrier")))
    return (*(parties if scope.customer is None else ()), ("called", tr("DID")))


def _lists(lacking: Missing) -> Sequence[tuple[int, str, Sequence[dict[str, Any]]]]:
    """How many lack the other of call and record, what they are, and the first of them."""
    return (
        (
            lacking.unrecorded,
            tr("seen in progress, never recorded"),
            lacking.unrecorded_calls,
        ),
        (lacking.unseen, tr("recorded, never seen in progress"), lacking.unseen_calls),
    )


async def _once(text: str) -> AsyncGenerator[str]:
    yield text


class LivePast(Asking):
    """`/live/past`: calls in progress at each minute's start of the last hours, from records and what was seen."""

    counts_as_use = False

    @asks("see", "live")
    async def get(self) -> None:
        """Pairs of epoch seconds and a number."""
        workspace, now = open_workspace(), datetime.now(UTC)
        present, scope = _present(workspace), self.signed.scope
        points = await GRAPHS.answer(lambda: joined(workspace, present, scope, now - PAST, now))
        self.set_header("Cache-Control", "no-store")
        self.finish({"points": [[int(at.timestamp()), channels] for at, channels in points]})


ROUTES: Final[tuple[tuple[str, type[Asking]], ...]] = (
    ("/live/stream", LiveEvents),
    ("/live/past", LivePast),
    ("/live", LivePage),
)
