"""Workbooks are read as they are stored; what a spreadsheet may have made of digits is told."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from xlsxwriter import Workbook

from tollbook.account import workbook
from tollbook.account.workbook import Cell, read_workbook
from tollbook.errors import UsageError

Write = Callable[[Any, Callable[[str], Any]], object]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[Write], list[tuple[int, list[Cell]]]]:
    """What is read of a sheet that is written by `write(sheet, format)`."""

    def made(write: Write) -> list[tuple[int, list[Cell]]]:
        path = tmp_path / "book.xlsx"
        with Workbook(path) as book:
            write(book.add_worksheet("One"), lambda code: book.add_format({"num_format": code}))
            book.add_worksheet("Two").write_string(0, 0, "another sheet")
        return list(read_workbook(path))

    return made


@pytest.mark.parametrize(
    ("value", "code", "cell"),
    [
        ("0100", "@", Cell("0100")),
        ("4.47E+11", "@", Cell("4.47E+11")),
        (1000, "General", Cell("1000")),
        (1000, "0", Cell("1000")),
        (1000, "0.00E+00", Cell("1000")),
        (447700900123, "General", Cell("447700900123")),
        (100, "0000", Cell("100", "it is a number that is shown as 0100")),
        (1000, "0000", Cell("1000")),
        (100, '"Desk "0', Cell("100")),
        (45000, "dd.mm.yyyy", Cell("45000", "it is a date or a time", "2023-03-15T00:00:00")),
        (45000, "m/d/yy", Cell("45000", "it is a date or a time", "2023-03-15T00:00:00")),
        (1.5, "General", Cell("1.5", "it is the number 1.5")),
        (-1, "General", Cell("-1", "it is the number -1")),
        (
            1234567890123456,
            "General",
            Cell("1234567890123456", "it is a number of more digits than a spreadsheet keeps"),
        ),
    ],
)
def test_a_cell_is_told_with_what_its_digits_may_have_lost(
    read, value: object, code: str, cell: Cell
) -> None:
    ((line, cells),) = read(lambda sheet, form: sheet.write(0, 0, value, form(code)))
    assert (line, cells) == (1, [cell])


def test_cells_keep_their_places_and_rows_their_numbers(read) -> None:
    def write(sheet: Any, form: Callable[[str], Any]) -> None:
        sheet.write_string(1, 1, "B2")
        sheet.write_string(4, 27, "AB5")
        sheet.write_boolean(4, 28, boolean=True)
        sheet.write_formula(5, 0, "=1/0", None, "#DIV/0!")

    rows = read(write)
    assert [
        (line, [(place, cell.text) for place, cell in enumerate(cells) if cell.text]) for line, cells in rows
    ] == [
        (2, [(1, "B2")]),
        (5, [(27, "AB5"), (28, "1")]),
        (6, [(0, "#DIV/0!")]),
    ]


def test_a_text_of_several_looks_is_one(read) -> None:
    def write(sheet: Any, form: Callable[[str], Any]) -> None:
        sheet.write_rich_string(0, 0, "De", form("0"), "sk", " 1")

    assert read(write)[0][1] == [Cell("Desk 1")]


def test_texts_in_their_cells_are_read(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with Workbook(path, {"constant_memory": True}) as book:
        book.add_worksheet().write_string(0, 0, "0100")
    assert list(read_workbook(path)) == [(1, [Cell("0100")])]


def replaced(path: Path, part: str, content: str | None) -> Path:
    """The workbook with one part replaced, or left out."""
    made = io.BytesIO()
    with ZipFile(path) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
            elif content is not None:
                new.writestr(name, content)
    path.write_bytes(made.getvalue())
    return path


BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><x>&b;</x>"


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/workbook.xml", None),
        ("xl/_rels/workbook.xml.rels", "<x/>"),
        ("xl/worksheets/sheet1.xml", "<not closed"),
        ("xl/worksheets/sheet1.xml", None),
        ("xl/sharedStrings.xml", None),
        ("xl/workbook.xml", BOMB),
    ],
)
def test_what_is_no_workbook_is_told(read, tmp_path: Path, part: str, content: str | None) -> None:
    read(lambda sheet, _: sheet.write_string(0, 0, "x"))
    path = replaced(tmp_path / "book.xlsx", part, content)
    with pytest.raises(UsageError, match=r"book\.xlsx: it is no XLSX workbook that can be read"):
        list(read_workbook(path))


def test_what_is_no_archive_or_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with pytest.raises(UsageError, match="no such file"):
        list(read_workbook(path))
    path.write_text("number,customer\n")
    with pytest.raises(UsageError, match="no XLSX workbook"):
        list(read_workbook(path))


def test_what_unpacks_to_too_much_is_not_read(read, tmp_path: Path) -> None:
    read(lambda sheet, _: sheet.write_string(0, 0, "x"))
    with pytest.raises(UsageError, match="too large"):
        list(read_workbook(tmp_path / "book.xlsx", 10))


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    "{}</sheetData></worksheet>"
)
FORMATS = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>'
    '<numFmt numFmtId="200" formatCode="{}"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>'
)


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/worksheets/sheet1.xml", SHEET.format(f'<row r="1"><c r="{"A" * 1_000_000}1"/></row>')),
        ("xl/worksheets/sheet1.xml", SHEET.format(f'<row r="1">{"<c/>" * 16_385}</row>')),
        ("xl/worksheets/sheet1.xml", SHEET.format('<row r="1"><c r="XFD1"/><c/></row>')),
        ("xl/styles.xml", FORMATS.format("[" * 256)),
    ],
    ids=["a long reference", "cells without one", "a cell after the last", "a long format"],
)
def test_what_would_take_without_end_is_refused(read, tmp_path: Path, part: str, content: str) -> None:
    read(lambda sheet, _: sheet.write_string(0, 0, "x"))
    path = replaced(tmp_path / "book.xlsx", part, content)
    with pytest.raises(UsageError, match="no XLSX workbook that can be read") as told:
        list(read_workbook(path))
    assert len(str(told.value)) < 200


def test_rows_and_cells_that_were_read_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = []
    let_go = workbook._let_go

    def counted(node: Any) -> None:
        let_go(node)
        kept.append((len(node), node.getparent().index(node)))

    monkeypatch.setattr(workbook, "_let_go", counted)
    sheet = SHEET.format("<row><c><v>1</v></c><c><v>2</v></c></row>" * 100)
    rows = list(workbook._rows(io.BytesIO(sheet.encode()), workbook._Made([], [], "1900")))
    assert rows == [(0, [Cell("1"), Cell("2")])] * 100
    assert {*kept} == {(0, 0)}


def test_cells_without_a_text_make_no_row_longer() -> None:
    sheet = SHEET.format('<row r="1"><c/><c><v>1</v></c><c r="XFD1"/></row><row r="2"><c r="XFD2"/></row>')
    rows = list(workbook._rows(io.BytesIO(sheet.encode()), workbook._Made([], [], "1900")))
    assert rows == [(1, [Cell(""), Cell("1")]), (2, [])]
