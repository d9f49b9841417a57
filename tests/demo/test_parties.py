"""Who calls whom."""

from datetime import date

import numpy as np

from tollbook.demo.arrivals import offers
from tollbook.demo.network import CUSTOMERS
from tollbook.demo.parties import called_numbers, calling_numbers, unserved_numbers

DAYS = [date(2026, 11, 16)]


def most_called(customer):
    offered = offers(DAYS, 20_000, np.random.default_rng(1))
    its = offered.customer == [c.id for c in CUSTOMERS].index(customer)
    _, counts = np.unique(called_numbers(offered, np.random.default_rng(2))[its], return_counts=True)
    return counts.max() / its.sum()


def test_some_numbers_are_called_again_and_again_but_not_by_dialers():
    assert most_called("ostsee") > 0.02
    assert most_called("sunpoll") < 0.01


def test_every_call_has_both_numbers():
    offered = offers(DAYS, 500, np.random.default_rng(1))
    rng = np.random.default_rng(2)
    assert (called_numbers(offered, rng) > 10**7).all()
    assert (calling_numbers(offered, rng) > 10**7).all()


def test_unserved_numbers_are_of_no_country():
    assert all(str(number).startswith("999") for number in unserved_numbers(10, np.random.default_rng(1)))
