"""What was seen in progress, told again: the most at once, when more than agreed, and who lacks the other of call and record.

A call is counted from the first to the last answer that had it: between two answers nobody looked.
"""

from datetime import date, datetime, timedelta
from typing import Any, Final

import polars as pl

from tollbook.lake.store import Lake
from tollbook.live.kept import LiveLake, days_between
from tollbook.live.limits import limits
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

SETTLED: Final = timedelta(minutes=10)
"""A switch has told of all calls that ended so long before the newest call that its records tell of."""
TOUCHED: Final = timedelta(seconds=130)
"""A call shorter than this may begin and end between two answers, as the longest distance is a minute."""
LISTED: Final = 100
"""Calls that are named; all are counted."""
_INSTANT: Final = timedelta(microseconds=1)


def last_day(now: datetime) -> tuple[datetime, datetime]:
    """The 24 hours until now."""
    return now - timedelta(days=1), now


def history(
    workspace: Workspace, start: datetime, end: datetime, *, customer: str | None = None
) -> dict[str, Any]:
    """What was seen from `start` until before `end`, of all customers or of one.

    Raises:
        TollbookError: the tables cannot be read.
    """
    lake = LiveLake(workspace)
    calls = _calls(lake, start, end, customer).collect()
    levels = _levels(calls)
    return {
        "from": start,
        "to": end,
        **_most(levels, "peak"),
        **_busiest(calls, start, end),
        "breaches": _breaches(workspace, calls),
        **_both(workspace, lake, calls, start, end, customer),
        "asked": _asked(lake, start, end),
    }


def unrecorded(workspace: Workspace, start: datetime, end: datetime) -> int:
    """How many calls were seen from `start` until before `end` that have no record, though their switch's go on.

    Raises:
        TollbookError: the tables cannot be read.
    """
    calls = (
        _calls(LiveLake(workspace), start, end, None).select("switch", "call_id", "last_seen_at").collect()
    )
    lake, days = Lake(workspace), _around(start, end)
    told = lake.scan(CALLS).filter(pl.col("day").is_in(days)).select("switch", "call_id").collect()
    return len(_without_record(calls, told, _newest(lake, days)))


def _around(start: datetime, end: datetime) -> list[date]:
    """The days on which records of calls in the span may stand."""
    return list(days_between(start - timedelta(days=1), end + timedelta(days=1)))


def _newest(lake: Lake, days: list[date]) -> pl.DataFrame:
    """Up to when each switch's records go."""
    recent = lake.scan(CALLS).filter(pl.col("day") >= days[0])
    return recent.group_by("switch").agg(newest=pl.col("started_at").max()).collect()


def _without_record(calls: pl.DataFrame, told: pl.DataFrame, newest: pl.DataFrame) -> pl.DataFrame:
    settled = calls.join(newest, on="switch").filter(pl.col("last_seen_at") < pl.col("newest") - SETTLED)
    return settled.join(told, on=("switch", "call_id"), how="anti")


def _calls(lake: LiveLake, start: datetime, end: datetime, customer: str | None) -> pl.LazyFrame:
    """The calls seen in the span, cut to it."""
    seen = lake.seen().filter(
        pl.col("day").is_in(list(days_between(start, end))),
        pl.col("first_seen_at") < end,
        pl.col("last_seen_at") >= start,
    )
    if customer is not None:
        seen = seen.filter(pl.col("customer") == customer)
    return seen.with_columns(
        begin=pl.max_horizontal("first_seen_at", pl.lit(start)),
        over=pl.min_horizontal("last_seen_at", pl.lit(end)),
    )


def _levels(calls: pl.DataFrame) -> pl.DataFrame:
    """How many were in progress from each instant on at which that changed: `at`, `level`."""
    begun = calls.select(at="begin", change=pl.lit(1))
    # The last answer still had the call.
    over = calls.select(at=pl.col("over") + _INSTANT, change=pl.lit(-1))
    changes = pl.concat([begun, over]).group_by("at").agg(pl.col("change").sum()).sort("at")
    return changes.select("at", level=pl.col("change").cum_sum())


def _most(levels: pl.DataFrame, name: str) -> dict[str, Any]:
    if levels.is_empty():
        return {name: 0, f"{name}_at": None}
    row = levels.row(levels["level"].arg_max() or 0, named=True)
    return {name: row["level"], f"{name}_at": row["at"]}


def _busiest(calls: pl.DataFrame, start: datetime, end: datetime) -> dict[str, Any]:
    """The most calls that began in one second, and which."""
    begun = calls.filter(pl.col("started_at").is_between(start, end, closed="left"))
    counted = (
        begun.group_by(at=pl.col("started_at").dt.truncate("1s"))
        .agg(level=pl.len().cast(pl.Int64))
        .sort("at")
    )
    return _most(counted, "peak_cps")


def _breaches(workspace: Workspace, calls: pl.DataFrame) -> list[dict[str, Any]]:
    """Spans in which somebody had more calls in progress than channels were agreed."""
    agreed = limits(workspace)
    found: list[dict[str, Any]] = []
    for kind, by_name in (("customer", agreed.customers), ("carrier", agreed.carriers)):
        for name, channels in sorted(by_name.items()):
            found += _above(_levels(calls.filter(pl.col(kind) == name)), kind, name, channels)
    return found


def _above(levels: pl.DataFrame, kind: str, name: str, channels: int) -> list[dict[str, Any]]:
    marked = levels.with_columns(above=pl.col("level") > channels, until=pl.col("at").shift(-1))
    spans = (
        marked.with_columns(span=pl.col("above").rle_id())
        .filter("above")
        .group_by("span", maintain_order=True)
    )
    rows = spans.agg(pl.col("at").first(), pl.col("until").last(), pl.col("level").max())
    return [
        {kind: name, "from": row["at"], "to": row["until"], "peak": row["level"], "configured": channels}
        for row in rows.iter_rows(named=True)
    ]


def _both(
    workspace: Workspace,
    live: LiveLake,
    calls: pl.DataFrame,
    start: datetime,
    end: datetime,
    customer: str | None,
) -> dict[str, Any]:
    """Calls without a record and records without a call, as far as both could be there."""
    lake, days = Lake(workspace), _around(start, end)
    records = lake.scan(CALLS).filter(pl.col("day").is_in(days))
    if customer is not None:
        records = records.filter(pl.col("customer") == customer)
    told = records.select("switch", "call_id", "customer", "carrier", "started_at", "ended_at").collect()
    lost = _without_record(calls, told, _newest(lake, days))
    unseen = _watched(told, live.asked(), start, end).join(
        live.seen().filter(pl.col("day").is_in(days)).collect(), on=("switch", "call_id"), how="anti"
    )
    return {
        "unrecorded": len(lost),
        "unrecorded_calls": _named(lost, "last_seen_at"),
        "unseen": len(unseen),
        "unseen_calls": _named(unseen, "ended_at"),
    }


def _watched(records: pl.DataFrame, asked: pl.LazyFrame, start: datetime, end: datetime) -> pl.DataFrame:
    """Records of calls that an answer must have had: long ones, in minutes that were all answered in full."""
    inside = records.filter(
        pl.col("started_at") >= start,
        pl.col("ended_at") < end,
        pl.col("ended_at") - pl.col("started_at") >= TOUCHED,
    )
    good = asked.filter(pl.col("failed") == 0, pl.col("incomplete") == 0, pl.col("polls") > 0)
    minutes = good.select("switch", "minute_at").collect()
    # Whole minutes that lie within the call: each of them has to be there.
    first = (pl.col("started_at") + pl.duration(seconds=60, microseconds=-1)).dt.truncate("1m")
    last = pl.col("ended_at").dt.truncate("1m") - pl.duration(minutes=1)
    wanted = inside.with_columns(minute_at=pl.datetime_ranges(first, last, "1m"))
    every = wanted.explode("minute_at").join(
        minutes.with_columns(good=pl.lit(value=True)), on=("switch", "minute_at"), how="left"
    )
    met = every.group_by("switch", "call_id", "started_at").agg(pl.col("good").fill_null(value=False).any())
    return inside.join(met.filter("good"), on=("switch", "call_id", "started_at"), how="semi")


def _named(calls: pl.DataFrame, last: str) -> list[dict[str, Any]]:
    columns = ("switch", "call_id", "customer", "carrier", "started_at", last)
    return calls.select(columns).sort("started_at", "call_id").head(LISTED).to_dicts()


def _asked(lake: LiveLake, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """How often each switch was asked, and how often it did not answer, or not in full."""
    minutes = lake.asked().filter(
        pl.col("minute_at") >= start - timedelta(minutes=1), pl.col("minute_at") < end
    )
    sums = minutes.group_by("switch").agg(pl.col("polls", "failed", "incomplete").sum()).sort("switch")
    return sums.collect().to_dicts()
