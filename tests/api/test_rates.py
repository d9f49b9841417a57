"""Requests in a minute."""

import pytest

from tollbook.api.problems import ProblemError
from tollbook.api.rates import Rates


def test_a_window_has_so_many_and_the_next_begins_anew() -> None:
    at = [120.0]
    rates = Rates(lambda: at[0])
    left = [rates.count("token", "1", 2).left for _ in range(3)]
    assert left == [1, 0, -1]
    at[0] = 179.5
    standing = rates.count("token", "1", 2)
    assert standing.headers == {"RateLimit-Policy": '"token";q=2;w=60', "RateLimit": '"token";r=0;t=1'}
    at[0] = 180.0
    assert rates.count("token", "1", 2).left == 1


def test_each_key_has_its_own() -> None:
    rates = Rates(lambda: 0.0)
    assert rates.count("token", "1", 1).left == 0
    assert rates.count("token", "2", 1).left == 0
    assert rates.count("address", "1", 1).left == 0


def test_over_it_one_is_told_how_long_to_wait() -> None:
    rates = Rates(lambda: 30.0)
    rates.count("token", "1", 1).refuse()
    with pytest.raises(ProblemError) as refused:
        rates.count("token", "1", 1).refuse()
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "30")
