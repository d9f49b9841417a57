"""Memory and kernels of the portal over time: the share of each page of memory, of the server and all its processes."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression, mean
from time import monotonic
from typing import Any, Final

EVERY_S: Final = 5.0
_KB: Final = 1024
_ZYGOTE: Final = "tollbook.runs.zygote"
_BESIDE: Final = "multiprocessing"
"""In the command of processes in which the server refreshes figures, and of what looks after these."""


@dataclass(frozen=True)
class Sample:
    """One look. A kernel is a process below the server that is not the zygote, from which they are forked.

    Processes in which figures are refreshed and invoices made count as the server.
    """

    at_s: float
    server_bytes: int
    zygote_bytes: int
    kernel_bytes: int
    kernels: int

    @property
    def bytes(self) -> int:
        return self.server_bytes + self.zygote_bytes + self.kernel_bytes


@dataclass
class Watch:
    """Looks every few seconds, for as long as it runs."""

    pid: int
    begun: float
    samples: list[Sample] = field(default_factory=list)

    async def run(self) -> None:
        while True:
            self.samples.append(await asyncio.to_thread(look, self.pid, self.begun))
            await asyncio.sleep(EVERY_S)

    def document(self, since_s: float, until_s: float) -> dict[str, Any]:
        """What was seen, and how it grew between two moments: by a straight line through all that was seen."""
        settled = [one for one in self.samples if since_s <= one.at_s <= until_s]
        parts = ("bytes", "server_bytes", "zygote_bytes", "kernel_bytes")
        return {
            "judged_from_s": since_s,
            "judged_to_s": until_s,
            "growth": {name: growth(settled, name) for name in parts},
            "mean_bytes": mean(one.bytes for one in settled) if settled else None,
            "most_bytes": max(one.bytes for one in self.samples),
            "most_kernels": max(one.kernels for one in self.samples),
            "over_time": [
                {
                    "at_s": round(one.at_s, 1),
                    "kernels": one.kernels,
                    **{name: getattr(one, name) for name in parts},
                }
                for one in self.samples
            ],
        }


def growth(samples: list[Sample], name: str) -> float | None:
    """By which part of its mean it grew from the first to the last; null where there is too little to tell."""
    if len(samples) < 3:
        return None
    at, found = [one.at_s for one in samples], [getattr(one, name) for one in samples]
    slope = linear_regression(at, found).slope
    return slope * (at[-1] - at[0]) / mean(found) if any(found) else None


def look(pid: int, begun: float) -> Sample:
    """The portal as it is now."""
    at_s = monotonic() - begun
    below = descendants(pid)
    zygotes = [one for one in below if _ZYGOTE in _words(one) and _parent(one) == pid]
    beside = [one for one in below if _BESIDE in _words(one) and one not in zygotes]
    kernels = [one for one in below if one not in zygotes and one not in beside]
    server = share(pid) + sum(map(share, beside))
    return Sample(at_s, server, sum(map(share, zygotes)), sum(map(share, kernels)), len(kernels))


def descendants(pid: int) -> list[int]:
    """Processes that a process has started, and those that these have started."""
    found: list[int] = []
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return [*found, *(lower for one in found for lower in descendants(one))]


def share(pid: int) -> int:
    """Bytes of a process, of each page that it shares only its part (PSS); 0 where it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return _KB * int(line.split()[1])
    return 0


def _words(pid: int) -> str:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    return ""


def _parent(pid: int) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0
