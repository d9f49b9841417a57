"""Rules that rows of every format have to meet; a row that breaks one is set aside under the rule's name."""

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

_SCIENTIFIC: Final = r"^\+?\d+([.,]\d+)?[eE][+-]?\d+$"
_PLAIN: Final = r"^-?\d{1,12}(\.\d*)?$"
_WHOLE: Final = r"^-?\d{1,12}$"
_ZERO_YEAR: Final = 1970


def has_call_id(call_id: pl.Expr) -> Mapping[str, pl.Expr]:
    """The row says which call it tells of."""
    return {"no_call_id": call_id.is_not_null()}


def real_times(cells: Iterable[pl.Expr], moments: Iterable[pl.Expr]) -> Mapping[str, pl.Expr]:
    """Every time that is written can be read and is none of the zero dates that stand for "no time"."""
    pairs = zip(cells, moments, strict=True)
    read = [cell.is_null() | (moment.dt.year() > _ZERO_YEAR).fill_null(value=False) for cell, moment in pairs]
    return {"bad_time": pl.all_horizontal(read)}


def in_order(start: pl.Expr, answer: pl.Expr, end: pl.Expr) -> Mapping[str, pl.Expr]:
    """Start, answer and end follow each other, as far as they are known."""
    pairs = ((start, answer), (answer, end), (start, end))
    return {
        "end_before_start": pl.all_horizontal((late >= early).fill_null(value=True) for early, late in pairs)
    }


def durations(cells: Iterable[pl.Expr], *, whole: bool = False) -> Mapping[str, pl.Expr]:
    """Every duration that is written is a plain number (a whole one, where the switch has no others), none below zero."""
    pattern = _WHOLE if whole else _PLAIN
    written = list(cells)
    return {
        "bad_number": pl.all_horizontal(cell.is_null() | cell.str.contains(pattern) for cell in written),
        "negative_duration": ~pl.any_horizontal(
            cell.str.starts_with("-").fill_null(value=False) for cell in written
        ),
    }


def plain_numbers(*cells: pl.Expr) -> Mapping[str, pl.Expr]:
    """No telephone number is in a spreadsheet's scientific notation, which has lost its digits."""
    mangled = [cell.str.contains(_SCIENTIFIC).fill_null(value=False) for cell in cells]
    return {"scientific_notation": ~pl.any_horizontal(mangled)}
