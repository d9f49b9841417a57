"""Taking an invoice back: its credit note in the database, and that note's files."""

from datetime import datetime
from typing import Any

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.billing.credits import CreditedError, credit
from tollbook.billing.filed import folder_of
from tollbook.billing.invoices import invoice
from tollbook.billing.record import Record
from tollbook.params import Invoice, read
from tollbook.periods import Period
from tollbook.runs.invoices import Bill, make_note
from tollbook.workspace import Workspace


def credited(workspace: Workspace, db: Database, number: str, reason: str, by: Actor, at: datetime) -> Record:
    """The credit note that takes an invoice back in full.

    Where whoever credited it was stopped before the note's files were there, it is that note.

    Raises:
        UsageError: there is no such invoice, it is itself a credit note, or no reason is told.
        TollbookError: it has been credited, or another invoice adjusts it; which is named.
    """
    try:
        return credit(db, number, reason, by, at)
    except CreditedError as error:
        record = invoice(db, error.note)
        if folder_of(workspace, record).is_dir():
            raise
        return record


def filed(workspace: Workspace, record: Record, at: datetime) -> dict[str, Any]:
    """The files of a credit note, and what there is of them, as a row; it is put into the outbox where such are sent.

    Raises:
        TollbookError: the notebook failed, or a document cannot be made.
    """
    period = Period(record.period.start, record.period.end, record.period.name)
    bill = Bill(workspace, record.customer.id, period, at, read("invoice", Invoice), is_sent=True)
    return make_note(bill, record)
