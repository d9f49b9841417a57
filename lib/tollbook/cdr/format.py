"""What an outside format is: layouts of files, and how their records become calls and seizures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final, Literal

import polars as pl

from tollbook.errors import UsageError, did_you_mean
from tollbook.tables import INSTANT

_HOUR: Final = pl.duration(hours=1)


@dataclass(frozen=True)
class Sample:
    """The beginning of a file, enough to know its layout by content.

    `rows` are the first lines split at the layout-independent guess of a separator (`,`, `|` or `;`),
    quotes removed; `header` is the first of them in lower case.
    """

    name: str
    text: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(cell.strip().lower() for cell in self.rows[0]) if self.rows else ()


@dataclass(frozen=True)
class Zone:
    """Where the local times of a source are local: an IANA name, or an offset that the file itself proves."""

    name: str | None = None
    offset_min: int | None = None

    def to_utc(self, local: pl.Expr, ahead_min: pl.Expr | None = None) -> pl.Expr:
        """Naive local datetimes as UTC instants.

        The doubled hour of autumn counts as its first pass, unless the row proves by `ahead_min` that it is
        the second. The skipped hour of spring counts as if the clocks had not been moved yet.
        """
        if self.name is not None:
            first = pl.coalesce(
                self._zoned(local, "earliest"), self._zoned(local - _HOUR, "earliest") + _HOUR
            )
            if ahead_min is None:
                return first
            second = self._zoned(local, "latest")
            proven = (local - pl.duration(minutes=ahead_min)).dt.replace_time_zone("UTC")
            return pl.when(second == proven).then(second).otherwise(first)
        shift = pl.duration(minutes=self.offset_min or 0)
        return (local - shift).dt.replace_time_zone("UTC").cast(INSTANT)

    def _zoned(self, local: pl.Expr, ambiguous: Literal["earliest", "latest"]) -> pl.Expr:
        zoned = local.dt.replace_time_zone(self.name, ambiguous=ambiguous, non_existent="null")
        return zoned.dt.convert_time_zone("UTC").cast(INSTANT)


UTC_ZONE: Final = Zone(name="UTC")


@dataclass(frozen=True)
class Layout:
    """One way in which a format's files are written.

    `recognise` says from a sample whether a file is of this layout. `columns` names a headerless file's
    columns (None: the first line does; kind `json`: one document a file, given as one column `document`).
    Every cell arrives as text, null where empty. `rules` are named conditions a good row meets: a row
    for which one is false or null is set aside under that name. `record` gives, for the source's zone,
    the format's record columns. `zone_proof`: minutes by which local time is ahead of UTC as a row itself
    proves by its `local_time`, for layouts with local times; without it, and without `--tz`, import refuses the file when
    `local_times` is true. `rename` gives other names to columns of a header.
    """

    name: str
    recognise: Callable[[Sample], bool]
    record: Callable[[Zone], Mapping[str, pl.Expr]]
    kind: Literal["csv", "jsonl", "json", "parquet"] = "csv"
    columns: tuple[str, ...] | None = None
    separator: str = ","
    rules: Mapping[str, pl.Expr] = field(default_factory=dict)
    local_times: bool = False
    local_time: pl.Expr | None = None
    zone_proof: pl.Expr | None = None
    rename: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Format:
    """One outside format. `assemble` turns all its records of an import (the columns that `record` gave,
    of all layouts, missing ones null, and `record_no`, the order in which they were read) into the columns of
    `tables.CALLS` and `tables.SEIZURES` up to `records`, without `day` and `switch`; `seizure` numbers from 1."""

    name: str
    description: str
    schema: pl.Schema
    layouts: tuple[Layout, ...]
    assemble: Callable[[pl.LazyFrame], tuple[pl.LazyFrame, pl.LazyFrame]]


@cache
def formats() -> dict[str, Format]:
    """Every format by name: each module of this package that has a `FORMAT`."""
    package = __name__.rpartition(".")[0]
    modules = (import_module(f"{package}.{m.name}") for m in iter_modules(import_module(package).__path__))
    return {m.FORMAT.name: m.FORMAT for m in modules if hasattr(m, "FORMAT")}


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        UsageError: there is none.
    """
    if name not in formats():
        raise UsageError(f"unknown format '{name}'{did_you_mean(name, formats())}")
    return formats()[name]
