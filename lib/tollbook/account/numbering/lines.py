"""The lines of a CSV or XLSX file of extensions or of blocks."""

from pathlib import Path
from typing import Final

from tollbook.account import lines
from tollbook.account.lines import Line
from tollbook.account.workbook import MOST_BYTES

COLUMNS: Final = ("number", "customer", "name")
REQUIRED: Final = ("number", "customer")
"""Of a file of extensions."""
BLOCK_COLUMNS: Final = ("start", "end", "customer")
"""Of a file of blocks, which needs them all."""
MOST_ROWS: Final = 200_000
"""Of a file."""


def read(path: Path, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES) -> list[Line]:
    """The lines of a file of extensions that are not empty.

    A workbook's parts may have `most_bytes` each when they are unpacked.

    Raises:
        UsageError: the file cannot be read, its header is none, or it has more than `most_rows`.
    """
    return lines.read(path, COLUMNS, REQUIRED, most_rows, most_bytes)


def read_blocks(path: Path, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES) -> list[Line]:
    """The lines of a file of blocks, as `read` those of extensions.

    Raises:
        UsageError: as `read`.
    """
    return lines.read(path, BLOCK_COLUMNS, BLOCK_COLUMNS, most_rows, most_bytes)
