"""A deck as people send it: CSV, XLSX or a JSON rate card, known by content and read strictly, all by the same rules.

One wrong line and nothing of it is taken.
"""

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import polars as pl

from tollbook.account.sheets import read_rows
from tollbook.account.workbook import MOST_BYTES
from tollbook.billing.decks import RATES, SILENT, Terms
from tollbook.billing.decksheet import sheet_rows
from tollbook.billing.prefixes import DIGITS
from tollbook.billing.ratecard import is_card, read_card
from tollbook.errors import TollbookError, UsageError
from tollbook.money import parse_amount
from tollbook.periods import parse_instant
from tollbook.spreadsheets import exact

REQUIRED: Final = ("prefix", "destination", "rate_per_min")
DEAREST: Final = Decimal(10**9)
"""No rate or fee reaches this; a file that says so has its columns mixed up."""

_ZIP: Final = b"PK\x03\x04"
"""How a workbook begins."""
_ENOUGH: Final = 4096
_LONGEST_NAME: Final = 60

_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
_FOREVER: Final = datetime.max.replace(tzinfo=UTC)
_YES: Final = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True}

Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class DeckFile:
    """What a file holds: rates with the columns of `decks.RATES`, each one's line, and terms that it names itself.

    `unit` is what its lines are called: `line`, or `rate` of a rate card.
    """

    name: str
    rates: pl.DataFrame
    lines: pl.Series
    unit: str = "line"
    terms: Terms = SILENT


def read_deck(path: Path, card: str = "", most: int = MOST_BYTES) -> DeckFile:
    """The deck that a file holds; `card` names one of a rate card's. No part of a workbook is read that has more
    than `most` bytes when it is unpacked.

    Columns that may be left out: connect_fee (0), initial_increment_s and increment_s (1), effective_from
    and effective_to (open), blocked (no).

    Raises:
        UsageError: the file and line, the value, and what is wrong with it.
    """
    start = _start(path)
    if start.startswith(_ZIP):
        return _deck(path.name, "line", sheet_rows(path, RATES, REQUIRED, most), SILENT)
    if is_card(start):
        found = read_card(path, card)
        terms = Terms(found.currency, None, found.price_precision, found.price_rounding)
        return _deck(f"{path.name}: card '{found.name}'", "rate", found.rows, terms)
    return _deck(path.name, "line", read_rows(path, RATES, REQUIRED), SILENT)


def read_content(name: str, content: bytes, card: str = "", most: int = MOST_BYTES) -> DeckFile:
    """As `read_deck`, of what somebody sent under a name that may be any text.

    Raises:
        UsageError: as `read_deck`.
    """
    safe = re.sub(r"[^\w .()+-]", "_", name).lstrip(". ")[-_LONGEST_NAME:] or "deck"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / safe
        path.write_bytes(content)
        return read_deck(path, card, most)


def _start(path: Path) -> bytes:
    """The first bytes of a file, spaces and all; what is no file is told by who reads it as CSV."""
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(_ENOUGH)


def _deck(name: str, unit: str, told: Iterable[tuple[int, Mapping[str, str]]], terms: Terms) -> DeckFile:
    rows = [_row(f"{name}: {unit} {line}", line, cells) for line, cells in told]
    if not rows:
        raise UsageError(f"{name}: no rates in it")
    _refuse_overlaps(f"{name}: {unit}s", rows)
    frame = pl.DataFrame(rows, schema={"line": pl.Int64(), **RATES})
    return DeckFile(name, frame.drop("line"), frame["line"], unit, terms)


def _row(where: str, line: int, cells: Mapping[str, str]) -> Row:
    row: Row = {"line": line}
    for name, parse in _PARSERS.items():
        try:
            row[name] = parse(cells.get(name, ""))
        except (ValueError, TollbookError) as error:
            raise UsageError(f"{where}: {name}: {error}") from None
    if (row["effective_from"] or _ALWAYS) >= (row["effective_to"] or _FOREVER):
        raise UsageError(f"{where}: effective_to {cells['effective_to']} is not after effective_from")
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
    return exact(text)


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


def _refuse_overlaps(where: str, rows: list[Row]) -> None:
    """Two rows of one prefix must never be in force at the same instant."""
    ordered = sorted(rows, key=lambda row: (row["prefix"], row["effective_from"] or _ALWAYS))
    for former, row in pairwise(ordered):
        same = former["prefix"] == row["prefix"]
        if same and (former["effective_to"] or _FOREVER) > (row["effective_from"] or _ALWAYS):
            first, second = sorted([former["line"], row["line"]])
            raise UsageError(
                f"{where} {first} and {second}: prefix {row['prefix']} has two rates at the same time"
            )
