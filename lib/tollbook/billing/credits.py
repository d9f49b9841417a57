"""Credit notes: an issued invoice never changes, so one that is wrong is taken back by a note that names it.

A note of a difference is taken back the same way: a debit note by a credit note, a credit note by a debit note.
"""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor
from tollbook.account.audit import record as note
from tollbook.account.database import Database
from tollbook.account.fields import parse_name
from tollbook.account.ledger import Adjustment
from tollbook.account.models import Customer, Invoice
from tollbook.billing.allocation import settle_up
from tollbook.billing.invoices import columns_of, numbered
from tollbook.billing.numbers import following, take
from tollbook.billing.record import Record
from tollbook.errors import TollbookError, UsageError


class CreditedError(TollbookError):
    """An invoice has been taken back already: `note` is the number of its credit note."""

    def __init__(self, number: str, note: str) -> None:
        super().__init__(f"invoice {number} has been credited by {note}")
        self.note = note


def credit(db: Database, number: str, reason: str, by: Actor, at: datetime) -> Record:
    """Take an invoice back in full, in a transaction of its own: as `credit_in`."""
    with db.session() as session:
        return credit_in(session, number, reason, by, at)


def credit_in(session: Session, number: str, reason: str, by: Actor, at: datetime) -> Record:
    """Take an invoice back in full, or a note of a difference: the note that does, under the number that this transaction takes.

    The period can be invoiced again then; what has been paid is free to pay something else.

    Raises:
        UsageError: there is no such invoice, it is itself a note that takes one back, or no reason is told.
        TollbookError: it has been credited, or another invoice or a note adjusts it; which is named.
    """
    if not reason.strip():
        raise UsageError("say why: --reason")
    reason = _line("reason", reason)
    row = numbered(session, number)
    session.get(Customer, row.customer_id, with_for_update=True)
    session.refresh(row)
    _refuse(session, row)
    draft = Record.model_validate_json(row.record).credited(reason)
    own = following(session, at, draft.kind)
    while not take(session, own):  # another transaction took it while this one waited for the counter
        session.expire_all()
        own = following(session, at, draft.kind)
    record = draft.issued(own, at)
    session.add(Invoice(**columns_of(record), corrects_id=row.id))
    row.status = "credited"
    settle_up(session, row.customer_id)
    note(session, by, "credit", f"invoice {number}", after={draft.kind: own, "reason": reason}, at=at)
    return record


def _line(name: str, text: str) -> str:
    """It as documents can have it, before a number is taken: what they cannot show could never be filed."""
    try:
        return parse_name(text.strip())
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None


def note_of(session: Session, number: str) -> str | None:
    """The number of the credit note that takes an invoice back; null where there is none."""
    row = session.scalars(select(Invoice).where(Invoice.number == number)).one_or_none()
    return session.scalars(_note_of(row)).first() if row and row.status == "credited" else None


def _note_of(row: Invoice) -> Select[str]:
    """The number of the note that took it back: of those that name it the one that is of no difference."""
    whole = Invoice.id.not_in(select(Adjustment.invoice_id))
    return select(func.coalesce(Invoice.number, "")).where(Invoice.corrects_id == row.id, whole)


def _refuse(session: Session, row: Invoice) -> None:
    difference = session.scalars(select(Adjustment.id).where(Adjustment.invoice_id == row.id)).first()
    if row.kind != "invoice" and difference is None:
        words = "a credit note" if row.kind == "credit_note" else "a debit note"
        raise UsageError(f"{row.number} is {words} that takes another back: it stands")
    if row.status == "credited":
        raise CreditedError(row.number or "", session.scalars(_note_of(row)).one())
    standing = (Adjustment.adjusts_id == row.id, Invoice.status != "credited")
    adjusting = select(Invoice.number).join(Adjustment, Adjustment.invoice_id == Invoice.id).where(*standing)
    if other := session.scalars(adjusting.limit(1)).one_or_none():
        raise TollbookError(f"{other} adjusts {row.number}: credit that first")
