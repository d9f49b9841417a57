"""`live/history`: what was seen in progress. A contact's token has its own customer's peaks and breaches, no more."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import Field

from tollbook.api.asked import Asked
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.types import Instant, Moment, Part, Text, example
from tollbook.live.history import history, last_day, peaks

LONGEST: Final = timedelta(days=31)
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EXAMPLE: Final = {
    "start": "2026-10-05T00:00:00Z",
    "end": "2026-10-06T00:00:00Z",
    "peak": 52,
    "peak_at": "2026-10-05T12:30:04Z",
    "peak_cps": 5,
    "peak_cps_at": "2026-10-05T12:29:58Z",
    "breaches": [
        {
            "customer": "acme",
            "start": "2026-10-05T12:30:01Z",
            "end": "2026-10-05T12:30:09Z",
            "peak": 31,
            "configured": 30,
        }
    ],
    "unrecorded": 1,
    "unrecorded_calls": [
        {
            "switch": "sbc1",
            "call_id": "1795398560.15",
            "customer": "acme",
            "carrier": None,
            "started_at": "2026-10-05T09:12:40Z",
        }
    ],
    "unseen": 0,
    "unseen_calls": [],
    "asked": [{"switch": "sbc1", "polls": 17280, "failed": 2, "incomplete": 0}],
}


class Breach(Part):
    """A span in which a customer or carrier had more calls in progress than channels were agreed."""

    customer: Annotated[str | None, Field(description="Null: it is a carrier's.")] = None
    carrier: str | None = None
    start: Instant
    end: Instant
    peak: int
    configured: int


class Lacking(Part):
    """A call that lacks its record, or the record of a call that no answer had."""

    switch: str
    call_id: str
    customer: str | None
    carrier: str | None
    started_at: Instant


class AskedSwitch(Part):
    """How often a switch was asked, how often it did not answer, and how often not in full."""

    switch: str
    polls: int
    failed: int
    incomplete: int


class LiveHistory(Part):
    """What was seen in progress from `start` until before `end`."""

    model_config = example(_EXAMPLE)

    start: Annotated[Instant, Field(description="Not as early as asked, where that is over 31 days before.")]
    end: Instant
    peak: Annotated[int, Field(description="The most calls in progress at once.")]
    peak_at: Annotated[Instant | None, Field(description="Null: none was seen.")]
    peak_cps: Annotated[int, Field(description="The most calls that began in one second.")]
    peak_cps_at: Instant | None
    breaches: list[Breach]
    unrecorded: Annotated[int, Field(description="Calls that were seen and have no record.")] = 0
    unrecorded_calls: Annotated[list[Lacking], Field(description="The first hundred of them.")] = Field(
        default_factory=list
    )
    unseen: Annotated[int, Field(description="Records of calls that no answer had.")] = 0
    unseen_calls: Annotated[list[Lacking], Field(description="The first hundred of them.")] = Field(
        default_factory=list
    )
    asked: list[AskedSwitch] = Field(default_factory=list)


class HistoryAsked(Part):
    """Of when, and of whom."""

    customer: Annotated[Text | None, Field(description="Only calls of this customer.")] = None
    since: Annotated[Moment | None, Field(alias="from", description="A day before the end, if not told.")] = (
        None
    )
    until: Annotated[
        Moment | None, Field(alias="to", description="First instant that no longer counts; now, if not told.")
    ] = None


@operation("GET", f"{ROOT}/live/history", "see", "live", problems=(404,))
def show_live_history(asked: Asked, query: HistoryAsked) -> LiveHistory:
    """Show what was seen in progress: peaks, breaches of channels, missing records. Of the 31 days before `to` at most."""
    own = asked.scope.customer
    if query.customer is not None and own not in {None, query.customer}:
        raise ProblemError(404)
    end = max(query.until or asked.at, _EARLIEST + LONGEST)
    start = min(max(query.since or last_day(end)[0], end - LONGEST), end)
    if own is not None:
        return _told(peaks(asked.workspace, start, end, customer=own))
    return _told(history(asked.workspace, start, end, customer=query.customer))


def _told(found: Mapping[str, Any]) -> LiveHistory:
    """In the names of the API, where a span is from `start` to `end`."""
    told = dict(_span(found), breaches=[_span(each) for each in found["breaches"]])
    for name in ("unrecorded_calls", "unseen_calls"):
        if name in told:
            told[name] = [{key: call[key] for key in Lacking.model_fields} for call in told[name]]
    return LiveHistory.model_validate(told)


def _span(found: Mapping[str, Any]) -> dict[str, Any]:
    names = {"from": "start", "to": "end"}
    return {names.get(name, name): value for name, value in found.items()}


OPERATIONS: Final[tuple[Operation, ...]] = (show_live_history,)
