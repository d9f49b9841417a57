"""The truth counts what it says, on calls few enough to count by hand."""

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from tollbook.demo.calls import Traffic, generate
from tollbook.demo.tries import Window
from tollbook.demo.truth import truth, write_truth

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
DAY_US = 86_400_000_000
S = 1_000_000


@pytest.fixture
def traffic():
    # Three calls [0, 10), [5, 15), [10, 20) on 1970-01-01, a refused one on the day after.
    calls = pl.DataFrame(
        {
            "call": [0, 1, 2, 3],
            "customer": ["a", "a", "b", "a"],
            "start_us": [0, 5 * S, 10 * S, DAY_US],
            "end_us": [10 * S, 15 * S, 20 * S, DAY_US + S],
            "talk_ms": [9_000, 8_500, 7_000, 0],
            "code": [200, 200, 200, 503],
            "told": [200, 200, 200, 500],
            "digits": [2, 0, 0, 0],
        }
    )
    tries = pl.DataFrame(
        {
            "call": [0, 1, 1, 2, 3],
            "carrier": ["harbor", "harbor", "atlas", "atlas", "harbor"],
            "start_us": [0, 5 * S, 6 * S, 10 * S, DAY_US],
            "code": [200, 503, 200, 200, 503],
        }
    )
    return Traffic(calls, tries, Window(0, 6 * S), 2, 2, 7, NOW)


def test_customers_have_calls_and_the_codes_they_were_told(traffic):
    of_a = truth(traffic)["customers"]["a"]
    assert of_a["attempts"] == 3
    assert of_a["answers"] == 2
    assert of_a["talk_ms"] == 9_000 + 8_500
    assert of_a["dtmf_answers"] == 1
    assert of_a["codes"] == {"200": 2, "500": 1}
    assert of_a["days"]["1970-01-02"] == {"attempts": 1, "answers": 0, "talk_ms": 0, "dtmf_answers": 0}


def test_carriers_have_tries_and_their_own_codes(traffic):
    carriers = truth(traffic)["carriers"]
    assert carriers["harbor"] == {
        "seizures": 3,
        "answers": 1,
        "talk_ms": 9_000,
        "codes": {"200": 1, "503": 2},
    }
    assert carriers["atlas"]["talk_ms"] == 8_500 + 7_000


def test_back_to_back_calls_count_once_at_the_peak(traffic):
    assert truth(traffic)["peak"] == {"peak": 2, "at": "1970-01-01T00:00:05Z"}


def test_the_incident_counts_the_struck_carriers_tries_within_its_hours(traffic):
    told = truth(traffic)["incident"]
    assert (told["carrier"], told["seizures"], told["answers"]) == ("harbor", 2, 1)
    assert (told["from"], told["to"]) == ("1970-01-01T00:00:00Z", "1970-01-01T00:00:06Z")


def test_no_calls_have_no_peak():
    assert truth(generate(1, 1, 1, NOW.replace(hour=0, minute=0)))["peak"] == {"peak": 0, "at": None}


def test_it_is_written_as_json(traffic, tmp_path):
    figures = truth(traffic)
    assert json.loads(write_truth(figures, tmp_path).read_text()) == figures
