"""Calls in progress: exact at every minute, exact peaks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tollbook.channels import Peak, channels, channels_by, last_day, peak, peak_cps, step_min
from tollbook.errors import UsageError
from tollbook.lake.store import Lake

Keep = Callable[..., Lake]
TEN = datetime(2026, 10, 5, 10, tzinfo=UTC)


def call(begin_s: float, over_s: float, **columns: Any) -> dict[str, Any]:
    """A call in progress from `begin_s` until before `over_s`, in seconds after ten o'clock."""
    start = TEN + timedelta(seconds=begin_s)
    return {"at": start.replace(tzinfo=None).isoformat(), "talk_s": over_s - begin_s, **columns}


def counts(frame: pl.DataFrame) -> list[int]:
    return frame["channels"].to_list()


def test_three_calls_are_at_most_two_channels(keep: Keep) -> None:
    lake = keep([call(0, 10), call(5, 15), call(10, 20)])
    end = TEN + timedelta(seconds=20)
    assert peak(lake, TEN, end) == Peak(TEN + timedelta(seconds=5), 2)


def test_calls_back_to_back_count_once(keep: Keep) -> None:
    lake = keep([call(0, 60), call(60, 120), call(120, 120.000001)])
    assert peak(lake, TEN, TEN + timedelta(minutes=5)).peak == 1
    assert counts(channels(lake, TEN, TEN + timedelta(minutes=4))) == [1, 1, 1, 0]


def test_a_call_of_no_length_is_never_in_progress(keep: Keep) -> None:
    lake = keep([call(60, 60)])
    assert counts(channels(lake, TEN, TEN + timedelta(minutes=3))) == [0, 0, 0]
    assert peak(lake, TEN, TEN + timedelta(minutes=3)) == Peak(None, 0)


def test_every_minute_has_a_row_and_what_began_before_counts(keep: Keep) -> None:
    lake = keep([call(-7200, 90), call(30, 150), call(-9000, -8000)])
    got = channels(lake, TEN, TEN + timedelta(minutes=4))
    assert got["at"].to_list() == [TEN + timedelta(minutes=m) for m in range(4)]
    assert counts(got) == [1, 2, 1, 0]


def test_a_call_of_several_days_is_in_progress_all_the_time(keep: Keep) -> None:
    lake = keep([call(0, 3 * 86400)])
    later = TEN + timedelta(days=2)
    assert counts(channels(lake, later, later + timedelta(minutes=2))) == [1, 1]
    assert peak(lake, later, later + timedelta(minutes=2)) == Peak(later, 1)


def test_groups_add_up_minute_by_minute(keep: Keep) -> None:
    lake = keep(
        [call(0, 120, carrier="north"), call(60, 180, carrier="south"), call(60, 90), call(-90, -60, carrier="old")]
    )  # fmt: skip
    end = TEN + timedelta(minutes=3)
    by = channels_by(lake, ["carrier"], TEN, end)
    assert by.columns == ["at", "carrier", "channels"]
    assert by.rows() == [
        (TEN, "north", 1), (TEN, "south", 0), (TEN, None, 0),
        (TEN + timedelta(minutes=1), "north", 1), (TEN + timedelta(minutes=1), "south", 1),
        (TEN + timedelta(minutes=1), None, 1),
        (TEN + timedelta(minutes=2), "north", 0), (TEN + timedelta(minutes=2), "south", 1),
        (TEN + timedelta(minutes=2), None, 0),
    ]  # fmt: skip
    added = by.group_by("at").agg(pl.col("channels").sum()).sort("at")
    assert added.rows() == channels(lake, TEN, end).rows()


def test_one_customer_or_carrier_can_be_picked(keep: Keep) -> None:
    lake = keep(
        [call(0, 90, carrier="north", customer="acme"), call(0, 30, carrier="south", customer="bolt")]
    )
    end = TEN + timedelta(minutes=2)
    assert counts(channels(lake, TEN, end, carrier="north")) == [1, 1]
    assert counts(channels(lake, TEN, end, customer="bolt")) == [1, 0]
    assert peak(lake, TEN, end, customer="acme", carrier="south").peak == 0
    assert peak_cps(lake, TEN, end, customer="acme").peak == 1


def test_a_longer_step_shows_its_highest_minute(keep: Keep) -> None:
    lake = keep([call(0, 400), call(120, 180), call(290, 310)])
    end = TEN + timedelta(minutes=15)
    assert counts(channels_by(lake, [], TEN, end, 5)) == [2, 2, 0]


def test_a_call_that_ends_with_its_step_does_not_count_in_the_next(keep: Keep) -> None:
    lake = keep([call(0, 300)])
    assert counts(channels_by(lake, [], TEN, TEN + timedelta(minutes=10), 5)) == [1, 0]


def test_the_busiest_second(keep: Keep) -> None:
    lake = keep([call(0.1, 5), call(7.2, 9), call(7.9, 8), call(8.0, 9)])
    assert peak_cps(lake, TEN, TEN + timedelta(minutes=1)) == Peak(TEN + timedelta(seconds=7), 2)


def test_nothing_in_progress_has_no_peak_and_no_traffic(keep: Keep) -> None:
    lake, end = keep(), TEN + timedelta(minutes=2)
    assert counts(channels(lake, TEN, end)) == [0, 0]
    assert channels_by(lake, ["customer"], TEN, end).is_empty()
    assert (peak(lake, TEN, end), peak_cps(lake, TEN, end)) == (Peak(None, 0), Peak(None, 0))


def test_the_last_day_ends_with_the_last_quarter_that_has_traffic(keep: Keep) -> None:
    lake = keep([call(16 * 60, 17 * 60)])
    assert last_day(lake) == (TEN + timedelta(minutes=30 - 24 * 60), TEN + timedelta(minutes=30))


def test_the_last_day_of_an_empty_workspace_is_today(keep: Keep) -> None:
    start, end = last_day(keep())
    assert end - start == timedelta(days=1)
    assert abs(end - datetime.now(UTC)) < timedelta(hours=2)


@pytest.mark.parametrize(
    ("days", "minutes"), [(1, 1), (2, 5), (7, 15), (30, 60), (365, 1440), (99_999, 1440)]
)
def test_a_chart_gets_no_more_steps_than_it_can_draw(days: int, minutes: int) -> None:
    assert step_min(TEN, TEN + timedelta(days=days)) == minutes


def test_instants_within_a_minute_and_empty_spans_are_refused(keep: Keep) -> None:
    lake = keep()
    with pytest.raises(UsageError, match="10:00:30Z is within a minute"):
        channels(lake, TEN + timedelta(seconds=30), TEN + timedelta(minutes=2))
    with pytest.raises(UsageError, match="write an end after the start"):
        channels(lake, TEN, TEN)
    with pytest.raises(UsageError, match="did you mean 'customer'"):
        channels_by(lake, ["custmer"], TEN, TEN + timedelta(minutes=1))


spans = st.lists(st.tuples(st.integers(-400, 400), st.integers(0, 400)), min_size=1, max_size=8)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans)
def test_each_minute_counts_the_calls_that_it_finds(keep: Keep, spans: list[tuple[int, int]]) -> None:
    # Earlier examples are still there, under other customers.
    me = uuid4().hex
    lake = keep([call(begin, begin + length, customer=me) for begin, length in spans])
    minutes = [60 * m for m in range(-3, 5)]
    got = channels(lake, TEN - timedelta(minutes=3), TEN + timedelta(minutes=5), customer=me)
    assert counts(got) == [sum(b <= m < b + length for b, length in spans) for m in minutes]
    most = max(sum(b <= s < b + length for b, length in spans) for s in range(-180, 300))
    assert peak(lake, TEN - timedelta(minutes=3), TEN + timedelta(minutes=5), customer=me).peak == most
