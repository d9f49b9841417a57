"""The one who asks: every switch in its own turn, once for all who want to know, in this process and in others.

The first process of a workspace that wants to know asks; the others read what it tells, and one of them takes over when
it ends. Each switch has a thread, so that one that is silent holds up no other.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from time import monotonic
from typing import Final

from filelock import FileLock, Timeout
from polars.exceptions import PolarsError

from tollbook.errors import TollbookError
from tollbook.live import present
from tollbook.live.kept import keep
from tollbook.live.missing import missing
from tollbook.live.present import Held, Present
from tollbook.live.seen import Memory
from tollbook.live.snapshot import Asked, poll_of
from tollbook.params import read
from tollbook.switches import Live
from tollbook.workspace import Workspace

KEEP_EVERY_S: Final = 60.0
FOLLOW_EVERY_S: Final = 0.5
END_S: Final = 5.0
"""How long the end waits for answers that are on their way."""
_log: Final = logging.getLogger("tollbook.live")


class Collector:
    """Asks the switches of one workspace, or follows the process that does."""

    def __init__(
        self, workspace: Workspace, asked: Sequence[tuple[Asked, float]], keep_days: int = 90
    ) -> None:
        self.workspace = workspace
        self._asked = tuple(asked)
        self._keep_days = keep_days
        self._lock = FileLock(workspace.home / "live.lock", timeout=0, thread_local=False)
        self._changing, self._stop = Lock(), Event()
        self._threads: list[Thread] = []
        self._listeners: list[Callable[[], None]] = []
        self._memories: Mapping[str, Memory] = {one.name: Memory(one.name) for one, _ in self._asked}
        self._present = Present(tuple(Held(one.name, every_s) for one, every_s in self._asked))

    @property
    def present(self) -> Present:
        """What is known now."""
        return self._present

    @property
    def leads(self) -> bool:
        """Whether this process is the one that asks."""
        return self._lock.is_locked

    def listen(self, listener: Callable[[], None]) -> None:
        """Have something called, in whatever thread, after each change."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin, where there is anything to ask."""
        if self._asked:
            self._begin(self._lead if self.takes_turn() else self._follow)

    def stop(self) -> None:
        """End, and keep what was seen."""
        self._stop.set()
        until = monotonic() + END_S
        for thread in self._threads:
            thread.join(timeout=max(0.0, until - monotonic()))
        if self.leads:
            self._keep(everything=True)
            self.give_up()

    def poll(self, asked: Asked) -> None:
        """Ask one switch now."""
        memory = self._memories[asked.name]
        try:
            told = asked.snapshot()
        except TollbookError as error:
            self._failed(memory, str(error))
        except Exception as error:  # noqa: BLE001 - one odd answer must not end the asking
            _log.error("%s: its answer cannot be used (%s)", asked.name, type(error).__name__)
            self._failed(memory, f"{asked.name}: its answer cannot be used")
        else:
            with self._changing:
                self._change(self._of(asked.name).answered(memory.see(told), memory.over))

    def takes_turn(self) -> bool:
        """Whether nobody else asks, so that this process may; until it gives up."""
        try:
            self._lock.acquire()
        except (Timeout, OSError):
            return False
        return True

    def give_up(self) -> None:
        """Let another process ask."""
        self._lock.release()

    def once(self) -> Present:
        """Ask every switch once, all at the same time."""
        if self._asked:
            with ThreadPoolExecutor(len(self._asked)) as threads:
                list(threads.map(lambda pair: self.poll(pair[0]), self._asked))
        return self._present

    def _failed(self, memory: Memory, why: str) -> None:
        with self._changing:
            memory.missed(datetime.now(UTC))
            held = self._of(memory.switch)
            if held.why != why:
                _log.warning("%s", why)
            self._change(held.failed(why))

    def _of(self, name: str) -> Held:
        return next(one for one in self._present.held if one.switch == name)

    def _change(self, held: Held) -> None:
        self._present = self._present.changed(held)
        if self.leads:
            with suppress(OSError):
                present.write(self.workspace, self._present)
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _begin(self, work: Callable[[], None]) -> None:
        thread = Thread(target=work, name="live", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _follow(self) -> None:
        """Read what another process tells until it ends."""
        while not self._stop.wait(FOLLOW_EVERY_S):
            if self.takes_turn():
                self._lead()
                return
            told = present.read(self.workspace)
            if told and (told.number, told.at) != (self._present.number, self._present.at):
                self._present = told
                self._tell()

    def _lead(self) -> None:
        for asked, every_s in self._asked:
            self._begin(lambda asked=asked, every_s=every_s: self._turns(asked, every_s))  # type: ignore[misc]
        while not self._stop.wait(KEEP_EVERY_S):
            self._keep()
            with suppress(TollbookError, OSError, PolarsError):
                missing(self.workspace)  # so that no page has to wait for it

    def _turns(self, asked: Asked, every_s: float) -> None:
        """Ask at even distances; a turn that would begin while the one before still waits is left out."""
        due = monotonic()
        while not self._stop.wait(max(0.0, due - monotonic())):
            self.poll(asked)
            due = max(due + every_s, monotonic())

    def _keep(self, *, everything: bool = False) -> None:
        now = datetime.now(UTC)
        with self._changing:
            taken = [
                (name, memory.take(now, everything=everything)) for name, memory in self._memories.items()
            ]
        try:
            keep(self.workspace, taken, keep_days=self._keep_days, now=now)
        except (TollbookError, OSError) as error:
            _log.error("what was seen in progress could not be kept: %s", error)


def collector(workspace: Workspace) -> Collector:
    """The collector of `params/live.yml`, which has not begun.

    Raises:
        TollbookError: a source is of an unknown kind, or its secret cannot be read.
    """
    told = read("live", Live)
    polls: list[tuple[Asked, float]] = [(poll_of(source), source.every_s) for source in told.sources]
    return Collector(workspace, polls, told.keep_days)
