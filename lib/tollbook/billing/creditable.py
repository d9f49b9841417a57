"""How much can be credited of an invoice: what has been billed of its period, less what notes have taken off."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.ledger import Adjustment
from tollbook.account.models import Invoice
from tollbook.billing.parts import before_of
from tollbook.billing.record import Record


def standing(session: Session, row: Invoice) -> list[Record]:
    """The credit notes that take something off an invoice and have not been taken back, the oldest first."""
    mine = (Invoice.corrects_id == row.id, Invoice.kind == "credit_note", Invoice.status != "credited")
    rows = session.scalars(select(Invoice.record).where(*mine).order_by(Invoice.id))
    return [Record.model_validate_json(text) for text in rows]


def creditable(session: Session, row: Invoice) -> Decimal:
    """What is left to credit of an invoice, without VAT: its net, with what other invoices and notes adjust of it, less notes of parts."""
    adjusting = select(Invoice.record).join(Adjustment, Adjustment.invoice_id == Invoice.id)
    texts = session.scalars(adjusting.where(Adjustment.adjusts_id == row.id, Invoice.status != "credited"))
    records = [Record.model_validate_json(text) for text in texts]
    more = (one.sign * line.net for one in records for line in one.lines if line.adjusts == row.number)
    parts = [one for one in standing(session, row) if one.is_part]
    return row.net + sum(more, Decimal(0)) - before_of(parts).net


def allows(session: Session, row: Invoice, net: Decimal) -> bool:
    """Whether an invoice may be adjusted by so much: below zero it takes that off, and there has to be as much."""
    return net >= 0 or -net <= creditable(session, row)
