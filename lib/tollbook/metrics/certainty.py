"""How sure a ratio of counts is, and whether two of them differ by more than chance."""

from collections.abc import Sequence
from math import erfc, exp, lgamma, sqrt
from typing import Final

Z_95: Final = 1.959963984540054
"""Standard deviations on either side that hold 95 % of a normal distribution."""

LEAST_EXPECTED: Final = 5
"""Below it a count is no longer near enough to normal (Cochran 1954)."""


def wilson(successes: int, tries: int, z: float = Z_95) -> tuple[float, float] | None:
    """The Wilson interval of successes / tries, at 95 % unless `z` says otherwise; null without tries."""
    if tries == 0:
        return None
    share, spread = successes / tries, z * z / tries
    middle = share + spread / 2
    half = z * sqrt(share * (1 - share) / tries + spread / (4 * tries))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


def chance(successes: int, tries: int, others: int, other_tries: int) -> float | None:
    """How likely two shares of one and the same truth lie at least this far apart; null without tries of both.

    The pooled two-sided z test of two proportions; where a count of fewer than 5 is expected, Fisher's exact test.
    """
    if tries == 0 or other_tries == 0:
        return None
    together, all_tries = successes + others, tries + other_tries
    fewest = min(tries, other_tries) * min(together, all_tries - together) / all_tries
    if fewest < LEAST_EXPECTED:
        return _fisher(successes, tries, together, all_tries)
    share = together / all_tries
    spread = sqrt(share * (1 - share) * (1 / tries + 1 / other_tries))
    return erfc(abs(successes / tries - others / other_tries) / spread / sqrt(2))


def _fisher(successes: int, tries: int, together: int, all_tries: int) -> float:
    """Of all ways to share out the successes, those that are no likelier than what was found."""

    def log_likelihood(n: int) -> float:
        return _log_ways(together, n) + _log_ways(all_tries - together, tries - n)

    possible = range(max(0, tries + together - all_tries), min(tries, together) + 1)
    found = log_likelihood(successes) + 1e-7  # equal ones differ in their last digits
    total = _log_ways(all_tries, tries)
    return min(1.0, sum(exp(each - total) for each in map(log_likelihood, possible) if each <= found))


def _log_ways(of: int, taken: int) -> float:
    return lgamma(of + 1) - lgamma(taken + 1) - lgamma(of - taken + 1)


def holm(chances: Sequence[float | None]) -> list[float | None]:
    """The chances of several tests corrected for their number (Holm 1979), in their order; nulls are no tests.

    Whoever takes those below 5 % for differences is wrong anywhere among them in at most 5 % of all such lists,
    however the tests depend on each other.
    """
    told = sorted((each, place) for place, each in enumerate(chances) if each is not None)
    corrected: list[float | None] = [None] * len(chances)
    highest = 0.0
    for rank, (each, place) in enumerate(told):
        highest = max(highest, min(1.0, each * (len(told) - rank)))
        corrected[place] = highest
    return corrected
