"""Completeness: of the call-minutes that switches told while calls were in progress, how many the records tell too.

Both sides count calls in progress at a minute's start, in minutes in which every switch that was asked answered in
full. A call that was still in progress shortly before the end can have no record, and is on neither side.
"""

from datetime import datetime, timedelta
from typing import Final

import polars as pl

from tollbook.account.alerts.models import Alert
from tollbook.alerts.sliding import only, slid, subjects
from tollbook.alerts.sources import Sources, sample_of
from tollbook.live.kept import LiveLake
from tollbook.live.unrecorded import SETTLED
from tollbook.metrics.progress import most

_MINUTE: Final = timedelta(minutes=1)


def recorded(sources: Sources, rule: Alert, ends: pl.Series) -> pl.DataFrame:
    """The figures of a rule over completeness at each of `ends`; see `figures.course`."""
    live = LiveLake(sources.lake.workspace)
    start, end = ends[0] - sample_of(rule), ends[-1]
    minutes = _answered(live, start, end)
    seen, told = _seen(live, rule, minutes, start, end), _told(sources, rule, minutes, start, end)
    both = seen.join(told, on=["subject", "quarter_at"], how="full", coalesce=True)
    windows = slid(
        both, rule, ends, ["seen", "told"], lambda column, width: column.rolling_sum(width, min_samples=1)
    )
    known = pl.when(pl.col("seen") > 0).then(pl.col("told") / pl.col("seen"))
    return windows.select(
        *("subject", "at"),
        value=known,
        numerator=pl.col("told").cast(pl.Float64),
        denominator=pl.col("seen").cast(pl.Float64),
        calls=pl.col("seen"),
    )


def _answered(live: LiveLake, start: datetime, end: datetime) -> pl.DataFrame:
    """Minutes in which every switch that was asked answered in full."""
    rows = live.asked().filter(pl.col("minute_at") >= start, pl.col("minute_at") < end)
    bad = (pl.col("failed") > 0) | (pl.col("incomplete") > 0) | (pl.col("polls") == 0)
    asked = rows.group_by("minute_at").agg(bad=bad.any()).filter(~pl.col("bad"))
    return asked.select("minute_at").collect()


def _seen(live: LiveLake, rule: Alert, minutes: pl.DataFrame, start: datetime, end: datetime) -> pl.DataFrame:
    """Per quarter of an hour the call-minutes that switches told, as `seen`."""
    calls = live.seen().filter(
        pl.col("last_seen_at") >= start, pl.col("first_seen_at") < end, pl.col("last_seen_at") < end - SETTLED
    )
    for name in ("customer", "carrier"):
        if getattr(rule, name):
            calls = calls.filter(pl.col(name) == getattr(rule, name))
    first = (pl.col("first_seen_at") + pl.duration(seconds=60, microseconds=-1)).dt.truncate("1m")
    last = pl.col("last_seen_at").dt.truncate("1m")
    each = subjects(calls, rule).select("subject", minute_at=pl.datetime_ranges(first, last, "1m")).collect()
    found = each.explode("minute_at").drop_nulls().join(minutes, on="minute_at", how="semi")
    return _by_quarter(found.with_columns(seen=pl.lit(1, pl.Int64)), "seen")


def _told(
    sources: Sources, rule: Alert, minutes: pl.DataFrame, start: datetime, end: datetime
) -> pl.DataFrame:
    """The same of the records, as `told`."""
    starts = pl.datetime_range(start, end, _MINUTE, closed="left", time_unit="us", eager=True)
    by = [rule.by] if rule.by else []
    own = only(rule)
    levels = most(sources.lake, by, starts, end, customers=own["customers"], carriers=own["carriers"])
    named = levels.rename({"at": "minute_at", "channels": "told"})
    kept = named.join(minutes, on="minute_at", how="semi").lazy()
    return _by_quarter(subjects(kept, rule).collect(), "told")


def _by_quarter(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    quarter = pl.col("minute_at").dt.truncate("15m").alias("quarter_at")
    return rows.group_by("subject", quarter).agg(pl.col(name).sum())
