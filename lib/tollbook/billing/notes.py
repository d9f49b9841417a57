"""Credit and debit notes of differences, issued: each under the next number of its series, in one transaction."""

import shutil
from collections.abc import Callable, Collection
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor
from tollbook.account.audit import record as note
from tollbook.account.database import Database
from tollbook.account.ledger import Adjustment
from tollbook.account.models import Customer, Invoice
from tollbook.billing.allocation import NOTHING, settle_up
from tollbook.billing.creditable import creditable
from tollbook.billing.invoices import Send, columns_of, numbered, unsent
from tollbook.billing.numbers import next_number, take
from tollbook.billing.record import Record
from tollbook.errors import TollbookError
from tollbook.money import plain

_TRIES: Final = 500
"""How often the next number may be gone: there are never as many runs at once."""
WORDS: Final = {"credit_note": "credit note", "debit_note": "debit note"}


def issue_note(
    db: Database,
    draft: Record,
    at: datetime,
    prepare: Callable[[Record], Path],
    again: Callable[[], Record | None],
    by: Actor,
    send: Send = unsent,
) -> tuple[Record, Path] | None:
    """Prepare the files of a note under the next number, then take it: the note, and the folder of its files.

    Where another run takes the number, adjusts the same invoice or credits it meanwhile, the folder is dropped and
    the draft is made `again`. `send` puts it into the outbox in the same transaction. None where nothing is left to
    note.

    Raises:
        TollbookError: what `prepare` raises, more than is left of the invoice, or others were always faster.
    """
    for _ in range(_TRIES):
        record = draft.issued(next_number(db, at, draft.kind), at)
        staged = prepare(record)
        done = False
        try:
            done = issue(db, record, by, partial(send, record=record, folder=staged))
        finally:
            if not done:
                shutil.rmtree(staged)
        if done:
            return record, staged
        settled = again()
        if settled is None:
            return None
        draft = settled
    raise TollbookError(f"other runs took the next number {_TRIES} times: run it again")


def issue(
    db: Database, record: Record, by: Actor, also: Callable[[Session], object] = lambda _: None
) -> bool:
    """Store a note of a difference under its number, in the transaction that takes the number, and do what is `also` to be done.

    False, and nothing is stored, where the number is gone, or the invoice has been adjusted or credited meanwhile.

    Raises:
        TollbookError: it is no such note, or it credits more than is left of its invoice.
    """
    if record.number is None or not record.is_difference:
        raise TollbookError("a note of a difference is issued under a number, and names what it corrects")
    try:
        with db.session() as session:
            # One of a customer at a time, and that before the number, as whoever credits does: else each waits for the other.
            session.get(Customer, record.customer.id, with_for_update=True)
            if not take(session, record.number):
                return False
            _store(session, record, by)
            also(session)
    except (IntegrityError, _CreditedError):
        return False  # another run adjusted the same invoice at the same moment, or somebody credited it
    return True


class _CreditedError(Exception):
    """The invoice has been taken back meanwhile: what this transaction took is given back."""


def _store(session: Session, record: Record, by: Actor) -> None:
    (adjusted,) = record.adjusted
    own = numbered(session, adjusted.number)
    session.refresh(own)
    if own.status == "credited":
        raise _CreditedError
    row = Invoice(**columns_of(record), corrects_id=own.id)
    session.add(row)
    session.flush()
    session.add(Adjustment(invoice_id=row.id, adjusts_id=own.id, place=adjusted.place, exact=adjusted.exact))
    session.flush()  # whoever was faster with this difference is told by this, and then there is none any more
    if record.kind == "credit_note":
        _refuse_more(record, own, creditable(session, own) + record.net)
    settle_up(session, record.customer.id)
    told = {"corrects": adjusted.number, "total": record.total, "reason": record.reason}
    note(session, by, "issue", f"{WORDS[record.kind]} {record.number}", after=told, at=record.issued_at)


def _refuse_more(record: Record, own: Invoice, left: Decimal) -> None:
    """Refuse a note of more than was left of its invoice."""
    if record.net > left:
        told = (
            f"{plain(record.net)} {record.currency} without VAT cannot be credited of {own.number}, of which"
        )
        left = max(left, NOTHING)
        raise TollbookError(
            f"{told} {plain(left)} is left: `tollbook invoice credit` takes that back, and then its period is invoiced again"
        )


def notes_of(db: Database, number: str) -> list[dict[str, Any]]:
    """The notes that correct an invoice, or take a note back: number, kind, state, total, when it was issued."""
    with db.reading() as session:
        own = numbered(session, number)
        rows = session.scalars(select(Invoice).where(Invoice.corrects_id == own.id).order_by(Invoice.id))
        names = ("number", "kind", "status", "total", "currency", "issued_at")
        return [{name: getattr(row, name) for name in names} for row in rows]


def differences(db: Database, customers: Collection[str] | None) -> list[tuple[str, str, str]]:
    """Customer, period and number of the notes of differences of these customers (null: of all), the oldest first."""
    columns = (Invoice.customer_id, Invoice.period_name, Invoice.number)
    chosen = select(*columns).where(Invoice.kind != "invoice", Invoice.id.in_(select(Adjustment.invoice_id)))
    if customers is not None:
        chosen = chosen.where(Invoice.customer_id.in_(list(customers)))
    with db.reading() as session:
        rows = session.execute(chosen.order_by(Invoice.id))
        return [(customer, period, number) for customer, period, number in rows if number]
