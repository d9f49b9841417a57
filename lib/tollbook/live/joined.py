"""Calls in progress from the recorded past to the present: each call once, by its record or, while it has none, as it was seen.

The records are counted by the rollup `channels`; beside it only calls without a record are looked at.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

import polars as pl

from tollbook.account.scope import Scope
from tollbook.channels import MINUTE, channels
from tollbook.lake.rollup import channels as rolled
from tollbook.lake.scoped import ScopedLake
from tollbook.lake.store import Lake
from tollbook.live.kept import LiveLake
from tollbook.live.present import Present
from tollbook.live.unrecorded import minutes_asked, unended, unrecorded
from tollbook.tables import CALLS, CHANNELS, INSTANT, LIVE_POLLS, Dtype
from tollbook.workspace import Workspace

WHO: Final = ("customer", "carrier")


@dataclass(frozen=True)
class Polled:
    """What the switches told, as far as a reader has it: what is added to the records of calls in progress.

    `at` is the instant of the latest answer (null: there is none), `changes` are rows of the table `channels` of calls
    without a record, `minutes` those in which a switch answered, `now` the calls in progress at `at` by customer and
    carrier. A contact has no carriers: `by` says what its calls are told apart by.
    """

    at: datetime | None
    changes: pl.DataFrame
    minutes: pl.Series
    now: pl.DataFrame
    by: tuple[str, ...] = WHO
    silent: bool = False
    complete: bool = True


def polled(
    workspace: Workspace, present: Present, scope: Scope, start: datetime, end: datetime
) -> Polled | None:
    """What a reader has of what was told from `start` until before `end`; null where no switch is asked, nor was.

    Raises:
        TollbookError: the tables cannot be read.
    """
    if not present.held and LiveLake(workspace).published.versions.get(LIVE_POLLS.name) is None:
        return None
    calls = [(call.customer, call.carrier, 1) for _, call in present.calls()]
    schema: dict[str, Dtype] = {**dict.fromkeys(WHO, pl.String), "channels": pl.Int64}
    now, by = own(pl.DataFrame(calls, schema=schema, orient="row"), scope), _told_apart(scope)
    asked = datetime.now(UTC)
    # What was told last holds until the next minute's start, and for no longer.
    until = end if present.at is None else min(end, max(start, _whole(present.at)))
    return Polled(
        present.at,
        added(workspace, present, scope, start, until),
        minutes_asked(workspace, present, start, end),
        now.group_by(by).agg(pl.col("channels").sum()).sort(by),
        by,
        silent=not all(one.answers(asked) for one in present.held),
        complete=all(one.told is not None and one.told.complete for one in present.held),
    )


def joined(
    workspace: Workspace, present: Present, scope: Scope, start: datetime, end: datetime
) -> list[tuple[datetime, int]]:
    """Calls in progress at each minute's start from `start` until before `end`, as far as the scope has them.

    Raises:
        TollbookError: the tables cannot be read.
    """
    first = _whole(start)
    more = added(workspace, present, scope, start, end)
    recorded = channels(ScopedLake(workspace, scope), first, max(_whole(end), first + MINUTE))
    levels = more.group_by("minute_at").agg(pl.col("change").sum()).sort("minute_at")
    known = levels.select("minute_at", level=pl.col("change").cum_sum())
    both = recorded.join_asof(known, left_on="at", right_on="minute_at").filter(pl.col("at") < end)
    rows = both.select("at", pl.col("channels") + pl.col("level").fill_null(0)).iter_rows()
    return [(at, level) for at, level in rows]


def added(
    workspace: Workspace, present: Present, scope: Scope, start: datetime, end: datetime
) -> pl.DataFrame:
    """What is added to the rollup `channels`: rows of it, of calls without a record and of records that it has not yet.

    Where no switch is asked, calls whose records have no end stand for those in progress.

    Raises:
        TollbookError: the tables cannot be read.
    """
    spans = unrecorded(workspace, present, start, end)
    if not present.held:
        spans = pl.concat([spans, unended(workspace, start, end)])
    rows = pl.concat([own(changes(spans), scope), own(_behind(workspace), scope)])
    sums = rows.group_by(*_told_apart(scope), "minute_at").agg(pl.col("change").sum())
    return sums.filter(pl.col("change") != 0).sort("minute_at", *_told_apart(scope))


def _behind(workspace: Workspace) -> pl.DataFrame:
    """What records tell that were stored since the rollup was made, so that each call counts all the same."""
    published = Lake(workspace).published
    versions = tuple(published.versions.get(table.name) for table in (CALLS, CHANNELS))
    return _lacking(workspace, tuple(published.stale_days()), *versions)


@lru_cache(maxsize=4)
def _lacking(workspace: Workspace, days: tuple[date, ...], *_versions: int | None) -> pl.DataFrame:
    # The versions alone say which rows: they are in the key so that newer ones are read.
    lake, columns = Lake(workspace), (*WHO, "minute_at", "change")
    if not days:
        return pl.DataFrame(schema={name: CHANNELS.schema[name] for name in columns})
    now, then = (
        rows.filter(pl.col("day").is_in(list(days))) for rows in (lake.scan(CALLS), lake.scan(CHANNELS))
    )
    less = then.select(*columns).with_columns(-pl.col("change"))
    found: pl.DataFrame = pl.concat([rolled(now).select(columns), less]).collect()
    return found


def changes(spans: pl.DataFrame) -> pl.DataFrame:
    """Spans as rows of the table `channels`, without busy time."""
    begun = spans.select(*WHO, minute_at=_at("started_at"), change=pl.lit(1, pl.Int64))
    over = spans.select(*WHO, minute_at=_at("ended_at"), change=pl.lit(-1, pl.Int64))
    return pl.concat([begun, over])


def own(rows: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Of a contact its own calls, without carriers."""
    if scope.customer is None:
        return rows
    return rows.filter(pl.col("customer") == scope.customer).drop("carrier")


def _told_apart(scope: Scope) -> tuple[str, ...]:
    return WHO if scope.customer is None else ("customer",)


def _at(column: str) -> pl.Expr:
    """The first minute's start that is not before the instant: from there on it counts."""
    return (pl.col(column) + pl.duration(minutes=1, microseconds=-1)).dt.truncate("1m").cast(INSTANT)


def _whole(instant: datetime) -> datetime:
    """The first whole minute that is not before the instant."""
    whole = instant.replace(second=0, microsecond=0)
    return whole if whole == instant else whole + MINUTE
