"""Which carriers are tried for a call."""

from datetime import date

import numpy as np
import pytest

from tollbook.demo.arrivals import offers
from tollbook.demo.network import CARRIERS, INCIDENT
from tollbook.demo.tries import TRIES_MAX, Window, incident_window, tries

DAYS = [date(2026, 11, day) for day in range(16, 21)]
NO_INCIDENT = Window(0, 0)
MOVES_ON = (503, 500, 502, 408)


def tried(incident=NO_INCIDENT, calls_per_day=4000):
    offered = offers(DAYS, calls_per_day, np.random.default_rng(1))
    return offered, tries(offered, incident, np.random.default_rng(2))


def test_tries_are_numbered_from_one_within_their_call():
    _, found = tried()
    first = np.append(True, np.diff(found.call) > 0)
    assert (found.seizure[first] == 1).all()
    assert (np.diff(found.seizure)[~first[1:]] == 1).all()
    assert found.seizure.max() == TRIES_MAX


def test_a_call_goes_on_only_after_a_code_that_moves_it_and_never_to_the_same_carrier():
    _, found = tried()
    again = np.flatnonzero(np.diff(found.call) == 0)
    assert np.isin(found.code[again], MOVES_ON).all()
    assert (found.carrier[again] != found.carrier[again + 1]).all()
    assert (found.start_us[again + 1] > found.final_us[again]).all()


def test_some_calls_have_no_route():
    offered, found = tried()
    assert 0 < len(offered) - len(set(found.call)) < 0.01 * len(offered)


def test_the_incident_is_three_days_before_the_last_day_or_on_the_first():
    assert incident_window(DAYS) == incident_window(DAYS[-4:])
    window = incident_window(DAYS[:1])
    assert window.end_us - window.start_us == INCIDENT.hours * 3_600_000_000


def test_the_incident_strikes_its_carrier_in_its_hours_only():
    window = incident_window(DAYS)
    _, found = tried(window, calls_per_day=20_000)
    its = found.carrier == [carrier.id for carrier in CARRIERS].index(INCIDENT.carrier)
    within = (found.start_us >= window.start_us) & (found.start_us < window.end_us)
    asr = [(found.code[its & hours] == 200).mean() for hours in (~within, within)]
    assert asr == [pytest.approx(0.48, abs=0.03), pytest.approx(0.25, abs=0.04)]
