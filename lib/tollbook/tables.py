"""The data dictionary: every column of every table, its type, unit and meaning."""

from dataclasses import dataclass
from typing import Final

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from tollbook.money import MONEY

Dtype = DataType | DataTypeClass
INSTANT: Final = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class Column:
    """One column: its name carries its unit, its meaning is in words."""

    name: str
    dtype: Dtype
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table at rest, partitioned by the UTC day of `started_at` (its first column, `day`)."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pl.Schema:
        """Column names and Polars types in order."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)


def conform(frame: pl.LazyFrame, table: Table) -> pl.LazyFrame:
    """The table's columns, in its order and with its types; columns that the frame lacks become null."""
    have = frame.collect_schema()
    return frame.select(
        (pl.col(c.name) if c.name in have else pl.lit(None)).cast(c.dtype).alias(c.name)
        for c in table.columns
    )


OUTCOMES: Final = (
    "answered",
    "busy",
    "no_answer",
    "cancelled",
    "rejected",
    "unallocated",
    "congestion",
    "failed",
)
"""What became of a call or seizure, mapped from raw codes that are kept beside it."""

UNRATED: Final = {
    "no_customer": "the record does not tell the customer",
    "no_carrier": "the record does not tell the carrier",
    "no_deck": "no deck for this customer or carrier",
    "no_rate": "no prefix of the deck fits the number at that time",
    "blocked": "the deck blocks this prefix",
}
"""Why a call that should cost something has no charge."""

_DAY = Column("day", pl.Date, "UTC day of started_at; the partition")
_IDENTITY = (
    Column("switch", pl.String, "the source that wrote the record"),
    Column("call_id", pl.String, "the call's identity at that source, shared by its legs"),
)
_COURSE = (
    Column("caller", pl.String, "calling number, digits as text without +"),
    Column("called", pl.String, "called number, digits as text without +"),
    Column("caller_raw", pl.String, "calling number as written, where it differs"),
    Column("called_raw", pl.String, "called number as written, where it differs"),
    Column("started_at", INSTANT, "INVITE or start of the call or try"),
    Column("answered_at", INSTANT, "answer signal; null where unanswered"),
    Column("ended_at", INSTANT, "release"),
    Column("talk_ms", pl.Int64, "answer to release as the switch measured it; 0 where unanswered"),
    Column("pdd_ms", pl.Int64, "INVITE to first ringing or progress; null where not told"),
    Column("sip_code", pl.Int32, "final SIP code that this side saw"),
    Column("q850", pl.Int32, "Q.850 release cause that this side saw"),
    Column("outcome", pl.String, f"one of {', '.join(OUTCOMES)}"),
)
_RATED = (
    Column("destination", pl.String, "destination of the deck's prefix; null until rated"),
    Column("prefix", pl.String, "longest prefix of the deck that fits; null until rated"),
    Column("billed_s", pl.Int64, "billed duration; null until rated"),
)
_UNRATED = (
    Column("currency", pl.String, "currency of the amount, from the deck"),
    Column("unrated", pl.String, "why there is no amount; null where there is one or none is due"),
)
_RECORDS = Column(
    "records", pl.Int32, "how many source records told of it; a fuller telling replaces a poorer one"
)

CALLS: Final = Table(
    "calls",
    "one row per call that a customer offered",
    (
        _DAY,
        *_IDENTITY,
        Column("customer", pl.String, "id; null where the source does not tell"),
        Column("carrier", pl.String, "the carrier that answered, else the last one tried"),
        *_COURSE,
        Column("dtmf_digits", pl.Int32, "digits pressed; null where the source does not tell"),
        Column("codec", pl.String, "codec of the customer's side"),
        Column("mos", pl.Float64, "mean opinion score measured by the switch"),
        _RECORDS,
        *_RATED,
        Column("charge", MONEY, "what the customer pays; null until rated"),
        *_UNRATED,
    ),
)

SEIZURES: Final = Table(
    "seizures",
    "one row per try of a call on a carrier's route",
    (
        _DAY,
        *_IDENTITY,
        Column("seizure", pl.Int32, "1-based order of the try within its call"),
        Column("customer", pl.String, "customer of the call"),
        Column("carrier", pl.String, "whose route was tried"),
        *_COURSE,
        _RECORDS,
        *_RATED,
        Column("cost", MONEY, "what the carrier charges; null until rated"),
        *_UNRATED,
    ),
)

_KEY = (
    Column("day", pl.Date, "UTC day; the partition"),
    Column("quarter_at", INSTANT, "start of the 15 minutes in which the calls started"),
    Column("customer", pl.String, "id"),
    Column("carrier", pl.String, "id; of calls the one that answered, else the last tried"),
    Column("destination", pl.String, "destination by the deck of the customer (calls) or carrier (seizures)"),
    Column("currency", pl.String, "currency of charge or cost"),
)
KEY: Final = tuple(column.name for column in _KEY)

TRAFFIC: Final = Table(
    "traffic",
    "what graphs and grids read: per quarter of an hour and key, only what can be added",
    (
        *_KEY,
        Column("attempts", pl.Int64, "calls offered by a customer"),
        Column("answers", pl.Int64, "calls answered"),
        Column("talk_ms", pl.Int64, "talk of calls"),
        Column("billed_s", pl.Int64, "billed duration of calls"),
        Column("charge", MONEY, "charge of rated calls"),
        Column("charged", pl.Int64, "calls that have a charge (0 included)"),
        Column("unrated", pl.Int64, "calls that should have a charge and have none"),
        Column("pdd_ms", pl.Int64, "sum of the PDD of calls that have one"),
        Column("pdd_calls", pl.Int64, "calls that have a PDD"),
        Column("dtmf_known", pl.Int64, "answered calls whose source tells digits"),
        Column("dtmf_answers", pl.Int64, "answered calls with at least one digit"),
        Column("short_answers", pl.Int64, "answered calls with talk of at most 6 s"),
        Column(
            "effective", pl.Int64, "calls effective in the sense of NER: answered, busy, no answer, rejected"
        ),
        Column("coded", pl.Int64, "calls whose final SIP code is known"),
        Column("redirects", pl.Int64, "calls that ended with a 3xx (RFC 6076)"),
        Column("sessions_effective", pl.Int64, "calls with 200, 480, 486, 600 or 603 (RFC 6076, SEER)"),
        Column("ineffective", pl.Int64, "calls with 408, 500, 503 or 504 (RFC 6076, ISA)"),
        Column("seizures", pl.Int64, "tries on a carrier"),
        Column("seizure_answers", pl.Int64, "tries answered"),
        Column("seizure_talk_ms", pl.Int64, "talk of tries"),
        Column("seizure_billed_s", pl.Int64, "billed duration of tries"),
        Column("cost", MONEY, "cost of rated tries"),
        Column("costed", pl.Int64, "tries that have a cost (0 included)"),
        Column("seizure_unrated", pl.Int64, "tries that should have a cost and have none"),
        Column("seizure_pdd_ms", pl.Int64, "sum of the PDD of tries that have one"),
        Column("seizure_pdds", pl.Int64, "tries that have a PDD"),
        Column("seizure_short_answers", pl.Int64, "answered tries with talk of at most 6 s"),
        Column("seizure_effective", pl.Int64, "tries effective in the sense of NER"),
        Column("seizure_coded", pl.Int64, "tries whose final SIP code is known"),
        Column("seizure_redirects", pl.Int64, "tries that ended with a 3xx"),
        Column("seizure_sessions_effective", pl.Int64, "tries with 200, 480, 486, 600 or 603"),
        Column("seizure_ineffective", pl.Int64, "tries with 408, 500, 503 or 504"),
        Column("rerouted", pl.Int64, "unanswered tries after which the same call was tried once more"),
    ),
)

CODES: Final = Table(
    "codes",
    "calls and seizures by final SIP code",
    (
        *_KEY,
        Column("sip_code", pl.Int32, "final SIP code; null where the source does not tell"),
        Column("outcome", pl.String, "mapped outcome"),
        Column("attempts", pl.Int64, "calls with this code"),
        Column("seizures", pl.Int64, "tries with this code"),
    ),
)

PDD: Final = Table(
    "pdd",
    "histogram of post-dial delay in fixed log-spaced bins, for quantiles of any group",
    (
        *_KEY,
        Column("pdd_bin", pl.Int32, "bin b holds floor(8 x log2(pdd_ms + 1)) = b: at most 9.1 % wide"),
        Column("attempts", pl.Int64, "calls in the bin"),
        Column("seizures", pl.Int64, "tries in the bin"),
    ),
)

CHANNELS: Final = Table(
    "channels",
    "the change in calls in progress; its running sum is the number in progress at each minute's start; busy time "
    "until a minute's start t is the sum of change x (t - minute_at) + busy_us over the rows with minute_at <= t",
    (
        Column("day", pl.Date, "UTC day in which the calls started; the partition"),
        Column("minute_at", INSTANT, "minute's start from which the change counts"),
        Column("customer", pl.String, "id"),
        Column("carrier", pl.String, "id; the carrier that answered, else the last tried"),
        Column("change", pl.Int64, "calls begun less calls ended since the minute's start before"),
        Column(
            "busy_us",
            pl.Int64,
            "busy time since the minute's start before, less a minute for each call in progress then",
        ),
    ),
)

TABLES: Final = (CALLS, SEIZURES, TRAFFIC, CODES, PDD, CHANNELS)

LIVE_CALLS: Final = Table(
    "live_calls",
    "one row per call that a switch was seen to have in progress, however the records tell of it later",
    (
        _DAY,
        *_IDENTITY,
        Column("customer", pl.String, "id; null where the switch does not tell"),
        Column("carrier", pl.String, "id; the carrier tried last"),
        Column("caller", pl.String, "calling number, digits as text without +"),
        Column("called", pl.String, "called number, digits as text without +"),
        Column(
            "started_at", INSTANT, "start of the call; where the switch does not tell, when it was first seen"
        ),
        Column("answered_at", INSTANT, "answer; where the switch tells not when, when that was first seen"),
        Column("first_seen_at", INSTANT, "instant of the first answer of the switch that had it"),
        Column("last_seen_at", INSTANT, "instant of the last answer of the switch that had it"),
    ),
)

LIVE_POLLS: Final = Table(
    "live_polls",
    "one row per minute and switch that was asked for its calls in progress",
    (
        Column("day", pl.Date, "UTC day of minute_at; the partition"),
        Column("switch", pl.String, "the source that was asked"),
        Column("minute_at", INSTANT, "minute's start"),
        Column("polls", pl.Int64, "how often it was asked"),
        Column("failed", pl.Int64, "how often it did not answer"),
        Column("incomplete", pl.Int64, "how often it said that it does not tell all"),
        Column("most", pl.Int64, "the most calls in progress that one answer told; null without an answer"),
        Column("most_at", INSTANT, "when that was first"),
    ),
)

LIVE_TABLES: Final = (LIVE_CALLS, LIVE_POLLS)
"""What was seen in progress. They change by themselves, and belong to no step of an import."""


def _replaced(price: str) -> tuple[Column, ...]:
    """What a re-rating found, and what it put there instead."""
    words = {
        "destination": "destination",
        "prefix": "prefix",
        "billed_s": "billed duration",
        price: price,
        "currency": f"currency of the {price}",
        "unrated": f"why there was no {price}",
    }
    kinds: dict[str, Dtype] = {"billed_s": pl.Int64, price: MONEY}
    before = (
        Column(f"was_{name}", kinds.get(name, pl.String), f"{told} before") for name, told in words.items()
    )
    after = (Column(name, kinds.get(name, pl.String), f"{told} since") for name, told in words.items())
    return (*before, *after, Column("deck", pl.Int64, "the deck that gave what is there since"))


_RERATED = (
    Column("run", pl.Int64, "which re-rating replaced it, from 1"),
    Column("replaced_at", INSTANT, "when it did"),
)
_WHOSE = (
    Column("caller", pl.String, "calling number"),
    Column("called", pl.String, "called number"),
    Column("started_at", INSTANT, "INVITE or start of the call or try"),
    Column("talk_ms", pl.Int64, "answer to release as the switch measured it"),
)

CHARGES: Final = Table(
    "charges",
    "one row per charge of a call that a re-rating replaced; rows are added and never changed",
    (_DAY, *_RERATED, *_IDENTITY, Column("customer", pl.String, "id"), *_WHOSE, *_replaced("charge")),
)

COSTS: Final = Table(
    "costs",
    "one row per cost of a try that a re-rating replaced; rows are added and never changed",
    (
        _DAY,
        *_RERATED,
        *_IDENTITY,
        Column("seizure", pl.Int32, "1-based order of the try within its call"),
        Column("customer", pl.String, "customer of the call"),
        Column("carrier", pl.String, "whose route was tried"),
        *_WHOSE,
        *_replaced("cost"),
    ),
)

HISTORY: Final = (CHARGES, COSTS)
"""What was replaced: of operators alone."""
