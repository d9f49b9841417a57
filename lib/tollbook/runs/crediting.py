"""Taking an invoice back: its credit note in the database, and that note's files."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.billing.creditable import standing
from tollbook.billing.credits import CreditedError, credit, drafted
from tollbook.billing.filed import folder_of
from tollbook.billing.invoices import invoice, numbered
from tollbook.billing.parts import Part
from tollbook.billing.record import Record
from tollbook.errors import TollbookError
from tollbook.params import Invoice, read
from tollbook.periods import Period
from tollbook.runs.invoices import Bill, make_note
from tollbook.workspace import Workspace


def credited(
    workspace: Workspace,
    db: Database,
    number: str,
    reason: str,
    by: Actor,
    at: datetime,
    parts: Sequence[Part] = (),
    seen: Decimal | None = None,
) -> Record:
    """The credit note that takes an invoice back, or these parts of it.

    Where whoever credited it was stopped before the note's files were there, it is that note.

    Raises:
        UsageError: there is no such invoice, it is itself a credit note, no reason is told, or less is left.
        TollbookError: it has been credited, or another invoice adjusts it; which is named.
    """
    if parts and (stopped := _stopped(workspace, db, number, reason, parts)):
        return stopped
    try:
        return credit(db, number, reason, by, at, parts, seen)
    except CreditedError as error:
        record = invoice(db, error.note)
        if folder_of(workspace, record).is_dir():
            raise
        return record


def _stopped(
    workspace: Workspace, db: Database, number: str, reason: str, parts: Sequence[Part]
) -> Record | None:
    """The newest note of an invoice, if it is of these parts for this reason and has no files."""
    with db.reading() as session:
        notes = standing(session, numbered(session, number))
    if not notes or notes[-1].reason != reason.strip() or folder_of(workspace, notes[-1]).is_dir():
        return None
    with suppress(TollbookError):
        meant = drafted(invoice(db, number), notes[:-1], parts, reason)
        return notes[-1] if meant.lines == notes[-1].lines else None
    return None


def filed(workspace: Workspace, record: Record, at: datetime) -> dict[str, Any]:
    """The files of a credit note, and what there is of them, as a row; it is put into the outbox where such are sent.

    Raises:
        TollbookError: the notebook failed, or a document cannot be made.
    """
    period = Period(record.period.start, record.period.end, record.period.name)
    bill = Bill(workspace, record.customer.id, period, at, read("invoice", Invoice))
    return make_note(bill, record)
