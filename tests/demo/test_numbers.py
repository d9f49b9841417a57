"""Numbers: real prefixes, whole lengths, and callers of ranges kept for fiction."""

import numpy as np
import phonenumbers
import pytest

from tollbook.demo.network import CUSTOMERS, DESTINATIONS
from tollbook.demo.numbers import PREFIXES_MAX, callers, deck_prefixes, pool, ranges

BY_NAME = {destination.name: destination for destination in DESTINATIONS}


@pytest.mark.parametrize("destination", DESTINATIONS, ids=lambda d: d.name)
def test_every_destination_has_ranges_of_its_country(destination):
    code = str(phonenumbers.country_code_for_region(destination.region))
    found = ranges(destination)
    assert 1 <= len(found) <= PREFIXES_MAX
    assert all(r.prefix.startswith(code) for r in found)


@pytest.mark.parametrize("destination", DESTINATIONS, ids=lambda d: d.name)
def test_most_numbers_are_valid_ones_of_the_country(destination):
    numbers = pool(destination, 200, np.random.default_rng(1))
    parsed = [phonenumbers.parse(f"+{number}") for number in numbers]
    assert sum(phonenumbers.is_valid_number(number) for number in parsed) >= 0.7 * 200


def test_a_deck_lists_the_country_for_fixed_numbers_and_every_range_of_mobile_ones():
    assert deck_prefixes(BY_NAME["France"]) == ("33",)
    mobile = BY_NAME["Germany Mobile"]
    assert deck_prefixes(mobile) == tuple(r.prefix for r in ranges(mobile))
    assert all(prefix.startswith("491") for prefix in deck_prefixes(mobile))


def test_no_fixed_number_has_a_mobile_prefix():
    mobile = tuple(p for d in DESTINATIONS if d.kind == "mobile" for p in deck_prefixes(d))
    fixed = [r.prefix for d in DESTINATIONS if d.kind == "fixed" for r in ranges(d)]
    assert not any(prefix.startswith(mobile) for prefix in fixed)


@pytest.mark.parametrize("customer", CUSTOMERS, ids=lambda c: c.id)
def test_callers_are_of_ranges_kept_for_fiction(customer):
    kept = ("447700900", "442079460", "493023125", "496990009", "3319900", "3363998", "121255501", "131255501",
            "161755501")  # fmt: skip
    numbers = callers(customer.callers, 100, np.random.default_rng(1))
    assert all(str(number).startswith(kept) for number in numbers)
