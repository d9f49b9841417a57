"""What was seen in progress, told again: the most at once, when more than agreed, and who lacks the other of call and record.

A call is counted from the first to the last answer that had it: between two answers nobody looked.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import polars as pl

from tollbook.live.kept import LiveLake, days_between
from tollbook.live.limits import limits
from tollbook.live.missing import between
from tollbook.tables import LIVE_CALLS
from tollbook.workspace import Workspace

_INSTANT: Final = timedelta(microseconds=1)
_ANEW_MIN: Final = 5
"""How old what `lately` tells may be."""


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
    lacking = between(workspace, start, end, customer)
    return {
        **peaks(workspace, start, end, customer=customer),
        "unrecorded": lacking.unrecorded,
        "unrecorded_calls": lacking.unrecorded_calls,
        "unseen": lacking.unseen,
        "unseen_calls": lacking.unseen_calls,
        "asked": _asked(LiveLake(workspace), start, end),
    }


def peaks(
    workspace: Workspace, start: datetime, end: datetime, *, customer: str | None = None
) -> dict[str, Any]:
    """The most of what was seen, and breaches of channels; of one customer nothing of carriers, which have others' calls too.

    Raises:
        TollbookError: the tables cannot be read.
    """
    calls = _calls(LiveLake(workspace), start, end, customer).collect()
    return {
        "from": start,
        "to": end,
        **_most(_levels(calls), "peak"),
        **_busiest(calls, start, end),
        "breaches": _breaches(workspace, calls, customer),
    }


def lately(workspace: Workspace, customer: str | None = None) -> dict[str, Any] | None:
    """The same of the last 24 hours, at most five minutes old; null where nothing was ever seen.

    Raises:
        TollbookError: the tables cannot be read.
    """
    if LiveLake(workspace).published.versions.get(LIVE_CALLS.name) is None:
        return None
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    return _lately(workspace, customer, now - timedelta(minutes=now.minute % _ANEW_MIN))


@lru_cache(maxsize=32)
def _lately(workspace: Workspace, customer: str | None, now: datetime) -> dict[str, Any]:
    start, end = last_day(now)
    return peaks(workspace, start, end + timedelta(minutes=_ANEW_MIN), customer=customer)


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


def _breaches(workspace: Workspace, calls: pl.DataFrame, customer: str | None) -> list[dict[str, Any]]:
    """Spans in which somebody had more calls in progress than channels were agreed."""
    agreed = limits(workspace)
    parties = [("customer", name, channels) for name, channels in sorted(agreed.customers.items())]
    if customer is None:
        parties += [("carrier", name, channels) for name, channels in sorted(agreed.carriers.items())]
    found: list[dict[str, Any]] = []
    for kind, name, channels in parties:
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
