"""The data dictionary keeps its own rules."""

import polars as pl
import pytest

from tollbook.money import MONEY
from tollbook.tables import CALLS, HISTORY, INSTANT, KEY, TABLES, TRAFFIC, Column, Table, conform

COLUMNS = [(table, column) for table in (*TABLES, *HISTORY) for column in table.columns]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda part: part.name)
def test_a_column_says_what_it_means(table: Table, column: Column) -> None:
    assert column.meaning
    assert table.names.count(column.name) == 1


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda part: part.name)
def test_an_instant_is_named_at_and_nothing_else_is(table: Table, column: Column) -> None:
    assert (column.dtype == INSTANT) == column.name.endswith("_at"), table.name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_begins_with_its_utc_day(table: Table) -> None:
    assert table.columns[0].name == "day"


def test_money_is_a_decimal() -> None:
    assert {c.dtype for _, c in COLUMNS if c.name in {"charge", "cost"}} == {MONEY}


def test_what_adds_up_has_64_bits() -> None:
    assert {c.dtype for c in TRAFFIC.columns if c.name not in KEY} == {pl.Int64, MONEY}


def test_missing_columns_become_null_and_others_are_left_out() -> None:
    shaped = conform(pl.LazyFrame({"call_id": ["1"], "talk_ms": [7], "colour": ["red"]}), CALLS).collect()
    assert shaped.schema == CALLS.schema
    assert shaped.select("call_id", "talk_ms", "charge").row(0) == ("1", 7, None)
