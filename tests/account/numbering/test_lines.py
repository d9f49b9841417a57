"""Lines of files, bounded in number and size."""

from pathlib import Path

import pytest
from xlsxwriter import Workbook

from tollbook.account.numbering.lines import read
from tollbook.account.workbook import Cell
from tollbook.errors import UsageError


def test_cells_are_told_by_column_and_empty_lines_left_out(tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("customer,number\nacme,1\n\nacme,2,too,many\nacme\n")
    assert [(line.number, line.too_many, line.cells) for line in read(path)] == [
        (2, 0, {"customer": Cell("acme"), "number": Cell("1")}),
        (4, 4, {"customer": Cell("acme"), "number": Cell("2")}),
        (5, 0, {"customer": Cell("acme")}),
    ]


def test_a_file_has_a_number_of_rows_at_most(tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("number,customer\n1,acme\n\n2,acme\n")
    assert [line.number for line in read(path, 2)] == [2, 4]
    with pytest.raises(UsageError, match=r"The file has more than 1 rows\."):
        read(path, 1)


def test_what_a_workbook_unpacks_to_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "numbers.xlsx"
    with Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["number", "customer"])
    assert read(path) == []
    with pytest.raises(UsageError, match="too large"):
        read(path, most_bytes=100)
