"""Rows of the Customer Summary whose invoice is missing: the period is over and settled, and nothing covers it yet."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from tollbook.periods import parse_period

Spans = Sequence[tuple[datetime, datetime]]


def missing(
    rows: pl.DataFrame, invoiced: Iterable[tuple[str, str]], at: datetime, settle_hours: int
) -> pl.Series:
    """Whether the invoice of each row is missing; `invoiced` are customer and period of every invoice in force.

    `rows` have `customer`, `start`, `end`, `charge` and `unrated`. A row without anything to charge lacks nothing, and
    one of which an invoice covers a part cannot have one of its own.
    """
    covered = _covered(invoiced)
    settled = (rows["end"] + timedelta(hours=settle_hours)) <= at
    charged = (rows["charge"].fill_null(0) != 0) | (rows["unrated"].fill_null(0) > 0)
    told = rows.select("customer", "start", "end").rows()
    open_ = [bool(who) and not _overlaps(covered.get(who, ()), start, end) for who, start, end in told]
    return (pl.Series(open_, dtype=pl.Boolean) & settled & charged).alias("missing")


def _covered(invoiced: Iterable[tuple[str, str]]) -> Mapping[str, Spans]:
    """The spans that each customer's invoices cover, which never overlap, in their order."""
    spans: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for customer, name in invoiced:
        period = parse_period(name)
        spans[customer].append((period.start, period.end))
    return {customer: sorted(found) for customer, found in spans.items()}


def _overlaps(spans: Spans, start: datetime, end: datetime) -> bool:
    before = bisect_left(spans, end, key=lambda span: span[0])
    return before > 0 and spans[before - 1][1] > start
