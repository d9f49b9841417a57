"""What was seen in progress, told again: the most at once, when more than agreed, and who lacks the other of call and record.

A call is counted from the first to the last answer that had it: between two answers nobody looked.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from tollbook.live.kept import LiveLake, days_between
from tollbook.live.limits import limits
from tollbook.live.missing import between
from tollbook.workspace import Workspace

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
    levels, lacking = _levels(calls), between(workspace, start, end, customer)
    return {
        "from": start,
        "to": end,
        **_most(levels, "peak"),
        **_busiest(calls, start, end),
        "breaches": _breaches(workspace, calls),
        "unrecorded": lacking.unrecorded,
        "unrecorded_calls": lacking.unrecorded_calls,
        "unseen": lacking.unseen,
        "unseen_calls": lacking.unseen_calls,
        "asked": _asked(lake, start, end),
    }


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


def _asked(lake: LiveLake, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """How often each switch was asked, and how often it did not answer, or not in full."""
    minutes = lake.asked().filter(
        pl.col("minute_at") >= start - timedelta(minutes=1), pl.col("minute_at") < end
    )
    sums = minutes.group_by("switch").agg(pl.col("polls", "failed", "incomplete").sum()).sort("switch")
    return sums.collect().to_dicts()
