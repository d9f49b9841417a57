"""How tries end."""

import numpy as np
import pytest

from tollbook.demo.endings import FALSE_ASR, MOVES_ON, RINGING, TIMEOUT_US, Setting, codes, spread_us, times
from tollbook.demo.network import CARRIERS, CUSTOMERS, DESTINATIONS

SIZE = 20_000
DIALER = [customer.dialer for customer in CUSTOMERS].index(True)
MIRAGE = [carrier.false_answers for carrier in CARRIERS].index(True)
FRANCE = [destination.name for destination in DESTINATIONS].index("France")


def setting(customer=0, carrier=0):
    return Setting(*(np.full(SIZE, value) for value in (customer, FRANCE, carrier, 1_000_000)))


def rng():
    return np.random.default_rng(1)


def test_congestion_sends_every_try_on():
    found = codes(setting(), np.ones(SIZE), rng())
    assert set(found) == {code for code, _ in MOVES_ON}


def test_the_chance_of_an_answer_is_that_of_the_destination_on_the_route():
    asr = DESTINATIONS[FRANCE].asr * CARRIERS[0].reach[0]
    assert (codes(setting(), np.zeros(SIZE), rng()) == 200).mean() == pytest.approx(asr, abs=0.02)


def test_fewer_of_a_dialers_calls_are_answered():
    usual, dialer = (codes(setting(customer=c), np.zeros(SIZE), rng()) == 200 for c in (0, DIALER))
    assert dialer.mean() < 0.6 * usual.mean()


def test_a_carrier_that_answers_falsely_answers_nearly_all_at_once():
    false = setting(carrier=MIRAGE)
    code = codes(false, np.zeros(SIZE), rng())
    rang_us, _ = times(false, code, rng())
    assert (code == 200).mean() == pytest.approx(FALSE_ASR, abs=0.01)
    assert np.median(rang_us[code == 200] - 1_000_000) == pytest.approx(150_000, rel=0.05)


def test_only_what_rings_has_a_post_dial_delay_and_it_ends_after_that():
    code = np.resize(np.array([200, 487, 480, 603, 486, 404, 503, 408]), SIZE)
    rang_us, final_us = times(setting(), code, rng())
    rings = np.isin(code, RINGING)
    assert (rang_us[~rings] == -1).all()
    assert (final_us[rings] > rang_us[rings]).all()
    assert (rang_us[rings] > 1_000_000).all()
    assert (final_us[code == 408] == 1_000_000 + TIMEOUT_US).all()


def test_times_are_at_most_a_minute():
    assert spread_us(50.0, 2.0, SIZE, rng()).max() == 60_000_000
