"""Calls read page by page, the newest or the oldest first, a few days at a time and never more than are needed.

The place of a call in this order is its start, and among calls of one instant its switch and identity there. A page
starts after a place, so pages neither lose nor repeat a call, however many start in one instant and whatever is
imported in between.
"""

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, Self

import polars as pl

from tollbook.calls.conditions import Group
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.periods import iso_z, parse_instant
from tollbook.tables import CALLS, CODES, INSTANT
from tollbook.values import joined, separated

ROWS: Final = 100
"""Calls on a page."""
WITHIN_S: Final = 0.7
"""A page that is not full by then is given as far as it got, with the place from which to go on."""
MOST_DAYS: Final = 128
"""Days looked through at once where calls are rare."""
PIECE: Final = 200_000
"""Calls of a download held at once."""

ORDER: Final = ("started_at", "switch", "call_id")
_ROLLED: Final = frozenset({"customer", "carrier", "destination", "currency", "outcome", "sip_code"})
_QUARTER_S: Final = 900
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """Where a call stands in the order of calls."""

    at: datetime
    switch: str = ""
    call_id: str = ""

    @property
    def text(self) -> str:
        """The place in one text, from which `read` gets it back."""
        return joined([iso_z(self.at), self.switch, self.call_id])

    @classmethod
    def read(cls, text: str) -> Self:
        """The place that a text names.

        Raises:
            UsageError: it names none.
        """
        parts = separated(text)
        if len(parts) not in {1, len(ORDER)}:
            raise UsageError(f"'{text}' is no place among calls")
        return cls(parse_instant(parts[0]), *parts[1:])

    def beyond(self, *, newer: bool) -> pl.Expr:
        """True for the calls after this place, going to newer ones or to older ones."""
        at, switch, call_id = (pl.col(name) for name in ORDER)
        here = pl.lit(self.at, INSTANT)
        if newer:
            later = (switch > self.switch) | ((switch == self.switch) & (call_id > self.call_id))
            return (at > here) | ((at == here) & later)
        earlier = (switch < self.switch) | ((switch == self.switch) & (call_id < self.call_id))
        return (at < here) | ((at == here) & earlier)


@dataclass(frozen=True)
class Query:
    """Which calls, from `start` until before `end` (UTC; without them all), and in which order."""

    start: datetime | None = None
    end: datetime | None = None
    conditions: Group = field(default_factory=Group)
    newest_first: bool = True

    def picked(self, calls: pl.LazyFrame, customers: Collection[str] | None) -> pl.LazyFrame:
        """The calls asked for, of the customers that the reader may see."""
        if customers is not None:
            calls = calls.filter(pl.col("customer").is_in(sorted(customers)))
        calls = _spanned(calls, "started_at", self.start, self.end)
        return calls.filter(self.conditions.expression) if self.conditions.parts else calls


@dataclass(frozen=True)
class Page:
    """Some calls in the query's order. `next` is where to go on, none at the end of all.

    `searched_to` is set where the time was up before the page was full: that day and what lies before it in the
    order was looked through.
    """

    calls: pl.DataFrame
    next: Place | None
    searched_to: date | None = None


def page(
    lake: Lake,
    query: Query,
    *,
    customers: Collection[str] | None,
    after: Place | None = None,
    rows: int = ROWS,
    within_s: float = WITHIN_S,
) -> Page:
    """The first calls of the query after a place (from the first one without), all columns that there are.

    `customers` are those whose calls the reader may see; None means all.
    """
    until = time.monotonic() + within_s
    calls = query.picked(lake.scan(CALLS), customers)
    if after is not None:
        calls = calls.filter(after.beyond(newer=not query.newest_first))
    found: list[pl.DataFrame] = []
    missing = rows + 1
    reached: date | None = None
    for days in _batches(_days(lake, query, after)):
        if reached is not None and time.monotonic() > until:
            return Page(_together(found, lake), _edge(query, reached), reached)
        batch = _ordered(calls.filter(_of_days(days)), query).head(missing).collect()
        found.append(batch)
        missing -= batch.height
        reached = days[-1]
        if missing <= 0:
            break
    together = _together(found, lake)
    full = together.head(rows)
    return Page(full, place_of(full, -1) if together.height > rows else None)


def page_before(
    lake: Lake,
    query: Query,
    *,
    customers: Collection[str] | None,
    before: Place,
    rows: int = ROWS,
    within_s: float = WITHIN_S,
) -> Page:
    """The last calls of the query before a place, in the query's order; `next` leads further back."""
    back = replace(query, newest_first=not query.newest_first)
    found = page(lake, back, customers=customers, after=before, rows=rows, within_s=within_s)
    return replace(found, calls=found.calls.reverse())


def count(lake: Lake, query: Query, *, customers: Collection[str] | None) -> int:
    """How many calls the query has: from the rollup where that tells it exactly, else from the calls."""
    rolled = _rolled_up(lake, query)
    if rolled is None:
        counted = query.picked(lake.scan(CALLS), customers).select(pl.len())
    else:
        counted = replace(query, start=None, end=None).picked(rolled, customers).select(pl.sum("attempts"))
    return int(counted.collect(engine="streaming").item())


def are_there(lake: Lake) -> bool:
    """Whether there are any calls at all."""
    return bool(lake.days(CALLS))


def is_rolled_up(lake: Lake, query: Query) -> bool:
    """Whether the rollup tells the number of calls, so that counting is quick."""
    return _rolled_up(lake, query) is not None


def pieces(
    lake: Lake, query: Query, columns: Sequence[str], *, customers: Collection[str] | None
) -> Iterator[pl.DataFrame]:
    """Every call of the query in its order, at most about PIECE at once; all from one state of the tables."""
    chosen = list(dict.fromkeys([*columns, *ORDER]))
    calls = query.picked(lake.scan(CALLS), customers)
    for day in _days(lake, query, None):
        of_day = calls.filter(_of_days([day]))
        held = int(of_day.select(pl.len()).collect().item())
        for part in _parts(of_day, day, held, newest_first=query.newest_first):
            yield _ordered(part.select(chosen), query).collect().select(columns)


def place_of(calls: pl.DataFrame, row: int) -> Place:
    """The place of one of the calls."""
    return Place(*calls.select(ORDER).row(row))


def _days(lake: Lake, query: Query, after: Place | None) -> list[date]:
    """The days that have calls and can have some of the query, in its order."""
    days = [day for day in lake.days(CALLS) if _touches(day, query)]
    if after is not None and query.newest_first:
        days = [
            day for day in days if _midnight(day) < after.at or (_midnight(day) == after.at and after.switch)
        ]
    elif after is not None:
        days = [day for day in days if day >= after.at.date()]
    return sorted(days, reverse=query.newest_first)


def _batches(days: list[date]) -> Iterator[list[date]]:
    """One day first, then ever more at once: where calls are many one day fills a page, where they are rare none."""
    size, at = 1, 0
    while at < len(days):
        yield days[at : at + size]
        at, size = at + size, min(size * 8, MOST_DAYS)


def _of_days(days: Sequence[date]) -> pl.Expr:
    return pl.col("day").is_between(min(days), max(days))


def _ordered(calls: pl.LazyFrame, query: Query) -> pl.LazyFrame:
    return calls.sort(ORDER, descending=query.newest_first)


def _together(found: list[pl.DataFrame], lake: Lake) -> pl.DataFrame:
    if found:
        return pl.concat(found)
    return pl.DataFrame(schema={name: CALLS.schema[name] for name in lake.columns(CALLS)})


def _edge(query: Query, reached: date) -> Place:
    """Where a search goes on that came so far."""
    # Nothing starts exactly at the edge and has no name: calls of the next day are all beyond it.
    midnight = _midnight(reached)
    return Place(midnight) if query.newest_first else Place(midnight + _DAY)


def _parts(calls: pl.LazyFrame, day: date, held: int, *, newest_first: bool) -> Iterator[pl.LazyFrame]:
    """A day's calls whole, or cut by time where they are too many to hold."""
    cuts = min(-(-held // PIECE), 96) if held else 0
    midnight = _midnight(day)
    spans = [(midnight + _DAY * i / cuts, midnight + _DAY * (i + 1) / cuts) for i in range(cuts)]
    for since, until in reversed(spans) if newest_first else spans:
        yield calls if cuts == 1 else _spanned(calls, "started_at", since, until)


def _spanned(calls: pl.LazyFrame, column: str, start: datetime | None, end: datetime | None) -> pl.LazyFrame:
    if start is not None:
        calls = calls.filter(pl.col("day") >= start.astimezone(UTC).date(), pl.col(column) >= start)
    if end is not None:
        calls = calls.filter(pl.col("day") <= end.astimezone(UTC).date(), pl.col(column) < end)
    return calls


def _rolled_up(lake: Lake, query: Query) -> pl.LazyFrame | None:
    """The rollup of the query's span, if it can be asked the same and is not behind the calls."""
    ends = [instant for instant in (query.start, query.end) if instant is not None]
    if not _ROLLED.issuperset(query.conditions.names) or any(i.timestamp() % _QUARTER_S for i in ends):
        return None
    published = lake.published
    if any(_touches(day, query) for day in published.stale_days()):
        return None
    return _spanned(lake.scan(CODES, published=published), "quarter_at", query.start, query.end)


def _touches(day: date, query: Query) -> bool:
    midnight = _midnight(day)
    return (query.end is None or midnight < query.end) and (
        query.start is None or query.start < midnight + _DAY
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)
