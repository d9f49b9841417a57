"""What imports refused: the files of `rejects/`, one of each import that refused anything."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import polars as pl

from tollbook.errors import UsageError, did_you_mean
from tollbook.lake.read import REJECT_SCHEMA
from tollbook.spreadsheets import csv_lines
from tollbook.workspace import Workspace

NAMED_BY: Final = "%Y%m%dT%H%M%S.%fZ"
"""The instant of its import, which is the name of a file."""
FIRST: Final = 3
"""Records of a file that are told in full."""
LINES: Final = 5_000
"""Of a piece of a file."""
LONGEST: Final = 200
"""Characters that are told of a record's text."""


@dataclass(frozen=True)
class Refused:
    """A file of refused records: which files they stood in, how many broke each rule, the most first, and the first of them."""

    name: str
    at: datetime
    records: int
    sources: tuple[str, ...]
    rules: tuple[tuple[str, int], ...]
    first: tuple[dict[str, Any], ...]


def files(workspace: Workspace) -> list[Path]:
    """All of them, the newest first."""
    return sorted(workspace.rejects.glob("*.csv"), reverse=True)


def records(file: Path) -> int:
    """How many one holds; none where it cannot be read, or has been taken away."""
    try:
        return _count(file, file.stat().st_size)
    except (OSError, pl.exceptions.PolarsError):
        return 0


@lru_cache(maxsize=1024)
def _count(file: Path, size: int) -> int:  # noqa: ARG001 - in the key: a file that grew is counted again
    return int(_rows(file).select(pl.len()).collect().item())


def refused(file: Path) -> Refused | None:
    """What one tells; nothing where it cannot be read as such a file, or has been taken away."""
    try:
        return _refused(file, file.stat().st_size)
    except (OSError, pl.exceptions.PolarsError):
        return None


@lru_cache(maxsize=256)
def _refused(file: Path, size: int) -> Refused:  # noqa: ARG001 - as above
    rows = _rows(file)  # which may be as large as an import was
    rules, first, sources = pl.collect_all(
        [
            rows.group_by("rule").len().sort(["len", "rule"], descending=[True, False]),
            rows.head(FIRST).with_columns(pl.col("raw").str.slice(0, LONGEST)),
            rows.select(pl.col("file").unique(maintain_order=True)),
        ],
        engine="streaming",
    )
    count = int(rules["len"].sum())
    told = tuple(sources["file"]), tuple(rules.iter_rows()), tuple(first.to_dicts())
    return Refused(file.name, _at(file), count, *told)


def _rows(file: Path) -> pl.LazyFrame:
    return pl.scan_csv(file, infer_schema=False)


def _at(file: Path) -> datetime:
    """When it was written, by its name; one that somebody named otherwise by its own time."""
    try:
        return datetime.strptime(file.stem, NAMED_BY).replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def named(workspace: Workspace, name: str) -> Path:
    """The file of this name.

    Raises:
        UsageError: there is none.
    """
    known = {file.name: file for file in files(workspace)}
    if name not in known:
        raise UsageError(f"rejects/ has no '{name}'{did_you_mean(name, known)}")
    return known[name]


def csv_pieces(file: Path) -> Iterator[str]:
    """It as CSV in pieces, head first, with nothing in it that a spreadsheet executes; nothing else of it is in memory."""
    columns = REJECT_SCHEMA.names()
    yield csv_lines([columns])
    with file.open(newline="", encoding="utf-8", errors="replace") as text:
        rows = csv.DictReader(text)
        while piece := list(islice(rows, LINES)):
            yield csv_lines([row.get(name) for name in columns] for row in piece)
