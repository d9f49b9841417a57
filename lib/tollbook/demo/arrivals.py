"""When calls are offered, by whom and to where: a Poisson number a day, spread over the hours of the clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from tollbook.demo.network import CUSTOMERS, DESTINATIONS, Customer

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

HOUR_WEIGHTS: Final = np.array(
    [.15, .1, .08, .08, .1, .2, .4, .7, 1.1, 1.6, 1.9, 1.9, 1.7, 1.7, 1.8, 1.8, 1.7, 1.5, 1.3, 1.1, .9, .7, .45, .25]
)  # fmt: skip
"""Weight of each hour of the called party's clock, for conversational customers."""
WEEKDAY_WEIGHTS: Final = np.array([1, 1, 1, 1, 1, 0.6, 0.45])

DIALER_HOURS: Final = (9, 20)
BATCHES: Final = 12
BATCHED_SHARE: Final = 0.45
BATCH_S: Final = 150
DAY_S: Final = 86_400


@dataclass(frozen=True)
class Offers:
    """Calls as they are offered, in order of time: microseconds since 1970, and places in the plan's lists."""

    start_us: Integers
    customer: Integers
    destination: Integers

    def __len__(self) -> int:
        return len(self.start_us)


def days_until(now: datetime, days: int) -> list[date]:
    """The `days` UTC days of which the last is that of `now`."""
    today = now.astimezone(UTC).date()
    return [today - timedelta(days=days - 1 - i) for i in range(days)]


def offers(days: list[date], calls_per_day: int, rng: np.random.Generator) -> Offers:
    """What all customers offer on these days; `calls_per_day` is the mean over a week."""
    parts = [_of_customer(i, days, calls_per_day, rng) for i in range(len(CUSTOMERS))]
    start_us = np.concatenate([part.start_us for part in parts])
    order = np.argsort(start_us, kind="stable")
    return Offers(
        start_us[order],
        np.concatenate([part.customer for part in parts])[order],
        np.concatenate([part.destination for part in parts])[order],
    )


def _of_customer(place: int, days: list[date], calls_per_day: int, rng: np.random.Generator) -> Offers:
    customer = CUSTOMERS[place]
    weekdays = WEEKDAY_WEIGHTS[[day.weekday() for day in days]] / WEEKDAY_WEIGHTS.mean()
    counts = rng.poisson(calls_per_day * customer.share * weekdays)
    day = np.repeat(np.arange(len(days)), counts)
    destination = _destinations(customer, len(day), rng)
    local_s = _dialer_s(day, len(days), rng) if customer.dialer else _conversation_s(len(day), rng)
    utc_s = (local_s - _ahead_s(customer, days)[destination, day]) % DAY_S
    midnights = np.array([_midnight_us(d) for d in days], dtype=np.int64)
    start_us = midnights[day] + (utc_s * 1e6).astype(np.int64)
    return Offers(start_us, np.full(len(day), place, dtype=np.int64), destination)


def _destinations(customer: Customer, size: int, rng: np.random.Generator) -> Integers:
    weights = np.array([customer.mix.get(destination.name, 0.0) for destination in DESTINATIONS])
    return rng.choice(len(DESTINATIONS), size, p=weights / weights.sum()).astype(np.int64)


def _conversation_s(size: int, rng: np.random.Generator) -> Floats:
    """Local second of the day by the hours' weights."""
    hours = rng.choice(24, size, p=HOUR_WEIGHTS / HOUR_WEIGHTS.sum())
    return (hours + rng.random(size)) * 3600


def _dialer_s(day: Integers, days: int, rng: np.random.Generator) -> Floats:
    """Local second of the day: evenly over the working hours, and in batches that begin with a burst."""
    first, last = DIALER_HOURS
    batches = rng.uniform(first * 3600, (last - 1) * 3600, (days, BATCHES))
    batched = batches[day, rng.integers(0, BATCHES, len(day))] + rng.exponential(BATCH_S, len(day))
    even = rng.uniform(first * 3600, last * 3600, len(day))
    return np.where(rng.random(len(day)) < BATCHED_SHARE, batched, even)


def _ahead_s(customer: Customer, days: list[date]) -> Floats:
    """Seconds by which the clock that counts is ahead of UTC, per destination and day."""
    zones = [customer.zone if customer.dialer else destination.zone for destination in DESTINATIONS]
    return np.array([[_offset_s(zone, day) for day in days] for zone in zones], dtype=np.float64)


def _offset_s(zone: str, day: date) -> float:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    offset = noon.astimezone(ZoneInfo(zone)).utcoffset()
    return offset.total_seconds() if offset else 0.0


def _midnight_us(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000
