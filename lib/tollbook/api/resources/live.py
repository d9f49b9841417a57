"""`live`: how many calls are in progress now. A contact's token has its own customer's, and no carriers."""

from typing import Annotated, Final, Literal

from pydantic import Field

from tollbook.api.asked import Asked
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.types import Instant, Part, Text
from tollbook.live.feed import feed
from tollbook.live.figures import document, present_of

STREAM: Final = f"{ROOT}/live/stream"


class OfCustomer(Part):
    """Calls in progress of one customer."""

    customer: Annotated[str | None, Field(description="Null: the switch does not tell whose they are.")]
    channels: int
    configured: Annotated[int | None, Field(description="Channels agreed with the customer.")]


class OfCarrier(Part):
    """Calls in progress by one carrier."""

    carrier: Annotated[str | None, Field(description="Null: none is tried yet, or the switch does not tell.")]
    channels: int
    configured: int | None


class OfSwitch(Part):
    """The last answer of one switch."""

    switch: str
    at: Annotated[Instant | None, Field(description="Null: it has never answered.")]
    age_s: float | None
    channels: int | None
    complete: Annotated[bool, Field(description="Whether it said that these are all.")]
    answers: Annotated[
        bool, Field(description="Whether it has answered lately; if not, its last answer counts on.")
    ]
    took_ms: float | None


class LiveNow(Part):
    """Calls in progress now."""

    at: Annotated[Instant | None, Field(description="The latest answer of a switch; null: nobody can tell.")]
    channels: Annotated[int | None, Field(description="Null, not 0, where nobody can tell.")]
    answered: int | None
    configured: Annotated[int | None, Field(description="Channels agreed with these customers together.")]
    level: Annotated[Literal["", "near", "over"], Field(description="How near to the configured channels.")]
    source: Annotated[
        Literal["switches", "records", "none"],
        Field(description="Who tells; `records`: calls without an end."),
    ]
    silent: Annotated[
        bool, Field(description="Whether a switch does not answer; it counts with its last answer.")
    ]
    complete: Annotated[bool, Field(description="Whether every switch has answered lately, and in full.")]
    age_s: Annotated[float | None, Field(description="Age of the oldest answer that counts.")]
    by_customer: list[OfCustomer]
    by_carrier: list[OfCarrier] = Field(default_factory=list)
    sources: list[OfSwitch] = Field(default_factory=list)


class LiveAsked(Part):
    """Which calls are counted."""

    customer: Annotated[Text | None, Field(description="Only of this customer.")] = None


class StreamAsked(Part):
    """What a stream tells."""

    calls: Annotated[
        Literal["0", "1"], Field(description="With `1` the calls themselves, the 500 longest.")
    ] = "0"


@operation("GET", f"{ROOT}/live", "see", "live", problems=(404,))
def show_live(asked: Asked, query: LiveAsked) -> LiveNow:
    """Show the calls in progress now, as the switches told last. `/live/stream` tells the same at each change."""
    if query.customer is not None and asked.scope.customer not in {None, query.customer}:
        raise ProblemError(404)
    here = feed(asked.workspace)
    present = here.present if here else present_of(asked.workspace)
    return LiveNow.model_validate(document(asked.workspace, present, asked.scope, query.customer))


@operation("GET", STREAM, "see", "live", media="text/event-stream")
def stream_live(asked: Asked, query: StreamAsked) -> bytes:
    """Tell the calls in progress at each change, as server-sent events, until either side ends it."""
    raise NotImplementedError  # `api.streams` answers it, event by event


OPERATIONS: Final[tuple[Operation, ...]] = (show_live,)
STREAMED: Final = stream_live
"""It is no part of the OpenAPI document, which has no form for an answer without an end."""
