"""Which carriers are tried for each call, one after the other, and when."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from tollbook.demo.arrivals import Floats, Integers, Offers
from tollbook.demo.endings import MOVES_ON, Flags, Setting, codes, spread_us, times
from tollbook.demo.network import CARRIERS, CUSTOMERS, DESTINATIONS, INCIDENT, NO_ROUTE_SHARE, ROUTES

TRIES_MAX: Final = 3
OVERLOADED_SHARE: Final = 0.03
"""Calls whose far side is overloaded, so that every honest carrier sends them on and the last one fails too."""
NONE: Final = -1


@dataclass(frozen=True)
class Tries:
    """Every try: the call's place in the offers, 1-based order, carrier's place, times and final code.

    `rang_us` is the first ringing, NONE where nothing rang; `final_us` when the final code came.
    """

    call: Integers
    seizure: Integers
    carrier: Integers
    start_us: Integers
    rang_us: Integers
    final_us: Integers
    code: Integers


@dataclass(frozen=True)
class Window:
    """A half-open span, in microseconds since 1970."""

    start_us: int
    end_us: int


def incident_window(days: list[date]) -> Window:
    """When the plan's incident is; on the first day where the demo is too short for it."""
    day = days[max(0, len(days) - 1 - INCIDENT.days_ago)]
    start = datetime(day.year, day.month, day.day, INCIDENT.from_hour, tzinfo=UTC)
    end = start + timedelta(hours=INCIDENT.hours)
    return Window(int(start.timestamp()) * 1_000_000, int(end.timestamp()) * 1_000_000)


def tries(offered: Offers, incident: Window, rng: np.random.Generator) -> Tries:
    """All tries of all calls, ordered by call and try."""
    orders = _orders(offered, rng)
    overloaded = rng.random(len(offered)) < OVERLOADED_SHARE
    calls = np.flatnonzero(orders[:, 0] != NONE)
    start_us = offered.start_us[calls] + spread_us(0.004, 0.4, len(calls), rng)
    rounds: list[Tries] = []
    for place in range(TRIES_MAX):
        begun = Setting(offered.customer[calls], offered.destination[calls], orders[calls, place], start_us)
        rounds.append(_round(calls, place + 1, begun, _congestion(begun, overloaded[calls], incident), rng))
        goes_on = np.isin(rounds[-1].code, [code for code, _ in MOVES_ON])
        goes_on &= orders[calls, place + 1] != NONE
        calls = calls[goes_on]
        start_us = rounds[-1].final_us[goes_on] + spread_us(0.006, 0.4, len(calls), rng)
    return _joined(rounds)


def _round(
    calls: Integers, seizure: int, begun: Setting, congestion: Floats, rng: np.random.Generator
) -> Tries:
    """One try of each of `calls`."""
    code = codes(begun, congestion, rng)
    rang_us, final_us = times(begun, code, rng)
    order = np.full(len(calls), seizure, dtype=np.int64)
    return Tries(calls, order, begun.carrier, begun.start_us, rang_us, final_us, code)


def _congestion(begun: Setting, overloaded: Flags, incident: Window) -> Floats:
    """The chance of each try to be sent on."""
    usual = np.array([carrier.congestion for carrier in CARRIERS])[begun.carrier]
    struck = begun.carrier == [carrier.id for carrier in CARRIERS].index(INCIDENT.carrier)
    struck &= (begun.start_us >= incident.start_us) & (begun.start_us < incident.end_us)
    return np.where(overloaded & ~begun.false, 1.0, np.where(struck, INCIDENT.congestion, usual))


def _orders(offered: Offers, rng: np.random.Generator) -> Integers:
    """Carriers to try, a row per call; NONE where there is no further one, in the last column always."""
    dialer = np.array([customer.dialer for customer in CUSTOMERS])[offered.customer]
    route = np.array([destination.route for destination in DESTINATIONS])[offered.destination]
    chosen = np.full((len(offered), TRIES_MAX + 1), NONE, dtype=np.int64)
    for name, choices in ROUTES.items():
        rows = np.flatnonzero(np.where(dialer, name == "dialer", route == name))
        weights = np.array([weight for _, weight in choices])
        taken = rng.choice(len(choices), len(rows), p=weights / weights.sum())
        chosen[rows] = np.array([_places(order) for order, _ in choices], dtype=np.int64)[taken]
    chosen[rng.random(len(offered)) < NO_ROUTE_SHARE] = NONE
    return chosen


def _places(order: tuple[str, ...]) -> list[int]:
    ids = [carrier.id for carrier in CARRIERS]
    return [ids.index(carrier) for carrier in order] + [NONE] * (TRIES_MAX + 1 - len(order))


def _joined(rounds: list[Tries]) -> Tries:
    columns = {name: np.concatenate([getattr(r, name) for r in rounds]) for name in Tries.__annotations__}
    order = np.lexsort((columns["seizure"], columns["call"]))
    return Tries(**{name: column[order] for name, column in columns.items()})
