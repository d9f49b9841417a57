"""What is remembered of a switch from one answer to the next: when each call was first and last seen.

A switch that does not tell when a call began or was answered is helped out: it is when that was first seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from tollbook.live.snapshot import LiveCall, Snapshot


@dataclass(frozen=True)
class Seen:
    """One call, and the instants of the first and the last answer that had it."""

    switch: str
    call: LiveCall
    first_at: datetime
    last_at: datetime


@dataclass
class Minute:
    """What was asked of a switch in one minute of UTC, and the most calls that it told of at once."""

    polls: int = 0
    failed: int = 0
    incomplete: int = 0
    most: int | None = None
    most_at: datetime | None = None


@dataclass
class Memory:
    """Of one switch. `take` gives what is to be kept and forgets what is over."""

    switch: str
    _calls: dict[str, Seen] = field(default_factory=dict)
    _unkept: dict[str, Seen] = field(default_factory=dict)
    _over: list[Seen] = field(default_factory=list)
    _minutes: dict[datetime, Minute] = field(default_factory=dict)

    def see(self, told: Snapshot) -> Snapshot:
        """Note an answer; the same with the times that the switch itself did not tell.

        A call that an incomplete answer lacks may be among those it left out, and is not over.
        """
        calls = tuple(self._known(call, told.at) for call in told.calls)
        now = {call.call_id: self._seen(call, told.at) for call in calls}
        gone = {name: seen for name, seen in self._calls.items() if name not in now}
        if told.complete:
            self._over += gone.values()
        self._unkept.update((name, seen) for name, seen in now.items() if name not in self._calls)
        self._calls = now if told.complete else {**gone, **now}
        self._count(told)
        return replace(told, calls=calls)

    def missed(self, at: datetime) -> None:
        """Note that there was no answer."""
        minute = self._minute(at)
        minute.polls += 1
        minute.failed += 1

    @property
    def over(self) -> tuple[Seen, ...]:
        """Calls that are over and were not taken yet."""
        return tuple(self._over)

    def take(
        self, until: datetime, *, everything: bool = False
    ) -> tuple[list[Seen], list[tuple[datetime, Minute]]]:
        """Calls that began or ended since the last time, and the minutes that are over by `until`; or all of both."""
        begun = [self._calls[name] for name in self._unkept if name in self._calls]
        calls = [*self._over, *(self._calls.values() if everything else begun)]
        self._over, self._unkept = [], {}
        done = sorted(at for at in self._minutes if everything or at < until.replace(second=0, microsecond=0))
        return calls, [(at, self._minutes.pop(at)) for at in done]

    def _known(self, call: LiveCall, at: datetime) -> LiveCall:
        before = self._calls.get(call.call_id)
        if call.started_at is None:
            call = replace(call, started_at=before.call.started_at if before else at)
        if call.answered and call.answered_at is None:
            call = replace(call, answered_at=(before and before.call.answered_at) or at)
        return call

    def _seen(self, call: LiveCall, at: datetime) -> Seen:
        before = self._calls.get(call.call_id)
        return Seen(self.switch, call, before.first_at if before else at, at)

    def _count(self, told: Snapshot) -> None:
        minute = self._minute(told.at)
        minute.polls += 1
        minute.incomplete += not told.complete
        if minute.most is None or len(told.calls) > minute.most:
            minute.most, minute.most_at = len(told.calls), told.at

    def _minute(self, at: datetime) -> Minute:
        return self._minutes.setdefault(at.replace(second=0, microsecond=0), Minute())

    def __iter__(self) -> Iterator[Seen]:
        return iter(self._calls.values())
