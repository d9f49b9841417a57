"""Decks in workbooks: cells are what was typed, or are refused with their line."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from tollbook.billing.deckfile import read_deck
from tollbook.errors import UsageError

HEAD = ("prefix", "destination", "rate_per_min")


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    """Writes a workbook of rows; a cell is a value, or a value and its format."""

    def write(*rows: tuple[Any, ...], head: tuple[str, ...] = HEAD, **options: Any) -> Path:
        path = tmp_path / "deck.xlsx"
        with Workbook(path, options) as book:
            sheet = book.add_worksheet()
            for line, row in enumerate((head, *rows)):
                for place, cell in enumerate(row):
                    value, code = cell if isinstance(cell, tuple) else (cell, "General")
                    sheet.write(line, place, value, book.add_format({"num_format": code}))
        return path

    return write


def test_a_workbook_is_known_by_its_content_and_read_like_a_csv_file(made, tmp_path: Path) -> None:
    path = made(("0044", "UK", "0.010"), ("447", "UK mobile", 0.028)).rename(tmp_path / "deck.csv")
    read = read_deck(path)
    assert read.rates["prefix"].to_list() == ["0044", "447"]
    assert read.rates["rate_per_min"].to_list() == [Decimal("0.01"), Decimal("0.028")]
    assert (read.unit, read.lines.to_list()) == ("line", [2, 3])


def test_what_arithmetic_of_a_spreadsheet_leaves_after_its_digits_is_no_part_of_a_rate(made) -> None:
    path = made(("44", "UK", 0.1 * 3), ("45", "Denmark", 1e-05))
    assert read_deck(path).rates["rate_per_min"].to_list() == [Decimal("0.3"), Decimal("0.00001")]


@pytest.mark.parametrize(("calendar", "days"), [("1900", 45444), ("1904", 45444 - 1462)])
def test_a_cell_that_shows_a_date_is_that_instant(made, calendar: str, days: int) -> None:
    row = ("44", "UK", 1, (days + 0.25, "yyyy-mm-dd hh:mm"))
    path = made(row, head=(*HEAD, "effective_from"), date_1904=calendar == "1904")
    assert read_deck(path).rates["effective_from"].to_list() == [datetime(2024, 6, 1, 6, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ((4.47e20, "UK", 1), "line 2: prefix: '4.47E\\+20' may not be what was typed, it is the number 4.47E\\+20"),
        (("4.47E+11", "UK", 1), "line 2: prefix: '4.47E\\+11' is in scientific notation"),
        (((44, "0000"), "UK", 1), "line 2: prefix: '44' .* shown as 0044: format the column as text"),
        (((44, "yyyy"), "UK", 1), "line 2: prefix: '44' .* it is a date or a time"),
        ((44.5, "UK", 1), "line 2: prefix: '44.5' .* it is the number 44.5"),
        (("44", (45444, "d mmm"), 1), "line 2: destination: '45444' .* it is a date"),
        (("44", "UK", (45444, "d mmm")), "line 2: rate_per_min: '45444' .* it is a date"),
        (("44", "UK", 1 / 3), "line 2: rate_per_min: '0.333333333333333' has more than 9 decimals"),
        (("44", "UK", "cheap"), "line 2: rate_per_min: 'cheap' is not an amount"),
        (("44", "UK", 1, "more"), "line 2: 4 cells, the header has 3"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_cell_that_may_not_be_what_was_typed_is_refused_with_its_line(
    made, row: tuple[Any, ...], words: str
) -> None:
    with pytest.raises(UsageError, match=f"deck.xlsx: {words}"):
        read_deck(made(row))


def test_a_number_is_no_instant(made) -> None:
    with pytest.raises(
        UsageError, match=r"line 2: effective_from: '1.5' is no instant, it is the number 1.5"
    ):
        read_deck(made(("44", "UK", 1, 1.5), head=(*HEAD, "effective_from")))


def test_its_header_is_checked(made) -> None:
    with pytest.raises(UsageError, match="unknown column 'prefx', did you mean 'prefix'"):
        read_deck(made(head=("prefx", "destination", "rate_per_min")))
