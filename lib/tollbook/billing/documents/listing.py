"""The lines and the calls of an invoice as CSV: exact, for programs; no cell is taken for a formula."""

import polars as pl

from tollbook.billing.documents.document import Document
from tollbook.spreadsheets import csv_text

_LINES = (
    "line",
    "day",
    "destination",
    "rate_per_min",
    "calls",
    "billed_s",
    "exact",
    "net",
    "adjusts",
    "currency",
)
CALLS = ("started_at", "caller", "called", "destination", "talk_s", "billed_s", "charge", "currency")


def lines_csv(document: Document) -> bytes:
    """A row a line of the invoice, amounts as in the record."""
    currency = document.record.currency
    rows = (
        (
            number,
            line.day,
            line.destination,
            line.rate_per_min,
            line.calls,
            line.billed_s,
            line.exact,
            line.net,
            line.adjusts,
        )
        for number, line in enumerate(document.record.lines, start=1)
    )
    return csv_text(_LINES, ((*row, currency) for row in rows)).encode()


def calls_csv(calls: pl.DataFrame) -> bytes:
    """A row a call, in the order in which they started; instants in UTC."""
    rows = calls.with_columns(
        pl.col("started_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        talk_s=pl.col("talk_ms").map_elements(_seconds, pl.String),
    ).select(CALLS)
    return csv_text(CALLS, rows.iter_rows()).encode()


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03}".rstrip("0").rstrip(".")
