"""Decks as files that can be read in again: CSV and XLSX, with every digit, every instant and every name as it is."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl

from tollbook.billing.decks import RATES
from tollbook.money import plain
from tollbook.periods import iso_z
from tollbook.spreadsheets import escaped

_WIDTH: Final = 18


def csv_file(rates: pl.DataFrame) -> bytes:
    """Rates as CSV in UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(RATES)
    writer.writerows(_rows(rates))
    return text.getvalue().encode()


def xlsx_file(rates: pl.DataFrame) -> bytes:
    """Rates as a workbook of one sheet, whose cells are texts: no spreadsheet makes numbers of the digits."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - heavy, and only here

    file = io.BytesIO()
    with Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        kept = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("Rates")
        sheet.set_column(0, len(RATES) - 1, _WIDTH, kept)
        sheet.freeze_panes(1, 0)
        for line, cells in enumerate((tuple(RATES), *_rows(rates))):
            for place, cell in enumerate(cells):
                if cell:
                    sheet.write_string(line, place, cell, kept)
    return file.getvalue()


def _rows(rates: pl.DataFrame) -> Iterable[tuple[str, ...]]:
    ordered = rates.select(*RATES).sort("prefix", "effective_from", nulls_last=False)
    return (tuple(_cell(value) for value in row) for row in ordered.iter_rows())


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever a rate holds
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    return iso_z(value) if isinstance(value, datetime) else escaped(str(value))


FORMATS: Final[Mapping[str, tuple[str, Callable[[pl.DataFrame], bytes]]]] = {
    "csv": ("text/csv", csv_file),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_file),
}
"""Media type and writer of each."""
