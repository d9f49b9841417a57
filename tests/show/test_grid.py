"""What the grid sends to the page."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl

from tollbook.money import MONEY
from tollbook.show.grid import Grid, GridColumn, sent


def test_money_is_sent_as_exact_text_with_points_below_each_other():
    amounts = ["0.000000001", "1200", None, "-12345678901234567890.5"]
    frame = pl.DataFrame(
        {"charge": [None if a is None else Decimal(a) for a in amounts]}, schema={"charge": MONEY}
    )
    assert sent(frame, [GridColumn("charge", "Charge", "money")]) == {
        "charge": ["0.000000001", "1200.000000000", None, "-12345678901234567890.500000000"]
    }


def test_money_has_two_decimals_at_least():
    frame = pl.DataFrame({"charge": [Decimal(3), Decimal("0.5")]}, schema={"charge": MONEY})
    assert sent(frame, [GridColumn("charge", "Charge", "money")])["charge"] == ["3.00", "0.50"]


def test_instants_and_days_are_sent_as_text():
    frame = pl.DataFrame({"at": [datetime(2026, 10, 5, 13, 0, tzinfo=UTC)], "day": [date(2026, 10, 5)]})
    columns = [GridColumn("at", "Date"), GridColumn("day", "Day")]
    assert sent(frame, columns) == {"at": ["2026-10-05 13:00"], "day": ["2026-10-05"]}


def test_only_named_columns_leave_the_kernel():
    frame = pl.DataFrame({"asr": [0.5], "answers": [1], "attempts": [2], "cost": ["secret"]})
    columns = [GridColumn("asr", "ASR", "percent", of=("answers", "attempts"))]
    assert sent(frame, columns) == {"asr": [0.5], "answers": [1], "attempts": [2]}


def test_what_is_unknown_stays_unknown():
    frame = pl.DataFrame({"asr": [None, 0.5]}, schema={"asr": pl.Float64})
    assert Grid.of(frame, [GridColumn("asr", "ASR", "percent")], label="x").values == {"asr": [None, 0.5]}
