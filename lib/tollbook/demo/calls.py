"""The demo's calls and tries, as one switch would know them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
import polars as pl

from tollbook.demo.arrivals import Integers, Offers, days_until, offers
from tollbook.demo.network import CARRIERS, CUSTOMERS, DESTINATIONS
from tollbook.demo.parties import called_numbers, calling_numbers, unserved_numbers
from tollbook.demo.talk import CODECS, ENDS, digits, one_of, talk_ms
from tollbook.demo.tries import NONE, Tries, Window, incident_window, tries

ANSWERED: Final = 200
NO_ROUTE: Final = 404
NO_ROUTE_AFTER_US: Final = 6_000
REPLY_AFTER_US: Final = 12_000
"""How much later than the carrier's refusal the customer gets its own."""
REMAPPED: Final = {503: 500}
"""What the switch tells its customer for a carrier's code, as Kamailio does."""


@dataclass(frozen=True)
class Traffic:
    """Everything that ended by `now`.

    `calls`, a row per call in order of their start: call, customer, carrier (null where none was tried),
    destination, caller, called, start_us, answer_us, end_us, talk_ms, pdd_ms, code (of the last carrier),
    told (to the customer), tries, digits, codec, bye_by. answer_us, codec and bye_by are null where
    unanswered, pdd_ms where nothing rang; `_us` are microseconds since 1970.
    `tries`, a row per try: call, seizure, customer, carrier, start_us, end_us, code.
    """

    calls: pl.DataFrame
    tries: pl.DataFrame
    incident: Window
    days: int
    calls_per_day: int
    seed: int
    now: datetime


def generate(days: int, calls_per_day: int, seed: int, now: datetime) -> Traffic:
    """The demo's traffic on the `days` UTC days up to `now`; the same arguments give the same calls."""
    rng = np.random.default_rng(seed)
    dates = days_until(now, days)
    offered = offers(dates, calls_per_day, rng)
    incident = incident_window(dates)
    tried = tries(offered, incident, rng)
    until_us = int(now.astimezone(UTC).timestamp()) * 1_000_000
    calls = _calls(offered, tried, rng).filter(pl.col("end_us") <= until_us)
    rows = _tries(tried).join(calls.select("call", "customer"), on="call", maintain_order="left")
    return Traffic(calls, rows, incident, days, calls_per_day, seed, now)


def _calls(offered: Offers, tried: Tries, rng: np.random.Generator) -> pl.DataFrame:
    last = _last_tries(offered, tried)
    carrier = np.append(tried.carrier, NONE)[last]
    answered = pl.col("code") == ANSWERED
    served = pl.col("tries") > 0
    final_us = pl.col("final_us")
    failed_us = (
        pl.when(served).then(final_us + REPLY_AFTER_US).otherwise(pl.col("start_us") + NO_ROUTE_AFTER_US)
    )
    return _drawn(offered, carrier, rng).with_columns(
        code=np.append(tried.code, NO_ROUTE)[last],
        tries=np.append(tried.seizure, 0)[last],
        final_us=np.append(tried.final_us, NONE)[last],
        rang_us=np.append(tried.rang_us, NONE)[last],
    ).select(
        "call", "customer", "carrier", "destination", "caller",
        called=pl.when(served).then("called").otherwise("unserved"),
        start_us="start_us",
        answer_us=pl.when(answered).then(final_us),
        end_us=pl.when(answered).then(final_us + pl.col("talk_ms") * 1000).otherwise(failed_us),
        talk_ms=pl.when(answered).then("talk_ms").otherwise(0),
        pdd_ms=pl.when(pl.col("rang_us") != NONE).then((pl.col("rang_us") - pl.col("start_us")) // 1000),
        code="code",
        told=pl.col("code").replace(REMAPPED),
        tries="tries",
        digits=pl.when(answered).then("digits").otherwise(0),
        codec=pl.when(answered).then("codec"),
        bye_by=pl.when(answered).then("bye_by"),
    )  # fmt: skip


def _drawn(offered: Offers, carrier: Integers, rng: np.random.Generator) -> pl.DataFrame:
    """What every call has, or would have if it were answered or served."""
    size = len(offered)
    false = np.array([*(c.false_answers for c in CARRIERS), False])[carrier]
    talked_ms = talk_ms(offered.customer, false, rng)
    return pl.DataFrame(
        {
            "call": np.arange(size),
            "customer": _ids([customer.id for customer in CUSTOMERS], offered.customer),
            "carrier": _ids([*(carrier.id for carrier in CARRIERS), None], carrier),
            "destination": _ids([destination.name for destination in DESTINATIONS], offered.destination),
            "caller": calling_numbers(offered, rng),
            "called": called_numbers(offered, rng),
            "unserved": unserved_numbers(size, rng),
            "start_us": offered.start_us,
            "talk_ms": talked_ms,
            "digits": digits(offered.customer, talked_ms, rng),
            "codec": one_of(CODECS, size, rng),
            "bye_by": one_of(ENDS, size, rng),
        }
    )


def _tries(tried: Tries) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "call": tried.call,
            "seizure": tried.seizure,
            "carrier": _ids([carrier.id for carrier in CARRIERS], tried.carrier),
            "start_us": tried.start_us,
            "end_us": tried.final_us,
            "code": tried.code,
        }
    )


def _last_tries(offered: Offers, tried: Tries) -> Integers:
    """Place of each call's last try; NONE, the place of what is put behind all tries, where there was none."""
    last = np.full(len(offered), NONE, dtype=np.int64)
    last[tried.call] = np.arange(len(tried.call))
    return last


def _ids(names: list[str] | list[str | None], places: Integers) -> pl.Series:
    """The name at each place; NONE is the last one's."""
    return pl.Series(names, dtype=pl.String).gather(places % len(names))
