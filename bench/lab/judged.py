"""What SIPp knew against what we were told, instant by instant."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

EXACT: Final = 0.95
FARTHEST: Final = 2
_COLUMNS: Final = 7
_FAILED: Final = 300
Span = tuple[float, float]


def spans(log: Path) -> list[Span]:
    """From when until when each call was in progress, by the messages that a customer's SIPp sent and received.

    It begins with the INVITE that is sent and ends with the BYE, or with the final answer that is no 2xx.
    """
    begun: dict[str, float] = {}
    over: dict[str, float] = {}
    for at, way, call_id, method, first in _messages(log):
        if way == "S" and first.startswith("INVITE "):
            begun.setdefault(call_id, at)
        elif first.startswith("BYE ") or (
            way == "R" and method.endswith("INVITE") and _code(first) >= _FAILED
        ):
            over.setdefault(call_id, at)
    return [(at, over.get(call_id, float("inf"))) for call_id, at in begun.items()]


def _messages(log: Path) -> Iterator[tuple[float, str, str, str, str]]:
    """Instant (epoch), S or R, Call-ID, CSeq and first line of each message."""
    for line in log.read_text(errors="replace").splitlines():
        parts = line.split("\t")
        if len(parts) >= _COLUMNS:
            yield float(parts[2]), parts[3], parts[4], parts[5], parts[6]
        elif len(parts) == _COLUMNS - 1:
            yield float(parts[1].split()[-1]), parts[2], parts[3], parts[4], parts[5]


def _code(first: str) -> int:
    word = first.split(" ")[1] if first.startswith("SIP/2.0 ") else ""
    return int(word) if word.isdecimal() else 0


def in_progress(calls: Iterable[Span], at: float) -> int:
    """How many were in progress at that instant; ends are exclusive."""
    begun, over = zip(*calls, strict=True)
    return bisect_right(sorted(begun), at) - bisect_right(sorted(over), at)


def judged(calls: list[Span], polls: Iterable[tuple[float, int]]) -> dict[str, Any]:
    """How far each answer was from the truth."""
    told = [(at, number, number - in_progress(calls, at)) for at, number in polls]
    off = Counter(difference for _, _, difference in told)
    exact = off[0] / len(told) if told else 0.0
    return {
        "calls": len(calls),
        "polls": len(told),
        "peak": max((number for _, number, _ in told), default=0),
        "exact": round(exact, 4),
        "off": {str(difference): number for difference, number in sorted(off.items())},
        "holds": exact >= EXACT and all(abs(difference) <= FARTHEST for difference in off),
    }


def as_text(found: Mapping[str, Any]) -> str:
    """The same in a few lines."""
    return (
        f"{found['calls']} calls, {found['polls']} polls, at most {found['peak']} in progress\n"
        f"exact in {found['exact']:.1%} of polls (at least {EXACT:.0%}); off by: {found['off']} (at most {FARTHEST})"
    )
