"""Exports of a grid's selection, made from the frame itself: full precision, zone and unit in the header."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from tollbook.money import plain
from tollbook.show.grid_values import TEXTS, GridColumn, local, written
from tollbook.spreadsheets import csv_text

FORMATS: Final = {
    "csv": "text/csv;charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_DIGITS: Final = 15
"""Of a number that a spreadsheet keeps."""
_SHEET: Final = 31
_WIDTHS: Final = {"text": 22, "link": 18, "instant": 18, "money": 16}
_SHOWN: Final = {"percent": "0.00%", "integer": "#,##0"}


@dataclass(frozen=True)
class Area:
    """Cells that are selected together: columns, and rows of the frame in the order in which they are shown."""

    columns: tuple[str, ...]
    rows: Sequence[int]


class Export:
    """The cells of a whole area; where parts of it are given, those of the parts alone, and the others stay empty."""

    def __init__(
        self,
        frame: pl.DataFrame,
        columns: Sequence[GridColumn],
        zone: str,
        whole: Area,
        parts: Sequence[Area] = (),
    ) -> None:
        by_name = {column.name: column for column in columns}
        self.columns = [by_name[name] for name in whole.columns]
        self.rows = whole.rows
        self._picked = frame[list(whole.rows)] if whole.rows else frame.clear()
        self._parts = parts
        self._zone = zone

    def csv(self) -> bytes:
        """As CSV in UTF-8, with the mark by which spreadsheets know it."""
        values = [self._values(column) for column in self.columns]
        return csv_text(self.head(), zip(*values, strict=True)).encode("utf-8-sig")

    def head(self) -> list[str]:
        """The headings: an instant's with its zone, a duration's with its unit, money's with its currency."""
        return [self._heading(column) for column in self.columns]

    def xlsx(self, title: str) -> bytes:
        """As a workbook of one sheet. Amounts of more than 15 digits are texts; no text is a formula."""
        from xlsxwriter import Workbook  # noqa: PLC0415 - heavy, and only here

        file = io.BytesIO()
        with Workbook(
            file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        ) as book:
            sheet = book.add_worksheet(_sheet_name(title))
            bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
            for place, (column, heading) in enumerate(zip(self.columns, self.head(), strict=True)):
                sheet.write_string(0, place, heading, bold)
                shown = book.add_format({"num_format": self._format(column)})
                sheet.set_column(place, place, _WIDTHS.get(column.kind, 13))
                _fill(sheet, place, self._values(column), shown)
            sheet.freeze_panes(1, 0)
            if self.columns:
                sheet.autofilter(0, 0, len(self.rows), len(self.columns) - 1)
        return file.getvalue()

    def _values(self, column: GridColumn) -> Iterator[Any]:
        values = self._picked[column.name]
        if column.kind == "instant":
            values = local(values, self._zone)
        elif column.kind in TEXTS:
            values = written(values)
        if not self._parts:
            yield from values
            return
        wanted = {row for part in self._parts if column.name in part.columns for row in part.rows}
        yield from (value if row in wanted else None for row, value in zip(self.rows, values, strict=True))

    def _heading(self, column: GridColumn) -> str:
        if column.kind == "instant" or column.timed:
            return f"{column.label} ({self._zone})"
        if column.kind in {"duration", "seconds"} and "(s)" not in column.label:
            return f"{column.label} (s)"
        if column.kind == "money" and column.currency:
            codes = self._picked[column.currency].drop_nulls().unique().to_list()
            return f"{column.label} ({codes[0]})" if len(codes) == 1 else column.label
        return column.label

    def _format(self, column: GridColumn) -> str:
        if column.kind != "money":
            return _SHOWN.get(column.kind, "General")
        exact = (plain(value).partition(".")[2] for value in self._picked[column.name].drop_nulls())
        return f"#,##0.{'0' * max(2, *map(len, exact), 0)}"


def _fill(sheet: Any, place: int, values: Iterator[Any], shown: Any) -> None:  # noqa: ANN401 - no types there
    for row, value in enumerate(values, start=1):
        if value is None or value != value:  # noqa: PLR0124 - NaN, which is unknown too
            continue
        if isinstance(value, str):
            sheet.write_string(row, place, value)
        elif _kept(value):
            sheet.write_number(row, place, value, shown)
        else:
            sheet.write_string(row, place, plain(Decimal(value)))


def _kept(value: float | Decimal) -> bool:
    """Whether a spreadsheet, which counts with 15 digits, keeps the number as it is."""
    if isinstance(value, float):
        return True
    return len(plain(Decimal(value)).lstrip("-").replace(".", "").strip("0")) <= _DIGITS


def _sheet_name(title: str) -> str:
    kept = "".join(" " if sign in "[]:*?/\\'" else sign for sign in title)
    return kept[:_SHEET].strip() or "Tollbook"
