"""Quantiles of post-dial delay of any group, from the histogram that adds up."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import polars as pl

from tollbook.errors import UsageError
from tollbook.lake.rollup import PDD_BINS_PER_OCTAVE
from tollbook.lake.store import Lake
from tollbook.metrics.groups import BUCKETS, bucket, checked_groups, picked
from tollbook.periods import parse_zone
from tollbook.tables import PDD

MOST_WRONG: Final = 2 ** (1 / (2 * PDD_BINS_PER_OCTAVE)) - 1
"""How far a quantile may be from the true one, as a share of (true one + 1 ms): 4.4 %."""


def pdd_quantile(
    lake: Lake,
    share: float,
    by: Sequence[str] = (),
    start: datetime | None = None,
    end: datetime | None = None,
    zone: str = "UTC",
    *,
    customers: Collection[str] | None = None,
    carriers: Collection[str] | None = None,
    destinations: Collection[str] | None = None,
) -> pl.DataFrame:
    """The PDD in ms that `share` of a group's calls do not exceed (0.95: the 95th percentile), and how many calls.

    Columns: those of `by`, `pdd_ms`, `calls`; seizures instead of calls with carriers told apart or picked.
    The value is the middle of the bin in which the quantile lies. Groups and times as for `compute`.

    Raises:
        UsageError: `share` is not above 0 and at most 1; or as for `compute`.
    """
    if not 0 < share <= 1:
        raise UsageError(f"quantile {share}: write a share above 0 and at most 1, such as 0.95")
    groups, zone = checked_groups(by, lake.columns(PDD)), parse_zone(zone).key
    counted = "seizures" if "carrier" in groups or carriers is not None else "attempts"
    rows = picked(lake, PDD, start, end, customers=customers, carriers=carriers, destinations=destinations)
    keyed = rows.with_columns(bucket(g, zone) for g in groups if g in BUCKETS)
    return quantile_of(keyed, share, groups, counted).collect()


def quantile_of(rows: pl.LazyFrame, share: float, groups: Sequence[str], counted: str) -> pl.LazyFrame:
    """What `pdd_quantile` gives, of rows of the table `pdd` with the columns `groups`; `counted` names their count."""
    bins = rows.filter(pl.col(counted) > 0).group_by(*groups, "pdd_bin").agg(calls=pl.col(counted).sum())
    reached = pl.col("calls").cum_sum() >= pl.col("calls").sum() * share
    figures = {"pdd_ms": middle(pl.col("pdd_bin").filter(reached).first()), "calls": pl.col("calls").sum()}
    ordered = bins.sort("pdd_bin")
    if not groups:
        return ordered.select(**figures)
    return ordered.group_by(groups, maintain_order=True).agg(**figures).sort(groups, nulls_last=True)


def middle(number: pl.Expr) -> pl.Expr:
    """The geometric middle of a bin, in ms."""
    return pl.lit(2.0).pow((number + 0.5) / PDD_BINS_PER_OCTAVE) - 1
