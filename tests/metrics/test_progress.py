"""Calls in progress over pieces of time, against what a brute force counts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tollbook.lake.store import Lake
from tollbook.metrics.progress import busy, most
from tollbook.tables import INSTANT

Keep = Callable[..., Lake]
TEN = datetime(2026, 10, 5, 10, tzinfo=UTC)
MINUTE_US = 60_000_000


def call(begin_us: int, over_us: int, **columns: Any) -> dict[str, Any]:
    """A call in progress from `begin_us` until before `over_us`, in microseconds after ten o'clock."""
    start = TEN + timedelta(microseconds=begin_us)
    return {"at": start.replace(tzinfo=None).isoformat(), "talk_s": (over_us - begin_us) / 10**6, **columns}


def minutes(*after_ten: int) -> pl.Series:
    return pl.Series([TEN + timedelta(minutes=minute) for minute in after_ten], dtype=INSTANT)


def test_three_calls_over_20_seconds_are_30_busy_seconds(keep: Keep) -> None:
    lake = keep([call(a * 10**6, b * 10**6) for a, b in ((0, 10), (5, 15), (10, 20))])
    assert busy(lake, [], minutes(0), TEN + timedelta(minutes=1)).rows() == [(TEN, 30 * 10**6)]


def test_a_call_is_busy_in_each_piece_that_it_lasts_into(keep: Keep) -> None:
    lake = keep([call(30 * 10**6, 150 * 10**6, carrier="north"), call(10, 13, carrier="south")])
    end = TEN + timedelta(minutes=5)
    found = busy(lake, ["carrier"], minutes(0, 1, 2), end).filter(pl.col("busy_us") > 0)
    assert found.select("carrier", pl.col("at").dt.minute(), "busy_us").rows() == [
        ("north", 0, 30 * 10**6),
        ("south", 0, 3),
        ("north", 1, 60 * 10**6),
        ("north", 2, 30 * 10**6),
    ]


def test_what_lies_outside_does_not_count(keep: Keep) -> None:
    lake = keep([call(-90 * 10**6, 90 * 10**6), call(-50 * 10**6, -10 * 10**6), call(70 * 10**6, 80 * 10**6)])
    end = TEN + timedelta(minutes=1)
    assert busy(lake, [], minutes(0), end)["busy_us"].to_list() == [MINUTE_US]
    assert most(lake, [], minutes(0), end)["channels"].to_list() == [1]


def test_a_piece_shows_its_highest_minute(keep: Keep) -> None:
    lake = keep([call(0, 5 * MINUTE_US), call(2 * MINUTE_US - 1, 3 * MINUTE_US)])
    found = most(lake, [], minutes(0, 2, 3), TEN + timedelta(minutes=5))
    assert found["channels"].to_list() == [1, 2, 1]


def test_nothing_stored_is_nothing_in_progress(keep: Keep) -> None:
    lake, end = keep(), TEN + timedelta(minutes=1)
    assert busy(lake, [], minutes(0), end).rows() == [(TEN, 0)]
    assert most(lake, [], minutes(0), end).rows() == [(TEN, 0)]
    assert busy(lake, ["customer"], minutes(0), end).is_empty()


# Instants about the starts of minutes and anywhere else, some of them long before and long after.
instants = st.one_of(
    st.builds(lambda minute, off: minute * MINUTE_US + off, st.integers(-4, 9), st.integers(-1, 1)),
    st.integers(-4 * MINUTE_US, 9 * MINUTE_US),
    st.sampled_from([-2 * 1440 * MINUTE_US, 2 * 1440 * MINUTE_US + 7]),
)
spans = st.lists(st.tuples(instants, instants).map(sorted), min_size=1, max_size=6)
cuts = st.sets(st.integers(-3, 8), min_size=2).map(sorted)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans, cuts)
def test_it_equals_brute_force_to_the_microsecond(
    keep: Keep, spans: list[list[int]], cuts: list[int]
) -> None:
    me = uuid4().hex  # earlier examples are still there, under other customers
    lake = keep([call(begin, over, customer=me) for begin, over in spans])
    *starts, last = cuts
    asked = ([], minutes(*starts), TEN + timedelta(minutes=last))
    pieces = [(a * MINUTE_US, b * MINUTE_US) for a, b in zip(starts, cuts[1:], strict=True)]
    busy_us = [sum(max(0, min(over, b) - max(begin, a)) for begin, over in spans) for a, b in pieces]
    assert busy(lake, *asked, customers=[me])["busy_us"].to_list() == busy_us
    highest = [
        max(sum(begin <= t < over for begin, over in spans) for t in range(a, b, MINUTE_US))
        for a, b in pieces
    ]
    assert most(lake, *asked, customers=[me])["channels"].to_list() == highest
