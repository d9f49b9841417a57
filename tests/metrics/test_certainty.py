"""The 95 % interval of a ratio of counts."""

import pytest

from tollbook.metrics.certainty import chance, holm, wilson


@pytest.mark.parametrize(
    ("successes", "tries", "low", "high"),
    [(9, 60, 0.081, 0.261), (400, 1000, 0.370, 0.431), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0)],
)
def test_the_interval_of_a_share(successes: int, tries: int, low: float, high: float) -> None:
    assert wilson(successes, tries) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


def test_without_tries_there_is_no_interval() -> None:
    assert wilson(0, 0) is None


def test_two_shares_that_chance_would_hardly_put_so_far_apart() -> None:
    # 9 of 60 and 400 of 1000: together 409 of 1060 = 0.38585, spread = sqrt(0.38585 x 0.61415 x (1/60 + 1/1000))
    # = 0.064703, z = (0.15 - 0.4) / 0.064703 = -3.8638, of which both tails hold 0.000112.
    assert chance(9, 60, 400, 1000) == pytest.approx(0.000112, abs=5e-7)
    assert chance(400, 1000, 9, 60) == chance(9, 60, 400, 1000)


def test_two_shares_that_chance_may_well_put_so_far_apart() -> None:
    # 48 and 52 of 100: z = 0.04 / sqrt(0.5 x 0.5 x 2 / 100) = 0.5657, both tails 0.5716.
    assert chance(48, 100, 52, 100) == pytest.approx(0.5716, abs=5e-5)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ((3, 4, 1, 4), 34 / 70),  # the lady tasting tea, both sides: (1 + 16 + 16 + 1) / 70
        ((0, 5, 5, 5), 2 / 252),
        ((0, 100, 0, 100), 1.0),
        ((100, 100, 90, 90), 1.0),
    ],
)
def test_small_counts_are_counted_out_exactly(table: tuple[int, int, int, int], expected: float) -> None:
    assert chance(*table) == pytest.approx(expected, rel=1e-6)


def test_without_tries_nothing_can_be_compared() -> None:
    assert chance(0, 0, 5, 10) is None
    assert chance(5, 10, 0, 0) is None


def test_many_tests_need_stronger_evidence_each() -> None:
    # 0.01 x 3, then 0.03 x 2, then 0.04 x 1, which may not be less than the one before.
    assert holm([0.01, None, 0.04, 0.03]) == [
        pytest.approx(0.03),
        None,
        pytest.approx(0.06),
        pytest.approx(0.06),
    ]
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
