"""Who calls whom: calling numbers by customer, and numbers called again and again or hardly ever."""

from typing import Final

import numpy as np

from tollbook.demo.arrivals import Integers, Offers
from tollbook.demo.network import CUSTOMERS, DESTINATIONS
from tollbook.demo.numbers import callers, pool

ZIPF: Final = 1.1
"""How unevenly a conversational customer's calls spread over its numbers."""
CALLS_PER_NUMBER: Final = 4
DIALS_PER_NUMBER: Final = 2
"""Mean calls to one number: of conversational customers, and of dialers, who go evenly through a list."""


def calling_numbers(offered: Offers, rng: np.random.Generator) -> Integers:
    """The caller of each call."""
    numbers = np.zeros(len(offered), dtype=np.int64)
    for place, customer in enumerate(CUSTOMERS):
        rows = np.flatnonzero(offered.customer == place)
        numbers[rows] = callers(customer.callers, len(rows), rng)
    return numbers


def called_numbers(offered: Offers, rng: np.random.Generator) -> Integers:
    """The number that each call goes to."""
    numbers = np.zeros(len(offered), dtype=np.int64)
    for place, customer in enumerate(CUSTOMERS):
        for goal, destination in enumerate(DESTINATIONS):
            rows = np.flatnonzero((offered.customer == place) & (offered.destination == goal))
            size = len(rows) // (DIALS_PER_NUMBER if customer.dialer else CALLS_PER_NUMBER) + 1
            known = pool(destination, size, rng)
            ranks = rng.integers(0, size, len(rows)) if customer.dialer else _zipf(size, len(rows), rng)
            numbers[rows] = known[ranks]
    return numbers


def unserved_numbers(size: int, rng: np.random.Generator) -> Integers:
    """Numbers of no country: 999 is assigned to none."""
    return 999_000_000_000 + rng.integers(0, 10**9, size)


def _zipf(size: int, draws: int, rng: np.random.Generator) -> Integers:
    """Ranks below `size`, rank r with a weight of 1 / (r + 1) ** ZIPF."""
    summed = np.cumsum(1 / np.arange(1, size + 1) ** ZIPF)
    ranks: Integers = np.searchsorted(summed, rng.random(draws) * summed[-1]).astype(np.int64)
    return ranks
