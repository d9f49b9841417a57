"""The Customer Summary: a row per customer and hour, day, week or month of UTC; what invoices start from."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from tollbook.errors import UsageError, did_you_mean
from tollbook.lake.store import Lake
from tollbook.lake.store import now as present
from tollbook.metrics.definitions import ACD, ASR, MARGIN, MARGIN_RATIO
from tollbook.money import MONEY
from tollbook.periods import VIEWS, View
from tollbook.spreadsheets import csv_text
from tollbook.tables import INSTANT, TRAFFIC

COLUMNS: Final = (
    "customer",
    "view",
    "start",
    "end",
    "attempts",
    "answers",
    "asr",
    "acd_s",
    "talk_s",
    "billed_s",
    "charge",
    "cost",
    "profit",
    "profit_ratio",
    "currency",
    "unrated",
    "invoice",
    "cost_unrated",
)
OF_COST: Final = ("cost", "profit", "profit_ratio", "cost_unrated")
"""Columns that are there only for those who may see what calls cost."""
_SPANS: Final[Mapping[View, str]] = {"live": "1h", "daily": "1d", "weekly": "1w", "monthly": "1mo"}
_NAMES: Final[Mapping[View, str]] = {"daily": "%Y-%m-%d", "weekly": "%G-W%V", "monthly": "%Y-%m"}
_ROW: Final = ("customer", "start")

Invoices = Mapping[tuple[str, str], str]
"""Numbers of invoices by customer and the period's name, such as 2026-10-05, 2026-W41 or 2026-10."""


def summary(
    lake: Lake,
    view: View,
    *,
    customers: Collection[str] | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    now: datetime | None = None,
    invoices: Invoices | None = None,
) -> pl.DataFrame:
    """Rows in the order of customer and start; columns as in `COLUMNS`, for whoever has not what calls cost without
    those of cost and profit.

    A row is always whole: all that lie at least in part from `start` until before `end` are there. Live is the
    24 hours up to the end of the hour of `now`. Charge, cost and billed duration are null where nothing of the
    row has any. Profit is null unless both are known of every call and seizure: `unrated` counts calls without a
    charge, `cost_unrated` seizures without a cost, and both sums are then only what is known. A customer with charges in two currencies has a row for
    each; where carriers ask another currency than the row's, cost and profit are null.

    Raises:
        UsageError: an unknown view.
    """
    if view not in VIEWS:
        raise UsageError(f"unknown view '{view}'{did_you_mean(view, VIEWS)}")
    if view == "live":
        over = _hour(now or present()) + timedelta(hours=1)
        start, end = max(filter(None, (start, over - timedelta(days=1)))), min(filter(None, (end, over)))
    rows = _selected(lake, view, customers, start, end)
    if "cost" not in lake.columns(TRAFFIC):
        # A time in which there were only tries is no row: what they cost is all that it would tell.
        rows = rows.filter(pl.col("attempts") > 0).with_columns(_NO_COSTS)
        return _presented(_billed(rows), view, invoices or {}).drop(OF_COST).collect()
    return _presented(_billed(rows), view, invoices or {}).collect()


def to_csv(rows: pl.DataFrame) -> str:
    """The rows as CSV: the zone in the header, amounts in full, and no cell that a spreadsheet would execute."""
    instants = {name for name, dtype in rows.schema.items() if dtype == INSTANT}
    head = [f"{name} (UTC)" if name in instants else name for name in rows.columns]
    return csv_text(head, rows.iter_rows())


_COUNTS: Final = (
    "attempts",
    "answers",
    "talk_ms",
    "billed_s",
    "charge",
    "charged",
    "unrated",
    "seizure_unrated",
)
_SUMS: Final = pl.col(*_COUNTS, "cost", "costed").sum()
_NO_COSTS: Final = (
    *(pl.lit(0, pl.Int64).alias(name) for name in ("costed", "seizure_unrated")),
    pl.lit(0, MONEY).alias("cost"),
)


def _billed(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Sums of one row of the Summary, per currency."""
    return _added(_in_currency(rows.group_by(*_ROW, "currency").agg(_SUMS)))


def _hour(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _selected(
    lake: Lake, view: View, customers: Collection[str] | None, start: datetime | None, end: datetime | None
) -> pl.LazyFrame:
    """Traffic with the start of its row."""
    span = _SPANS[view]
    rows = lake.scan(TRAFFIC).with_columns(start=pl.col("quarter_at").dt.truncate(span))
    if customers is not None:
        rows = rows.filter(pl.col("customer").is_in(list(customers)))
    if start is not None:
        # The day alone is what spares the reading of partitions.
        first = pl.lit(start, INSTANT).dt.truncate(span)
        rows = rows.filter(pl.col("day") >= first.dt.date(), pl.col("start") >= first)
    if end is not None:
        rows = rows.filter(pl.col("start") < end)
    return rows


def _in_currency(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Adds `of`, the currency of the Summary's row to which a row of one currency belongs.

    A customer has one currency, and calls without any join it; only where charges are in several does each
    have a row of its own. Without any charge, the only currency of costs is taken.
    """
    sold = pl.col("currency").filter(pl.col("attempts") > 0).drop_nulls()
    bought = pl.col("currency").filter(pl.col("costed") > 0).drop_nulls()
    only_bought = pl.when(bought.n_unique() == 1).then(bought.first())
    of = (
        pl.when(sold.n_unique().over(_ROW) == 1)
        .then(sold.first().over(_ROW))
        .when(sold.n_unique().over(_ROW) == 0)
        .then(only_bought.over(_ROW))
        .when(pl.col("attempts") > 0)
        .then(pl.col("currency"))
    )
    return rows.with_columns(of=of)


def _added(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer, start and currency; costs in another currency make cost unknown."""
    same = pl.col("currency").eq_missing(pl.col("of"))
    foreign = ((pl.col("costed") > 0) & ~same).any()
    return rows.group_by(*_ROW, currency="of").agg(
        pl.col(_COUNTS).sum(),
        cost=pl.col("cost").filter(same).sum(),
        costed=pl.when(~foreign).then(pl.col("costed").filter(same).sum()).otherwise(0),
    )


def _presented(rows: pl.LazyFrame, view: View, invoices: Invoices) -> pl.LazyFrame:
    """The columns that people see, in their order."""
    known = pl.col("charged") > 0
    figures = [
        next(metric.of_calls.expressions(name))
        for metric, name in ((ASR, "asr"), (ACD, "acd_s"), (MARGIN, "profit"), (MARGIN_RATIO, "profit_ratio"))
    ]
    ready = rows.with_columns(
        *figures,
        pl.lit(view).alias("view"),
        pl.col("start").dt.offset_by(_SPANS[view]).alias("end"),
        (pl.col("talk_ms") / 1000).round(3).alias("talk_s"),
        pl.when(known).then(pl.col("billed_s")),
        pl.when(known).then(pl.col("charge")).cast(MONEY),
        pl.when(pl.col("costed") > 0).then(pl.col("cost")).cast(MONEY),
        _invoice(view, invoices),
        cost_unrated="seizure_unrated",
    )
    return ready.select(COLUMNS).sort("customer", "start", "currency", nulls_last=True)


def _invoice(view: View, invoices: Invoices) -> pl.Expr:
    """The number of the invoice over exactly this row, if there is one."""
    if view == "live" or not invoices:
        return pl.lit(None, pl.String).alias("invoice")
    numbers = {f"{period} {customer}": number for (customer, period), number in invoices.items()}
    row = pl.concat_str(pl.col("start").dt.strftime(_NAMES[view]), pl.col("customer"), separator=" ")
    return row.replace_strict(numbers, default=None, return_dtype=pl.String).alias("invoice")
