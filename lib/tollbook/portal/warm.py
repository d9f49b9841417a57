"""The sessions of readers: each page that is open has a kernel of its own, forked with our code loaded.

Voila has a pool of kernels of its own, but each runs the whole notebook before anyone asks for it, with nobody's
choices, and shares no memory with the next. Here spare kernels wait, with nothing run in them; which page comes
and with what choices is open. `docs/benchmarks.md` compares the two.
"""

import asyncio
import os
from collections import deque
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager
from jupyter_server.utils import ApiPath
from tornado.web import HTTPError
from traitlets import Int, Unicode, default

from tollbook.account.audit import Actor
from tollbook.account.people.sessions import Signed
from tollbook.account.scope import Scope
from tollbook.errors import TollbookError
from tollbook.language import tr, trn
from tollbook.runs.kernel import NAME
from tollbook.show.reader import TOLD, VARIABLE

REFILL_AFTER_S: Final = 1.0
"""A page that has just been asked for goes before the next one's kernel."""


DESERTED_S: Final = 20.0
"""A session without its page for this long makes place for another reader, where there is none free."""


LEAST_EACH: Final = 4
"""Sessions that each person may have, however few there may be in all."""


CLOSING_S: Final = 20.0
"""How long what has begun may take to come to its end when the server stops."""


class FullError(TollbookError):
    """No session is free."""


class EndedError(TollbookError):
    """A session has ended, with its sign-in or by its page, before it was of use."""


@dataclass(frozen=True)
class Owner:
    """Whose a kernel is: the sign-in that it was started in, and what of the data that had then.

    A telephone that has another address by now is the same reader.
    """

    signed_id: int
    scope: Scope
    actor: Actor = field(compare=False)

    @classmethod
    def of(cls, signed: Signed) -> Self:
        """The owner of what is started for this reader."""
        return cls(signed.id, signed.scope, signed.actor)


class Kernel(ServerKernelManager):
    """One kernel. Jupyter's server asks it what stands in place of a traceback, and loses the line to the page
    where it cannot tell."""

    traceback_replacement_message = Unicode("The log of the server says why.")


class Sessions(AsyncMappingKernelManager):
    """Starts each session from a spare kernel where there is one, up to a number, and ends those nobody has open."""

    spares = Int(2, help="How many kernels wait for a reader.").tag(config=True)
    most = Int(40, help="How many sessions there may be at once.").tag(config=True)

    @default("kernel_manager_class")
    def _kernel_manager_class(self) -> str:
        return f"{Kernel.__module__}.{Kernel.__name__}"

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - traitlets' own
        super().__init__(**options)
        self._waiting: deque[str] = deque()
        self._begun: set[str] = set()
        self._owners: dict[str, Owner] = {}
        self._entering: list[int] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._heating = 0

    @property
    def taken(self) -> int:
        """Sessions that readers have, or are about to."""
        self._begun = {kernel_id for kernel_id in self._begun if kernel_id in self}
        return len(self._begun) + len(self._entering)

    @contextmanager
    def place(self, reader: int) -> Iterator[None]:
        """A place for one more session of a person, by their id, held until it has begun.

        Raises:
            FullError: there are as many as there may be, in all or of one person, and all are in use.
        """
        if self._of(reader) >= self.most_each and not self._end_deserted(reader):
            words = tr("You have {count} pages open, as many as one person may. Close one and try again.")
            raise FullError(words.format(count=self.most_each))
        if self.taken >= self.most and not self._end_deserted():
            words = trn(
                "The one page that this server shows at a time is open already. Please try again in a minute.",
                "All {count} pages that this server shows at a time are open. Please try again in a minute.",
                self.most,
            )
            raise FullError(words.format(count=self.most))
        self._entering.append(reader)
        try:
            yield
        finally:
            self._entering.remove(reader)

    @property
    def most_each(self) -> int:
        """How many sessions one person may have at once: nobody takes all places."""
        return max(LEAST_EACH, self.most // 4)

    def _of(self, reader: int) -> int:
        return self._entering.count(reader) + len(self._mine(reader))

    def _mine(self, reader: int) -> set[str]:
        return {one for one in self._begun if one in self and self._reader(one) == reader}

    def _reader(self, kernel_id: str) -> int | None:
        owner = self._owners.get(kernel_id)
        return owner.actor.person_id if owner else None

    def _end_deserted(self, reader: int | None = None) -> bool:
        """End the session, one of a person's if told whose, that nobody has had open for longest.

        False if somebody has each open, or had just now.
        """
        since = datetime.now(UTC) - timedelta(seconds=DESERTED_S)
        alone = {
            kernel_id: self._kernel(kernel_id).last_activity
            for kernel_id in (self._begun if reader is None else self._mine(reader))
            if not self._kernel_connections.get(kernel_id)
        }
        longest = min(alone, key=lambda kernel_id: alone[kernel_id], default="")
        if not longest or alone[longest] > since:
            return False
        self._begun.discard(longest)
        self._later(self._end(longest))
        return True

    def _kernel(self, kernel_id: str) -> Any:  # noqa: ANN401 - it has traits that its type does not tell
        return self.get_kernel(kernel_id)

    async def _end(self, kernel_id: str) -> None:
        with suppress(KeyError, HTTPError):  # its page may have ended it meanwhile
            await self.shutdown_kernel(kernel_id, now=True)

    async def start_kernel(self, **_: Any) -> str:  # type: ignore[override]  # noqa: ANN401 - typed as synchronous
        """A kernel for one session: a spare one, else a new one. All have the server's environment, and that they are
        to be told whose they are before they open any data."""
        asyncio.get_running_loop().call_later(REFILL_AFTER_S, self.refill)
        kernel_id = await self._spare() or await self._start()
        self._begun.add(kernel_id)
        return kernel_id

    async def start_for(self, signed: Signed) -> str:
        """A kernel for one page of this reader, and of nobody else."""
        kernel_id = await self.start_kernel()
        self._owners = {known: owner for known, owner in self._owners.items() if known in self}
        self._owners[kernel_id] = Owner.of(signed)
        return kernel_id

    def owner(self, kernel_id: str) -> Owner:
        """Whose a kernel is.

        Raises:
            EndedError: it is nobody's any more.
        """
        if kernel_id not in self or kernel_id not in self._owners:
            raise EndedError(tr("This session has ended."))
        return self._owners[kernel_id]

    async def end(self, kernel_id: str) -> None:
        """End a session of which nothing came; it may have ended by itself."""
        self._begun.discard(kernel_id)
        await self._end(kernel_id)

    def owned_by(self, kernel_id: str, signed: Signed) -> bool:
        """Whether a kernel is of this sign-in, with the scope that it has now."""
        return kernel_id in self and self._owners.get(kernel_id) == Owner.of(signed)

    def owners(self) -> set[Owner]:
        """Everybody who has a page open."""
        return {owner for kernel_id, owner in self._owners.items() if kernel_id in self}

    def end_of(self, signed_id: int, scope: Scope | None = None) -> None:
        """End the kernels of a sign-in that is over, or only those that have this scope."""
        for kernel_id, owner in list(self._owners.items()):
            if owner.signed_id == signed_id and scope in {None, owner.scope}:
                self._owners.pop(kernel_id)
                self._begun.discard(kernel_id)
                self._later(self._end(kernel_id))

    async def _spare(self) -> str:
        """One that waits and still lives, else nothing."""
        while self._waiting:
            kernel_id = self._waiting.popleft()
            if kernel_id in self and await ensure_async(self.get_kernel(kernel_id).is_alive()):
                self._kernel(kernel_id).last_activity = datetime.now(UTC)
                return kernel_id
        return ""

    def refill(self) -> None:
        """Begin to start spare kernels until there are enough."""
        for _ in range(self.spares - len(self._waiting) - self._heating):
            self._heating += 1
            self._later(self._heat())

    async def _heat(self) -> None:
        try:
            self._waiting.append(await self._start())
        finally:
            self._heating -= 1

    async def _start(self) -> str:
        started = await super().start_kernel(
            kernel_name=NAME, path=ApiPath(""), env={**os.environ, VARIABLE: TOLD}
        )
        return str(started)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a session that nobody has open any more; a spare kernel is idle by nature."""
        if kernel_id not in self._waiting:
            await super().cull_kernel_if_idle(kernel_id)

    async def close(self) -> None:
        """End every kernel, and start no more. What is being started or ended is waited for: half done, it can neither
        be ended nor forgotten."""
        self.spares = 0
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSING_S)
        await asyncio.gather(*map(self._end, self.list_kernel_ids()))
