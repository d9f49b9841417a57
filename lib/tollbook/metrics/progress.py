"""Calls in progress over pieces of time, from the rollup `channels`: the most at a minute's start, and busy time.

A call is in progress from its start until before its release, so calls back to back count once.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Final

import polars as pl

from tollbook.lake.store import Lake
from tollbook.metrics.groups import of_those
from tollbook.metrics.metric import BUSY_US, LIVE
from tollbook.tables import CHANNELS, INSTANT

WHO: Final = ("customer", "carrier")
"""What tells calls in progress apart."""
MINUTE_US: Final = 60_000_000


def in_progress(
    lake: Lake,
    wanted: Collection[str],
    groups: Sequence[str],
    time: pl.DataFrame,
    *,
    customers: Collection[str] | None = None,
    carriers: Collection[str] | None = None,
) -> pl.DataFrame:
    """Rows of `groups` and the wanted of `channels` and `busy_us`, where there are any, for the pieces of `time`.

    `time` is what `groups.pieces` makes; a group may have several rows.
    """
    who = [group for group in groups if group in WHO]
    found = [pl.DataFrame(schema=dict.fromkeys(wanted, pl.Int64))]
    for name, source in ((LIVE, most), (BUSY_US, busy)) if not time.is_empty() else ():
        if name in wanted:
            until = time["until"].item(-1)
            rows = source(lake, who, time["at"], until, customers=customers, carriers=carriers)
            found.append(rows.filter(pl.col(name) > 0).join(time, on="at").select(*groups, name))
    return pl.concat(found, how="diagonal")


def most(
    lake: Lake,
    by: Sequence[str],
    starts: pl.Series,
    end: datetime,
    *,
    customers: Collection[str] | None = None,
    carriers: Collection[str] | None = None,
    more: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The most calls in progress at a minute's start of each piece: `at`, the columns of `by`, `channels`.

    A piece lasts from one of `starts` until the next, the last until `end`: ascending instants on the minute. Each
    has a row for each group that a minute's start of any piece finds in progress. `more` are rows beside those of the
    rollup: minute_at, change, and what tells them apart.
    """
    rows = _rows(lake, end, customers, carriers).filter(pl.col("minute_at") < end)
    if more is not None:
        wanted = dict(zip(WHO, (customers, carriers), strict=True))
        beside = of_those(more.lazy(), wanted, more.columns).filter(pl.col("minute_at") < end)
        names = (*by, "minute_at", "change")
        rows = pl.concat([rows.select(names), beside.select(names)])
    # What was in progress by then counts as a change at the start.
    at = pl.max_horizontal(pl.col("minute_at"), pl.lit(starts[0], INSTANT)).alias("minute_at")
    changes = rows.group_by(*by, at).agg(pl.col("change").sum()).filter(pl.col("change") != 0).collect()
    pieces = pl.DataFrame({"at": starts})
    steps = _groups(changes, by).join(pieces.rename({"at": "minute_at"}), how="cross")
    both = pl.concat([changes, steps.with_columns(change=pl.lit(0, pl.Int64))], how="diagonal")
    merged = both.group_by(*by, "minute_at").agg(pl.col("change").sum()).sort("minute_at")
    levels = merged.with_columns(channels=_over(pl.col("change").cum_sum(), by))
    found = levels.join_asof(pieces, left_on="minute_at", right_on="at", coalesce=False)
    ready = found.group_by("at", *by).agg(pl.col("channels").max())
    return ready.sort("at", *by, nulls_last=True)


def busy(
    lake: Lake,
    by: Sequence[str],
    starts: pl.Series,
    end: datetime,
    *,
    customers: Collection[str] | None = None,
    carriers: Collection[str] | None = None,
) -> pl.DataFrame:
    """Busy time of each piece, exact: `at`, the columns of `by`, `busy_us`. Pieces as for `most`.

    Each has a row for each group that was ever in progress before the end.
    """
    bounds = pl.concat([starts, pl.Series([end.astimezone(UTC)], dtype=INSTANT)])
    minutes = (pl.col("minute_at") - pl.lit(starts[0], INSTANT)).dt.total_minutes()
    bound = pl.lit(bounds).search_sorted(pl.col("minute_at"), side="left")
    added = (
        _rows(lake, end, customers, carriers)
        .filter(pl.col("minute_at") <= end)
        .group_by(*by, bound=bound)
        .agg(
            calls=pl.col("change").sum(),
            skipped=(pl.col("change") * minutes).sum(),
            busy_us=pl.col("busy_us").sum(),
        )
        .collect()
    )
    return _between(added, by, bounds)


def _between(added: pl.DataFrame, by: Sequence[str], bounds: pl.Series) -> pl.DataFrame:
    """From what each group adds until each bound to what lies between one bound and the next.

    Until a bound, calls are busy for its minutes each, less the minutes before they began, and the rest in
    microseconds: the formula of the table `channels`.
    """
    ends = pl.DataFrame({"at": bounds}).with_row_index("bound")
    length = (pl.col("at") - bounds[0]).dt.total_minutes()
    every = _groups(added, by).join(ends, how="cross").join(
        added, on=[*by, "bound"], how="left", nulls_equal=True
    )  # fmt: skip
    sums = every.sort("bound").with_columns(
        _over(pl.col("calls", "skipped", "busy_us").fill_null(0).cum_sum(), by)
    )
    until = (pl.col("calls") * length - pl.col("skipped")) * MINUTE_US + pl.col("busy_us")
    between = sums.with_columns(busy_us=_over(until.diff().shift(-1), by))
    return between.drop_nulls("busy_us").select("at", *by, "busy_us").sort("at", *by, nulls_last=True)


def _rows(
    lake: Lake, end: datetime, customers: Collection[str] | None, carriers: Collection[str] | None
) -> pl.LazyFrame:
    """What changed in days up to that of `end`."""
    rows = lake.scan(CHANNELS).filter(pl.col("day") <= end.astimezone(UTC).date())
    return of_those(rows, dict(zip(WHO, (customers, carriers), strict=True)), lake.columns(CHANNELS))


def _groups(frame: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The groups that there are; the one of everything has no columns, and is there always."""
    return frame.select(by).unique() if by else pl.DataFrame(height=1)


def _over(sums: pl.Expr, by: Sequence[str]) -> pl.Expr:
    return sums.over(by) if by else sums
