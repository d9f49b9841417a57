"""How long a change took to be told, the bounds that must hold, and the figures as a table."""

from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import Any, Final

from bench.live.switch import Stub
from bench.live.viewer import Viewer

GOAL_S: Final = 2.0
"""From a change at the switch until 95 % of viewers are told."""
POLLS_PER_S: Final = 1.1


def delays(
    stub: Stub, viewers: Sequence[Viewer], changes: Sequence[int], since: Mapping[int, float]
) -> dict[str, Any]:
    """Seconds from each change, or from the answer that told it first, until each viewer heard of it or of a later one."""
    found: list[float] = []
    missed = 0
    for viewer in viewers:
        heard = [(at, _change(stub, at, each)) for at, each in viewer.heard]
        for change in changes:
            begun = min(
                (since[one] for one in range(change, len(stub.changes)) if one in since), default=None
            )
            at = min((at for at, told in heard if told >= change), default=None)
            if begun is None or at is None:
                missed += 1
            else:
                found.append(at - begun)
    if len(found) < 2:
        return {"p50_s": None, "p95_s": None, "max_s": None, "missed": missed}
    cuts = quantiles(found, n=20, method="inclusive")
    return {"p50_s": median(found), "p95_s": cuts[-1], "max_s": max(found), "missed": missed}


def _change(stub: Stub, at: float, each: int) -> int:
    """The latest change until then that left so many calls."""
    return max(
        (n for n, begun in enumerate(stub.changes) if begun <= at and stub.each(n) == each), default=-1
    )


def broken(found: dict[str, Any]) -> list[str]:
    """A sentence for each bound that does not hold."""
    told, polls = found["from_change"], found["polls_per_s"]
    late = told["p95_s"] is None or told["p95_s"] > GOAL_S
    return [
        words
        for holds, words in (
            (
                not late,
                f"p95 from a change to its event is {told['p95_s']} s, at most {GOAL_S:g} s are allowed",
            ),
            (not told["missed"], f"{told['missed']} changes were never told to a viewer"),
            (polls <= POLLS_PER_S, f"the switch was asked {polls:.2f} times a second, once is allowed"),
        )
        if not holds
    ]


def as_text(found: dict[str, Any]) -> str:
    """A small table for people."""
    rows = [
        f"  {words:<24}{told['p50_s']:>9.2f}{told['p95_s']:>9.2f}{told['max_s']:>9.2f}"
        for words, told in (
            ("from the change", found["from_change"]),
            ("from the answer", found["from_answer"]),
        )
        if told["p95_s"] is not None
    ]
    return "\n".join(
        [
            f"{found['viewers']} viewers of {found['calls']} calls, {found['changes']} changes, load now {found['load']:.1f}",
            f"  {'':<24}{'p50 s':>9}{'p95 s':>9}{'max s':>9}",
            *rows,
            f"  asked {found['polls_per_s']:.2f} times a second; {found['bytes_per_viewer'] / 1000:.0f} kB a viewer",
        ]
    )
