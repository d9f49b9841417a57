"""The lake as it was at one moment, cut to its reader's scope, and whom figures are asked of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final, TypedDict

import polars as pl

from tollbook.account.scope import Scope
from tollbook.errors import UsageError
from tollbook.lake.scoped import ScopedLake
from tollbook.lake.store import Lake, Published
from tollbook.language import tr
from tollbook.metrics.progress import WHO
from tollbook.show import reader
from tollbook.tables import TRAFFIC, Table
from tollbook.workspace import Workspace

OFFERED_DAYS: Final = 31
"""Filters offer whom the last so many days with traffic know."""

QUARTER: Final = timedelta(minutes=15)
_WHOM: Final = ("customer", "carrier", "destination")


class Reading(ScopedLake):
    """What was published when this was made, whatever lands later: all figures of a page belong together.

    It has what is in its reader's scope, and nothing else.
    """

    def __init__(self, workspace: Workspace, scope: Scope | None = None) -> None:
        """Read for this scope; without one for the reader of this process.

        Raises:
            TollbookError: it is not known whose process this is.
        """
        super().__init__(workspace, scope or reader.scope())
        self._as_of = super().published
        self._known: dict[str, list[str]] = {}

    @property
    def published(self) -> Published:
        """Which versions belong together."""
        return self._as_of

    def newer(self) -> "Reading":
        """What is published now, for the same reader."""
        return Reading(self.workspace, self.scope)

    @property
    def is_outdated(self) -> bool:
        """Whether newer figures have landed."""
        return Lake(self.workspace).published != self._as_of

    @property
    def first(self) -> datetime | None:
        """The start of the first quarter of an hour in which a call started."""
        return self._ends[0]

    @property
    def latest(self) -> datetime | None:
        """The end of the last quarter of an hour in which a call started."""
        return self._ends[1] + QUARTER if self._ends[1] else None

    @cached_property
    def lacks(self) -> frozenset[str]:
        """What pages do not have for this reader: parameters, graphs, and what lines are of."""
        return reader.lacking(self.scope)

    @property
    def whom(self) -> tuple[str, ...]:
        """What tells traffic apart, of customer, carrier and destination."""
        return tuple(name for name in _WHOM if name in self.columns(TRAFFIC))

    @cached_property
    def offered(self) -> Mapping[str, list[str]]:
        """Ids of customers and carriers, and destinations, of the last days with traffic, each in alphabetical order."""
        last = self._ends[1]
        days = [day for day in self.days(TRAFFIC) if last is not None and day <= last.date()]
        rows = self._traffic(days[-OFFERED_DAYS:]).select(self.whom).unique().collect()
        return {name: rows[name].drop_nulls().unique().sort().to_list() for name in self.whom}

    def ever(self, *names: str) -> Mapping[str, list[str]]:
        """The same of all days: of customer, carrier and destination those named that pages have for this reader."""
        rows, there = self.scan(TRAFFIC), [name for name in names if name not in self.lacks]
        found = pl.collect_all([rows.select(pl.col(name).drop_nulls().unique().sort()) for name in there])
        return {name: frame[name].to_list() for name, frame in zip(there, found, strict=True)}

    @cached_property
    def _ends(self) -> tuple[datetime | None, datetime | None]:
        """The first quarter that has traffic, and the last."""
        days = self.days(TRAFFIC)
        return self._first_of(days, pl.col("quarter_at").min()), self._first_of(
            days[::-1], pl.col("quarter_at").max()
        )

    def _first_of(self, days: Sequence[date], end: pl.Expr) -> datetime | None:
        """What the first of the days that have traffic of this reader tell; of most the first day has."""
        found = (self._traffic(some).select(end).collect().item() for some in _ever_more(days))
        return next((instant for instant in found if instant is not None), None)

    def _traffic(self, days: Sequence[date]) -> pl.LazyFrame:
        return self.scan(TRAFFIC).filter(pl.col("day").is_in(days))

    def _files(self, table: Table, published: Published | None) -> list[str]:
        if table.name not in self._known:
            self._known[table.name] = super()._files(table, published)
        return self._known[table.name]


def _ever_more(days: Sequence[date]) -> Iterator[Sequence[date]]:
    """One day, then eight times as many at once, and so on."""
    size = 1
    while days:
        yield days[:size]
        days, size = days[size:], size * 8


class Whose(TypedDict):
    """Keyword arguments of whatever picks rows of rollups."""

    customers: Sequence[str] | None
    carriers: Sequence[str] | None
    destinations: Sequence[str] | None


@dataclass(frozen=True)
class Asked:
    """Whose figures: ids of customers and carriers, destinations; null where of all."""

    customers: Sequence[str] | None = None
    carriers: Sequence[str] | None = None
    destinations: Sequence[str] | None = None

    def all(self) -> Whose:
        """As `compute` takes it."""
        return {"customers": self.customers, "carriers": self.carriers, "destinations": self.destinations}

    def who(
        self, by: Sequence[str] = (), more: Mapping[str, Sequence[str]] | None = None
    ) -> dict[str, Sequence[str] | None]:
        """As calls in progress take it, told apart by `by`; `more` narrows it: ids of `customer` or `carrier`.

        Raises:
            UsageError: they are told apart by destination, or asked for by one.
        """
        if self.destinations is not None or "destination" in by:
            raise UsageError(tr("Calls in progress are counted by customer and carrier, not by destination."))
        given = {"customer": self.customers, "carrier": self.carriers} | dict(more or {})
        return {f"{name}s": given[name] for name in WHO}
