"""A deck as people send it: a CSV file, read strictly. One wrong line and nothing of it is taken."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import polars as pl

from tollbook.account.sheets import read_rows
from tollbook.billing.decks import RATES
from tollbook.billing.prefixes import DIGITS
from tollbook.errors import TollbookError, UsageError
from tollbook.money import parse_amount
from tollbook.periods import parse_instant

REQUIRED: Final = ("prefix", "destination", "rate_per_min")
DEAREST: Final = Decimal(10**9)
"""No rate or fee reaches this; a file that says so has its columns mixed up."""

_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
_FOREVER: Final = datetime.max.replace(tzinfo=UTC)
_YES: Final = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True}

Row = dict[str, Any]


def read_deck(path: Path) -> pl.DataFrame:
    """The rows of a deck file with the columns of `decks.RATES`.

    Columns that may be left out: connect_fee (0), initial_increment_s and increment_s (1), effective_from
    and effective_to (open), blocked (no).

    Raises:
        UsageError: the file and line, the value, and what is wrong with it.
    """
    rows = [_row(path.name, line, cells) for line, cells in read_rows(path, RATES, REQUIRED)]
    if not rows:
        raise UsageError(f"{path.name}: no rates in it")
    _refuse_overlaps(path.name, rows)
    return pl.DataFrame(rows, schema={"line": pl.Int64(), **RATES}).drop("line")


def _row(file: str, line: int, cells: Mapping[str, str]) -> Row:
    row: Row = {"line": line}
    for name, parse in _PARSERS.items():
        try:
            row[name] = parse(cells.get(name, ""))
        except (ValueError, TollbookError) as error:
            raise UsageError(f"{file}: line {line}: {name}: {error}") from None
    if (row["effective_from"] or _ALWAYS) >= (row["effective_to"] or _FOREVER):
        raise UsageError(
            f"{file}: line {line}: effective_to {cells['effective_to']} is not after effective_from"
        )
    return row


def _prefix(text: str) -> str:
    if text.isascii() and text.isdigit() and len(text) <= DIGITS:
        return text
    if "e+" in text.lower():
        raise ValueError(f"'{text}' is in scientific notation: format the column as text and export again")
    raise ValueError(f"'{text}' is no prefix: write 1 to {DIGITS} digits, without + or 00 in front")


def _destination(text: str) -> str:
    if not text:
        raise ValueError("a destination needs a name")
    return text


@cache
def _amount(text: str) -> Decimal:
    amount = parse_amount(text)
    if not 0 <= amount < DEAREST:
        raise ValueError(f"'{text}' is not from 0 to below {DEAREST}")
    return amount


def _fee(text: str) -> Decimal:
    return _amount(text or "0")


@cache
def _increment(text: str) -> int:
    seconds = text or "1"
    if not (seconds.isascii() and seconds.isdigit() and 1 <= int(seconds) <= 86400):  # noqa: PLR2004 - s of a day
        raise ValueError(f"'{text}' is no increment: write whole seconds from 1 to 86400")
    return int(seconds)


@cache
def _instant(text: str) -> datetime | None:
    return parse_instant(text) if text else None


def _blocked(text: str) -> bool:
    if text.lower() not in _YES:
        raise ValueError(f"'{text}' is neither yes nor no")
    return _YES[text.lower()]


_PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "prefix": _prefix,
    "destination": _destination,
    "rate_per_min": _amount,
    "connect_fee": _fee,
    "initial_increment_s": _increment,
    "increment_s": _increment,
    "effective_from": _instant,
    "effective_to": _instant,
    "blocked": _blocked,
}


def _refuse_overlaps(file: str, rows: list[Row]) -> None:
    """Two rows of one prefix must never be in force at the same instant."""
    ordered = sorted(rows, key=lambda row: (row["prefix"], row["effective_from"] or _ALWAYS))
    for former, row in pairwise(ordered):
        same = former["prefix"] == row["prefix"]
        if same and (former["effective_to"] or _FOREVER) > (row["effective_from"] or _ALWAYS):
            first, second = sorted([former["line"], row["line"]])
            raise UsageError(
                f"{file}: lines {first} and {second}: prefix {row['prefix']} has two rates at the same time"
            )
