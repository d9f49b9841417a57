"""Invoices as they stand in the database: drafts, and issued ones, each stored in the transaction that takes its number."""

import shutil
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer

from tollbook.account.audit import Actor, command_line
from tollbook.account.audit import record as note
from tollbook.account.database import Database
from tollbook.account.ledger import Adjustment
from tollbook.account.models import Customer, Invoice
from tollbook.billing.allocation import paid_of, settle_up
from tollbook.billing.creditable import allows
from tollbook.billing.numbers import next_number, take
from tollbook.billing.record import Record
from tollbook.billing.turns import NoTurns, Turns
from tollbook.errors import TollbookError, UsageError, did_you_mean
from tollbook.periods import Period

_TRIES: Final = 500
"""How often the next number may be gone: there are never as many runs at once."""
_NOBODY_ELSE: Final = NoTurns()
_LISTED: Final = (
    *("number", "kind", "customer_id", "period_name", "status", "currency", "net", "tax", "total"),
    *("exact_charge", "rounding", "issued_at", "created_at"),
)
IN_FORCE: Final = (Invoice.kind == "invoice", Invoice.status.not_in(["draft", "credited"]))
"""What an issued invoice is known by that no credit note has taken back."""


Send = Callable[..., object]
"""Called with a session, a `record` and the `folder` of its files."""


def unsent(_session: Session, **_: object) -> None:
    """Send nothing."""


class OverlapError(TollbookError):
    """Part of a period is on another invoice of its customer."""


class _IssuedError(TollbookError):
    """Another run has issued the invoice of this period meanwhile."""


class _CreditedError(Exception):
    """Somebody has credited parts of an invoice meanwhile, and less is left of it than this one takes off."""


def customer_named(db: Database, customer: str) -> Customer:
    """The customer of that id.

    Raises:
        TollbookError: nobody entered it.
    """
    with db.reading() as session:
        found = session.get(Customer, customer)
        known = [] if found else session.scalars(select(Customer.id)).all()
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
        *IN_FORCE,
        Invoice.period_start < period.end,
        Invoice.period_end > period.start,
    )
    for row in session.scalars(others.order_by(Invoice.period_start)):
        if row.period_name == period.name:
            return Record.model_validate_json(row.record)
        raise OverlapError(
            f"invoice {row.number} of '{customer}' for {row.period_name} covers part of {period.name}"
        )
    return None


def issue(
    db: Database,
    record: Record,
    by: Actor | None = None,
    also: Callable[[Session], object] = lambda _: None,
) -> bool:
    """Store an invoice under its number, in the transaction that takes the number; false if that is gone.

    False too where another invoice has adjusted the same one meanwhile, or so much of that has been credited that less
    is left than this one takes off: then it is to be settled again. The audit tells that it was issued `by` somebody,
    the command line where nobody else. What is `also` to be done is done in that transaction.

    Raises:
        TollbookError: part of the period has been invoiced meanwhile.
    """
    if record.number is None:
        raise TollbookError("an invoice is issued under a number: this record has none")
    try:
        with db.session() as session:
            if not take(session, record.number):
                return False
            _store(session, record)
            told = {"customer": record.customer.id, "period": record.period.name, "total": record.total}
            note(session, by or command_line(), "issue", f"invoice {record.number}", after=told)
            also(session)
    except (IntegrityError, _CreditedError):
        return (
            False  # another run issued it or adjusted the same invoice, or somebody credited that, just now
        )
    return True


def issue_next(
    db: Database,
    draft: Record,
    at: datetime,
    prepare: Callable[[Record], Path],
    again: Callable[[], Record | None],
    by: Actor | None = None,
    send: Send = unsent,
    turns: Turns | NoTurns = _NOBODY_ELSE,
) -> tuple[Record, Path | None] | None:
    """Prepare the files of a draft under the next number, then take it: the invoice, and the folder of its files.

    Runs that take `turns` prepare at the same time, each under the number that it will get if all goes well. Where
    another run takes the number or bills a late call meanwhile, the folder is dropped and the draft is made `again`.
    `send` puts the invoice into the outbox in the same transaction. Without a folder it is another run's; None where
    nothing is left to invoice.

    Raises:
        TollbookError: part of the period is on another invoice, what `prepare` raises, or others were always faster.
    """
    period = Period(draft.period.start, draft.period.end, draft.period.name)
    with turns.taken(lambda: next_number(db, at)) as place:
        number = place.number
        for _ in range(_TRIES):
            if other := issued(db, draft.customer.id, period):
                return other, None
            record = draft.issued(number, at)
            staged = prepare(record)
            done = False
            try:
                place.wait()
                done = place.issue(
                    partial(issue, db, record, by, partial(send, record=record, folder=staged))
                )
            except _IssuedError:
                continue
            finally:
                if not done:
                    shutil.rmtree(staged)
            if done:
                return record, staged
            settled = again()
            if settled is None:
                return None
            draft, number = settled, next_number(db, at)
    raise TollbookError(f"other runs took the next number {_TRIES} times: run it again")


def save_draft(db: Database, record: Record) -> None:
    """Store the figures so far; they replace those of an earlier draft of the period."""
    with db.session() as session:
        _store(session, record)


def _store(session: Session, record: Record) -> None:
    session.get(Customer, record.customer.id, with_for_update=True)  # one invoice of a customer at a time
    period = Period(record.period.start, record.period.end, record.period.name)
    if _issued(session, record.customer.id, period):
        raise _IssuedError(f"'{record.customer.id}' has an invoice for {period.name} by now: run it again")
    mine = (Invoice.customer_id == record.customer.id, Invoice.period_name == period.name)
    row = session.scalars(select(Invoice).where(*mine, Invoice.status == "draft")).one_or_none() or Invoice()
    for column, value in columns_of(record).items():
        setattr(row, column, value)
    session.add(row)
    if record.number:
        row.status = "paid" if record.total <= 0 else record.status
        session.flush()
        _adjust(session, row.id, record)
        settle_up(session, record.customer.id)


def _adjust(session: Session, invoice_id: int, record: Record) -> None:
    """Note what is adjusted: only while those invoices stand, and only once."""
    for adjusted in record.adjusted:
        other = session.scalars(select(Invoice).where(Invoice.number == adjusted.number)).one()
        if other.status == "credited":
            raise TollbookError(f"invoice {adjusted.number} has been credited meanwhile: run it again")
        net = sum((line.net for line in record.lines if line.adjusts == adjusted.number), Decimal(0))
        if not allows(session, other, net):
            raise _CreditedError
        exact = {"exact": adjusted.exact, "place": adjusted.place}
        session.add(Adjustment(invoice_id=invoice_id, adjusts_id=other.id, **exact))
    session.flush()


def columns_of(record: Record) -> dict[str, Any]:
    """The columns of its row."""
    amounts = ("net", "tax", "total", "exact_charge", "rounding")
    return {
        "customer_id": record.customer.id,
        "kind": record.kind,
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
    order = (Invoice.period_start.desc(), Invoice.customer_id, Invoice.id)
    with db.reading() as session:
        rows = session.scalars(select(Invoice).order_by(*order).options(defer(Invoice.record))).all()
        paid = paid_of(session)
    names = {"customer_id": "customer", "period_name": "period"}
    return [
        {names.get(column, column): getattr(row, column) for column in _LISTED}
        | {"paid": paid.get(row.id, Decimal(0))}
        for row in rows
    ]


def numbers_in_force(db: Database) -> dict[tuple[str, str], str]:
    """Numbers of issued invoices that no credit note has taken back, by customer and the period's name."""
    chosen = select(Invoice.customer_id, Invoice.period_name, Invoice.number).where(
        Invoice.number.is_not(None), *IN_FORCE
    )
    with db.reading() as session:
        return {(customer, period): number for customer, period, number in session.execute(chosen) if number}


def drafts(db: Database) -> set[tuple[str, str]]:
    """Customer and the period's name of each draft."""
    chosen = select(Invoice.customer_id, Invoice.period_name).where(Invoice.status == "draft")
    with db.reading() as session:
        return {(customer, period) for customer, period in session.execute(chosen)}


def invoice(db: Database, number: str) -> Record:
    """The record of the invoice or credit note of that number.

    Raises:
        UsageError: there is none.
    """
    with db.reading() as session:
        return Record.model_validate_json(numbered(session, number).record)


def numbered(session: Session, number: str) -> Invoice:
    """The row of that number.

    Raises:
        UsageError: there is none.
    """
    row = session.scalars(select(Invoice).where(Invoice.number == number)).one_or_none()
    if row is None:
        known = session.scalars(select(Invoice.number).where(Invoice.number.is_not(None))).all()
        raise UsageError(f"no invoice '{number}'{did_you_mean(number, [n for n in known if n])}")
    return row
