"""Calls to roll up.

Traffic is skewed as in a wholesale network: few customers have most calls, each customer has its favourite
destinations, each destination its usual carrier and two to fall back on.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bench.month import CARRIERS, CUSTOMERS, DAY_US, DAYS, FIRST, FIRST_US, SEED
from tollbook.money import MONEY, UNITS
from tollbook.tables import CALLS, INSTANT, conform

DESTINATIONS: Final = 200
CALLS_A_DAY: Final = 20_000_000 // DAYS

Ints = NDArray[np.integer[Any]]

_ENDINGS: Final = pl.DataFrame(
    [
        (0.46, "answered", 200),
        (0.14, "busy", 486),
        (0.13, "no_answer", 480),
        (0.10, "cancelled", 487),
        (0.08, "congestion", 503),
        (0.04, "unallocated", 404),
        (0.03, "rejected", 603),
        (0.015, "failed", 500),
        (0.005, "failed", 302),
    ],
    schema={"share": pl.Float64, "outcome": pl.String, "sip_code": pl.Int32},
    orient="row",
)


def make(count: int, folder: Path, a_day: int = CALLS_A_DAY) -> None:
    """Calls as they lie in the lake, one Parquet file a day."""
    rng = np.random.default_rng(SEED)
    favourites = np.stack([rng.permutation(DESTINATIONS) for _ in range(CUSTOMERS)])
    routes = rng.integers(0, CARRIERS, (DESTINATIONS, 3))
    days = max(1, round(count / a_day))
    for day in range(days):
        of_day = count * (day + 1) // days - count * day // days
        frame = _calls_of_day(rng, day, of_day, favourites, routes)
        path = folder / f"{FIRST.date() + timedelta(days=day)}.parquet"
        conform(frame.lazy(), CALLS).sink_parquet(path, compression="zstd", compression_level=1)


def _calls_of_day(
    rng: np.random.Generator, day: int, count: int, favourites: Ints, routes: Ints
) -> pl.DataFrame:
    started_us = FIRST_US + day * DAY_US + np.sort(rng.integers(0, DAY_US, count))
    customer = _skewed(rng, CUSTOMERS, count, 1.0)
    destination = favourites[customer, _skewed(rng, DESTINATIONS, count, 1.2)]
    carrier = routes[destination, rng.choice(3, count, p=(0.82, 0.14, 0.04))]
    ending = rng.choice(len(_ENDINGS), count, p=_ENDINGS["share"].to_numpy())
    answered = ending == 0
    pdd_ms = rng.gamma(4, 900, count).astype(np.int64)
    talk_ms = np.where(answered, rng.exponential(150_000, count).astype(np.int64), 0)
    rate = 1_000_000 * (1 + destination * 7 % 90)
    chance = rng.random((4, count))
    raw = pl.DataFrame(
        {
            "customer": customer, "carrier": carrier, "destination": destination, "ending": ending,
            "started_us": started_us, "answered": answered, "pdd": pdd_ms, "talk_ms": talk_ms, "rate": rate,
            "no_pdd": chance[0] < 0.15, "no_dtmf": chance[1] < 0.3, "no_rate": chance[2] < 0.01,
            "no_carrier": chance[3] < 0.02, "digits": rng.integers(-3, 5, count).clip(0).astype(np.int32),
        }
    )  # fmt: skip
    return _told(raw, day)


def _told(raw: pl.DataFrame, day: int) -> pl.DataFrame:
    """The columns of a call. The last customer has no deck; 1 % of the others' talk has no rate."""
    no_deck = pl.col("customer") == CUSTOMERS - 1
    rated = ~no_deck & ~(pl.col("answered") & pl.col("no_rate"))
    started = pl.col("started_us").cast(INSTANT)
    answered_at = started + pl.duration(milliseconds=pl.col("pdd") + 4000)
    billed_s = (pl.col("talk_ms") + 5999) // 6000 * 6
    reason = pl.when(no_deck).then(pl.lit("no_deck")).otherwise(pl.lit("no_rate"))
    return raw.select(
        pl.lit(FIRST.date() + timedelta(days=day)).alias("day"),
        pl.lit("sbc1").alias("switch"),
        pl.format("{}-{}@sbc1", pl.col("started_us"), pl.int_range(pl.len())).alias("call_id"),
        _named("customer", CUSTOMERS),
        pl.when(~pl.col("no_carrier")).then(_named("carrier", CARRIERS)).alias("carrier"),
        pl.format("4420{}", 10_000_000 + pl.col("pdd")).alias("caller"),
        pl.format("{}{}", 300 + pl.col("destination"), 10_000_000 + pl.col("talk_ms")).alias("called"),
        started.alias("started_at"),
        pl.when("answered").then(answered_at).alias("answered_at"),
        (answered_at + pl.duration(milliseconds="talk_ms")).alias("ended_at"),
        "talk_ms",
        pl.when(~pl.col("no_pdd")).then("pdd").alias("pdd_ms"),
        *(pl.lit(_ENDINGS[name]).gather(pl.col("ending")).alias(name) for name in ("outcome", "sip_code")),
        pl.when(pl.col("answered") & ~pl.col("no_dtmf")).then("digits").alias("dtmf_digits"),
        pl.lit(1).alias("records"),
        pl.when(rated).then(_named("destination", DESTINATIONS)).alias("destination"),
        pl.when(rated).then(billed_s).alias("billed_s"),
        pl.when(rated).then((pl.col("rate") * billed_s // 60).cast(MONEY) / UNITS).alias("charge"),
        pl.when(~no_deck).then(pl.lit("EUR")).alias("currency"),
        pl.when(~rated & pl.col("answered")).then(reason).alias("unrated"),
    )


def _skewed(rng: np.random.Generator, kinds: int, count: int, power: float) -> Ints:
    """Of so many kinds, the n-th as often as 1 / n to the power."""
    weight = 1 / np.arange(1, kinds + 1) ** power
    return np.searchsorted(np.cumsum(weight / weight.sum()), rng.random(count)).clip(0, kinds - 1)


def _named(column: str, kinds: int) -> pl.Expr:
    names = pl.Series([f"{column} {n:03}" for n in range(kinds)])
    return pl.lit(names).gather(pl.col(column)).alias(column)
