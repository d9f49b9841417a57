"""What happened: how long each kind of thing took, with which status, and what went wrong."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import ceil
from time import monotonic
from typing import Any, Final

_TOLD: Final = 20
"""Kinds of errors that are told; the others are only counted."""


class Noted:
    """The notes of a whole run."""

    def __init__(self) -> None:
        self.taken_s: defaultdict[str, list[float]] = defaultdict(list)
        self.statuses: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.errors: Counter[str] = Counter()

    @asynccontextmanager
    async def timed(self, kind: str) -> AsyncIterator[None]:
        """Times what is done; what failed has no time."""
        begun = monotonic()
        yield
        self.taken_s[kind].append(monotonic() - begun)

    def status(self, kind: str, found: int, *expected: int) -> bool:
        """Count an answer; another than expected is an error. Whether it was as expected."""
        self.statuses[kind][found] += 1
        if found not in expected:
            self.error(f"{kind}: status {found}")
        return found in expected

    def error(self, words: str) -> None:
        """Something that should not have happened."""
        self.errors[words] += 1

    def document(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {
            "taken": {kind: quantiles(taken) for kind, taken in sorted(self.taken_s.items())},
            "statuses": {
                kind: {str(status): count for status, count in sorted(found.items())}
                for kind, found in sorted(self.statuses.items())
            },
            "errors": dict(self.errors.most_common(_TOLD)),
            "errors_in_all": self.errors.total(),
        }


def quantiles(taken: list[float]) -> dict[str, float]:
    """How many, and the median, the 95th percentile and the most of them, in seconds: each is one that was measured."""
    ordered = sorted(taken)
    at = {name: ordered[ceil(share * len(ordered)) - 1] for name, share in (("p50_s", 0.5), ("p95_s", 0.95))}
    return {"count": len(ordered), **at, "max_s": ordered[-1]}
