"""Tables by columns: what Typst needs to set them at once."""

import pytest

from tollbook.billing.documents.columns import with_columns

ROWS = [["1 Oct", "0.5"], ["2 Oct", "12.5"], ["13 Oct", "3.25"]]


def test_each_page_has_its_rows_as_columns() -> None:
    made = with_columns({"rows": ROWS}, 2)
    assert made["pages"] == [
        {"count": 2, "columns": ["1 Oct\n2 Oct", "0.5\n12.5"]},
        {"count": 1, "columns": ["13 Oct", "3.25"]},
    ]
    assert made["rows"] == ROWS


def test_the_longest_texts_of_a_column_tell_its_width() -> None:
    made = with_columns({"rows": [*ROWS, ["3 Oct", "0.5"]]}, 100)
    assert made["longest"] == [["2 Oct", "3 Oct", "13 Oct"], ["0.5", "12.5", "3.25"]]
    assert made["letters"] == [6, 4]


@pytest.mark.parametrize("cell", ["two\nlines", "two\rlines", "two\u2028lines"], ids=["lf", "cr", "ls"])
def test_a_cell_of_two_lines_is_set_by_cells(cell: str) -> None:
    table = {"rows": [*ROWS, [cell, ""]]}
    assert with_columns(table, 100) == table


@pytest.mark.parametrize("table", [{}, {"heads": ["Day"], "rows": []}], ids=["none", "empty"])
def test_a_table_without_rows_is_left_as_it_is(table: dict[str, list[str]]) -> None:
    assert with_columns(table, 100) == table
