"""Sums of quarters of an hour to figures of a period that slides over them."""

from collections.abc import Callable, Collection, Sequence
from typing import TypedDict

import polars as pl

from tollbook.account.alerts.areas import QUARTER_MIN
from tollbook.account.alerts.models import Alert
from tollbook.alerts.sources import QUARTER, quarters, sample_of


class Only(TypedDict):
    """What a rule is confined to, as the functions of `metrics` take it; null: all."""

    customers: Collection[str] | None
    carriers: Collection[str] | None
    destinations: Collection[str] | None


def only(rule: Alert) -> Only:
    """What a rule is confined to."""
    return {
        "customers": [rule.customer] if rule.customer else None,
        "carriers": [rule.carrier] if rule.carrier else None,
        "destinations": [rule.destination] if rule.destination else None,
    }


def subjects(rows: pl.LazyFrame, rule: Alert) -> pl.LazyFrame:
    """Rows with the column `subject`: what the rule is judged by, or the empty text; those that tell none are left out."""
    if not rule.by:
        return rows.with_columns(subject=pl.lit(""))
    return rows.filter(pl.col(rule.by).is_not_null()).with_columns(subject=pl.col(rule.by))


def slid(
    rows: pl.DataFrame,
    rule: Alert,
    ends: pl.Series,
    columns: Sequence[str],
    window: Callable[[pl.Expr, int], pl.Expr],
) -> pl.DataFrame:
    """`window` of each column over the sample periods that end at `ends`: a row per subject and end, `subject` and `at`.

    `rows` have `subject`, `quarter_at` and the columns; quarters without a row count 0.
    """
    grid = quarters(ends[0] - sample_of(rule), ends[-1] - QUARTER).alias("quarter_at").to_frame()
    names = rows.select("subject").unique() if rule.by else pl.DataFrame({"subject": [""]})
    every = names.join(grid, how="cross").join(rows, on=["subject", "quarter_at"], how="left")
    width = rule.sample_min // QUARTER_MIN
    moved = every.sort("subject", "quarter_at").select(
        "subject",
        at=pl.col("quarter_at") + QUARTER,
        **{name: window(pl.col(name).fill_null(0), width).over("subject") for name in columns},
    )
    return moved.filter(pl.col("at") >= ends[0])
