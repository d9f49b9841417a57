"""Rows of the Customer Summary that somebody wants invoiced: which can be, and what became of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypedDict

from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.money import plain
from tollbook.periods import Period, iso_z, parse_period
from tollbook.runs.invoices import Bill, attempt
from tollbook.summary import summary
from tollbook.workspace import Workspace

MOST_ROWS: Final = 500
_NAMES: Final = frozenset({"customer", "period"})

Status = Literal["issued", "draft", "refused", "nothing"]


@dataclass(frozen=True)
class Wanted:
    """One customer and one period, as a row of the Summary has them."""

    customer: str
    period: Period


class Outcome(TypedDict):
    """What became of a row. `settles_at` is when a draft can become an invoice, `why` what stood in the way."""

    customer: str
    period: str
    status: Status
    number: str | None
    total: str | None
    currency: str | None
    settles_at: str | None
    why: str | None


def wanted(asked: object) -> list[Wanted]:
    """What a list of `{customer, period}` asks for, each once, in its order.

    Raises:
        UsageError: it is no such list, it is empty or too long, or a period is none.
    """
    if not isinstance(asked, list) or not asked:
        raise UsageError("name at least one row as {customer, period}")
    if len(asked) > MOST_ROWS:
        raise UsageError(f"{len(asked)} rows are more than the {MOST_ROWS} of one request: choose fewer")
    return list(dict.fromkeys(_one(row) for row in asked))


def _one(row: object) -> Wanted:
    if (
        not isinstance(row, Mapping)
        or set(row) != _NAMES
        or not all(isinstance(v, str) for v in row.values())
    ):
        raise UsageError("each row is {customer, period}, both as text")
    return Wanted(row["customer"], parse_period(row["period"]))


def in_summary(workspace: Workspace, rows: Iterable[Wanted]) -> set[Wanted]:
    """Those of the rows that the Customer Summary has."""
    by_period: dict[Period, set[str]] = {}
    for row in rows:
        by_period.setdefault(row.period, set()).add(row.customer)
    lake = Lake(workspace)
    return {
        Wanted(customer, period)
        for period, customers in by_period.items()
        for customer in _customers(lake, period, customers)
    }


def _customers(lake: Lake, period: Period, customers: set[str]) -> Sequence[str]:
    rows = summary(lake, period.view, customers=customers, start=period.start, end=period.end)
    return rows["customer"].unique().to_list()


def refused(row: Wanted, why: str) -> Outcome:
    """A row of which nothing was made."""
    return _outcome(row, "refused", why=why)


def make(bill: Bill) -> Outcome:
    """Make the invoice or the draft of one row, and tell what it is."""
    row, made = Wanted(bill.customer, bill.period), attempt(bill)
    if made is None:
        return _outcome(row, "nothing")
    if made["status"] == "failed":
        return refused(row, made["why"])
    total = {"total": plain(made["total"]), "currency": made["currency"]}
    if made["number"]:
        return _outcome(row, "issued", number=made["number"], **total)
    return _outcome(row, "draft", settles_at=iso_z(bill.settles_at), **total)


def _outcome(row: Wanted, status: Status, **told: Any) -> Outcome:  # noqa: ANN401 - the other columns
    nothing = dict.fromkeys(("number", "total", "currency", "settles_at", "why"))
    return Outcome(customer=row.customer, period=row.period.name, status=status, **{**nothing, **told})  # type: ignore[typeddict-item]
