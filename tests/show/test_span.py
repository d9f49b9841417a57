"""Which stretch of time a page shows."""

from datetime import UTC, datetime, timedelta

import pytest

from tollbook.errors import UsageError
from tollbook.show.span import MOST_MARKS, span

LATEST = datetime(2026, 11, 22, 13, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "since", "until"),
    [
        ("", "", LATEST - timedelta(hours=24), LATEST),
        ("-7d", "", LATEST - timedelta(days=7), LATEST),
        ("2026-11-20", "", datetime(2026, 11, 20, tzinfo=UTC), LATEST),
        ("", "2026-11-20", datetime(2026, 11, 19, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)),
        (
            "-24h",
            "2026-11-20T06:00Z",
            datetime(2026, 11, 19, 6, tzinfo=UTC),
            datetime(2026, 11, 20, 6, tzinfo=UTC),
        ),
    ],
)
def test_start_and_end_may_be_left_open(start, end, since, until):
    shown = span(start, end, "UTC", LATEST)
    assert (shown.start, shown.end) == (since, until)


def test_a_date_is_midnight_in_the_zone():
    shown = span("2026-11-20", "2026-11-21", "Asia/Kathmandu", LATEST)
    assert shown.start == datetime(2026, 11, 19, 18, 15, tzinfo=UTC)
    assert shown.offset_s == 5 * 3600 + 45 * 60
    assert shown.words == "Fri 20 Nov 2026 00:00 to Sat 21 Nov 2026 00:00, Asia/Kathmandu"


@pytest.mark.parametrize("start", ["2026-11-22T13:15Z", "2026-12-01"])
def test_an_empty_stretch_is_refused(start):
    with pytest.raises(UsageError, match="is not before end"):
        span(start, "", "UTC", LATEST)


def test_without_data_the_last_day_is_shown():
    assert span("", "", "UTC", None).seconds == 24 * 3600


@pytest.mark.parametrize(
    ("start", "lines", "calls", "cut"),
    [
        ("-24h", 9, 10**6, "quarter"),  # 96 a line
        ("-50h", 9, 10**6, "quarter"),  # 200 a line
        ("-51h", 9, 10**6, "hour"),  # 204 a line
        ("-48h", 25, 10**6, "quarter"),  # 193 x 25 = 4825, as each line has one more point at its end
        ("-48h", 26, 10**6, "hour"),  # 193 x 26 = 5018
        ("-7d", 9, 10**6, "hour"),  # 168 a line
        ("-30d", 9, 10**6, "day"),
        ("-365d", 13, 10**6, "day"),  # 365 x 13 = 4745
        ("-400d", 13, 10**6, "week"),  # 400 x 13 = 5200
        ("-9999d", 13, 10**6, "month"),
        ("-24h", 5, 4800, "quarter"),  # 4800 / 96 / 5 = 10
        ("-24h", 5, 4799, "hour"),
        ("-24h", 5, 0, "hour"),
        ("-2h", 5, 0, "quarter"),
    ],
)
def test_the_cut_is_as_fine_as_can_be_read_and_says_something(start, lines, calls, cut):
    assert span(start, "", "UTC", LATEST).cut(lines, calls) == cut


def test_what_cannot_be_drawn_is_refused():
    # 12 months x 13 lines a year: 5000 / 13 / 12 = 32.
    with pytest.raises(UsageError, match=f"at most {MOST_MARKS // 13 // 12} years"):
        span("1970-01-01", "2026-01-01", "UTC", LATEST).cut(13, 10**6)


def test_the_span_before_ends_where_this_one_starts():
    before = span("2026-11-20T06:00Z", "2026-11-20T09:00Z", "UTC", LATEST).before
    assert (before.start.hour, before.end.hour) == (3, 6)


def test_a_change_of_the_clock_is_known():
    # Riga goes from +3 to +2 at 2026-10-25 01:00 UTC.
    shown = span("2026-10-24", "2026-10-26", "Europe/Riga", LATEST)
    assert shown.shifts() == [(datetime(2026, 10, 25, 1, tzinfo=UTC), -3600)]
    assert span("2026-10-20", "2026-10-22", "Europe/Riga", LATEST).shifts() == []
