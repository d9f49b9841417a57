"""Who lacks the other of call and record: calls that were seen in progress and never got a record, records of calls never seen.

Both are counted only as far as both could be there: a call once its switch's records have gone on well past it, a record
where every answer that had to have its call was full.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import polars as pl

from tollbook.lake.store import Lake
from tollbook.live.kept import LiveLake, days_between
from tollbook.live.unrecorded import SETTLED
from tollbook.tables import CALLS, LIVE_CALLS
from tollbook.workspace import Workspace

TOUCHED: Final = timedelta(seconds=130)
"""A call shorter than this may begin and end between two answers, as the longest distance is a minute."""
LISTED: Final = 100
"""Calls that are named; all are counted."""
LATELY: Final = timedelta(days=7)
_CALL: Final = ("switch", "call_id")
_COLUMNS: Final = (*_CALL, "customer", "carrier", "started_at")


@dataclass(frozen=True)
class Missing:
    """Calls seen that never got a record, and records of calls never seen: how many, and the first hundred of each."""

    since: datetime
    unrecorded: int = 0
    unseen: int = 0
    unrecorded_calls: Sequence[dict[str, Any]] = ()
    unseen_calls: Sequence[dict[str, Any]] = ()

    @property
    def count(self) -> int:
        """Of both together."""
        return self.unrecorded + self.unseen


def missing(workspace: Workspace, since: datetime | None = None, customer: str | None = None) -> Missing:
    """What is missing from the hour of `since` (default: the last seven days) until now, of all customers or of one.

    It is computed when records come, else once an hour; where nothing was ever seen, nothing is read.

    Raises:
        TollbookError: the tables cannot be read.
    """
    hour = _hour(datetime.now(UTC))
    start = _hour(since) if since else hour - LATELY
    if LiveLake(workspace).published.versions.get(LIVE_CALLS.name) is None:
        return Missing(start)
    return _missing(workspace, Lake(workspace).published.versions.get(CALLS.name), start, hour, customer)


def _hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)


@lru_cache(maxsize=16)
def _missing(
    workspace: Workspace, _version: int | None, start: datetime, hour: datetime, customer: str | None
) -> Missing:
    return between(workspace, start, hour + timedelta(hours=1), customer)


def between(workspace: Workspace, start: datetime, end: datetime, customer: str | None = None) -> Missing:
    """The same from `start` until before `end`, read anew.

    Raises:
        TollbookError: the tables cannot be read.
    """
    live, days = LiveLake(workspace), list(days_between(start - timedelta(days=1), end + timedelta(days=1)))
    seen = live.seen().filter(pl.col("day").is_in(days))
    told = (
        Lake(workspace).scan(CALLS).filter(pl.col("day").is_in(days)).select(*_COLUMNS, "ended_at").collect()
    )
    unrecorded = _unrecorded(workspace, seen, told, start, end, customer)
    of_theirs = _of(told.lazy(), customer).collect()
    watched = _watched(of_theirs, live.asked(), start, end)
    unseen = watched.join(seen.select(_CALL).collect(), on=_CALL, how="anti")
    return Missing(
        start,
        len(unrecorded),
        len(unseen),
        _named(unrecorded, "last_seen_at"),
        _named(unseen, "ended_at"),
    )


def _of(rows: pl.LazyFrame, customer: str | None) -> pl.LazyFrame:
    return rows if customer is None else rows.filter(pl.col("customer") == customer)


def _unrecorded(
    workspace: Workspace,
    seen: pl.LazyFrame,
    told: pl.DataFrame,
    start: datetime,
    end: datetime,
    customer: str | None,
) -> pl.DataFrame:
    """Calls seen in the span without a record, though their switch's records have gone on for a while."""
    first = (start - timedelta(days=2)).date()
    newest = (
        Lake(workspace)
        .scan(CALLS)
        .filter(pl.col("day") >= first)
        .group_by("switch")
        .agg(newest=pl.col("started_at").max())
    )
    inside = _of(seen, customer).filter(pl.col("first_seen_at") < end, pl.col("last_seen_at") >= start)
    settled = inside.join(newest, on="switch").filter(pl.col("last_seen_at") < pl.col("newest") - SETTLED)
    return settled.collect().join(told, on=_CALL, how="anti")


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
    return calls.select(*_COLUMNS, last).sort("started_at", "call_id").head(LISTED).to_dicts()
