"""Runs that are about to issue, in the order of the numbers they expect, so that they can render at the same time.

A place is a file that its run keeps locked: it is free as soon as the run lets go of it, and when it is killed. A run
expects the next number and as many more as places are taken. It renders under that number, waits until those before it
are gone, and takes the number then; where one of them took none, it renders once more under the one that is next. That
a number is the next is decided by the transaction that takes it, never here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from tollbook.billing.numbers import after

_EVERY_S: Final = 0.005


class Place:
    """One run's place, as it is where nobody queues: whoever is first takes the number, the others render again."""

    number: str
    """The number that it expects."""

    def wait(self) -> None:
        """Until it is this run's turn."""

    def issue(self, issue: Callable[[], bool]) -> bool:
        """Issue, and make room for the next in the same moment."""
        return issue()


class NoTurns:
    """For runs that share no folder."""

    @contextmanager
    def taken(self, following: Callable[[], str]) -> Iterator[Place]:
        """A place; `following` tells the number that is next."""
        place = Place()
        place.number = following()
        yield place


class Turns:
    """The places of one workspace."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "issuing"
        self.door = FileLock(home / "invoices.lock")
        """Held while a place is taken and while a number is: who comes sees both or neither."""

    @contextmanager
    def taken(self, following: Callable[[], str]) -> Iterator[Place]:
        """The last place, left again at the end. `following` tells the number that is next."""
        self.folder.mkdir(exist_ok=True)
        with self.door:
            others = self._held()
            place = _Queued(self, max(others, default=0) + 1, after(following(), len(others)))
        try:
            yield place
        finally:
            place.leave()

    def path(self, place: int) -> Path:
        """The file of a place."""
        return self.folder / f"{place:012}"

    def before(self, place: int) -> list[int]:
        """Places with files before this one."""
        return [number for file in self._files() if (number := int(file.name)) < place]

    def _files(self) -> list[Path]:
        """Those of places; a network's file system keeps others (`.nfs...`) of what was removed while it was open."""
        return [file for file in self.folder.iterdir() if file.name.isdecimal()]

    def _held(self) -> list[int]:
        """Places that are taken; the files of others are removed."""
        found = []
        for file in self._files():
            try:
                with FileLock(file, timeout=0):
                    _remove(file)
            except Timeout:
                found.append(int(file.name))
        return found


class _Queued(Place):
    def __init__(self, turns: Turns, place: int, number: str) -> None:
        self.number = number
        self._turns, self._place = turns, place
        self._lock = FileLock(turns.path(place))
        self._lock.acquire()

    def wait(self) -> None:
        for before in sorted(self._turns.before(self._place)):  # whoever comes now has a later place
            path = self._turns.path(before)
            with FileLock(path, poll_interval=_EVERY_S):
                _remove(path)

    def issue(self, issue: Callable[[], bool]) -> bool:
        with self._turns.door:
            done = issue()
            if done:
                self.leave()
        return done

    def leave(self) -> None:
        """Let the next come."""
        if self._lock.is_locked:
            _remove(self._turns.path(self._place))
            self._lock.release()


def _remove(file: Path) -> None:
    """Remove a place that is free; where the system lets nobody remove what is open, the next to come does."""
    with suppress(OSError):
        file.unlink()
