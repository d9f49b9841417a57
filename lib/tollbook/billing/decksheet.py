"""A deck as a spreadsheet has it: the cells of an XLSX workbook as the texts that a CSV file of it would hold.

What a spreadsheet made of digits is refused with its line and value, never guessed: a prefix that became a date, a
number that is shown with zeros, or one in scientific notation.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Context, Decimal
from pathlib import Path
from typing import Final

from tollbook.account.sheets import header
from tollbook.account.workbook import EXACT_DIGITS, MOST_BYTES, Cell, read_workbook
from tollbook.errors import UsageError
from tollbook.money import plain

_KEPT: Final = Context(prec=EXACT_DIGITS)
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_AS_TEXT: Final = "format the column as text and type it again"


def sheet_rows(
    path: Path, columns: Mapping[str, object], required: tuple[str, ...], most: int = MOST_BYTES
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row's line number and its cells by column; empty rows are left out.

    Raises:
        UsageError: it is no workbook, its header is none, or a cell holds something else than was typed.
    """
    lines = read_workbook(path, most)
    _, head = next(lines, (1, []))
    names = header(path.name, [cell.text for cell in head], columns, required)
    for line, cells in lines:
        if any(cell.text.strip() for cell in cells):
            yield line, _row(f"{path.name}: line {line}", names, cells)


def _row(where: str, names: list[str], cells: list[Cell]) -> dict[str, str]:
    if any(cell.text.strip() for cell in cells[len(names) :]):
        raise UsageError(f"{where}: {len(cells)} cells, the header has {len(names)}")
    told: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        try:
            told[name] = _READ.get(name, _text)(cell).strip()
        except ValueError as error:
            raise UsageError(f"{where}: {name}: '{cell.text}' {error}: {_AS_TEXT}") from None
    return told


def _digits(cell: Cell) -> str:
    if cell.doubt:
        raise ValueError(f"may not be what was typed, {cell.doubt}")
    return cell.text


def _text(cell: Cell) -> str:
    if cell.when or "date" in cell.doubt:
        raise ValueError(f"may not be what was typed, {cell.doubt}")
    return cell.text


def _amount(cell: Cell) -> str:
    """A number to the digits that spreadsheets keep: what follows them is left by their arithmetic."""
    if "date" in cell.doubt:
        raise ValueError(f"may not be what was typed, {cell.doubt}")
    if not _NUMBER.fullmatch(cell.text):
        return cell.text
    return plain(_KEPT.create_decimal(Decimal(cell.text)))


def _instant(cell: Cell) -> str:
    if cell.when or not cell.doubt:
        return cell.when or cell.text
    raise ValueError(f"is no instant, {cell.doubt}")


_READ: Final[Mapping[str, Callable[[Cell], str]]] = {
    "prefix": _digits,
    "rate_per_min": _amount,
    "connect_fee": _amount,
    "effective_from": _instant,
    "effective_to": _instant,
}
