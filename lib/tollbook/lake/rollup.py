"""Calls and seizures to what can be added: traffic, codes, pdd and channels, redone only for days that changed.

The four functions are pure and lazy. Calls and seizures are summed each on its own side (`_side`) and joined
on their key, in which null is a value like any other: what a source does not tell stays counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import polars as pl

from tollbook.lake.store import Lake, Published, Step, now
from tollbook.tables import CALLS, CHANNELS, CODES, KEY, PDD, SEIZURES, TRAFFIC, conform

QUARTER: Final = "15m"
SHORT_MS: Final = 6_000
"""Talk of a short call: at most this."""
EFFECTIVE: Final = ("answered", "busy", "no_answer", "cancelled", "rejected")
"""Outcomes effective in the sense of NER; a ringing call that its caller cancels counts as no answer."""
SESSION_EFFECTIVE: Final = (200, 480, 486, 600, 603)
INEFFECTIVE: Final = (408, 500, 503, 504)
REDIRECTS: Final = (300, 399)

PDD_BINS_PER_OCTAVE: Final = 8
DAYS_AT_ONCE: Final = 7
"""Days rolled up together: more are no faster, and memory grows with them."""

_GROUPS: Final = ("customer", "carrier", "destination", "currency")


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: calls read, days redone, and the instant as of which the rollups are up to date."""

    calls_seen: int
    days_touched: int
    updated_at: datetime


def traffic(
    calls: pl.LazyFrame, seizures: pl.LazyFrame, following: pl.LazyFrame | None = None
) -> pl.LazyFrame:
    """Per quarter of an hour and key, every sum of `tables.TRAFFIC`.

    `following` holds the seizures among which a call's next try is looked for, where they are more than
    `seizures`: a call that is offered before midnight may be tried once more after it.
    """
    of_calls = {
        "attempts": pl.len(),
        "answers": _ANSWERED.sum(),
        "talk_ms": pl.col("talk_ms").sum(),
        "billed_s": pl.col("billed_s").sum(),
        "charge": pl.col("charge").sum(),
        "charged": pl.col("charge").count(),
        "unrated": pl.col("unrated").count(),
        "pdd_ms": pl.col("pdd_ms").sum(),
        "pdd_calls": pl.col("pdd_ms").count(),
        "dtmf_known": (_ANSWERED & pl.col("dtmf_digits").is_not_null()).sum(),
        "dtmf_answers": (_ANSWERED & (pl.col("dtmf_digits") > 0)).sum(),
        "short_answers": _SHORT.sum(),
        "effective": pl.col("outcome").is_in(EFFECTIVE).sum(),
        "coded": pl.col("sip_code").count(),
        "redirects": pl.col("sip_code").is_between(*REDIRECTS).sum(),
        "sessions_effective": _in_codes(SESSION_EFFECTIVE),
        "ineffective": _in_codes(INEFFECTIVE),
    }
    of_seizures = {
        "seizures": pl.len(),
        "seizure_answers": _ANSWERED.sum(),
        "seizure_talk_ms": pl.col("talk_ms").sum(),
        "seizure_billed_s": pl.col("billed_s").sum(),
        "cost": pl.col("cost").sum(),
        "costed": pl.col("cost").count(),
        "seizure_unrated": pl.col("unrated").count(),
        "seizure_pdd_ms": pl.col("pdd_ms").sum(),
        "seizure_pdds": pl.col("pdd_ms").count(),
        "seizure_short_answers": _SHORT.sum(),
        "seizure_effective": pl.col("outcome").is_in(EFFECTIVE).sum(),
        "seizure_coded": pl.col("sip_code").count(),
        "seizure_redirects": pl.col("sip_code").is_between(*REDIRECTS).sum(),
        "seizure_sessions_effective": _in_codes(SESSION_EFFECTIVE),
        "seizure_ineffective": _in_codes(INEFFECTIVE),
    }
    tries = _side(seizures, of_seizures)
    moved = _side(_moved_on(seizures, seizures if following is None else following), {"rerouted": pl.len()})
    return conform(_both(_side(calls, of_calls), _added(tries, moved)), TRAFFIC)


def codes(calls: pl.LazyFrame, seizures: pl.LazyFrame) -> pl.LazyFrame:
    """Per quarter of an hour and key, how many calls and seizures ended with each SIP code and outcome."""
    more = {"sip_code": pl.col("sip_code"), "outcome": pl.col("outcome")}
    sides = (_side(calls, {"attempts": pl.len()}, more), _side(seizures, {"seizures": pl.len()}, more))
    return conform(_both(*sides, more=tuple(more)), CODES)


def pdd(calls: pl.LazyFrame, seizures: pl.LazyFrame) -> pl.LazyFrame:
    """Per quarter of an hour and key, the histogram of post-dial delay; calls without one are left out."""
    known = pl.col("pdd_ms").is_not_null()
    octaves = (pl.col("pdd_ms") + 1).log(2)
    more = {"pdd_bin": (octaves * PDD_BINS_PER_OCTAVE).floor().cast(pl.Int32)}
    of_calls = _side(calls.filter(known), {"attempts": pl.len()}, more)
    of_seizures = _side(seizures.filter(known), {"seizures": pl.len()}, more)
    return conform(_both(of_calls, of_seizures, more=tuple(more)), PDD)


def channels(calls: pl.LazyFrame) -> pl.LazyFrame:
    """The change in calls in progress: +1 at the first minute's start that finds the call, -1 at the next that does not.

    With it the busy time that whole minutes from there on leave out (+) or count too much (-). All of a call falls
    to the day in which it started, so that a day's changes add up to 0.
    """
    spans = calls.filter(pl.col("ended_at").is_not_null()).select(
        "day",
        pl.col("customer", "carrier").cast(pl.Categorical),
        "started_at",
        "ended_at",
        began=_next_minute("started_at"),
        over=_next_minute("ended_at"),
    )
    # A call that no minute's start finds is one row, its whole length, instead of two whose changes cancel.
    found = pl.col("began") != pl.col("over")
    until = pl.when(found).then("began").otherwise("ended_at")
    begun = _change("began", found, until - pl.col("started_at"))
    ended = _change("over", pl.lit(-1), pl.col("ended_at") - pl.col("over"))
    both = pl.concat([spans.select(begun), spans.filter(found).select(ended)])
    sums = both.group_by("day", "minute_at", "customer", "carrier").agg(pl.col("change", "busy_us").sum())
    return conform(sums.filter((pl.col("change") != 0) | (pl.col("busy_us") != 0)), CHANNELS)


def days_to_roll_up(lake: Lake, published: Published) -> list[date]:
    """Days whose rollups are behind their calls: all of them where an older Tollbook made the rollups."""
    if any(lake.is_older(table, published=published) for table in (TRAFFIC, CODES, PDD, CHANNELS)):
        return [date.fromisoformat(day) for day in sorted(published.changed)]
    return published.stale_days()


def refresh(lake: Lake, at: datetime | None = None) -> Refreshed:
    """Bring the rollups up to date with the calls, as one step; only days whose calls changed are read.

    Rollups that an older Tollbook made without some of their columns are made anew, all days of them.

    Raises:
        TollbookError: another process is writing.
    """
    at = at or now()
    with lake.writing() as step:
        days = days_to_roll_up(lake, step.before)
        batches = [days[i : i + DAYS_AT_ONCE] for i in range(0, len(days), DAYS_AT_ONCE)]
        seen = sum(_roll_up(lake, step, batch) for batch in batches)
        step.mark(rolled=days)
        step.stamp(at)
    return Refreshed(seen, len(days), at)


def _roll_up(lake: Lake, step: Step, days: list[date]) -> int:
    """Redo the rollups of these days; returns how many calls they have."""
    of_days = pl.col("day").is_in(days)
    calls = lake.scan(CALLS, published=step.before).filter(of_days)
    seizures = lake.scan(SEIZURES, published=step.before).filter(of_days)
    step.replace_days(TRAFFIC, days, traffic(calls, seizures, _until_the_day_after(lake, step, days)))
    step.replace_days(CODES, days, codes(calls, seizures))
    step.replace_days(PDD, days, pdd(calls, seizures))
    step.replace_days(CHANNELS, days, channels(calls))
    return int(calls.select(pl.len()).collect().item())


def _until_the_day_after(lake: Lake, step: Step, days: list[date]) -> pl.LazyFrame:
    """The seizures of these days and of the day after each: a call's tries may lie on both sides of midnight."""
    wanted = {*days, *(day + timedelta(days=1) for day in days)}
    return lake.scan(SEIZURES, published=step.before).filter(pl.col("day").is_in(sorted(wanted)))


def _moved_on(seizures: pl.LazyFrame, following: pl.LazyFrame) -> pl.LazyFrame:
    """Unanswered seizures after which the same call was tried once more."""
    later = following.filter(pl.col("seizure") > 1).select("switch", "call_id", pl.col("seizure") - 1)
    return seizures.filter(~_ANSWERED).join(later, on=("switch", "call_id", "seizure"), how="semi")


_ANSWERED: Final = pl.col("answered_at").is_not_null()
_SHORT: Final = _ANSWERED & (pl.col("talk_ms") <= SHORT_MS)


def _in_codes(codes: Iterable[int]) -> pl.Expr:
    return pl.col("sip_code").is_in(list(codes)).sum()


def _next_minute(instant: str) -> pl.Expr:
    """The first minute's start at or after the instant."""
    return (pl.col(instant) + pl.duration(seconds=60, microseconds=-1)).dt.truncate("1m")


def _change(minute: str, change: pl.Expr, busy: pl.Expr) -> list[pl.Expr]:
    """The columns of one row of `channels`."""
    return [
        pl.col("day", "customer", "carrier"),
        pl.col(minute).alias("minute_at"),
        change.cast(pl.Int64).alias("change"),
        busy.dt.total_microseconds().alias("busy_us"),
    ]


def _side(
    rows: pl.LazyFrame, sums: dict[str, pl.Expr], more: dict[str, pl.Expr] | None = None
) -> pl.LazyFrame:
    """Sums per quarter and key. Names become categories on the way, which groups faster than text."""
    key = {
        "quarter_at": pl.col("started_at").dt.truncate(QUARTER),
        **{name: pl.col(name).cast(pl.Categorical) for name in _GROUPS},
        **(more or {}),
    }
    counted = (e.cast(TRAFFIC.schema.get(name, pl.Int64)).alias(name) for name, e in sums.items())
    return rows.with_columns(**key).group_by(*key).agg(*counted)


def _both(of_calls: pl.LazyFrame, of_seizures: pl.LazyFrame, more: tuple[str, ...] = ()) -> pl.LazyFrame:
    """The two sides in one row per key, with its day."""
    return _added(of_calls, of_seizures, more).with_columns(day=pl.col("quarter_at").dt.date())


def _added(one: pl.LazyFrame, other: pl.LazyFrame, more: tuple[str, ...] = ()) -> pl.LazyFrame:
    """The sums of two frames in one row per key; a frame that has no such key counts 0."""
    key = [*KEY[1:], *more]
    joined = one.join(other, on=key, how="full", coalesce=True, nulls_equal=True)
    sums = joined.select(pl.exclude(key)).collect_schema().names()
    return joined.with_columns(pl.col(sums).fill_null(0))
