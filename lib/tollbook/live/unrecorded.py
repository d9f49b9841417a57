"""Calls that the switches told of and no record has, not yet or never: what records lack until the present.

With the records each call counts once: by its record or, while it has none, as it was seen. So there is no step where
the records end. A source that is not called as its records are (`tollbook import --switch`) cannot be told from calls
without a record: of such a one only what lies after the newest record counts.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

import polars as pl

from tollbook.lake.store import Lake, Published
from tollbook.live.kept import LiveLake, days_between
from tollbook.live.present import Held, Present
from tollbook.tables import CALLS, INSTANT, Dtype
from tollbook.workspace import Workspace

SETTLED: Final = timedelta(minutes=10)
"""A switch has told of all calls that ended so long before the newest call that its records tell of."""
FARTHEST: Final = timedelta(days=7)
"""So far back what was seen is set beside the records."""
ENOUGH: Final = 20
"""Settled calls from which on it is told whether a source's calls and the records have the same identities."""
SPANS: Final[dict[str, Dtype]] = {
    **dict.fromkeys(("switch", "call_id", "customer", "carrier"), pl.String),
    **dict.fromkeys(("started_at", "ended_at"), INSTANT),
}
"""A call [started_at, ended_at)."""
_IDENTITY: Final = ("switch", "call_id")


def unrecorded(workspace: Workspace, present: Present, start: datetime, end: datetime) -> pl.DataFrame:
    """The calls without a record that were in progress from `start` until before `end`; one that goes on ends at `end`.

    Raises:
        TollbookError: the tables cannot be read.
    """
    days = tuple(days_between(max(start, end - FARTHEST), end))
    version = Lake(workspace).published.versions.get(CALLS.name)
    past = _past(workspace, days, version)
    over = [
        (one.switch, one.call.call_id, one.call.customer, one.call.carrier, _begun(one.call.started_at, one.first_at), one.last_at)
        for held in present.held
        for one in held.over
    ]  # fmt: skip
    now = pl.concat([_frame([]), *(_going_on(workspace, held, days, version, end) for held in present.held)])
    fresh = pl.concat([past, _frame(over)]).join(now, on=_IDENTITY, how="anti")
    once = fresh.sort("ended_at").unique(_IDENTITY, keep="last", maintain_order=True)
    return pl.concat([once, now]).filter(pl.col("started_at") < end, pl.col("ended_at") > start)


def unended(workspace: Workspace, start: datetime, end: datetime) -> pl.DataFrame:
    """Where no switch is asked: calls whose records have no end, as spans until `end`, of the last day before it.

    Raises:
        TollbookError: the table cannot be read.
    """
    days = list(days_between(max(start, end - timedelta(days=1)), end))
    rows = (
        Lake(workspace)
        .scan(CALLS)
        .filter(
            pl.col("day").is_in(days),
            pl.col("ended_at").is_null(),
            pl.col("started_at") > end - timedelta(days=1),
        )
    )
    known = rows.select(*(name for name in SPANS if name != "ended_at"))
    return known.with_columns(ended_at=pl.lit(end, INSTANT)).collect().select(*SPANS)


def minutes_asked(workspace: Workspace, present: Present, start: datetime, end: datetime) -> pl.Series:
    """The minutes of a span in which a switch answered, so that a number that is 0 is known to be 0."""
    days = days_between(max(start, end - FARTHEST), end)
    asked = LiveLake(workspace).asked().filter(pl.col("day").is_in(list(days)))
    kept = asked.filter(pl.col("polls") > pl.col("failed")).select("minute_at").collect()["minute_at"]
    if present.at is None:
        return kept.unique().sort()
    # What is asked now is kept only when its minute is over.
    latest = present.at.replace(second=0, microsecond=0)
    recent = kept.max()
    since = recent if isinstance(recent, datetime) and latest - recent <= SETTLED else latest
    now = pl.datetime_range(since, max(since, latest), "1m", eager=True).cast(INSTANT)
    return pl.concat([kept, now]).unique().sort()


def _begun(told: datetime | None, first: datetime) -> datetime:
    return told or first


def _frame(rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SPANS, orient="row")


def _going_on(
    workspace: Workspace, held: Held, days: tuple[date, ...], version: int | None, end: datetime
) -> pl.DataFrame:
    """The calls that a switch told last. One that is silent is not told when they end: their records then say so."""
    if held.told is None:
        return _frame([])
    rows = _frame(
        [
            (
                held.switch,
                call.call_id,
                call.customer,
                call.carrier,
                _begun(call.started_at, held.told.at),
                end,
            )
            for call in held.told.calls
        ]
    )
    if held.answers(end) or rows.is_empty():
        return rows
    return rows.join(_recorded(workspace, version, days, tuple(rows["call_id"])), on=_IDENTITY, how="anti")


@lru_cache(maxsize=4)
def _recorded(
    workspace: Workspace, version: int | None, days: tuple[date, ...], names: tuple[str, ...]
) -> pl.DataFrame:
    calls = _calls(workspace, version, days).filter(pl.col("call_id").is_in(list(names)))
    return calls.select(_IDENTITY).collect()


def _calls(workspace: Workspace, version: int | None, days: tuple[date, ...]) -> pl.LazyFrame:
    """The calls of these days whose records have an end."""
    published = Published(versions={CALLS.name: version} if version is not None else {})
    rows = Lake(workspace).scan(CALLS, published=published)
    return rows.filter(pl.col("day").is_in(list(days)), pl.col("ended_at").is_not_null())


def _past(workspace: Workspace, days: tuple[date, ...], version: int | None) -> pl.DataFrame:
    """Calls that were seen and kept, less those that have a record.

    All are compared when records come; until then only what is kept since, which is a file a minute.
    """
    files, found = _compared(workspace, days, version)
    now = LiveLake(workspace).files()
    if not files <= now:  # they were written together
        _compared.cache_clear()
        files, found = _compared(workspace, days, version)
    fresh = now - files
    return pl.concat([found, _fresh(workspace, version, fresh)]) if fresh else found


@lru_cache(maxsize=4)
def _compared(
    workspace: Workspace, days: tuple[date, ...], version: int | None
) -> tuple[frozenset[str], pl.DataFrame]:
    files = LiveLake(workspace).files()
    calls = _calls(workspace, version, days)
    told = calls.select(*_IDENTITY, recorded=pl.lit(value=True)).unique(_IDENTITY)
    spans = _spans(workspace, files).filter(pl.col("day").is_in(list(days)))
    both = spans.join(told, on=_IDENTITY, how="left").collect(engine="streaming")
    newest = calls.group_by("switch").agg(newest=pl.col("started_at").max()).collect(engine="streaming")
    lone = both.filter(pl.col("recorded").is_null())
    since = pl.DataFrame(
        _strangers(both, newest), schema={"switch": pl.String, "since": INSTANT}, orient="row"
    )
    cut = lone.join(since, on="switch", how="left")
    begun = pl.max_horizontal("started_at", "since")
    known = cut.with_columns(started_at=begun).filter(pl.col("ended_at") > pl.col("started_at"))
    return files, known.select(*SPANS)


@lru_cache(maxsize=4)
def _fresh(workspace: Workspace, version: int | None, files: frozenset[str]) -> pl.DataFrame:
    rows = _spans(workspace, files).collect()
    told = _recorded(workspace, version, tuple(rows["day"].unique().sort()), tuple(rows["call_id"]))
    return rows.join(told, on=_IDENTITY, how="anti").select(*SPANS)


def _spans(workspace: Workspace, files: frozenset[str]) -> pl.LazyFrame:
    """What these files tell of calls, with the day of each."""
    seen = LiveLake(workspace, files).seen()
    return seen.select("day", *_IDENTITY, "customer", "carrier", "started_at", ended_at="last_seen_at")


def _strangers(seen: pl.DataFrame, newest: pl.DataFrame) -> list[tuple[str, datetime]]:
    """The sources whose calls and records do not meet, each with the newest record that could be theirs."""
    known: dict[str, datetime] = dict(newest.iter_rows())
    sources = seen["switch"].unique().sort().to_list()
    others = [at for switch, at in known.items() if switch not in sources]
    found: list[tuple[str, datetime]] = []
    for source in sources:
        if source not in known:
            # Not imported yet, or imported under a name that is nobody's source.
            found += [(source, max(others))] if others else []
            continue
        settled = seen.filter(pl.col("switch") == source, pl.col("ended_at") < known[source] - SETTLED)
        if settled.height >= ENOUGH and settled["recorded"].count() * 2 < settled.height:
            found.append((source, known[source]))
    return found
