"""Calls in progress: per minute from the rollup; peak and busiest second, to the microsecond, from calls.

A call is in progress from its start until before its release, so calls back to back count once.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import polars as pl

from tollbook.errors import UsageError, did_you_mean
from tollbook.lake.store import Lake
from tollbook.metrics.groups import of_those
from tollbook.metrics.progress import WHO
from tollbook.metrics.progress import most as most_in_progress
from tollbook.periods import iso_z
from tollbook.tables import CALLS, CHANNELS, INSTANT, TRAFFIC

MINUTE: Final = timedelta(minutes=1)
STEPS_MIN: Final = (1, 5, 15, 60, 240, 1440)
"""Lengths of a step that a chart may use, in minutes."""


class Peak(NamedTuple):
    """The most at once and the first instant at which it was reached; null where there was none."""

    at: datetime | None
    peak: int


def channels(
    lake: Lake, start: datetime, end: datetime, *, customer: str | None = None, carrier: str | None = None
) -> pl.DataFrame:
    """Calls in progress at each minute's start from `start` until before `end`: `at`, `channels`.

    Raises:
        UsageError: start or end is within a minute, or the end is not after the start.
    """
    return channels_by(lake, (), start, end, customer=customer, carrier=carrier)


def channels_by(
    lake: Lake,
    by: Sequence[str],
    start: datetime,
    end: datetime,
    every_min: int = 1,
    *,
    customer: str | None = None,
    carrier: str | None = None,
) -> pl.DataFrame:
    """Calls in progress per step of `every_min` minutes and group: `at`, the columns of `by`, `channels`.

    A step shows the most of its minutes' starts, group by group; so the groups of a step longer than a minute
    need not add up to the total. Every step has a row, for each group that was in progress at any time.

    Raises:
        UsageError: start or end is within a minute, the end is not after the start, or a group is unknown.
    """
    known = [name for name in WHO if name in lake.columns(CHANNELS)]
    for name in by:
        if name not in known:
            raise UsageError(f"channels cannot be told apart by '{name}'{did_you_mean(name, known)}")
    _check(start, end)
    starts = pl.datetime_range(start, end, timedelta(minutes=every_min), closed="left", eager=True)
    return most_in_progress(
        lake, by, starts.cast(INSTANT), end, customers=_only(customer), carriers=_only(carrier)
    )


def step_min(start: datetime, end: datetime, most: int = 1500) -> int:
    """The shortest step, in minutes, that cuts the span into at most `most`; else the longest that there is."""
    return next((m for m in STEPS_MIN if (end - start) <= most * m * MINUTE), STEPS_MIN[-1])


def peak(
    lake: Lake, start: datetime, end: datetime, *, customer: str | None = None, carrier: str | None = None
) -> Peak:
    """The most calls in progress at once from `start` until before `end`, and when first; to the microsecond."""
    spans = _spans(lake, start, end, customer, carrier)
    begun = spans.select(at="begin", change=pl.lit(1))
    over = spans.filter(pl.col("over") < end).select(at="over", change=pl.lit(-1))
    # All that happens in one instant is added first: what ends then no longer counts, what starts then does.
    changes = pl.concat([begun, over]).group_by("at").agg(pl.col("change").sum()).sort("at")
    level = changes.select("at", level=pl.col("change").cum_sum()).collect()
    return _highest(level)


def peak_cps(
    lake: Lake, start: datetime, end: datetime, *, customer: str | None = None, carrier: str | None = None
) -> Peak:
    """The most attempts in one second from `start` until before `end`, and which second."""
    seconds = _of(lake, customer, carrier).filter(
        pl.col("day").is_between(_day(start), _day(end)),
        pl.col("started_at").is_between(start, end, closed="left"),
    )
    counted = seconds.group_by(at=pl.col("started_at").dt.truncate("1s")).agg(level=pl.len())
    return _highest(counted.sort("at").collect())


def last_day(lake: Lake) -> tuple[datetime, datetime]:
    """The 24 hours up to the end of the last quarter of an hour that has traffic; today where there is none."""
    latest = lake.scan(TRAFFIC).select(pl.col("quarter_at").max()).collect().item()
    end = (latest or datetime.now(UTC).replace(minute=0, second=0, microsecond=0)) + timedelta(minutes=15)
    return end - timedelta(days=1), end


def _check(start: datetime, end: datetime) -> None:
    for instant in (start, end):
        if instant.second or instant.microsecond:
            raise UsageError(f"{iso_z(instant)} is within a minute: write whole minutes")
    if end <= start:
        raise UsageError(f"nothing lies from {iso_z(start)} until {iso_z(end)}: write an end after the start")


def _spans(
    lake: Lake, start: datetime, end: datetime, customer: str | None, carrier: str | None
) -> pl.LazyFrame:
    """From when until when each call was in progress, cut to [start, end)."""
    inside = (pl.col("day") <= _day(end)) & (pl.col("started_at") < end) & (pl.col("ended_at") > start)
    return (
        _of(lake, customer, carrier)
        .filter(inside)
        .select(
            begin=pl.max_horizontal("started_at", pl.lit(start, INSTANT)),
            over=pl.min_horizontal("ended_at", pl.lit(end, INSTANT)),
        )
    )


def _of(lake: Lake, customer: str | None, carrier: str | None) -> pl.LazyFrame:
    wanted = {"customer": _only(customer), "carrier": _only(carrier)}
    return of_those(lake.scan(CALLS), wanted, lake.columns(CALLS))


def _only(name: str | None) -> list[str] | None:
    return None if name is None else [name]


def _highest(levels: pl.DataFrame) -> Peak:
    """The first row with the greatest level."""
    if levels.is_empty():
        return Peak(None, 0)
    most = levels.row(levels["level"].arg_max() or 0, named=True)
    return Peak(most["at"], most["level"]) if most["level"] else Peak(None, 0)


def _day(instant: datetime) -> pl.Expr:
    return pl.lit(instant.astimezone(UTC).date())
