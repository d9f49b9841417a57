"""Any metric by anything: sums first, ratios last."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, cast

import polars as pl
import polars.selectors as cs

from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.metrics.definitions import METRICS, metric_named
from tollbook.metrics.groups import BUCKETS, QUARTER, bucket, checked_groups, picked, pieces
from tollbook.metrics.metric import IN_PROGRESS, INTERVAL_S, LIVE, Metric
from tollbook.metrics.progress import in_progress
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
    lie on quarters of an hour; without them it is from the first quarter in which a call started until the end of
    the last. Calls in progress are told apart by customer, carrier and time only; a group that has them has a row
    even where no call of it started.

    Raises:
        UsageError: an unknown metric, group or zone, an instant within a quarter of an hour, or calls in progress
            by destination or currency, or beside money.
    """
    groups, zone = checked_groups(by, lake.columns(TRAFFIC)), parse_zone(zone).key
    per_carrier = "carrier" in groups or carriers is not None
    wanted = _known(lake, metrics, per_carrier=per_carrier)
    _check_in_progress(wanted, groups, destinations)
    needed = sorted(set().union(*(m.ratio(per_carrier=per_carrier).columns for m in wanted)))
    rows = picked(
        lake, TRAFFIC, start, end, customers=customers, carriers=carriers, destinations=destinations
    )
    if any(m.is_money for m in wanted) and "currency" not in groups:
        groups = [*groups, "currency"]
        sums = _of_one_currency(_summed(rows, groups, needed, zone).collect(), groups)
    else:
        sums = _summed(rows, groups, needed, zone).collect()
    begin = start or cast("datetime | None", sums[_BEGIN].min())
    over = end or cast("datetime | None", sums[_OVER].max())
    time = pieces(groups, zone, begin, over)
    live = IN_PROGRESS.intersection(needed)
    if live:
        found = in_progress(lake, live, groups, time, customers=customers, carriers=carriers)
        sums = _with_in_progress(sums, found, groups)
    if INTERVAL_S in needed:
        sums = _with_interval(sums, groups, time)
    return figures(sums, groups, wanted, per_carrier=per_carrier)


def is_there(metric: Metric, columns: Collection[str], *, per_carrier: bool) -> bool:
    """Whether whoever has these columns of traffic has the sums that a metric needs."""
    beside = {INTERVAL_S, *IN_PROGRESS}
    return metric.ratio(per_carrier=per_carrier).columns.issubset({*columns, *beside})


def _known(lake: Lake, metrics: Sequence[Metric | str], *, per_carrier: bool) -> list[Metric]:
    """The metrics; to whoever has not their sums they are unknown."""
    columns = lake.columns(TRAFFIC)
    known = {name: m for name, m in METRICS.items() if is_there(m, columns, per_carrier=per_carrier)}
    wanted = [metric_named(m, known) if isinstance(m, str) else m for m in metrics]
    for metric in wanted:
        if not is_there(metric, columns, per_carrier=per_carrier):
            metric_named(metric.name, known)
    return wanted


def figures(
    sums: pl.DataFrame, groups: Sequence[str], metrics: Sequence[Metric], *, per_carrier: bool
) -> pl.DataFrame:
    """The metrics' columns from a frame that has the sums they need."""
    columns = (e for m in metrics for e in m.ratio(per_carrier=per_carrier).expressions(m.name))
    ready = sums.select(*groups, *columns)
    return ready.sort(groups, nulls_last=True) if groups else ready


def _summed(rows: pl.LazyFrame, groups: list[str], needed: list[str], zone: str) -> pl.LazyFrame:
    """Sums per group, and the first and last quarter of each group."""
    sums = [pl.col(column).sum() for column in needed if column in TRAFFIC.names]
    ends = [pl.col("quarter_at").min().alias(_BEGIN), (pl.col("quarter_at").max() + QUARTER).alias(_OVER)]
    if not groups:
        return rows.select(*sums, *ends)
    return (
        rows.with_columns(bucket(g, zone) for g in groups if g in BUCKETS).group_by(groups).agg(*sums, *ends)
    )


def _of_one_currency(sums: pl.DataFrame, groups: list[str]) -> pl.DataFrame:
    """Rows without a currency (no deck, so no amount) join the group's only currency where it has just one."""
    filled = sums.with_columns(currency_of([group for group in groups if group != "currency"]))
    added = pl.exclude(*groups, _BEGIN, _OVER).sum()
    return filled.group_by(groups).agg(added, pl.col(_BEGIN).min(), pl.col(_OVER).max())


def currency_of(groups: Sequence[str]) -> pl.Expr:
    """A row's currency, or, where it has none, the only one of its group; null in a group of several or none."""
    known = pl.col("currency").drop_nulls()
    only = pl.when(known.n_unique() == 1).then(known.first())
    return pl.coalesce("currency", only.over(groups) if groups else only).alias("currency")


def _check_in_progress(
    wanted: Sequence[Metric], groups: Sequence[str], destinations: Collection[str] | None
) -> None:
    """Refuse to tell calls in progress apart by what their rollup does not hold."""
    live = next((metric.name for metric in wanted if metric.is_in_progress), None)
    if live is None:
        return
    why = "calls in progress are counted by customer and carrier only"
    money = next((metric.name for metric in wanted if metric.is_money), None)
    for name in ("destination", "currency"):
        if name in groups:
            raise UsageError(f"cannot group '{live}' by '{name}': {why}")
    if destinations is not None:
        raise UsageError(f"cannot pick destinations for '{live}': {why}")
    if money is not None:
        raise UsageError(f"cannot show '{live}' beside '{money}', which has a row per currency: {why}")


def _with_in_progress(sums: pl.DataFrame, rows: pl.DataFrame, groups: list[str]) -> pl.DataFrame:
    """Adds calls in progress, and the groups in which no call started."""
    every = pl.concat([sums.drop(_BEGIN, _OVER), rows], how="diagonal")
    highest = cs.by_name(LIVE, require_all=False)
    added = [(cs.all() - cs.by_name(groups) - highest).sum(), highest.max().fill_null(0)]
    return every.group_by(groups).agg(added) if groups else every.select(added)


def _with_interval(sums: pl.DataFrame, groups: list[str], time: pl.DataFrame) -> pl.DataFrame:
    """Adds the length of each group's time: of its pieces, which end where the time that is asked for ends."""
    buckets = [group for group in groups if group in BUCKETS]
    length = (pl.col("until") - pl.col("at")).sum().dt.total_seconds().alias(INTERVAL_S)
    if not buckets:
        return sums.with_columns(pl.lit(time.select(length).item()).alias(INTERVAL_S))
    return sums.join(time.group_by(buckets).agg(length), on=buckets, how="left")
