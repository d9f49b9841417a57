"""How many requests may come in a minute: of a token, and as many wrong ones of an address. Counted in this process.

A good token is looked at whatever else comes from its address: nobody can lock out others who share it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from threading import Lock
from time import monotonic
from typing import Final

from tollbook.api.problems import ProblemError

WINDOW_S: Final = 60


@dataclass(frozen=True)
class Standing:
    """What is left of a window, as the draft of the RateLimit header fields tells it."""

    policy: str
    quota: int
    left: int
    reset_s: int

    @property
    def headers(self) -> dict[str, str]:
        """The header fields of an answer."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.quota};w={WINDOW_S}',
            "RateLimit": f'"{self.policy}";r={max(self.left, 0)};t={self.reset_s}',
        }

    def refuse(self) -> None:
        """Nothing while there is something left.

        Raises:
            ProblemError: there is not; it says how long to wait.
        """
        if self.left < 0:
            raise ProblemError(429, headers={**self.headers, "Retry-After": str(self.reset_s)})


@dataclass
class Rates:
    """Counts of the window that is going on; all begin anew with the next one."""

    clock: Callable[[], float] = monotonic
    _counts: dict[tuple[str, str], int] = field(default_factory=dict)
    _window: int = -1
    _lock: Lock = field(default_factory=Lock)

    def count(self, policy: str, key: str, quota: int) -> Standing:
        """One more of this key."""
        with self._lock:
            at = self.clock()
            window = int(at // WINDOW_S)
            if window != self._window:
                self._window = window
                self._counts.clear()
            counted = self._counts[policy, key] = self._counts.get((policy, key), 0) + 1
        return Standing(policy, quota, quota - counted, max(1, ceil((window + 1) * WINDOW_S - at)))
