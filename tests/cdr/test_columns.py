"""Cells of a file to values."""

from datetime import UTC, datetime

import polars as pl
import pytest

from tollbook.cdr import columns
from tollbook.cdr.format import Sample, Zone


def one(expression: pl.Expr, **cells: str | None) -> object:
    frame = pl.DataFrame(
        {name: [cell] for name, cell in cells.items()}, schema=dict.fromkeys(cells, pl.String)
    )
    return frame.select(expression).item()


def test_a_column_that_the_file_lacks_is_null() -> None:
    assert one(columns.text("absent"), present="x") is None


def test_the_first_column_with_a_value_counts() -> None:
    assert one(columns.text("a", "b", "c"), a=None, c="z", b="y") == "y"


def test_an_empty_cell_is_null() -> None:
    assert one(columns.text("a"), a="") is None


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("1795397681.579089", datetime(2026, 11, 23, 1, 34, 41, 579089, UTC)),
        ("1795397681", datetime(2026, 11, 23, 1, 34, 41, 0, UTC)),
        ("2026-11-23 01:34:41", None),
    ],
)
def test_epoch_seconds_keep_their_microseconds(cell: str, moment: datetime | None) -> None:
    assert one(columns.epoch(pl.col("t")), t=cell) == moment


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-11-23 01:34:41", datetime(2026, 11, 23, 1, 34, 41)),  # noqa: DTZ001 - local to a switch
        ("2026-11-23T01:34:41.25", datetime(2026, 11, 23, 1, 34, 41, 250000)),  # noqa: DTZ001 - local to a switch
        ("2026-11-23 01:34:41 junk", None),
        ("0000-00-00 00:00:00", None),
        ("2026-11-23", None),
    ],
)
def test_local_times_are_read_as_written_or_not_at_all(cell: str, moment: datetime | None) -> None:
    assert one(columns.local(pl.col("t")), t=cell) == moment


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-11-23T01:34:41Z", datetime(2026, 11, 23, 1, 34, 41, 0, UTC)),
        ("2026-11-23T01:34:41.000+00:00", datetime(2026, 11, 23, 1, 34, 41, 0, UTC)),
        ("2026-11-23 01:34:41.5+01:00", datetime(2026, 11, 23, 0, 34, 41, 500000, UTC)),
        ("2026-11-22T20:04:41-0530", datetime(2026, 11, 23, 1, 34, 41, 0, UTC)),
        ("2026-11-23T01:34:41", None),
        ("2026-11-23T01:34:41junkZ", None),
    ],
)
def test_a_time_with_a_zone_is_an_instant(cell: str, moment: datetime | None) -> None:
    assert one(columns.zoned(pl.col("t")), t=cell) == moment


def test_local_time_becomes_an_instant_by_the_zone_of_the_source() -> None:
    newyork = columns.instant(pl.col("t"), Zone(name="America/New_York"))
    assert one(newyork, t="2026-11-22 20:38:37") == datetime(2026, 11, 23, 1, 38, 37, 0, UTC)


def test_seconds_become_whole_milliseconds() -> None:
    assert one(columns.milliseconds(pl.col("s")), s="1.0690") == 1069


def test_one_damaged_row_does_not_hide_what_a_file_is() -> None:
    sample = Sample("f", "", (("a", "b"), ("a", "b"), ("cut",)))
    assert columns.mostly(sample, lambda row: len(row) == 2)
    assert not columns.mostly(Sample("f", "", ()), lambda row: len(row) == 2)
