"""Fields: what they stand for and what their values mean."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tollbook.calls.fields import FIELDS, OPERATORS, dialled, field_named, shown
from tollbook.errors import UsageError
from tollbook.tables import CALLS

UTC = ZoneInfo("UTC")


def test_every_field_stands_on_columns_of_calls_and_known_operators() -> None:
    assert all(set(field.columns) <= set(CALLS.names) for field in FIELDS.values())
    assert {op for field in FIELDS.values() for op in field.operators} == set(OPERATORS)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+44 7700 900123", "447700900123"),
        ("(0)20-7183 8750", "02071838750"),
        (" 0044.20 ", "004420"),
        ("anonymous", "anonymous"),
        ("alice-home", "alice-home"),
    ],
)
def test_numbers_are_compared_as_the_tables_keep_them(written: str, kept: str) -> None:
    assert dialled(written) == kept


def test_durations_are_exact_milliseconds() -> None:
    assert FIELDS["talk_s"].value("60.5", UTC) == 60_500


def test_amounts_are_exact() -> None:
    assert FIELDS["charge"].value("0.000000001", UTC) == Decimal("0.000000001")
    assert shown(Decimal("0.0500")) == "0.05"


def test_an_unknown_field_has_a_nearest_one() -> None:
    with pytest.raises(UsageError, match="did you mean 'carrier'"):
        field_named("carier")


@pytest.mark.parametrize("text", ["-1", "1e400", "1:30", "abc", "9999999999999"])
def test_a_duration_is_a_plain_number_of_seconds(text):
    with pytest.raises(UsageError, match=f"talk_s: '{text}' is no number of seconds, such as 90 or 0.5"):
        FIELDS["talk_s"].value(text, UTC)
