"""Where passwords are looked at and long work is done: apart from all else, and strangers' passwords after those of
people in their usual place.

Looking at a password is made to be slow. A flood of wrong ones would take the processors, and the threads in which
everything else of the server is done; so strangers' have one thread of their own, which steps back for all others,
and when many wait there, the next are turned away at once. It is alike with papers that are typeset and graphs that are
computed for a page.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Final, TypeVar

from tornado.web import HTTPError

Result = TypeVar("Result")
_STEP_BACK: Final = 5
"""Steps of `nice`: it still has its turn on a machine that is busy."""
_LAST: Final = 19


class FullLaneError(Exception):
    """As many wait as may."""


class Lane:
    """Threads for one kind of work, and how many may be in it, waiting ones included."""

    def __init__(self, name: str, *, threads: int, most: int, steps_back: bool = False) -> None:
        self._threads = ThreadPoolExecutor(threads, name, initializer=_step_back if steps_back else None)
        self._most = most
        self._inside = 0

    async def do(self, work: Callable[[], Result]) -> Result:
        """Do this in its turn, in the language of whoever asked.

        Raises:
            FullLaneError: too many are before it; nothing has been done.
        """
        if self._inside >= self._most:
            raise FullLaneError
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, work)
        finally:
            self._inside -= 1

    async def answer(self, work: Callable[[], Result]) -> Result:
        """Do this in its turn, for a page that has nothing of its own to say when it is full.

        Raises:
            HTTPError: 503, too many are before it; nothing has been done.
        """
        try:
            return await self.do(work)
        except FullLaneError:
            raise HTTPError(503) from None


def _step_back() -> None:
    """Let other threads go first. On Linux each has a rank of its own, which those that it starts inherit."""
    if sys.platform == "linux":
        own = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, own, min(os.getpriority(os.PRIO_PROCESS, own) + _STEP_BACK, _LAST))


STRANGERS: Final = Lane("strangers", threads=1, most=10, steps_back=True)
"""Whoever has not signed in from where they are."""
PEOPLE: Final = Lane("people", threads=2, most=100)
"""Whoever has."""
JUDGING: Final = Lane("judging", threads=1, most=16, steps_back=True)
"""How strong passwords are, while they are typed."""
PAPERS: Final = Lane("papers", threads=1, most=16)
"""Statements of account that are typeset."""
GRAPHS: Final = Lane("graphs", threads=1, most=32)
"""Graphs of the hours before now."""
BUSY_S: Final = 5
"""How long somebody is told to wait who found it full."""
