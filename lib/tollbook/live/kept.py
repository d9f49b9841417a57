"""What was seen in progress, kept: a row per call with when it was first and last seen, a row per minute of asking.

From these every answer of a switch can be told again: a call was in all of them from its first to its last. They are
tables of their own, so that keeping waits for no import, and no import for keeping.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Final

import polars as pl
from deltalake import DeltaTable

from tollbook.lake.store import Lake, Published, Step
from tollbook.live.seen import Minute, Seen
from tollbook.tables import LIVE_CALLS, LIVE_POLLS, LIVE_TABLES, Table
from tollbook.workspace import Workspace

MOST_FILES: Final = 30
"""Files of one day before they are written together."""
_KEEP_UNUSED_H: Final = 1
"""Hours for which files that were written together may still be read by somebody."""
_IDENTITY: Final = ("switch", "call_id", "started_at")
_MINUTE: Final = ("switch", "minute_at")
Taken = Sequence[tuple[str, tuple[list[Seen], list[tuple[datetime, Minute]]]]]


class LiveLake(Lake):
    """The tables of what was seen in progress; with `only` of the calls what these files hold."""

    def __init__(self, workspace: Workspace, only: Collection[str] | None = None) -> None:
        super().__init__(workspace)
        self._only = only
        self._manifest = workspace.home / "live-lake.json"
        self._lock = workspace.home / "live-lake.lock"

    def files(self) -> frozenset[str]:
        """Where the calls stand now: files are added, and at times written together."""
        return frozenset(self._files(LIVE_CALLS, None))

    def _files(self, table: Table, published: Published | None) -> list[str]:
        found, only = super()._files(table, published), self._only
        return found if only is None or table != LIVE_CALLS else [file for file in found if file in only]

    def seen(self) -> pl.LazyFrame:
        """The calls, each once."""
        return merged(self.scan(LIVE_CALLS), LIVE_CALLS)

    def asked(self) -> pl.LazyFrame:
        """The minutes, each once."""
        return merged(self.scan(LIVE_POLLS), LIVE_POLLS)


def keep(workspace: Workspace, taken: Taken, *, keep_days: int, now: datetime) -> None:
    """Add what the memories gave, and write small files together.

    Raises:
        TollbookError: another process is at it.
    """
    calls = [_call_row(seen) for _, (seen_calls, _) in taken for seen in seen_calls]
    minutes = [_minute_row(name, at, minute) for name, (_, done) in taken for at, minute in done]
    if not calls and not minutes:
        return
    lake = LiveLake(workspace)
    with lake.writing() as step:
        for table, rows in ((LIVE_CALLS, calls), (LIVE_POLLS, minutes)):
            if rows:
                step.append(table, pl.LazyFrame(rows, schema=table.schema))
        crowded = {table: _crowded(lake, step, table) for table in LIVE_TABLES}
        oldest = (now - timedelta(days=keep_days)).date()
        tidied = [table for table in LIVE_TABLES if _tidied(lake, step, table, crowded[table], oldest)]
    for table in tidied:
        unused = DeltaTable(lake.path(table))
        unused.vacuum(retention_hours=_KEEP_UNUSED_H, dry_run=False, enforce_retention_duration=False)
        unused.create_checkpoint()


def _crowded(lake: Lake, step: Step, table: Table) -> list[date]:
    """Days of many small files."""
    counts: dict[date, int] = {}
    for day in lake.file_days(table, published=step.before):
        counts[day] = counts.get(day, 0) + 1
    return [day for day, files in counts.items() if files >= MOST_FILES]


def _tidied(lake: Lake, step: Step, table: Table, crowded: list[date], oldest: date) -> bool:
    """Whether days were written anew: crowded ones as one file each, those that are too old as none."""
    old = [day for day in lake.days(table, published=step.before) if day < oldest]
    days = sorted({*crowded, *old})
    if days:
        rows = step.scan(table).filter(pl.col("day").is_in(days), pl.col("day") >= oldest)
        step.replace_days(table, days, merged(rows, table))
    return bool(days)


def merged(rows: pl.LazyFrame, table: Table) -> pl.LazyFrame:
    """One row per call or minute: a call is kept when it begins and again when it ends."""
    if table == LIVE_POLLS:
        sums = pl.col("polls", "failed", "incomplete").sum()
        made = rows.group_by("day", *_MINUTE).agg(
            sums, pl.col("most_at").sort_by("most").last(), pl.col("most").max()
        )
    else:
        latest = pl.col("customer", "carrier", "caller", "called").drop_nulls().last()
        made = (
            rows.sort("last_seen_at")
            .group_by("day", *_IDENTITY)
            .agg(latest, pl.col("answered_at", "first_seen_at").min(), pl.col("last_seen_at").max())
        )
    return made.select(table.names)


def _call_row(seen: Seen) -> Mapping[str, Any]:
    call = {name: value for name, value in asdict(seen.call).items() if name != "answered"}
    started = seen.call.started_at or seen.first_at
    return call | {
        "day": started.date(), "switch": seen.switch, "started_at": started,
        "first_seen_at": seen.first_at, "last_seen_at": seen.last_at,
    }  # fmt: skip


def _minute_row(switch: str, at: datetime, minute: Minute) -> Mapping[str, Any]:
    return {"day": at.date(), "switch": switch, "minute_at": at, **asdict(minute)}


def days_between(start: datetime, end: datetime) -> Iterable[date]:
    """The UTC days in which calls may have begun that were seen in the span: also the day before."""
    first, last = (start - timedelta(days=1)).date(), end.date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
