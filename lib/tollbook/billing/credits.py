"""Credit notes: an issued invoice never changes, so one that is wrong is taken back by a note that names it.

It takes back all of it or, as `parts` has it, a part; once nothing is left, the invoice is taken back too. A note of a
part or of a difference is taken back the same way: a debit note by a credit note, a credit note by a debit note.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor
from tollbook.account.audit import record as note
from tollbook.account.database import Database
from tollbook.account.fields import parse_name
from tollbook.account.ledger import Adjustment
from tollbook.account.models import Customer, Invoice
from tollbook.billing.allocation import settle_up
from tollbook.billing.creditable import creditable, standing
from tollbook.billing.invoices import columns_of, numbered
from tollbook.billing.numbers import following, take
from tollbook.billing.parts import Part, before_of, part, refuse_more, rest
from tollbook.billing.record import Record
from tollbook.errors import TollbookError, UsageError
from tollbook.language import tr


class CreditedError(TollbookError):
    """An invoice has been taken back already: `note` is the number of its credit note."""

    def __init__(self, number: str, note: str) -> None:
        super().__init__(f"invoice {number} has been credited by {note}")
        self.note = note


def credit(
    db: Database,
    number: str,
    reason: str,
    by: Actor,
    at: datetime,
    parts: Sequence[Part] = (),
    seen: Decimal | None = None,
) -> Record:
    """Take an invoice back, or these parts of it, in a transaction of its own: as `credit_in`."""
    with db.session() as session:
        return credit_in(session, number, reason, by, at, parts, seen)


def credit_in(
    session: Session,
    number: str,
    reason: str,
    by: Actor,
    at: datetime,
    parts: Sequence[Part] = (),
    seen: Decimal | None = None,
) -> Record:
    """Take back an invoice or a note, or parts of an invoice: the note that does, under the number that this transaction takes.

    Without `parts` it is all that is left of it. The period can be invoiced again then; what has been paid is free to pay
    something else. `seen` is the net that had been credited when whoever asks looked.

    Raises:
        UsageError: there is no such invoice, it is itself a note that takes one back, no reason is told, or less is
            left than the parts.
        TollbookError: it has been credited, in part since it was `seen`, or another invoice or a note adjusts it.
    """
    if not reason.strip():
        raise UsageError("say why: --reason")
    reason = _line("reason", reason)
    row = numbered(session, number)
    session.get(Customer, row.customer_id, with_for_update=True)
    session.refresh(row)
    own, notes = Record.model_validate_json(row.record), standing(session, row)
    _refuse(session, row, own)
    if seen is not None and seen != before_of(notes).net:
        raise TollbookError(
            tr("{number} has been credited in part meanwhile: look again.").format(number=number)
        )
    is_whole = not parts or (own.kind == "invoice" and _takes_all(own, notes, parts))
    if is_whole:
        _refuse_adjusted(session, row)
    draft = drafted(own, notes, () if is_whole else parts, reason)
    if parts and not is_whole:
        refuse_more(own, draft.net, creditable(session, row))
    name = following(session, at, draft.kind)
    while not take(session, name):  # another transaction took it while this one waited for the counter
        session.expire_all()
        name = following(session, at, draft.kind)
    record = draft.issued(name, at)
    session.add(Invoice(**columns_of(record), corrects_id=row.id))
    row.status = "credited" if is_whole else row.status
    settle_up(session, row.customer_id)
    told = {draft.kind: name, "total": record.total, "reason": reason}
    note(session, by, "credit", f"invoice {number}", after=told, at=at)
    return record


def drafted(own: Record, notes: Sequence[Record], parts: Sequence[Part], reason: str) -> Record:
    """The note, before it has a number: of these parts of an invoice, else of all that `notes` have left of it.

    Raises:
        UsageError: less is left than the parts, or it is no invoice of which there are parts.
    """
    if parts and own.kind != "invoice":
        raise UsageError(
            tr("Only an invoice is credited in part, and {number} is a note.").format(number=own.number)
        )
    if parts:
        return part(own, notes, parts, reason)
    return rest(own, notes, reason) if own.kind == "invoice" else own.credited(reason)


def _takes_all(own: Record, notes: Sequence[Record], parts: Sequence[Part]) -> bool:
    return part(own, notes, parts, "").net == own.net - before_of(notes).net


def taken_off(session: Session, invoices: Collection[int]) -> Mapping[int, Decimal]:
    """What credit notes that stand take off each of these invoices, with VAT; those of which nothing is taken are not there."""
    mine = (Invoice.corrects_id.in_(invoices), Invoice.kind == "credit_note", Invoice.status != "credited")
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    for key, total in session.execute(select(Invoice.corrects_id, Invoice.total).where(*mine)):
        if key is not None:
            sums[key] += total
    return sums


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
    """The number of the note that took it back: of those that name it the last one that is of no difference."""
    whole = (Invoice.corrects_id == row.id, Invoice.id.not_in(select(Adjustment.invoice_id)))
    return select(func.coalesce(Invoice.number, "")).where(*whole).order_by(Invoice.id.desc())


def _refuse(session: Session, row: Invoice, own: Record) -> None:
    if row.kind != "invoice" and not _can_be_taken_back(session, row, own):
        words = "a credit note" if row.kind == "credit_note" else "a debit note"
        raise UsageError(f"{row.number} is {words} that takes another back: it stands")
    if row.status == "credited":
        raise CreditedError(row.number or "", session.scalars(_note_of(row)).first() or "")


def _can_be_taken_back(session: Session, row: Invoice, own: Record) -> bool:
    """Whether a note is of a difference, or of a part of an invoice of which another part stands."""
    if session.scalars(select(Adjustment.id).where(Adjustment.invoice_id == row.id)).first() is not None:
        return True
    corrected = session.get(Invoice, row.corrects_id)
    return (
        own.is_part and row.kind == "credit_note" and corrected is not None and corrected.status != "credited"
    )


def _refuse_adjusted(session: Session, row: Invoice) -> None:
    stands = (Adjustment.adjusts_id == row.id, Invoice.status != "credited")
    adjusting = select(Invoice.number).join(Adjustment, Adjustment.invoice_id == Invoice.id).where(*stands)
    if other := session.scalars(adjusting.limit(1)).one_or_none():
        raise TollbookError(f"{other} adjusts {row.number}: credit that first")
