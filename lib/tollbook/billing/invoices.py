"""Invoices as they stand in the database: drafts, issued ones, and numbers without gaps."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tollbook.account.database import Database
from tollbook.account.models import Customer, Invoice, InvoiceSeries
from tollbook.billing.record import Record
from tollbook.errors import TollbookError, UsageError, did_you_mean
from tollbook.periods import Period

SERIES: Final = "INV"

_LISTED: Final = (
    *("number", "customer_id", "period_name", "status", "currency", "net", "tax", "total"),
    *("exact_charge", "rounding", "issued_at", "created_at"),
)


def customer_named(db: Database, customer: str) -> Customer:
    """The customer of that id.

    Raises:
        TollbookError: nobody entered it.
    """
    with db.reading() as session:
        found = session.get(Customer, customer)
        known = session.scalars(select(Customer.id)).all()
    if found is None:
        hint = did_you_mean(customer, known)
        raise TollbookError(f"no customer '{customer}'{hint}; `tollbook customer add` enters one")
    return found


def issued(db: Database, customer: str, period: Period) -> Record | None:
    """The invoice that the customer has for this period; None while there is none or only a draft.

    Raises:
        TollbookError: part of the period is on another invoice of the customer, which is named.
    """
    with db.reading() as session:
        return _issued(session, customer, period)


def _issued(session: Session, customer: str, period: Period) -> Record | None:
    others = select(Invoice).where(
        Invoice.customer_id == customer,
        Invoice.status.not_in(["draft", "credited"]),
        Invoice.period_start < period.end,
        Invoice.period_end > period.start,
    )
    for row in session.scalars(others.order_by(Invoice.period_start)):
        if row.period_name == period.name:
            return Record.model_validate_json(row.record)
        raise TollbookError(
            f"invoice {row.number} of '{customer}' for {row.period_name} covers part of {period.name}"
        )
    return None


def next_number(db: Database, at: datetime) -> str:
    """The number that the next invoice issued at `at` will get, as in INV-2026-000001. Takes nothing."""
    name = _series(at)
    with db.reading() as session:
        series = session.get(InvoiceSeries, name)
    return f"{name}-{(series.last if series else 0) + 1:06d}"


def _series(at: datetime) -> str:
    return f"{SERIES}-{at.year}"


def issue(db: Database, record: Record) -> bool:
    """Store an invoice under its number, in the transaction that takes the number; false if that is gone.

    Raises:
        TollbookError: part of the period has been invoiced meanwhile.
    """
    if record.number is None:
        raise TollbookError("an invoice is issued under a number: this record has none")
    name, _, count = record.number.rpartition("-")
    try:
        with db.session() as session:
            if not _take(session, name, int(count)):
                return False
            _store(session, record)
    except IntegrityError:
        return False  # another run issued it, or began the series, at the same moment
    return True


def _take(session: Session, name: str, count: int) -> bool:
    if count == 1 and session.get(InvoiceSeries, name) is None:
        session.add(InvoiceSeries(name=name, last=0))
        session.flush()
    row = InvoiceSeries.__table__.c
    raised = update(InvoiceSeries).where(row.name == name, row.last == count - 1).values(last=count)
    return bool(session.execute(raised.returning(row.last)).all())


def save_draft(db: Database, record: Record) -> None:
    """Store the figures so far; they replace those of an earlier draft of the period."""
    with db.session() as session:
        _store(session, record)


def _store(session: Session, record: Record) -> None:
    period = Period(record.period.start, record.period.end, record.period.name)
    if _issued(session, record.customer.id, period):
        raise TollbookError(f"'{record.customer.id}' has an invoice for {period.name} by now: run it again")
    mine = (Invoice.customer_id == record.customer.id, Invoice.period_name == period.name)
    row = session.scalars(select(Invoice).where(*mine, Invoice.status == "draft")).one_or_none() or Invoice()
    for column, value in _columns(record).items():
        setattr(row, column, value)
    session.add(row)


def _columns(record: Record) -> dict[str, Any]:
    amounts = ("net", "tax", "total", "exact_charge", "rounding")
    return {
        "customer_id": record.customer.id,
        "period_name": record.period.name,
        "period_start": record.period.start,
        "period_end": record.period.end,
        "status": record.status,
        "number": record.number,
        "issued_at": record.issued_at,
        "currency": record.currency,
        **{name: getattr(record, name) for name in amounts},
        "record": record.text,
    }


def invoices(db: Database) -> list[dict[str, Any]]:
    """All invoices and drafts, the newest period first."""
    order = (Invoice.period_start.desc(), Invoice.customer_id)
    with db.reading() as session:
        rows = session.scalars(select(Invoice).order_by(*order)).all()
    names = {"customer_id": "customer", "period_name": "period"}
    return [{names.get(column, column): getattr(row, column) for column in _LISTED} for row in rows]


def numbers_in_force(db: Database) -> dict[tuple[str, str], str]:
    """Numbers of issued invoices that no credit note has taken back, by customer and the period's name."""
    chosen = select(Invoice.customer_id, Invoice.period_name, Invoice.number).where(
        Invoice.number.is_not(None), Invoice.status != "credited"
    )
    with db.reading() as session:
        return {(customer, period): number for customer, period, number in session.execute(chosen) if number}


def invoice(db: Database, number: str) -> Record:
    """The record of the invoice of that number.

    Raises:
        UsageError: there is none.
    """
    with db.reading() as session:
        text = session.scalars(select(Invoice.record).where(Invoice.number == number)).one_or_none()
        known = session.scalars(select(Invoice.number).where(Invoice.number.is_not(None))).all()
    if text is None:
        raise UsageError(f"no invoice '{number}'{did_you_mean(number, [n for n in known if n])}")
    return Record.model_validate_json(text)
