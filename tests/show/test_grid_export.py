"""Exports of a grid's selection."""

import io
import re
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest

from tollbook.money import MONEY
from tollbook.show.grid_export import Area, Export
from tollbook.show.grid_values import GridColumn

FRAME = pl.DataFrame(
    {
        "customer": ["=cmd()", "beta", None],
        "at": [datetime(2026, 10, 5, hour, tzinfo=UTC) for hour in (0, 1, 2)],
        "asr": [1 / 3, None, 0.5],
        "talk": [3600.5, 0.0, 7.0],
        "charge": [Decimal("0.000000001"), Decimal("1200.5"), Decimal("1234567890123.456789012")],
        "currency": ["EUR", "EUR", "EUR"],
    },
    schema_overrides={"charge": MONEY},
)
COLUMNS = (
    GridColumn("customer", "Customer"),
    GridColumn("at", "Start", "instant"),
    GridColumn("asr", "ASR", "percent"),
    GridColumn("talk", "Duration", "duration"),
    GridColumn("charge", "Charge", "money", currency="currency"),
)
NAMES = tuple(column.name for column in COLUMNS)


def export(whole, *parts, zone="UTC", frame=FRAME):
    return Export(frame, COLUMNS, zone, whole, parts)


def csv_of(made):
    return made.csv().decode("utf-8-sig").splitlines()


def sheet_of(made):
    """The texts and the numbers of the only sheet, by cell."""
    with zipfile.ZipFile(io.BytesIO(made.xlsx("Summary [x]"))) as file:
        return file.read("xl/worksheets/sheet1.xml").decode(), file.read("xl/sharedStrings.xml").decode()


def test_figures_are_in_full_and_the_header_says_zone_unit_and_currency():
    assert csv_of(export(Area(NAMES, [0, 1]), zone="Europe/Riga")) == [
        "Customer,Start (Europe/Riga),ASR,Duration (s),Charge (EUR)",
        "'=cmd(),2026-10-05 03:00,0.3333333333333333,3600.5,0.000000001",
        "beta,2026-10-05 04:00,,0.0,1200.5",
    ]


def test_several_currencies_are_not_in_the_header():
    mixed = FRAME.with_columns(currency=pl.Series(["EUR", "USD", "EUR"]))
    assert export(Area(("charge",), [0, 1]), frame=mixed).head() == ["Charge"]


def test_cells_between_two_areas_stay_empty():
    whole = Area(("customer", "charge"), [1, 0])
    made = export(whole, Area(("customer",), [1]), Area(("charge",), [1, 0]))
    assert csv_of(made) == ["Customer,Charge (EUR)", "beta,1200.5", ",0.000000001"]


def test_a_workbook_has_numbers_where_it_keeps_them_and_texts_where_it_would_not():
    cells, texts = sheet_of(export(Area(("charge",), [0, 1, 2])))
    assert re.search(r'<c r="A3"( s="\d+")?><v>1200\.50*</v></c>', cells)
    assert "<t>1234567890123.456789012</t>" in texts


def test_a_workbook_executes_nothing():
    cells, texts = sheet_of(export(Area(NAMES, [0, 1, 2])))
    assert "<f>" not in cells
    assert "<t>=cmd()</t>" in texts


def test_what_is_unknown_is_an_empty_cell():
    cells, _ = sheet_of(export(Area(("asr",), [0, 1, 2])))
    assert 'r="A2"' in cells
    assert 'r="A3"' not in cells


@pytest.mark.parametrize("amount", ["0.1", "999999999999999", "-1234.567890123", "1200000000000000000"])
def test_an_amount_of_15_digits_is_a_number(amount):
    frame = FRAME.head(1).with_columns(charge=pl.Series([Decimal(amount)], dtype=MONEY))
    _, texts = sheet_of(export(Area(("charge",), [0]), frame=frame))
    assert texts.count("<t>") == 1  # the header alone
