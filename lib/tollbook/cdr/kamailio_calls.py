"""Kamailio's records put together: which rows tell of which call, and what became of each try.

A row of acc_cdrs is a call. Everything else tells of a call that has such a row in the same import: the
reply that the customer got (acc), the branches that failed (missed_calls), digits seen by rtpengine. The
events of acc_json mix replies and branches: the 2xx, else the last, is the reply; those before are branches.
They count only where the tables are silent.
"""

from typing import Final

import polars as pl

from tollbook.cdr.columns import elapsed, numbers
from tollbook.cdr.outcomes import outcome
from tollbook.tables import INSTANT

CHALLENGES: Final = (401, 407)
"""A call that was only asked for its password is no attempt: the caller offers it again."""

REMAPPED: Final = {503: 500}
"""Kamailio tells its customer 500 where every carrier said 503, unless tm's `remap_503_500` is off."""

_WHOLE_SECOND: Final = pl.duration(seconds=1)
_ANSWER_LAG: Final = pl.duration(milliseconds=1500)
"""A CDR that starts by more than this before the answer was started by the INVITE, not by the answer."""


def assemble(records: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Calls and seizures of one import's records. The calls are made once here, since both are read from them."""
    facts = _facts(records)
    calls = _calls(_told(records), facts).collect(engine="streaming").lazy()
    return _call_rows(calls), _seizure_rows(_tries(records, facts, calls))


def _told(records: pl.LazyFrame) -> pl.LazyFrame:
    """One row per call. Copies differ at most in their resolution: whole seconds are cut, so the later is finer."""
    cdrs = records.filter(
        pl.col("told") == "call", ~pl.col("sip_code").is_in(CHALLENGES).fill_null(value=False)
    )
    return cdrs.group_by("call_id", "started_at").agg(
        pl.col("customer", "carrier", "caller", "called", "begun_at", "talk_ms", "pdd_ms").max(),
        pl.col("sip_code", "digits", "codec").max(),
        pl.col("at").max().alias("over_at"),
    )


def _facts(records: pl.LazyFrame) -> pl.LazyFrame:
    """What the rows beside a call's CDR say of it, per call-id."""
    rows = records.filter(
        pl.col("told") != "call", ~pl.col("sip_code").is_in(CHALLENGES).fill_null(value=False)
    )
    answer = pl.col("sip_code").is_between(200, 299)
    found = [
        fact
        for source in ("reply", "event")
        for fact in (
            _at(source, answer).min().alias(f"{source}_answer_at"),
            _at(source).max().alias(f"{source}_at"),
            pl.col("sip_code").filter(_is(source)).max_by(_at(source)).alias(f"{source}_code"),
            _is(source).sum().alias(f"{source}s"),
        )
    ]
    return rows.group_by("call_id").agg(
        *found,
        _at("branch").max().alias("branch_at"),
        _is("branch").sum().alias("branches"),
        _is("digit").sum().cast(pl.Int32).alias("pressed"),
    )


def _is(source: str) -> pl.Expr:
    return pl.col("told") == source


def _at(source: str, where: pl.Expr | None = None) -> pl.Expr:
    return pl.col("at").filter(_is(source) if where is None else _is(source) & where)


def _calls(told: pl.LazyFrame, facts: pl.LazyFrame) -> pl.LazyFrame:
    """Calls with what both sides saw: `answered_at`, `ended_at`, `talk_ms`, the code told to the customer."""
    answer_told = pl.coalesce("reply_answer_at", "event_answer_at")
    code = pl.coalesce("reply_code", "event_code")
    answered = pl.coalesce(
        answer_told.is_not_null() | (pl.col("sip_code") // 100 == 2),  # noqa: PLR2004 - 2xx
        pl.when(code.is_null()).then(pl.col("talk_ms") > 0),
    ).fill_null(value=False)
    joined = told.join(facts, on="call_id", how="left").with_columns(
        answered=answered, answer_told=answer_told, reply=code
    )
    timed = joined.with_columns(answered_at=pl.when("answered").then(_answered_at()), talk_ms=_talk_ms())
    return timed.with_columns(
        ended_at=_ended_at(), digits=_digits(), sip_code=_code(), carrier_code="sip_code"
    )


def _answered_at() -> pl.Expr:
    """The CDR's own start; where that has whole seconds only, or is the INVITE's, the reply's time."""
    begun, told = pl.col("begun_at"), pl.col("answer_told")
    cut = (begun.dt.microsecond() == 0) & told.is_between(begun, begun + _WHOLE_SECOND)
    late = told - begun > _ANSWER_LAG
    known = pl.when(cut | late).then(told).otherwise(begun)
    return pl.max_horizontal(known, "started_at")


def _talk_ms() -> pl.Expr:
    """The CDR's duration, less the ringing where it counts from the INVITE; 0 where unanswered."""
    ringing = pl.col("answer_told") - pl.col("begun_at")
    talk = pl.when(ringing > _ANSWER_LAG).then(pl.col("talk_ms") - ringing.dt.total_milliseconds())
    spoken = pl.coalesce(talk, pl.col("talk_ms"), pl.lit(0)).clip(lower_bound=0)
    return pl.when("answered").then(spoken).otherwise(0)


def _ended_at() -> pl.Expr:
    failed = pl.coalesce("reply_at", "event_at", "branch_at", "over_at", "started_at")
    released = pl.col("answered_at") + elapsed(pl.col("talk_ms"))
    return pl.when("answered").then(released).otherwise(pl.max_horizontal(failed, "started_at"))


def _digits() -> pl.Expr:
    """Digits by INFO, which the CDR counts, and by RTP; null where neither is told in this import."""
    by_rtp = pl.when((pl.col("pressed") > 0).any()).then(pl.col("pressed").fill_null(0))
    told = pl.col("digits").is_not_null() | by_rtp.is_not_null()
    return pl.when(told).then(pl.col("digits").fill_null(0) + by_rtp.fill_null(0))


def _code() -> pl.Expr:
    of_carrier = pl.col("sip_code").replace(REMAPPED)
    failed = pl.coalesce("reply", of_carrier)
    answered = pl.when(pl.col("sip_code").is_between(200, 299)).then("sip_code").otherwise(200)
    return pl.when("answered").then(answered).otherwise(failed).cast(pl.Int32)


def _call_rows(calls: pl.LazyFrame) -> pl.LazyFrame:
    beside = pl.max_horizontal(pl.col("replys") + pl.col("branches"), "events") + pl.col("pressed")
    return calls.select(
        "call_id",
        "customer",
        "carrier",
        *numbers(),
        "started_at",
        "answered_at",
        "ended_at",
        "talk_ms",
        "pdd_ms",
        "sip_code",
        outcome(pl.col("answered_at"), pl.col("sip_code"), pl.lit(None, pl.Int32)).alias("outcome"),
        pl.col("digits").alias("dtmf_digits"),
        "codec",
        (1 + beside.fill_null(0)).cast(pl.Int32).alias("records"),
    )


def _tries(records: pl.LazyFrame, facts: pl.LazyFrame, calls: pl.LazyFrame) -> pl.LazyFrame:
    """Failed branches, and of answered calls the try that was answered, in the order in which they ended.

    Of a failed call without any branch in this import, the CDR still tells the last carrier tried and its code.
    """
    of_call = calls.select(
        "call_id", "customer", "caller", "called", "answered", "talk_ms", "pdd_ms", "answered_at",
        "carrier_code", call_from="started_at", call_to="ended_at", final_carrier="carrier",
    )  # fmt: skip
    branches = _branches(records, facts)
    failed = branches.join(of_call, on="call_id").with_columns(
        pl.lit(None, INSTANT).alias("answered_at"),
        pl.lit(0, pl.Int64).alias("talk_ms"),
        ended_at=pl.col("at").clip(pl.col("call_from"), pl.col("call_to")),
    )
    untold = ~pl.col("answered") & pl.col("final_carrier").is_not_null()
    alone = of_call.filter(untold).join(branches, on="call_id", how="anti")
    final = pl.concat([of_call.filter("answered"), alone]).with_columns(
        ended_at="call_to",
        carrier="final_carrier",
        sip_code=pl.when("answered").then(pl.lit(200, pl.Int32)).otherwise("carrier_code"),
    )
    return pl.concat([failed, final], how="diagonal").sort("call_id", "call_from", "ended_at")


def _branches(records: pl.LazyFrame, facts: pl.LazyFrame) -> pl.LazyFrame:
    rows = ("call_id", "carrier", "at", "sip_code")
    of_tables = records.filter(_is("branch"), ~pl.col("sip_code").is_in(CHALLENGES)).select(rows)
    events = records.filter(_is("event"), pl.col("sip_code") >= 300, ~pl.col("sip_code").is_in(CHALLENGES))  # noqa: PLR2004 - 3xx to 6xx
    beside = facts.select("call_id", "branches", "event_answer_at", "event_at")
    is_reply = pl.col("event_answer_at").is_null() & (pl.col("at") == pl.col("event_at"))
    of_events = events.join(beside, on="call_id").filter(pl.col("branches") == 0, ~is_reply).select(rows)
    return pl.concat([of_tables, of_events])


def _seizure_rows(tries: pl.LazyFrame) -> pl.LazyFrame:
    """A try begins where the one before it ended, the first one with its call; ringing belongs to the try it fell in."""
    call = ("call_id", "call_from")
    begun = tries.with_columns(
        seizure=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(call),
        started_at=pl.coalesce(pl.col("ended_at").shift(1).over(call), pl.col("call_from")),
    )
    rang_at = pl.col("call_from") + elapsed(pl.col("pdd_ms"))
    rang = pl.when(rang_at.is_between("started_at", "ended_at")).then(rang_at - pl.col("started_at"))
    return begun.select(
        "call_id",
        "seizure",
        "customer",
        "carrier",
        *numbers(),
        "started_at",
        "answered_at",
        "ended_at",
        "talk_ms",
        rang.dt.total_milliseconds().alias("pdd_ms"),
        "sip_code",
        outcome(pl.col("answered_at"), pl.col("sip_code"), pl.lit(None, pl.Int32)).alias("outcome"),
        pl.lit(1, pl.Int32).alias("records"),
    )
