"""Rows picked, and time cut in any zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.metrics.groups import checked_groups, on_quarter, picked, pieces
from tollbook.tables import TRAFFIC

Keep = Callable[..., Lake]


def test_groups_are_checked_and_each_taken_once() -> None:
    assert checked_groups(["day", "customer", "day"]) == ["day", "customer"]
    with pytest.raises(UsageError, match="cannot group by 'costumer', did you mean 'customer'"):
        checked_groups(["costumer"])


@pytest.mark.parametrize(
    ("wanted", "attempts"),
    [
        ({}, 4),
        ({"customers": ["acme"]}, 2),
        ({"carriers": ["north"], "customers": ["acme"]}, 1),
        ({"destinations": ["UK"]}, 1),
        ({"customers": []}, 0),
        ({"start": datetime(2026, 10, 5, 10, 15, tzinfo=UTC)}, 3),
        ({"end": datetime(2026, 10, 6, tzinfo=UTC)}, 3),
        ({"end": datetime(2026, 10, 5, 10, 15, tzinfo=UTC)}, 1),
    ],
)
def test_rows_are_picked_by_time_and_name(keep: Keep, wanted: dict[str, Any], attempts: int) -> None:
    lake = keep(
        [
            {"at": "2026-10-05T10:14", "customer": "acme", "carrier": "north"},
            {"at": "2026-10-05T10:15", "customer": "acme", "carrier": "south"},
            {"at": "2026-10-05T23:59", "destination": "UK"},
            {"at": "2026-10-06T00:00", "customer": "bolt", "carrier": "north"},
        ]
    )
    assert picked(lake, TRAFFIC, **wanted).collect()["attempts"].sum() == attempts


def test_an_instant_within_a_quarter_is_refused() -> None:
    with pytest.raises(UsageError, match="10:07:00Z is within a quarter"):
        on_quarter(datetime(2026, 10, 5, 10, 7, tzinfo=UTC))
    with pytest.raises(UsageError, match="names no zone"):
        on_quarter(datetime(2026, 10, 5))  # noqa: DTZ001 - that is the mistake


@pytest.mark.parametrize(
    ("name", "value", "zone", "start", "hours"),
    [
        ("day", date(2026, 10, 25), "Europe/Berlin", "2026-10-24T22:00", 25),
        ("day", date(2026, 3, 29), "Europe/Berlin", "2026-03-28T23:00", 23),
        ("week", date(2026, 10, 19), "Europe/Berlin", "2026-10-18T22:00", 7 * 24 + 1),
        ("month", date(2026, 12, 1), "Asia/Kathmandu", "2026-11-30T18:15", 31 * 24),
        ("day", date(2026, 4, 24), "Africa/Cairo", "2026-04-23T22:00", 23),
    ],
)
def test_a_piece_lasts_as_long_as_the_clocks_of_its_zone_say(
    name: str, value: date, zone: str, start: str, hours: int
) -> None:
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
    over = begin + timedelta(hours=hours)
    around = pieces([name], zone, begin - timedelta(days=1), over + timedelta(days=1)).rows()
    assert [row for row in around if row[0] == value] == [(value, begin, over)]


def test_pieces_end_where_the_time_ends_and_without_buckets_are_one() -> None:
    start, end = datetime(2026, 10, 5, 10, 45, tzinfo=UTC), datetime(2026, 10, 5, 12, 15, tzinfo=UTC)
    hours = [datetime(2026, 10, 5, hour, tzinfo=UTC) for hour in (10, 11, 12)]
    assert pieces(["customer", "hour"], "UTC", start, end).rows() == [
        (hours[0], start, hours[1]),
        (hours[1], hours[1], hours[2]),
        (hours[2], hours[2], end),
    ]
    assert pieces(["customer"], "UTC", start, end).rows() == [(start, end)]
    assert pieces(["day"], "UTC").is_empty()


def test_a_week_and_a_month_cut_each_other() -> None:
    start, end = datetime(2026, 9, 28, tzinfo=UTC), datetime(2026, 10, 5, tzinfo=UTC)
    october = datetime(2026, 10, 1, tzinfo=UTC)
    cut = pieces(["week", "month"], "UTC", start, end).select("month", "at", "until").rows()
    assert cut == [(date(2026, 9, 1), start, october), (date(2026, 10, 1), october, end)]
