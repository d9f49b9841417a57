"""The bounds that must hold, each with the sentence that says that it does not; and the figures as a table."""

from typing import Any, Final

from bench.soak.server import SPARES
from bench.soak.strangers import KIND

PAGE_S: Final = 5.0
GROWTH: Final = 0.10
"""Of the memory's mean, from the first minute to the end: less is what kernels come and go by."""
JUDGED_S: Final = 60.0
"""Memory is judged where it was watched for at least so long after the first minute."""
_SENT: Final = 0.95
_MB: Final = 10**6


def broken(found: dict[str, Any]) -> list[str]:
    """A sentence for each bound that does not hold."""
    return [
        words
        for words in (*_errors(found), *_page(found), *_memory(found), *_kernels(found), *_door(found))
        if words
    ]


def _errors(found: dict[str, Any]) -> list[str]:
    logged = (
        [f"the server's log holds {len(found['log'])} errors, the first: {found['log'][0]}"]
        if found["log"]
        else []
    )
    return [f"{count} times: {words}" for words, count in found["errors"].items()] + logged


def _page(found: dict[str, Any]) -> list[str]:
    taken = found["taken"].get("page")
    if taken is None:
        return ["no page was opened"]
    return (
        [f"p95 of a page is {taken['p95_s']:.2f} s, at most {PAGE_S:g} s are allowed"]
        if taken["p95_s"] > PAGE_S
        else []
    )


def _memory(found: dict[str, Any]) -> list[str]:
    memory = found["memory"]
    grown = memory["growth"]["bytes"]
    if memory["judged_to_s"] - memory["judged_from_s"] < JUDGED_S or grown is None or grown <= GROWTH:
        return []
    return [
        f"memory grew by {grown:.0%} of its mean after the first minute, at most {GROWTH:.0%} are allowed"
    ]


def _kernels(found: dict[str, Any]) -> list[str]:
    left = found["kernels_left"]
    return (
        [f"{left} kernels are left after all have gone, {SPARES} wait for readers"] if left > SPARES else []
    )


def _door(found: dict[str, Any]) -> list[str]:
    answers = found["statuses"].get(KIND, {})
    looked_at, intended = answers.get("403", 0), found["wrong"]["intended"]
    audited = found["wrong"]["audited"]
    slow = found["wrong"]["sent"] < _SENT * intended
    return [
        f"the audit holds {audited} failed sign-ins, {looked_at} were told that theirs failed"
        if audited != looked_at
        else "",
        f"{found['wrong']['sent']} wrong sign-ins were tried instead of {intended}" if slow else "",
    ]


def as_text(found: dict[str, Any]) -> str:
    """A small table for people."""
    rows = [
        f"  {kind:<30}{one['count']:>7}{one['p50_s']:>9.2f}{one['p95_s']:>9.2f}{one['max_s']:>9.2f}"
        for kind, one in found["taken"].items()
    ]
    memory, wrong = found["memory"], found["wrong"]
    parts = ", ".join(
        f"{name.removesuffix('_bytes')} {grown:+.1%}"
        for name, grown in memory["growth"].items()
        if grown is not None
    )
    return "\n".join(
        [
            f"{found['viewers']} viewers for {found['minutes']:g} minutes, load now {found['load']:.1f}",
            f"  {'':<30}{'count':>7}{'p50 s':>9}{'p95 s':>9}{'max s':>9}",
            *rows,
            f"  memory: {(memory['mean_bytes'] or memory['most_bytes']) / _MB:.0f} MB; growth after the first minute: {parts or 'not judged'}",
            f"  kernels: {memory['most_kernels']} at most, {found['kernels_left']} left",
            f"  wrong sign-ins: {wrong['sent']} tried, {wrong['audited']} in the audit, the others had to wait",
        ]
    )
