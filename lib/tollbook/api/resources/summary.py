"""`summary`: the Customer Summary. A contact's token has its customer's rows, without cost and profit."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, cast

import polars as pl
from pydantic import Field

from tollbook.api.asked import Asked
from tollbook.api.cursors import Key
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.types import Amount, Instant, Listed, Moment, Page, Part, Text, example
from tollbook.billing.invoices import numbers_in_force
from tollbook.lake.scoped import ScopedLake
from tollbook.periods import View, iso_z
from tollbook.summary import summary

Ratio = Annotated[float | None, Field(ge=0, le=1)]


_EXAMPLE: Final = {
    "customer": "acme",
    "view": "daily",
    "start": "2026-10-05T00:00:00Z",
    "end": "2026-10-06T00:00:00Z",
    "attempts": 1010,
    "answers": 409,
    "asr": 0.404950495049505,
    "acd_s": 60.0,
    "talk_s": 24540.0,
    "billed_s": 24540,
    "charge": "5.0307",
    "currency": "EUR",
    "unrated": 0,
    "invoice": "INV-2026-000001",
}


class SummaryRow(Part):
    """What a customer did and owes in an hour, a day, a week or a month of UTC."""

    model_config = example(_EXAMPLE)

    customer: str | None
    view: View
    start: Instant
    end: Instant
    attempts: int
    answers: int
    asr: Ratio
    acd_s: float | None
    talk_s: float
    billed_s: int | None
    charge: Amount | None
    cost: Amount | None = None
    profit: Amount | None = None
    profit_ratio: Annotated[float | None, Field(description="Below 0 where there is a loss.")] = None
    currency: str | None
    unrated: Annotated[int, Field(description="Calls that should have a charge and have none.")]
    invoice: str | None
    cost_unrated: Annotated[
        int | None, Field(description="Seizures that should have a cost and have none.")
    ] = None


class SummaryRows(Page[SummaryRow]):
    """A page of the Customer Summary."""


class SummaryAsked(Listed):
    """Which rows to list."""

    view: View = "daily"
    customer: Annotated[list[Text] | None, Field(description="Only of these; may be repeated.")] = None
    since: Annotated[Moment | None, Field(alias="from", description="Rows that end after it.")] = None
    until: Annotated[Moment | None, Field(alias="to", description="Rows that start before it.")] = None


@operation("GET", f"{ROOT}/summary", "see", "summary")
def list_summary(asked: Asked, query: SummaryAsked) -> SummaryRows:
    """List the Customer Summary, by customer and start. A contact has no cost and no profit in it."""
    rows = read(asked, query)
    if after := asked.after(query):
        rows = rows[_first_after(rows, after) :]
    wanted = rows.head(query.limit + 1).to_dicts()
    shown, more, following = asked.page(query, wanted, _key)
    return SummaryRows(data=[SummaryRow.model_validate(row) for row in shown], has_more=more, next=following)


def read(asked: Asked, query: SummaryAsked) -> pl.DataFrame:
    """The rows that the token has, with the columns that it has."""
    return summary(
        ScopedLake(asked.workspace, asked.scope),
        query.view,
        customers=query.customer,
        start=query.since,
        end=query.until,
        now=asked.at,
        invoices=numbers_in_force(asked.db),
    )


def _first_after(rows: pl.DataFrame, after: Key) -> int:
    """Where the page begins: rows before it may have come or gone since."""
    keys = (_place(_key(row)) for row in rows.select("customer", "start", "currency").iter_rows(named=True))
    last = _place(after)
    return next((at for at, key in enumerate(keys) if key > last), len(rows))


def _key(row: Mapping[str, Any]) -> Key:
    return [row["customer"], iso_z(row["start"]), row["currency"]]


def _place(key: Key) -> tuple[tuple[bool, str], ...]:
    """As the rows are in order: nulls last."""
    return tuple((part is None, cast("str", part) or "") for part in key)


OPERATIONS: Final[tuple[Operation, ...]] = (list_summary,)
