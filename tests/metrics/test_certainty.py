"""The 95 % interval of a ratio of counts."""

import pytest

from tollbook.metrics import wilson


@pytest.mark.parametrize(
    ("successes", "tries", "low", "high"),
    [(9, 60, 0.081, 0.261), (400, 1000, 0.370, 0.431), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0)],
)
def test_the_interval_of_a_share(successes: int, tries: int, low: float, high: float) -> None:
    assert wilson(successes, tries) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


def test_without_tries_there_is_no_interval() -> None:
    assert wilson(0, 0) is None
