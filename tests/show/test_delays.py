"""Quantiles of PDD over time."""

import pytest

from tollbook.metrics.quantiles import MOST_WRONG
from tollbook.show.delays import points
from tollbook.show.figures import Figures
from tollbook.show.lineup import TOTAL
from tollbook.show.reading import Asked, Reading
from tollbook.show.span import span


@pytest.fixture
def data(workspace, keep):
    """Four calls of 100 to 400 ms; seizures, all on carrier x, of 1000 ms."""
    calls = [
        {"at": "2026-10-05T10:00", "call_id": str(n), "carrier": "x", "pdd_ms": 100 * n} for n in (1, 2, 3, 4)
    ]
    keep(calls, [{**call, "seizure": 1, "pdd_ms": 1000} for call in calls])
    return Figures(Reading(workspace), span("2026-10-05T10:00Z", "2026-10-05T11:00Z", "UTC", None), Asked())


def value(frame, name):
    return {row["series"]: row["value"] for row in frame.to_dicts() if row["value"] is not None}[name]


@pytest.mark.parametrize(("share", "s"), [(0.5, 0.2), (0.95, 0.4)])
def test_so_many_calls_ring_no_later(data, share, s):
    assert value(points(data, share, "total"), TOTAL) == pytest.approx(
        s, rel=MOST_WRONG, abs=MOST_WRONG / 1000
    )


def test_of_a_carrier_it_is_of_its_seizures(data):
    told = points(data, 0.5, "carrier")
    assert value(told, TOTAL) == pytest.approx(0.2, rel=MOST_WRONG, abs=MOST_WRONG / 1000)
    assert value(told, "x") == pytest.approx(1, rel=MOST_WRONG, abs=MOST_WRONG / 1000)


def test_a_time_without_calls_is_a_gap(data):
    told = points(data, 0.5, "total")
    assert told["value"].null_count() == 3
    assert told["words"].to_list()[1:] == ["–"] * 3
