"""Periods are half open and in UTC; zones have names."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollbook.errors import UsageError
from tollbook.periods import View, iso_z, parse_instant, parse_period, parse_zone, period_at


@pytest.mark.parametrize(
    ("name", "start", "end", "view"),
    [
        ("2026-10-05", "2026-10-05", "2026-10-06", "daily"),
        ("2026-W41", "2026-10-05", "2026-10-12", "weekly"),
        ("2026-W01", "2025-12-29", "2026-01-05", "weekly"),
        ("2026-10", "2026-10-01", "2026-11-01", "monthly"),
        ("2026-12", "2026-12-01", "2027-01-01", "monthly"),
        ("2028-02", "2028-02-01", "2028-03-01", "monthly"),
    ],
)
def test_a_period_is_its_utc_days(name: str, start: str, end: str, view: str) -> None:
    period = parse_period(name)
    assert (iso_z(period.start), iso_z(period.end)) == (f"{start}T00:00:00Z", f"{end}T00:00:00Z")
    assert (period.view, period.name) == (view, name)


@pytest.mark.parametrize("name", ["2026-13", "2026-02-30", "2026-W54", "2026", "october", "2026-1", ""])
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"period '{name}'"):
        parse_period(name)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_each_day_lies_in_one_week_and_one_month(day: date) -> None:
    inside = parse_period(day.isoformat())
    for name in (f"{day:%G-W%V}", f"{day:%Y-%m}"):
        around = parse_period(name)
        assert around.start <= inside.start < inside.end <= around.end


def test_an_instant_without_a_zone_is_utc_or_in_the_one_given() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert parse_instant("2026-07-01T12:00") == noon
    assert parse_instant("2026-07-01T12:00", parse_zone("Europe/Riga")) == noon - timedelta(hours=3)
    assert parse_instant("2026-07-01T14:00+02:00", parse_zone("Europe/Riga")) == noon


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="'yesterday' is no date or time"):
        parse_instant("yesterday")


def test_an_unknown_zone_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="unknown zone 'Europe/Rigga', did you mean 'Europe/Riga'"):
        parse_zone("Europe/Rigga")


def test_fractions_are_written_only_where_there_are_any() -> None:
    assert iso_z(datetime(2026, 10, 5, tzinfo=UTC)) == "2026-10-05T00:00:00Z"
    assert iso_z(datetime(2026, 10, 5, microsecond=1, tzinfo=UTC)) == "2026-10-05T00:00:00.000001Z"


@pytest.mark.parametrize(
    ("view", "at", "name"),
    [
        ("daily", "2026-10-24T23:59:59+00:00", "2026-10-24"),
        ("daily", "2026-10-25T00:30:00+02:00", "2026-10-24"),  # a day of UTC, whoever's clock is asked
        ("weekly", "2027-01-03T12:00:00+00:00", "2026-W53"),
        ("monthly", "2028-02-29T23:00:00+00:00", "2028-02"),
    ],
)
def test_the_period_that_holds_an_instant_is_one_of_utc(view: View, at: str, name: str) -> None:
    assert period_at(view, datetime.fromisoformat(at)) == parse_period(name)


def test_the_live_view_has_no_periods() -> None:
    with pytest.raises(UsageError, match="live view has no periods"):
        period_at("live", datetime(2026, 1, 1, tzinfo=UTC))
