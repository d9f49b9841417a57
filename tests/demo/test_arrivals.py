"""When calls are offered."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from tollbook.demo.arrivals import days_until, offers
from tollbook.demo.network import CUSTOMERS

MONDAY = date(2026, 11, 16)
SATURDAY = date(2026, 11, 21)
DAY_US = 86_400_000_000


def offered(day, calls_per_day=20_000):
    return offers([day], calls_per_day, np.random.default_rng(1))


def hours_of(found, customer):
    place = [c.id for c in CUSTOMERS].index(customer)
    return (found.start_us[found.customer == place] % DAY_US) // 3_600_000_000


def test_the_last_day_is_today():
    now = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
    assert days_until(now, 3) == [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23)]


def test_offers_come_in_order_of_time_on_their_day():
    found = offered(MONDAY)
    midnight_us = int(datetime(2026, 11, 16, tzinfo=UTC).timestamp() * 1e6)
    assert (np.diff(found.start_us) >= 0).all()
    assert midnight_us <= found.start_us[0] <= found.start_us[-1] < midnight_us + DAY_US


def test_the_mean_is_over_a_week():
    # The weights of a week's days are 1 x 5, 0.6 and 0.45: together 6.05.
    assert len(offered(MONDAY)) == pytest.approx(20_000 * 7 / 6.05, rel=0.05)
    assert len(offered(SATURDAY)) == pytest.approx(20_000 * 7 / 6.05 * 0.6, rel=0.05)


def test_a_dialer_keeps_to_the_working_hours_of_its_own_clock():
    # London is at UTC in November; the last batches may run a little over.
    hours = hours_of(offered(MONDAY), "brightcall")
    assert hours.min() == 9
    assert (hours >= 20).mean() < 0.01


def test_conversation_is_thin_at_night():
    hours = hours_of(offered(MONDAY), "ostsee")
    assert (hours < 5).mean() < 0.05
    assert ((hours >= 8) & (hours < 18)).mean() > 0.6


def test_a_day_without_calls_is_allowed():
    assert len(offered(MONDAY, calls_per_day=0)) == 0
