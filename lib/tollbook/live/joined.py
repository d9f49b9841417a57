"""Calls in progress from the recorded past to the present: each call once, by its record or, while it has none, as it was seen.

So there is no step where the records end: a call that is recorded only now was already counted, and is counted the same.
"""

from datetime import datetime, timedelta
from typing import Final

import polars as pl

from tollbook.account.scope import Scope
from tollbook.lake.store import Lake
from tollbook.live.kept import LiveLake, days_between
from tollbook.live.present import Present
from tollbook.tables import CALLS, INSTANT, Dtype
from tollbook.workspace import Workspace

_SPAN: Final = ("switch", "call_id", "started_at", "ended_at")
_IDENTITY: Final = ("switch", "call_id")
_MINUTE: Final = timedelta(minutes=1)


def joined(
    workspace: Workspace, present: Present, scope: Scope, start: datetime, end: datetime
) -> list[tuple[datetime, int]]:
    """Calls in progress at each minute's start from `start` until before `end`, as far as the scope has them.

    Raises:
        TollbookError: the tables cannot be read.
    """
    days = list(days_between(start, end))
    recorded = (
        _own(Lake(workspace).scan(CALLS).filter(pl.col("day").is_in(days)), scope).select(_SPAN).collect()
    )
    kept = LiveLake(workspace).seen().filter(pl.col("day").is_in(days))
    seen = _own(kept, scope).select(*_IDENTITY, "started_at", ended_at="last_seen_at").collect()
    now = _in_progress(present, scope, end)
    spans = pl.concat([now, seen.join(now, on=_IDENTITY, how="anti")])
    return _levels(pl.concat([recorded, spans.join(recorded, on=_IDENTITY, how="anti")]), start, end)


def _own(rows: pl.LazyFrame, scope: Scope) -> pl.LazyFrame:
    return rows if scope.customer is None else rows.filter(pl.col("customer") == scope.customer)


def _in_progress(present: Present, scope: Scope, end: datetime) -> pl.DataFrame:
    """The calls that the switches told last: they are not over."""
    rows = [
        (switch, call.call_id, call.started_at or end, end)
        for switch, call in present.calls()
        if scope.customer in {None, call.customer}
    ]
    schema: dict[str, Dtype] = {
        "switch": pl.String,
        "call_id": pl.String,
        "started_at": INSTANT,
        "ended_at": INSTANT,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _levels(spans: pl.DataFrame, start: datetime, end: datetime) -> list[tuple[datetime, int]]:
    """How many spans [started_at, ended_at) hold each minute's start."""
    first = start.replace(second=0, microsecond=0) + _MINUTE
    minutes = pl.datetime_range(first, end, _MINUTE, closed="left", eager=True).cast(INSTANT)
    begun = spans["started_at"].sort().search_sorted(minutes, side="right").cast(pl.Int64)
    over = spans["ended_at"].drop_nulls().sort().search_sorted(minutes, side="right").cast(pl.Int64)
    return list(zip(minutes.to_list(), (begun - over).to_list(), strict=True))
