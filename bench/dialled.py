"""A deck and calls to rate by it."""

from datetime import timedelta
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from bench.month import DAY_US, DAYS, FIRST, FIRST_US, SEED
from tollbook.billing.decks import RATES
from tollbook.money import MONEY, UNITS
from tollbook.tables import INSTANT

PREFIXES: Final = 100_000


def make(count: int, folder: Path) -> None:
    """A deck of 100 000 nested prefixes, of which each twentieth changes its rate in mid-month, and calls for it."""
    rng = np.random.default_rng(SEED + 1)
    prefixes = _nested_prefixes(rng, min(PREFIXES, max(count // 10, 1000)))
    _deck(rng, prefixes).write_parquet(folder / "deck.parquet")
    talk_ms = np.where(rng.random(count) < 0.5, rng.exponential(150_000, count).astype(np.int64), 0)
    raw = pl.DataFrame(
        {
            "number": np.arange(count),
            "prefix": np.where(
                rng.random(count) < 0.995, rng.integers(0, len(prefixes), count), len(prefixes)
            ),
            "rest": rng.integers(10**12, 10**13, count),
            "at": FIRST_US + np.sort(rng.integers(0, DAYS * DAY_US, count)),
            "talk_ms": talk_ms,
        }
    )
    begins = pl.concat([prefixes, pl.Series(["999"])])
    called = pl.concat_str(pl.lit(begins).gather(pl.col("prefix")), pl.col("rest")).str.slice(0, 13)
    at = pl.col("at").cast(INSTANT)
    raw.select(
        "number",
        pl.lit("c01").alias("customer"),
        called.alias("called"),
        at.alias("started_at"),
        pl.when(pl.col("talk_ms") > 0).then(at + pl.duration(seconds=8)).alias("answered_at"),
        "talk_ms",
    ).write_parquet(folder / "calls.parquet", compression="zstd", compression_level=1)


def _nested_prefixes(rng: np.random.Generator, count: int) -> pl.Series:
    """Country codes (but 999, so that some numbers fit none), and under them ever longer prefixes."""
    known = sorted(str(code) for code in COUNTRY_CODE_TO_REGION_CODE if code != 999)
    seen = set(known)
    while len(known) < count:
        parents = rng.integers(0, len(known), count - len(known))
        digits = rng.integers(0, 10, len(parents))
        for parent, digit in zip(parents.tolist(), digits.tolist(), strict=True):
            prefix = f"{known[parent]}{digit}"
            if len(prefix) < 10 and prefix not in seen:
                seen.add(prefix)
                known.append(prefix)
    return pl.Series("prefix", sorted(known[:count]))


def _deck(rng: np.random.Generator, prefixes: pl.Series) -> pl.DataFrame:
    count = len(prefixes)
    change = FIRST + timedelta(days=14)
    increments = pl.Series([(1, 1), (6, 6), (30, 6), (60, 60)], dtype=pl.Array(pl.Int64, 2))
    some = pl.DataFrame(
        {
            "prefix": prefixes,
            "rate": rng.integers(1_000_000, 900_000_000, count),
            "of": rng.integers(0, 4, count),
        }
    ).with_row_index("no")
    changing = pl.col("no") % 20 == 0
    first = some.with_columns(until=pl.when(changing).then(pl.lit(change)), since=pl.lit(None, INSTANT))
    second = some.filter(changing).with_columns(
        until=pl.lit(None, INSTANT), since=pl.lit(change), rate=pl.col("rate") + 1_234_000
    )
    return (
        pl.concat([first, second], how="diagonal_relaxed")
        .select(
            "prefix",
            pl.format("Destination {}", pl.col("no") // 40).alias("destination"),
            (pl.col("rate").cast(MONEY) / UNITS).alias("rate_per_min"),
            pl.lit(0).cast(MONEY).alias("connect_fee"),
            pl.lit(increments).gather(pl.col("of")).arr.get(0).alias("initial_increment_s"),
            pl.lit(increments).gather(pl.col("of")).arr.get(1).alias("increment_s"),
            pl.col("since").cast(INSTANT).alias("effective_from"),
            pl.col("until").cast(INSTANT).alias("effective_to"),
            (pl.col("no") % 500 == 7).alias("blocked"),
        )
        .match_to_schema(RATES)
    )
