"""The lines of a CSV or XLSX file of extensions or of blocks.

They are read before the transaction that compares them: what takes long to read keeps nobody from writing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tollbook.account.sheets import header, read_lines
from tollbook.account.workbook import MOST_BYTES, Cell, read_workbook
from tollbook.errors import UsageError
from tollbook.language import tr

COLUMNS: Final = ("number", "customer", "name")
REQUIRED: Final = ("number", "customer")
"""Of a file of extensions."""
BLOCK_COLUMNS: Final = ("start", "end", "customer")
"""Of a file of blocks, which needs them all."""
MOST_ROWS: Final = 200_000
"""Of a file."""


@dataclass(frozen=True)
class Line:
    """A line of a file: its cells by column, and, if it has more than the header, how many cells it has."""

    number: int
    cells: Mapping[str, Cell]
    too_many: int
    columns: int


def read(path: Path, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES) -> list[Line]:
    """The lines of a file of extensions that are not empty.

    A workbook's parts may have `most_bytes` each when they are unpacked.

    Raises:
        UsageError: the file cannot be read, its header is none, or it has more than `most_rows`.
    """
    return _read(path, COLUMNS, REQUIRED, most_rows, most_bytes)


def read_blocks(path: Path, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES) -> list[Line]:
    """The lines of a file of blocks, as `read` those of extensions.

    Raises:
        UsageError: as `read`.
    """
    return _read(path, BLOCK_COLUMNS, BLOCK_COLUMNS, most_rows, most_bytes)


def _read(
    path: Path, columns: Sequence[str], required: Sequence[str], most_rows: int, most_bytes: int
) -> list[Line]:
    lines = _lines(path, most_bytes)
    names = header(path.name, [cell.text for cell in next(lines, (1, []))[1]], columns, required)
    found: list[Line] = []
    for number, cells in lines:
        if not any(cell.text.strip() for cell in cells):
            continue
        if len(found) == most_rows:
            raise UsageError(tr("The file has more than {most} rows.").format(most=most_rows))
        too_many = len(cells) if any(cell.text for cell in cells[len(names) :]) else 0
        found.append(Line(number, dict(zip(names, cells, strict=False)), too_many, len(names)))
    return found


def _lines(path: Path, most_bytes: int) -> Iterator[tuple[int, list[Cell]]]:
    if path.suffix.lower() == ".xlsx":
        return read_workbook(path, most_bytes)
    return ((line, [Cell(cell) for cell in cells]) for line, cells in read_lines(path))
