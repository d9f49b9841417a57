"""From the text of a file's columns to values: what several formats read alike."""

from collections.abc import Callable
from typing import Final

import polars as pl
import polars.selectors as cs

from tollbook.cdr.format import Sample, Zone
from tollbook.cdr.numbers import digits, raw_if_different
from tollbook.tables import INSTANT, Dtype

_SECOND: Final = "%Y-%m-%d %H:%M:%S"
_SECOND_LENGTH: Final = len("2026-11-23 01:34:41")
_REST_LENGTH: Final = 40


def schema(**columns: Dtype) -> pl.Schema:
    """The record columns of a format."""
    return pl.Schema(columns)


def text(*names: str) -> pl.Expr:
    """The first of these columns that the file has and that is not empty; null where there is none."""
    cells = [_text(name) for name in names]
    return cells[0] if len(cells) == 1 else pl.coalesce(cells)


def _text(name: str) -> pl.Expr:
    # Polars computes an expression once for all its uses only if it holds no `coalesce`, `when` or null literal.
    there = cs.by_name(name, require_all=False).cast(pl.String)
    return pl.concat_str(there, pl.lit(""), ignore_nulls=True).replace("", None)


def whole(cell: pl.Expr) -> pl.Expr:
    """A whole number; null where the text is none."""
    return cell.cast(pl.Int64, strict=False)


def epoch(cell: pl.Expr) -> pl.Expr:
    """Seconds since 1970, with or without a fraction, as an instant; null where the text is no number."""
    micros = (cell.cast(pl.Float64, strict=False) * 1_000_000).round()
    return pl.from_epoch(micros.cast(pl.Int64, strict=False), "us").dt.replace_time_zone("UTC").cast(INSTANT)


def local(cell: pl.Expr) -> pl.Expr:
    """`2026-11-23 01:34:41`, `T` for the space or a fraction allowed, as naive local time; null otherwise."""
    return _moment(cell, cell.str.slice(_SECOND_LENGTH, _REST_LENGTH).str.extract(r"^((?:\.\d+)?)$"))


def _moment(cell: pl.Expr, fraction: pl.Expr) -> pl.Expr:
    """Date and time to the second at the beginning of `cell`, and the fraction: `.5`, empty, or null for neither."""
    second = cell.str.head(_SECOND_LENGTH).str.replace("T", " ", literal=True)
    micros = (fraction.replace("", "0").cast(pl.Float64) * 1_000_000).round()
    return second.str.to_datetime(_SECOND, time_unit="us", strict=False) + pl.duration(microseconds=micros)


def instant(cell: pl.Expr, zone: Zone) -> pl.Expr:
    """An instant written as epoch seconds or as local time of `zone`."""
    return epoch(cell).fill_null(zone.to_utc(local(cell)))


def zoned(cell: pl.Expr) -> pl.Expr:
    """ISO 8601 that ends in `Z` or an offset, as an instant; null where it does not."""
    rest = cell.str.slice(_SECOND_LENGTH, _REST_LENGTH)
    fraction = rest.str.extract(r"^((?:\.\d+)?)(?:[Zz]|[+-]\d\d:?\d\d)$")
    offset = rest.str.extract(r"([+-]\d\d:?\d\d)$").fill_null("+00:00")
    sign = 1 - 2 * offset.str.starts_with("-").cast(pl.Int64)
    ahead = sign * (whole(offset.str.slice(1, 2)) * 60 + whole(offset.str.tail(2)))
    moment = _moment(cell, fraction) - pl.duration(minutes=ahead)
    return moment.dt.replace_time_zone("UTC").cast(INSTANT)


def milliseconds(seconds: pl.Expr) -> pl.Expr:
    """Text of seconds with a fraction as whole milliseconds."""
    return (seconds.cast(pl.Float64, strict=False) * 1000).round().cast(pl.Int64, strict=False)


def elapsed(milliseconds_: pl.Expr) -> pl.Expr:
    """A number of milliseconds as a duration that can be added to an instant."""
    return pl.duration(milliseconds=milliseconds_, time_unit="us")


def numbers() -> list[pl.Expr]:
    """The four number columns of both tables from the columns `caller` and `called` as written."""
    return [
        *(digits(pl.col(side)).alias(side) for side in ("caller", "called")),
        *(raw_if_different(pl.col(side)).alias(f"{side}_raw") for side in ("caller", "called")),
    ]


def mostly(sample: Sample, fits: Callable[[tuple[str, ...]], bool]) -> bool:
    """More than half of the first rows fit: one cut or damaged line does not hide what a file is."""
    return 2 * sum(fits(row) for row in sample.rows) > len(sample.rows)
