"""Master data as files that can be read in again: CSV and XLSX, whose cells are all text, every digit as it is."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from tollbook.account.register import Register, Row
from tollbook.spreadsheets import escaped

Cells = Iterable[Sequence[str]]
_WIDTH: Final = 20


def csv_of(columns: Sequence[str], rows: Cells, sheet: str = "") -> bytes:  # noqa: ARG001 - as the others
    """Rows as CSV in UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(map(escaped, row) for row in rows)
    return text.getvalue().encode()


def xlsx_of(columns: Sequence[str], rows: Cells, sheet: str) -> bytes:
    """Rows as a workbook of one sheet, whose columns are text: no spreadsheet makes numbers of the digits."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - heavy, and only here

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(sheet)
        page.set_column(0, len(columns) - 1, _WIDTH, book.add_format({"num_format": "@"}))
        kept = book.add_format({"num_format": "@"})
        for line, cells in enumerate((columns, *rows)):
            for place, cell in enumerate(cells):
                page.write_string(line, place, escaped(cell), kept)
        page.freeze_panes(1, 0)
    return file.getvalue()


FORMATS: Final[Mapping[str, Callable[[Sequence[str], Cells, str], bytes]]] = {"csv": csv_of, "xlsx": xlsx_of}
"""What a file of them can be."""


def file_of(register: Register, rows: Iterable[Row], kind: str) -> bytes:
    """Rows of a register as a file: what was entered of each, by the columns that an import takes."""
    told = [(row[register.key], *register.texts(row).values()) for row in rows]
    return FORMATS[kind](register.columns, told, f"{register.word.capitalize()}s")
