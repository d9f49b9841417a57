"""Switches without a socket, and calls in few words."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tollbook.live.snapshot import LiveCall, Snapshot, SwitchError

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)


def call(
    name: str,
    customer: str | None = "acme",
    carrier: str | None = "alpha",
    *,
    begun_s: float = 0,
    up: bool = False,
):
    """A call that began so many seconds after noon."""
    at = NOON + timedelta(seconds=begun_s)
    return LiveCall(name, customer, carrier, "4930", "4420", at, at if up else None, answered=up)


def told(after_s: float, *calls: LiveCall, complete: bool = True) -> Snapshot:
    """An answer so many seconds after noon."""
    return Snapshot(NOON + timedelta(seconds=after_s), calls, complete, 1.5)


@dataclass
class Fake:
    """A switch that gives these answers in turn, the last one again and again; null is no answer."""

    name: str = "s1"
    answers: list[Snapshot | None] = field(default_factory=list)
    asked: int = 0

    def snapshot(self) -> Snapshot:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if answer is None:
            raise SwitchError(f"{self.name}: no answer")
        return answer
