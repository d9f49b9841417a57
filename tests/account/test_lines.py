"""Lines of files of master data."""

from pathlib import Path

import pytest

from tollbook.account.lines import read
from tollbook.account.workbook import Cell
from tollbook.errors import UsageError


def test_cells_are_told_by_the_columns_of_the_header(tmp_path: Path) -> None:
    path = tmp_path / "who.csv"
    path.write_text("name;id\nACME;acme\n\nBolt;bolt;more\n")
    assert [(line.number, line.too_many, line.cells) for line in read(path, ("id", "name"), ("id",), 9)] == [
        (2, 0, {"name": Cell("ACME"), "id": Cell("acme")}),
        (4, 3, {"name": Cell("Bolt"), "id": Cell("bolt")}),
    ]


def test_a_column_that_there_is_none_of_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "who.csv"
    path.write_text("id,nane\n")
    with pytest.raises(UsageError, match="unknown column 'nane', did you mean 'name'"):
        read(path, ("id", "name"), ("id",), 9)
