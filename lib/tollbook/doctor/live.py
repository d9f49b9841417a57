"""Checks of the switches that `params/live.yml` names: each is asked once."""

from collections.abc import Iterator

from tollbook.doctor.check import Check, attempt
from tollbook.errors import TollbookError
from tollbook.live.snapshot import poll_of
from tollbook.params import read
from tollbook.switches import Live, Source


def live() -> Iterator[Check]:
    """Whether each switch answers; one that does not is told, and nothing else fails by it."""
    try:
        sources = read("live", Live).sources
    except TollbookError as error:
        yield Check("live sources", ok=False, found="cannot be used", mend=str(error))
        return
    if not sources:
        advice = "name the switches in params/live.yml to see calls in progress"
        yield Check("live sources", ok=True, found="none", mend=advice)
    for source in sources:
        yield attempt(f"live source {source.name}", lambda source=source: _asked(source))  # type: ignore[misc]


def _asked(source: Source) -> str:
    """What it told."""
    told = poll_of(source).snapshot()
    part = "" if told.complete else ", not all"
    return f"{len(told.calls)} calls in progress{part}, {told.took_ms:.0f} ms"
