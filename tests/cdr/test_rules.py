"""The rules that rows of every format have to meet."""

from collections.abc import Mapping

import polars as pl
import pytest

from tollbook.cdr import rules
from tollbook.cdr.columns import local


def broken(made: Mapping[str, pl.Expr], **cells: str | None) -> list[str]:
    frame = pl.DataFrame({k: [v] for k, v in cells.items()}, schema=dict.fromkeys(cells, pl.String))
    return [name for name, rule in made.items() if frame.select(rule).item() is not True]


def test_a_row_without_a_call_id_is_refused() -> None:
    assert broken(rules.has_call_id(pl.col("id")), id=None) == ["no_call_id"]


@pytest.mark.parametrize("cell", ["0000-00-00 00:00:00", "1970-01-01 00:00:00", "yesterday", "11/23/26 1:34"])
def test_zero_dates_and_dates_that_cannot_be_read_are_refused(cell: str) -> None:
    assert broken(rules.real_times([pl.col("t")], [local(pl.col("t"))]), t=cell) == ["bad_time"]


def test_a_time_that_is_not_there_is_no_bad_time() -> None:
    assert broken(rules.real_times([pl.col("t")], [local(pl.col("t"))]), t=None) == []


@pytest.mark.parametrize(
    ("start", "answer", "end", "expected"),
    [
        ("2026-11-23 01:00:00", "2026-11-23 01:00:05", "2026-11-23 01:00:09", []),
        ("2026-11-23 01:00:00", None, "2026-11-23 01:00:00", []),
        ("2026-11-23 01:00:00", "2026-11-23 01:00:05", "2026-11-23 01:00:04", ["end_before_start"]),
        ("2026-11-23 01:00:00", None, "2026-11-23 00:59:59", ["end_before_start"]),
        ("2026-11-23 01:00:06", "2026-11-23 01:00:05", None, ["end_before_start"]),
    ],
)
def test_start_answer_and_end_follow_each_other(
    start: str, answer: str | None, end: str | None, expected: list[str]
) -> None:
    made = rules.in_order(*(local(pl.col(c)) for c in ("start", "answer", "end")))
    assert broken(made, start=start, answer=answer, end=end) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1.5", []),
        ("0", []),
        (None, []),
        ("-1", ["negative_duration"]),
        ("ten", ["bad_number"]),
        ("nan", ["bad_number"]),
    ],
)
def test_durations_are_numbers_and_not_below_zero(cell: str | None, expected: list[str]) -> None:
    assert [
        n for n in broken(rules.durations([pl.col("d")]), d=cell) if n in expected or not expected
    ] == expected


@pytest.mark.parametrize(
    ("cell", "expected"), [("9.12678E+11", True), ("4,4E11", True), ("447700900123", False), ("e4", False)]
)
def test_numbers_that_a_spreadsheet_mangled_are_refused(cell: str, expected: bool) -> None:  # noqa: FBT001 - a table's column
    assert (broken(rules.plain_numbers(pl.col("n")), n=cell) == ["scientific_notation"]) is expected
