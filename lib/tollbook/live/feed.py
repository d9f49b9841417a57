"""Everybody who has a page open is told what changes, without asking: one answer of the switches, however many they are.

A stream ends by itself after a while, and whoever reads it begins another, so that nothing is told for longer than
somebody is let in. Of one reader, and of all, there are only so many.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tollbook.account.scope import Scope
from tollbook.errors import TollbookError
from tollbook.language import tr
from tollbook.live.collect import Collector
from tollbook.live.figures import called_rows, calls_rows, document, now_in
from tollbook.live.present import Present
from tollbook.params import read
from tollbook.periods import iso_z
from tollbook.switches import Live
from tollbook.workspace import Workspace

LEAST_S: Final = 0.9
"""Between two changes that a stream is told of."""
QUIET_S: Final = 5.0
"""After so long without a change the ages are told anew, and it is looked whether the reader is still let in."""
LONGEST_S: Final = 3600.0
MOST_CALLS: Final = 500
MOST_CALLED: Final = 100
Question = tuple[Scope, bool]


class FullError(TollbookError):
    """There are as many streams as there may be."""


@dataclass
class Feed:
    """What streams read; everything here is touched by the server's one loop only."""

    collector: Collector
    counts: Counter[str] = field(default_factory=Counter)
    customers: Counter[str] = field(default_factory=Counter)
    made: int = 0
    _waiting: set[asyncio.Event] = field(default_factory=set)
    _texts: dict[Question, str] = field(default_factory=dict)
    _key: object = None
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def present(self) -> Present:
        """What is known now."""
        return self.collector.present

    def tells(self) -> bool:
        """Whether there is anything to tell: a switch that is asked, or records without an end.

        Raises:
            TollbookError: the records cannot be read.
        """
        return bool(self.present.held) or now_in(self.collector.workspace, self.present).known

    def connect(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake the streams in this loop after each change."""

        def tell() -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._wake)

        self.collector.listen(tell)

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()

    @contextmanager
    def place(self, owner: str, customer: str | None = None) -> Iterator[None]:
        """A place for one stream of a person or token; `customer` is whose contact it is, if any.

        Raises:
            FullError: there is none, and why.
        """
        told = read("live", Live)
        if self.counts[owner] >= told.streams_each:
            raise FullError(tr("You follow the calls in progress on as many pages as you may at once."))
        if customer is not None and self.customers[customer] >= told.streams_customer:
            raise FullError(
                tr("Your company follows the calls in progress on as many pages as it may at once.")
            )
        if self.counts.total() >= told.streams:
            raise FullError(tr("As many pages follow the calls in progress as may do so at once."))
        held = [(self.counts, owner), *([(self.customers, customer)] if customer is not None else [])]
        for counts, name in held:
            counts[name] += 1
        try:
            yield
        finally:
            for counts, name in held:
                counts[name] -= 1
                if not counts[name]:
                    del counts[name]

    async def events(
        self, scope: Scope, holds: Callable[[], Awaitable[bool]], *, calls: bool = False
    ) -> AsyncGenerator[str]:
        """Texts for one reader: now, and after each change, until `holds` says that they are no longer let in."""
        loop = asyncio.get_running_loop()
        changed, until, looked = asyncio.Event(), loop.time() + LONGEST_S, loop.time()
        self._waiting.add(changed)
        try:
            while loop.time() < until:
                changed.clear()
                yield await self.text(scope, calls=calls)
                await asyncio.sleep(LEAST_S)
                with _quiet():
                    await asyncio.wait_for(changed.wait(), QUIET_S)
                if loop.time() - looked >= QUIET_S:
                    looked = loop.time()
                    if not await holds():
                        return
        finally:
            self._waiting.discard(changed)

    async def text(self, scope: Scope, *, calls: bool = False) -> str:
        """The event for a reader, made once for all who have the same scope."""
        async with self._making:
            key = (self.present.number, self.present.at, int(datetime.now(UTC).timestamp()))
            if key != self._key:
                self._key, self._texts = key, {}
            if (scope, calls) not in self._texts:
                self._texts[scope, calls] = await asyncio.to_thread(
                    self._made, self.present, scope, calls=calls
                )
            return self._texts[scope, calls]

    def _made(self, present: Present, scope: Scope, *, calls: bool) -> str:
        self.made += 1
        return f"data: {as_json(event(self.collector.workspace, present, scope, calls=calls))}\n\n"


def event(workspace: Workspace, present: Present, scope: Scope, *, calls: bool) -> dict[str, Any]:
    """What a reader is told; with the calls themselves, and which numbers have most of them, where asked for.

    Raises:
        TollbookError: the database or the records cannot be read.
    """
    told = document(workspace, present, scope)
    if calls:
        told["by_called"] = called_rows(present, scope, MOST_CALLED)
        told["calls"] = calls_rows(workspace, present, scope, MOST_CALLS)
    return told


def full(error: FullError) -> str:
    """The one event of a page for which there is no place: why."""
    return f"event: full\ndata: {json.dumps({'why': str(error)})}\n\n"


def as_json(told: dict[str, Any]) -> str:
    """With its instants as texts."""
    return json.dumps(told, default=_json)


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing has changed for a while, which is no error."""
    try:
        yield
    except TimeoutError:
        return


def _json(value: object) -> Any:  # noqa: ANN401 - whatever JSON has
    if isinstance(value, datetime):
        return iso_z(value)
    raise TypeError(type(value).__name__)


_feeds: Final[dict[Path, Feed]] = {}


def begin(collector: Collector) -> Feed:
    """Start the collector of a workspace in this process; its feed is found by `feed`."""
    made = _feeds[collector.workspace.home] = Feed(collector)
    collector.start()
    return made


def end(workspace: Workspace) -> None:
    """Stop it."""
    if made := _feeds.pop(workspace.home, None):
        made.collector.stop()


def feed(workspace: Workspace) -> Feed | None:
    """The feed of this process, if it has one."""
    return _feeds.get(workspace.home)
