"""Checks of the switches that `params/live.yml` names: each is asked once."""

from collections.abc import Iterator
from datetime import UTC, datetime

from tollbook.doctor.check import Check, attempt
from tollbook.errors import TollbookError
from tollbook.live.history import history, last_day
from tollbook.live.snapshot import poll_of
from tollbook.params import read
from tollbook.switches import Live, Source
from tollbook.workspace import Workspace


def live(place: Workspace) -> Iterator[Check]:
    """Whether each switch answers, and whether calls of the last day that were seen have records, and the other way round."""
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
    if sources:
        yield attempt("live history", lambda: _complete(place))


def _complete(place: Workspace) -> str:
    """Calls without a record and records without a call."""
    seen = history(place, *last_day(datetime.now(UTC)))
    without = f"{seen['unrecorded']} calls without a record, {seen['unseen']} records of calls never seen"
    return (
        f"{without}: `tollbook live --history` names them"
        if seen["unrecorded"] or seen["unseen"]
        else without
    )


def _asked(source: Source) -> str:
    """What it told."""
    told = poll_of(source).snapshot()
    part = "" if told.complete else ", not all"
    return f"{len(told.calls)} calls in progress{part}, {told.took_ms:.0f} ms"
