"""Pages as they came out last: whoever asks the same of the same figures sees them at once, before any kernel has run.

A question is everything that a page depends on: its notebook, its reader's scope, choices and language, the published
figures, the account's rows and the files of `params/`. A change of any of them is another question, so nothing here
is ever out of date; what is no longer asked makes place for what is.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from tollbook.account import audited
from tollbook.account.database import shared
from tollbook.account.scope import Scope
from tollbook.account.state import state
from tollbook.params import Audit, Dashboard, PageParams, folder, params_folder, read
from tollbook.switches import Live
from tollbook.workspace import Workspace

MOST_BYTES: Final = 64 * 2**20
"""Of all pages together; one of more than a quarter of it is not kept."""


def question(
    workspace: Workspace,
    notebook: str,
    chosen: PageParams,
    scope: Scope,
    *,
    as_another: bool = False,
    people: bool = False,
) -> Hashable:
    """What is asked: two that are equal have the same answer.

    `as_another` says that its reader looks as somebody else, who is given no forms; `people`, that the page shows who
    may sign in.

    Raises:
        TollbookError: the account's database cannot be reached, or params/live.yml is wrong.
    """
    files = [
        workspace.home / "lake.json",
        folder("notebooks") / notebook,
        *sorted(params_folder().glob("*.yml")),
    ]
    return (
        workspace.home,
        notebook,
        chosen.model_dump_json(),
        scope,
        as_another,
        state(shared(workspace), people=people),
        _newest(workspace) if chosen.page == Audit.page else 0,
        _moment(chosen, scope, datetime.now(UTC)),
        *map(_stamp, files),
    )


def _moment(chosen: PageParams, scope: Scope, now: datetime) -> str:
    """The hour, as the last 24 hours are cut at whole ones; the minute, where calls in progress are shown."""
    moves = chosen.page == Dashboard.page and not getattr(chosen, "end", "") and scope.may("see", "live")
    return now.strftime("%Y-%m-%d %H:%M" if moves and read("live", Live).sources else "%Y-%m-%d %H")


def _newest(workspace: Workspace) -> int:
    with shared(workspace).reading() as session:
        return audited.newest(session)


def _stamp(file: Path) -> tuple[str, int, int]:
    try:
        found = file.stat()
    except FileNotFoundError:
        return str(file), 0, 0
    return str(file), found.st_mtime_ns, found.st_size


@dataclass
class Remembered:
    """The HTML of pages' cells by what was asked, the longest unasked given up first."""

    most_bytes: int = MOST_BYTES
    _pages: OrderedDict[Hashable, Sequence[str]] = field(default_factory=OrderedDict)
    _being_made: WeakValueDictionary[Hashable, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def find(self, asked: Hashable) -> Sequence[str]:
        """The cells of the page; empty where it is not remembered."""
        if asked not in self._pages:
            return ()
        self._pages.move_to_end(asked)
        return self._pages[asked]

    def keep(self, asked: Hashable, cells: Sequence[str]) -> None:
        """Remember a page that came out whole."""
        if _bytes(cells) <= self.most_bytes // 4:
            self._pages[asked] = tuple(cells)
        while sum(map(_bytes, self._pages.values())) > self.most_bytes:
            self._pages.popitem(last=False)

    @asynccontextmanager
    async def one_at_a_time(self, asked: Hashable) -> AsyncIterator[None]:
        """Of many who ask the same at once one has the page made; the others wait, and find it."""
        lock = self._being_made.setdefault(
            asked, asyncio.Lock()
        )  # it lasts for as long as anybody holds it or waits
        async with lock:
            yield


def _bytes(cells: Sequence[str]) -> int:
    return sum(map(len, cells))
