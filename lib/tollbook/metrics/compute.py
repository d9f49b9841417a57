"""Any metric by anything: sums of traffic first, ratios last."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, cast

import polars as pl

from tollbook.lake.store import Lake
from tollbook.metrics.definitions import metric_named
from tollbook.metrics.groups import BUCKETS, QUARTER, bucket, checked_groups, picked, span
from tollbook.metrics.metric import INTERVAL_S, Metric
from tollbook.periods import parse_zone
from tollbook.tables import TRAFFIC

_BEGIN: Final = "_begin"
_OVER: Final = "_over"


def compute(
    lake: Lake,
    metrics: Sequence[Metric | str],
    by: Sequence[str] = (),
    start: datetime | None = None,
    end: datetime | None = None,
    zone: str = "UTC",
    *,
    customers: Collection[str] | None = None,
    carriers: Collection[str] | None = None,
    destinations: Collection[str] | None = None,
) -> pl.DataFrame:
    """A row per group, in ascending order (what a source does not tell, null, comes last).

    Columns: those of `by`, then `<name>`, `<name>_numerator`, `<name>_denominator` of each metric. `by` may hold
    customer, carrier, destination, currency, quarter, hour, day, week, month; the last five are cut in `zone`.
    Amounts of two currencies are never added: with a metric of money `currency` joins `by` by itself. With
    carriers told apart or picked, metrics are those of seizures where their meaning says so. Start and end
    default to everything there is, and lie on quarters of an hour.

    Raises:
        UsageError: an unknown metric, group or zone, or an instant within a quarter of an hour.
    """
    wanted = [metric_named(m) if isinstance(m, str) else m for m in metrics]
    groups, zone = checked_groups(by), parse_zone(zone).key
    per_carrier = "carrier" in groups or carriers is not None
    needed = sorted(set().union(*(m.ratio(per_carrier=per_carrier).columns for m in wanted)))
    rows = picked(
        lake, TRAFFIC, start, end, customers=customers, carriers=carriers, destinations=destinations
    )
    if any(m.is_money for m in wanted) and "currency" not in groups:
        groups = [*groups, "currency"]
        sums = _of_one_currency(_summed(rows, groups, needed, zone).collect(), groups)
    else:
        sums = _summed(rows, groups, needed, zone).collect()
    if INTERVAL_S in needed:
        sums = _with_interval(sums, groups, zone, start, end)
    return figures(sums, groups, wanted, per_carrier=per_carrier)


def figures(
    sums: pl.DataFrame, groups: Sequence[str], metrics: Sequence[Metric], *, per_carrier: bool
) -> pl.DataFrame:
    """The metrics' columns from a frame that has the sums they need."""
    columns = (e for m in metrics for e in m.ratio(per_carrier=per_carrier).expressions(m.name))
    ready = sums.select(*groups, *columns)
    return ready.sort(groups, nulls_last=True) if groups else ready


def _summed(rows: pl.LazyFrame, groups: list[str], needed: list[str], zone: str) -> pl.LazyFrame:
    """Sums per group, and the first and last quarter of each group."""
    sums = [pl.col(column).sum() for column in needed if column != INTERVAL_S]
    ends = [pl.col("quarter_at").min().alias(_BEGIN), (pl.col("quarter_at").max() + QUARTER).alias(_OVER)]
    if not groups:
        return rows.select(*sums, *ends)
    return (
        rows.with_columns(bucket(g, zone) for g in groups if g in BUCKETS).group_by(groups).agg(*sums, *ends)
    )


def _of_one_currency(sums: pl.DataFrame, groups: list[str]) -> pl.DataFrame:
    """Rows without a currency (no deck, so no amount) join the group's only currency where it has just one."""
    rest = [group for group in groups if group != "currency"]
    known = pl.col("currency").drop_nulls()
    only = pl.when(known.n_unique() == 1).then(known.first())
    filled = sums.with_columns(currency=pl.coalesce("currency", only.over(rest) if rest else only))
    added = pl.exclude(*groups, _BEGIN, _OVER).sum()
    return filled.group_by(groups).agg(added, pl.col(_BEGIN).min(), pl.col(_OVER).max())


def _with_interval(
    sums: pl.DataFrame, groups: list[str], zone: str, start: datetime | None, end: datetime | None
) -> pl.DataFrame:
    """The length of each group's time: its shortest bucket, as far as it lies between start and end.

    Without start or end, the first and the last quarter of all groups take their place.
    """
    begin = start or cast("datetime | None", sums[_BEGIN].min())
    over = end or cast("datetime | None", sums[_OVER].max())
    if begin is None or over is None:
        return sums.with_columns(pl.lit(0).alias(INTERVAL_S))
    finest = next((name for name in BUCKETS if name in groups), None)
    if finest is None:
        return sums.with_columns(pl.lit((over - begin).total_seconds()).alias(INTERVAL_S))
    spans = ((value, *span(finest, value, zone)) for value in sums[finest].unique())
    lengths = {value: (min(b, over) - max(a, begin)).total_seconds() for value, a, b in spans}
    return sums.with_columns(pl.Series(INTERVAL_S, [lengths[value] for value in sums[finest]], pl.Float64))
