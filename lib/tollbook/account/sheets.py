"""Master data as people send it: a CSV file with a header, read strictly, every mistake with its line."""

import csv
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from tollbook.errors import UsageError, did_you_mean


def read_rows(
    path: Path, columns: Collection[str], required: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row's line number and its cells by column, in order; empty lines are left out.

    The header may name any of `columns` in any order, and must name those of `required`.

    Raises:
        UsageError: the file, the line, what is wrong with it, and the nearest known column.
    """
    lines = read_lines(path)
    names = header(path.name, next(lines, (1, []))[1], columns, required)
    for line, cells in lines:
        if any(cell.strip() for cell in cells):
            yield line, _cells(f"{path.name}: line {line}", names, cells)


def read_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line as they stand, with the number of the line; the header is the first.

    Raises:
        UsageError: the file, the line, what is wrong with it.
    """
    text = _text(path)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path.name}: line {reader.line_num}: {error}") from None


def _text(path: Path) -> str:
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name one CSV file")
    if not path.is_file():
        raise UsageError(f"{path}: no such file")
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UsageError(f"{path.name}: line {line} is not UTF-8: save the file as CSV UTF-8") from None


def _delimiter(text: str) -> str:
    """What spreadsheets write between cells: `,`, `;` or a tab, by the header."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def header(file: str, cells: Sequence[str], columns: Collection[str], required: Sequence[str]) -> list[str]:
    """The names of the columns that a header has, which are some of `columns` and all of `required`.

    Raises:
        UsageError: the column that is unknown, there twice or missing.
    """
    names = [cell.strip().lower() for cell in cells]
    for name in names:
        if name not in columns:
            raise UsageError(f"{file}: line 1: unknown column '{name}'{did_you_mean(name, columns)}")
        if names.count(name) > 1:
            raise UsageError(f"{file}: line 1: column '{name}' is there twice")
    for name in required:
        if name not in names:
            raise UsageError(f"{file}: line 1: no column '{name}'; it needs {', '.join(required)}")
    return names


def _cells(where: str, names: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(names):
        raise UsageError(f"{where}: {len(cells)} cells, the header has {len(names)}")
    return {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
