"""A customer's account at one instant: its balance, what is open, its payments, and the statement of a span."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.orm import Session

from tollbook.account.models import Customer
from tollbook.billing.balance import STATEMENT, balance, statement
from tollbook.billing.listed import Listed, listed, open_of
from tollbook.billing.parties import buyer
from tollbook.billing.payments import METHODS, Row, listing
from tollbook.billing.record import Buyer
from tollbook.lake.store import Lake
from tollbook.language import tr
from tollbook.periods import iso_z
from tollbook.spreadsheets import csv_text

_REFUND: Final = re.compile(r"refund of payment (\d+) \((\w+)\)")


@dataclass(frozen=True)
class Account:
    """One customer's account. `rows` are the statement from `start` until before `end`, where they are told."""

    owner: Buyer
    currency: str | None
    balance: Mapping[str, Any]
    open: Sequence[Listed]
    """Invoices of which something is left to pay, the longest due first."""
    payments: Sequence[Row]
    """Of the span, the newest first, also those that do not count."""
    rows: Sequence[Row]
    start: datetime | None
    end: datetime | None
    at: datetime

    @property
    def due(self) -> Decimal:
        """What is open of all invoices."""
        return sum((one.open for one in self.open), Decimal(0))

    @property
    def overdue(self) -> Decimal:
        """What of it should have been paid by now."""
        return sum((one.open for one in self.open if one.overdue_days), Decimal(0))


def account_of(
    lake: Lake,
    session: Session,
    customer: str,
    at: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Account:
    """The account of a customer as of `at`.

    Raises:
        UsageError: there is no such customer.
    """
    left = balance(lake, session, customer)
    owner = session.get_one(Customer, customer)
    return Account(
        owner=buyer(owner),
        currency=owner.currency,
        balance=left,
        open=open_of(listed(session, at, [customer])),
        payments=[row for row in listing(session, customer) if _within(row["received_at"], start, end)],
        rows=statement(session, customer, start, end),
        start=start,
        end=end,
        at=at,
    )


def _within(at: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or at >= start) and (end is None or at < end)


def what_of(row: Row) -> str:
    """What a row of a statement is, in the language in use."""
    known = {
        "balance before": tr("Balance brought forward"),
        "balance": tr("Balance"),
        "invoice": tr("Invoice"),
        "credit note": tr("Credit note"),
        "debit note": tr("Debit note"),
        **{
            f"payment ({name})": tr("Payment, {method}").format(method=tr(label))
            for name, label in METHODS.items()
        },
    }
    if back := _REFUND.fullmatch(row["what"]):
        told = {"number": back[1], "method": tr(METHODS[back[2]])}
        return tr("Refund of payment {number}, {method}").format(**told)
    return known.get(row["what"], str(row["what"]))


def csv_of(rows: Sequence[Row]) -> str:
    """A statement as CSV: exact amounts, instants in UTC."""
    cells = ([iso_z(v) if isinstance(v, datetime) else v for v in row.values()] for row in rows)
    return csv_text(STATEMENT, cells)
