"""The portal under load on a small scale: all of it happens, and nothing goes wrong. No time is judged."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bench.soak.judged import broken
from bench.soak.memory import Sample, growth
from bench.soak.noted import quantiles

ROOT = Path(__file__).resolve().parents[1]
HELD: dict[str, Any] = {
    "errors": {},
    "log": [],
    "taken": {"page": {"p95_s": 5.0}},
    "memory": {"growth": {"bytes": 0.1}, "judged_from_s": 60, "judged_to_s": 600},
    "kernels_left": 2,
    "statuses": {"wrong sign-in": {"403": 7, "429": 93}},
    "wrong": {"intended": 100, "sent": 100, "audited": 7},
}
"""A run in which every bound holds, if only just."""


@pytest.mark.slow
def test_three_viewers_and_strangers_meet_no_error_and_leave_no_kernel() -> None:
    words = [
        "--minutes",
        "0.35",
        "--viewers",
        "3",
        "--days",
        "1",
        "--calls",
        "500",
        "--wrong",
        "120",
        "--rest",
        "15",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "bench.soak", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    found = json.loads(done.stdout)
    slow = [words for words in found["broken"] if words.startswith(("p95 of a page", "memory grew"))]
    assert found["broken"] == slow
    assert done.returncode == bool(slow)
    assert found["taken"]["page"]["count"] >= 3
    assert found["taken"]["first sign-in"]["count"] == 3
    assert set(found["statuses"]["wrong sign-in"]) <= {"403", "429"}
    assert found["kernels_left"] <= 2 < found["memory"]["most_kernels"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"errors": {"page: status 500": 3}}, "3 times: page: status 500"),
        ({"log": ["Traceback (most recent call last):"]}, "the server's log holds 1 errors"),
        ({"taken": {"page": {"p95_s": 5.01}}}, "p95 of a page is 5.01 s"),
        ({"taken": {}}, "no page was opened"),
        ({"memory": HELD["memory"] | {"growth": {"bytes": 0.11}}}, "memory grew by 11%"),
        ({"kernels_left": 3}, "3 kernels are left"),
        ({"wrong": HELD["wrong"] | {"audited": 6}}, "the audit holds 6 failed sign-ins, 7"),
        ({"wrong": HELD["wrong"] | {"sent": 90}}, "90 wrong sign-ins were tried instead of 100"),
    ],
)
def test_each_bound_that_does_not_hold_has_a_sentence(change: dict[str, Any], words: str) -> None:
    assert broken(HELD) == []
    (said,) = broken(HELD | change)
    assert said.startswith(words)


def test_the_95th_percentile_is_one_that_was_measured() -> None:
    taken = [float(number) for number in range(1, 21)]
    assert quantiles(taken) == {"count": 20, "p50_s": 10.0, "p95_s": 19.0, "max_s": 20.0}


def test_growth_is_that_of_a_straight_line_by_the_mean() -> None:
    samples = [Sample(at_s, 100 + 2 * at_s, 0, 0, 0) for at_s in range(0, 51, 10)]
    assert growth(samples, "bytes") == pytest.approx(100 / 150)
    assert growth(samples[:2], "bytes") is None
