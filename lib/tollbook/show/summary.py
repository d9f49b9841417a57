"""The Customer Summary on a page: its rows in the grid, and as of when they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

import polars as pl
from IPython.display import HTML

from tollbook.account.database import Database
from tollbook.billing.invoices import numbers_in_force
from tollbook.lake.store import Lake
from tollbook.periods import View, parse_instant
from tollbook.show.grid import Grid, GridColumn
from tollbook.show.home import workspace
from tollbook.show.page import as_of
from tollbook.summary import summary

_DATES: Final[Mapping[View, str]] = {
    "live": "%Y-%m-%d %H:%M",
    "daily": "%Y-%m-%d",
    "weekly": "%G-W%V",
    "monthly": "%Y-%m",
}
_EACH: Final[Mapping[View, str]] = {
    "live": "The last 24 hours, a row an hour",
    "daily": "A row a day",
    "weekly": "A row an ISO week, from Monday",
    "monthly": "A row a month",
}

COLUMNS: Final = (
    GridColumn("date", "Date", hint="start of the row, UTC"),
    GridColumn("customer", "Customer"),
    GridColumn("attempts", "Attempts", "integer", "calls offered by the customer"),
    GridColumn("answers", "Connected", "integer", "calls with an answer signal"),
    GridColumn("asr", "ASR", "percent", "connected / attempts", of=("answers", "attempts")),
    GridColumn("acd_s", "ACD (s)", "seconds", "talk / connected, in seconds"),
    GridColumn("talk_s", "Duration", "duration", "answer to release, h:mm:ss; filter in seconds"),
    GridColumn(
        "billed_s", "Billed Duration", "duration", "by the customer's deck, h:mm:ss; filter in seconds"
    ),
    GridColumn("charge", "Customer Charge", "money", "exact, before an invoice rounds its lines"),
    GridColumn("cost", "Cost", "money", "what the carriers ask"),
    GridColumn("profit", "Profit", "money", "charge - cost"),
    GridColumn("profit_ratio", "Profit %", "percent", "(charge - cost) / charge"),
    GridColumn("currency", "Currency"),
    GridColumn("unrated", "Unrated", "integer", "calls that should have a charge and have none"),
    GridColumn("action", "Action", hint="the invoice over exactly this row"),
)


@dataclass(frozen=True)
class Rows:
    """One view of the Customer Summary."""

    view: View
    frame: pl.DataFrame
    updated_at: datetime | None


def read(view: View, start: str, end: str) -> Rows:
    """A view of a notebook's workspace, from `start` until before `end` (UTC; empty: all there is).

    Raises:
        TollbookError: no workspace, or a parameter that means nothing.
    """
    home = workspace()
    lake = Lake(home)
    since, until = (parse_instant(text) if text else None for text in (start, end))
    invoices = numbers_in_force(Database.of(home))
    return Rows(view, summary(lake, view, start=since, end=until, invoices=invoices), lake.updated_at)


def top(rows: Rows) -> HTML:
    """Which view it is, that it is cut in UTC, and when it was last updated."""
    words = f"{_EACH[rows.view]}, cut in UTC. {as_of(rows.updated_at)}"
    return HTML(f'<p class="tollbook-asof">{escape(words)}</p>')


def grid(rows: Rows) -> Grid:
    """The rows, the latest first."""
    dated = rows.frame.with_columns(
        date=pl.col("start").dt.strftime(_DATES[rows.view]), action=pl.col("invoice")
    )
    return Grid.of(
        dated.sort("start", "customer", descending=[True, False], nulls_last=True),
        COLUMNS,
        label="Customer Summary",
    )
