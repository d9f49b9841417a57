"""The figure of a rule over its sample period, as the period slides over the rollups a quarter of an hour at a time.

A figure of one instant and those of thirty days are made by the same functions: `course` gives a row per subject and
end of a sample period, with the columns `subject`, `at`, `value`, `numerator`, `denominator` and `calls`.
"""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from tollbook.account.alerts.areas import AREAS
from tollbook.account.alerts.models import Alert
from tollbook.alerts.balances import balances_at
from tollbook.alerts.delays import delays
from tollbook.alerts.recorded import recorded
from tollbook.alerts.sliding import only, slid, subjects
from tollbook.alerts.sources import QUARTER, Sources, quarters, sample_of
from tollbook.metrics import METRICS
from tollbook.metrics.groups import picked
from tollbook.metrics.metric import INTERVAL_S
from tollbook.metrics.progress import most
from tollbook.tables import TRAFFIC

COLUMNS: Final = ("subject", "at", "value", "numerator", "denominator", "calls")


def course(sources: Sources, rule: Alert, ends: pl.Series) -> pl.DataFrame:
    """The figures of a rule at each of `ends`: ascending, a quarter of an hour apart; of a balance any instants.

    A subject of which nothing is there has no row.

    Raises:
        TollbookError: the tables or the database cannot be read.
    """
    made = _AREAS.get(rule.area, _of_traffic)(sources, rule, ends)
    return made.select(COLUMNS).sort("at", "subject")


def _of_traffic(sources: Sources, rule: Alert, ends: pl.Series) -> pl.DataFrame:
    metric = METRICS[rule.area]
    ratio = metric.ratio(per_carrier=_is_of_carriers(rule))
    counted = "seizures" if _is_of_carriers(rule) else "attempts"
    needed = sorted({*ratio.columns, counted} - {INTERVAL_S})
    rows = picked(sources.lake, TRAFFIC, ends[0] - sample_of(rule), ends[-1], **only(rule))
    sums = subjects(rows, rule).group_by("subject", "quarter_at").agg(pl.col(needed).sum()).collect()
    windows = slid(sums, rule, ends, needed, lambda column, width: column.rolling_sum(width, min_samples=1))
    figures = windows.with_columns(pl.lit(rule.sample_min * 60).alias(INTERVAL_S)).select(
        "subject", "at", *ratio.expressions("value"), counted=pl.col(counted)
    )
    of_its_own = AREAS[rule.area].minimum > 0  # a ratio of calls: those are its denominator
    calls = pl.col("value_denominator" if of_its_own else "counted").cast(pl.Int64)
    return figures.select(
        "subject",
        "at",
        pl.col("value").cast(pl.Float64),
        numerator=pl.col("value_numerator").cast(pl.Float64),
        denominator=pl.col("value_denominator").cast(pl.Float64),
        calls=calls,
    )


def _of_channels(sources: Sources, rule: Alert, ends: pl.Series) -> pl.DataFrame:
    """The most calls in progress at any minute's start of the period."""
    starts = quarters(ends[0] - sample_of(rule), ends[-1] - QUARTER)
    own, by = only(rule), [rule.by] if rule.by else []
    levels = most(sources.lake, by, starts, ends[-1], customers=own["customers"], carriers=own["carriers"])
    named = levels.rename({"at": "quarter_at", **({rule.by: "subject"} if rule.by else {})})
    rows = (named if rule.by else named.with_columns(subject=pl.lit(""))).drop_nulls("subject")
    windows = slid(
        rows, rule, ends, ["channels"], lambda column, width: column.rolling_max(width, min_samples=1)
    )
    nothing = pl.lit(None, pl.Float64)
    return windows.select(
        *("subject", "at"),
        value=pl.col("channels").cast(pl.Float64),
        numerator=nothing,
        denominator=nothing,
        calls=pl.lit(None, pl.Int64),
    )


def _is_of_carriers(rule: Alert) -> bool:
    """Whether its figures are those of seizures."""
    return rule.by == "carrier" or bool(rule.carrier)


_AREAS: Final[Mapping[str, Callable[[Sources, Alert, pl.Series], pl.DataFrame]]] = {
    "balance": balances_at,
    "channels": _of_channels,
    "pdd_p95": delays,
    "completeness": recorded,
}
"""Areas that the table `traffic` does not tell."""
