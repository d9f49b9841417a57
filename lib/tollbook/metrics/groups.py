"""Rows of a rollup picked and grouped: by who, by where to, by time in any zone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from tollbook.errors import UsageError, did_you_mean
from tollbook.lake.store import Lake
from tollbook.language import tr
from tollbook.periods import iso_z
from tollbook.tables import INSTANT, Table

NAMES: Final = ("customer", "carrier", "destination", "currency")
BUCKETS: Final = ("quarter", "hour", "day", "week", "month")
"""Spans of time in the zone that is asked for; a day, a Monday's week and a month are dates, the others instants."""
QUARTER: Final = timedelta(minutes=15)


def checked_groups(by: Sequence[str], columns: Collection[str] = NAMES) -> list[str]:
    """The names themselves, each once; `columns` are those that there are for whoever asks.

    Raises:
        UsageError: figures cannot be grouped by one of them.
    """
    known = [*(name for name in NAMES if name in columns), *BUCKETS]
    for name in by:
        if name not in known:
            raise UsageError(f"cannot group by '{name}'{did_you_mean(name, known)}")
    return list(dict.fromkeys(by))


def picked(
    lake: Lake,
    table: Table,
    start: datetime | None = None,
    end: datetime | None = None,
    *,
    customers: Collection[str] | None = None,
    carriers: Collection[str] | None = None,
    destinations: Collection[str] | None = None,
) -> pl.LazyFrame:
    """Rows of a rollup that has quarters, from `start` until before `end`, of the ids and destinations named.

    Raises:
        UsageError: start or end is within a quarter of an hour; or as for `of_those`.
    """
    rows = lake.scan(table)
    if start is not None:
        on_quarter(start)
        rows = rows.filter(pl.col("day") >= start.astimezone(UTC).date(), pl.col("quarter_at") >= start)
    if end is not None:
        on_quarter(end)
        rows = rows.filter(pl.col("day") <= end.astimezone(UTC).date(), pl.col("quarter_at") < end)
    wanted = {"customer": customers, "carrier": carriers, "destination": destinations}
    return of_those(rows, wanted, lake.columns(table))


def of_those(
    rows: pl.LazyFrame, wanted: Mapping[str, Collection[str] | None], columns: Collection[str]
) -> pl.LazyFrame:
    """The rows whose columns are among the names wanted; without names all. `columns` are those that there are.

    Raises:
        UsageError: names are wanted of a column that there is not for whoever asks.
    """
    for column, names in wanted.items():
        if names is not None:
            if column not in columns:
                raise UsageError(f"nothing is known by {column} here: ask for no {column}")
            rows = rows.filter(pl.col(column).is_in(list(names)))
    return rows


def on_quarter(instant: datetime) -> None:
    """Refuse an instant that no quarter of an hour starts at.

    Raises:
        UsageError: it is none.
    """
    if instant.tzinfo is None:
        raise UsageError(f"{instant.isoformat()} names no zone: write 2026-10-05T13:00Z")
    if instant.timestamp() % QUARTER.total_seconds():
        words = tr("{instant} is within a quarter of an hour: write minute 00, 15, 30 or 45")
        raise UsageError(words.format(instant=iso_z(instant)))


def bucket(name: str, zone: str) -> pl.Expr:
    """The quarter, hour, day, week or month in `zone` to which `quarter_at` belongs."""
    local = pl.col("quarter_at").dt.convert_time_zone(zone)
    spans = {
        "quarter": local,
        "hour": local.dt.truncate("1h"),
        "day": local.dt.date(),
        "week": local.dt.date().dt.truncate("1w"),
        "month": local.dt.date().dt.truncate("1mo"),
    }
    return spans[name].alias(name)


def pieces(
    by: Sequence[str], zone: str, start: datetime | None = None, end: datetime | None = None
) -> pl.DataFrame:
    """How the buckets of `by` cut the time from `start` until before `end`: their columns, `at` and `until`, in UTC.

    Without buckets it is one piece. A day with a change of clocks has 23 or 25 hours. Without start or end there
    are none.
    """
    buckets = [name for name in by if name in BUCKETS]
    quarters = pl.DataFrame({"quarter_at": _quarters(start, end)})
    named = quarters.with_columns(bucket(name, zone) for name in buckets)
    run = pl.struct(buckets).rle_id() if buckets else pl.repeat(0, pl.len())
    at = pl.col("quarter_at").min().alias("at")
    until = (pl.col("quarter_at").max() + QUARTER).alias("until")
    runs = named.group_by(run.alias("run"), maintain_order=True)
    return runs.agg(pl.col(buckets).first(), at, until).drop("run")


def _quarters(start: datetime | None, end: datetime | None) -> pl.Series:
    if start is None or end is None:
        return pl.Series(dtype=INSTANT)
    begin, over = start.astimezone(UTC), end.astimezone(UTC)
    return pl.datetime_range(begin, over, QUARTER, closed="left", time_unit="us", eager=True)
