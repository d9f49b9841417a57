"""The difference of two versions of a deck: per prefix and span of time what is new, dearer, cheaper, ended, the same.

Both are cut at every instant at which a rate of either begins or ends, so that within a row of the result each has
one rate or none. A blocked prefix has no price, as one that is not there.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import polars as pl

from tollbook.money import MONEY
from tollbook.tables import INSTANT

KINDS: Final = ("new", "raised", "lowered", "changed", "ended", "unchanged")
"""`raised` and `lowered`: rate, fee or increments, all that differ in one direction; `changed`: in both, or the name."""

_PRICED: Final = ("rate_per_min", "connect_fee", "initial_increment_s", "increment_s")
_NAMED: Final = ("destination", *_PRICED, "blocked")
DIFFERENCES: Final = pl.Schema(
    {
        "prefix": pl.String(),
        "destination": pl.String(),
        "kind": pl.String(),
        "since": INSTANT,
        "until": INSTANT,
        "rate_before": MONEY,
        "rate_after": MONEY,
        "change": MONEY,
        "change_ratio": pl.Float64(),
        "connect_fee_before": MONEY,
        "connect_fee_after": MONEY,
        "initial_increment_s_before": pl.Int64(),
        "initial_increment_s_after": pl.Int64(),
        "increment_s_before": pl.Int64(),
        "increment_s_after": pl.Int64(),
    }
)
"""An instant that is null is open. What a version without a price would say is null."""
_FIRST: Final = -(2**62)
_LAST: Final = 2**62


def differences(before: pl.DataFrame, after: pl.DataFrame, since: datetime | None = None) -> pl.DataFrame:
    """The rows of DIFFERENCES of two versions' rates (`decks.RATES`), by prefix and time; those that reach beyond `since`."""
    one, other = _cut(before), _cut(after)
    spans = _spans(one, other)
    beside = [_at(one, spans, "before"), _at(other, spans, "after")]
    both = pl.concat([spans, *beside], how="horizontal")
    known = both.filter(pl.col("has_before") | pl.col("has_after")).with_columns(_KIND)
    limit = _FIRST if since is None else round(since.timestamp() * 1_000_000)
    told = known.filter(pl.col("end") > limit)
    return told.select(
        "prefix",
        pl.coalesce("destination_after", "destination_before").alias("destination"),
        pl.col("kind").cast(pl.String),
        _instant("begin", _FIRST).alias("since"),
        _instant("end", _LAST).alias("until"),
        pl.col("rate_per_min_before").alias("rate_before"),
        pl.col("rate_per_min_after").alias("rate_after"),
        *(name for name in DIFFERENCES if name.startswith(("connect", "in"))),
        change=pl.col("rate_per_min_after") - pl.col("rate_per_min_before"),
        change_ratio=_RATIO,
    ).select(pl.col(name).cast(dtype) for name, dtype in DIFFERENCES.items())


def counts(told: pl.DataFrame) -> dict[str, int]:
    """How many rows of each kind."""
    found = dict(told["kind"].value_counts().iter_rows())
    return {kind: found.get(kind, 0) for kind in KINDS}


def biggest(told: pl.DataFrame, most: int = 10) -> list[dict[str, Any]]:
    """The rows whose rates rise or fall most, and after them what has lost its price."""
    moved = told.filter(pl.col("change").is_not_null() & (pl.col("change") != 0))
    ordered = moved.sort(pl.col("change").abs(), "prefix", descending=[True, False])
    ended = told.filter(pl.col("kind") == "ended").sort("rate_before", "prefix", descending=[True, False])
    return pl.concat([ordered.head(most), ended.head(most)]).head(most).to_dicts()


def _cut(rates: pl.DataFrame) -> pl.DataFrame:
    """Rates with the numbers of microseconds at which they begin and end."""
    return rates.select(
        "prefix",
        *_NAMED,
        begin=pl.col("effective_from").dt.timestamp("us").fill_null(_FIRST),
        end=pl.col("effective_to").dt.timestamp("us").fill_null(_LAST),
    )


def _spans(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Each prefix with the spans between two instants at which anything changes."""
    edges = [
        rates.select("prefix", at)
        for rates in (one, other)
        for at in (pl.col("begin"), pl.col("end").alias("begin"))
    ]
    cuts = pl.concat(edges).unique().sort("prefix", "begin")
    following = pl.when(pl.col("prefix").shift(-1) == pl.col("prefix")).then(pl.col("begin").shift(-1))
    return cuts.with_columns(end=following).filter(pl.col("end").is_not_null())


def _at(rates: pl.DataFrame, spans: pl.DataFrame, which: str) -> pl.DataFrame:
    """For each span the rate in force in it: the last that began, if it is of this prefix and has not ended."""
    numbered = rates.select("prefix", "begin", row=pl.int_range(pl.len()))
    row = spans.join(numbered, on=["prefix", "begin"], how="left", maintain_order="left")[
        "row"
    ].forward_fill()
    last = rates.select(pl.all().gather(row)).with_columns(of=spans["prefix"], at=spans["begin"])
    fits = (pl.col("prefix") == pl.col("of")) & (pl.col("end") > pl.col("at"))
    found = last.with_columns(has=fits.fill_null(value=False))
    priced = pl.col("has") & ~pl.col("blocked").fill_null(value=True)
    return found.select(
        *(pl.when(priced).then(name).alias(f"{name}_{which}") for name in _PRICED),
        pl.when("has").then("destination").alias(f"destination_{which}"),
        pl.col("has").alias(f"has_{which}"),
        priced.alias(f"priced_{which}"),
    )


def _moves(sign: int) -> pl.Expr:
    """Whether anything of the price rises (1) or falls (-1)."""
    pairs = [(pl.col(f"{name}_after"), pl.col(f"{name}_before")) for name in _PRICED]
    return pl.any_horizontal((after > before) if sign > 0 else (after < before) for after, before in pairs)


def _instant(name: str, open_end: int) -> pl.Expr:
    return pl.when(pl.col(name) != open_end).then(
        pl.from_epoch(pl.col(name), "us").dt.replace_time_zone("UTC")
    )


def _kind() -> pl.Expr:
    """The first that is true."""
    had, has = pl.col("priced_before"), pl.col("priced_after")
    renamed = pl.col("destination_before").ne_missing(pl.col("destination_after"))
    rises, falls = _moves(1).fill_null(value=False), _moves(-1).fill_null(value=False)
    told: Mapping[str, pl.Expr] = {
        "new": has & ~had,
        "ended": had & ~has,
        "raised": rises & ~falls,
        "lowered": falls & ~rises,
        "changed": rises | falls | renamed,
        "unchanged": pl.lit(value=True),
    }
    words = pl.Enum(KINDS)
    return pl.coalesce(pl.when(true).then(pl.lit(kind, words)) for kind, true in told.items()).alias("kind")


def _ratio() -> pl.Expr:
    before, after = (pl.col(f"rate_per_min_{which}").cast(pl.Float64) for which in ("before", "after"))
    return pl.when(before > 0).then(after / before - 1)


_KIND: Final = _kind()
_RATIO: Final = _ratio()
