"""From a change to what is told of it: whatever changes an invoice's or a payment's state, and what alerts do.

It is told in the same transaction.

It is heard where a session writes to the database, so that no way of changing them can forget to tell.
"""

import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.attributes import get_history

from tollbook.account.alerts.models import Alert, AlertEvent
from tollbook.account.alerts.shown import event_row
from tollbook.account.hooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from tollbook.account.ledger import Payment, Refund
from tollbook.account.models import Invoice, now
from tollbook.money import plain
from tollbook.periods import iso_z

_OF_INVOICE: Final = ("number", "kind", "status", "currency", "net", "tax", "total", "issued_at")
_OF_REFUND: Final = ("id", "amount", "method", "reference", "at")
_OF_PAYMENT: Final = ("id", "amount", "currency", "method", "status", "reference", "received_at")

Told = Invoice | Payment | Refund | AlertEvent


def listen(sessions: sessionmaker[Session]) -> None:
    """Have every change that these sessions write be told."""
    event.listen(sessions, "after_flush", _announce)


def document(name: str, kind: str, at: datetime, data: dict[str, Any]) -> str:
    """An event as it is sent: one line of JSON."""
    told = {"id": name, "type": kind, "created_at": iso_z(at), "data": data}
    return json.dumps(told, ensure_ascii=False)


def _announce(session: Session, _context: object) -> None:
    happened = list(_happened(session))
    if not happened:
        return
    endpoints = session.execute(
        select(WebhookEndpoint.id, WebhookEndpoint.events).where(WebhookEndpoint.off_at.is_(None))
    ).all()
    at = now()
    for kind, row in happened:
        told = [number for number, events in endpoints if kind in events]
        if told:
            _put(session, kind, row, told, at)


def _put(session: Session, kind: str, row: Told, endpoints: list[int], at: datetime) -> None:
    name = f"evt_{secrets.token_hex(16)}"
    data = _data(session, row)
    kept = {"name": name, "kind": kind, "body": document(name, kind, at, data), "at": at}
    number = session.scalar(insert(WebhookEvent).values(kept).returning(WebhookEvent.id))
    session.execute(
        insert(WebhookDelivery),
        [{"event_id": number, "endpoint_id": each, "next_at": at} for each in endpoints],
    )


def _data(session: Session, row: Told) -> dict[str, Any]:
    """What is told of it."""
    match row:
        case Invoice():
            return _invoice(session, row)
        case Payment():
            return _payment(row)
        case Refund():
            return _refund(session, row)
    told = event_row(row, session.get_one(Alert, row.alert_id))
    return {name: _shown(value) for name, value in told.items()}


def _happened(session: Session) -> Iterator[tuple[str, Told]]:
    for row in (*session.new, *session.dirty):
        if isinstance(row, Refund) and row in session.new:
            yield "payment.refunded", row
        if isinstance(row, AlertEvent) and row in session.new:
            yield f"alert.{row.kind}", row
        if not isinstance(row, Invoice | Payment):
            continue
        status = get_history(row, "status")
        if status.has_changes() or row in session.new:
            before = status.deleted[0] if status.deleted else None
            kinds = (
                _of_invoice(session, row, before) if isinstance(row, Invoice) else _of_payment(row, before)
            )
            yield from ((kind, row) for kind in kinds)


def _of_invoice(session: Session, row: Invoice, before: str | None) -> Iterator[str]:
    was_issued = before not in {None, "draft"}
    if row.status == "draft":
        return
    if row.kind == "credit_note":
        if not was_issued:
            yield "invoice.credited" if _is_whole(session, row) else "invoice.corrected"
        return
    if not was_issued:
        yield "invoice.issued"
    if row.status == "paid" != before:
        yield "invoice.paid"


def _is_whole(session: Session, note: Invoice) -> bool:
    """Whether a credit note takes back all of what it corrects, and not a difference alone."""
    return session.get_one(Invoice, note.corrects_id).status == "credited"


def _of_payment(row: Payment, before: str | None) -> Iterator[str]:
    if row.status in {"completed", "cancelled"} and row.status != before:
        yield f"payment.{row.status}"


def _invoice(session: Session, row: Invoice) -> dict[str, Any]:
    corrects = select(Invoice.number).where(Invoice.id == row.corrects_id)
    return {
        "customer": row.customer_id,
        "period": row.period_name,
        **{name: _shown(getattr(row, name)) for name in _OF_INVOICE},
        "corrects": session.scalar(corrects) if row.corrects_id else None,
    }


def _payment(row: Payment) -> dict[str, Any]:
    return {"customer": row.customer_id, **{name: _shown(getattr(row, name)) for name in _OF_PAYMENT}}


def _refund(session: Session, row: Refund) -> dict[str, Any]:
    payment = session.get_one(Payment, row.payment_id)
    told = {name: _shown(getattr(row, name)) for name in _OF_REFUND}
    return {"customer": payment.customer_id, "payment": payment.id, "currency": payment.currency, **told}


def _shown(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    return iso_z(value) if isinstance(value, datetime) else value
