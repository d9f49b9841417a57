"""What happens to invoices and payments is told in the same transaction, whoever does it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.hooks import endpoints
from tollbook.account.hooks.models import WebhookDelivery, WebhookEvent
from tollbook.account.secret import workspace_secret
from tollbook.billing import payments
from tollbook.billing.credits import credit
from tollbook.billing.record import Record
from tollbook.workspace import Workspace

BY = Actor(None, "test")
AT = datetime(2026, 12, 2, tzinfo=UTC)
NUMBER = "INV-2026-000001"


def listen(db: Database, workspace: Workspace, *events: str) -> None:
    with db.session() as session:
        endpoints.add(session, workspace_secret(workspace), "https://billing.example/", events, BY, AT)


def told(db: Database) -> list[dict[str, Any]]:
    with db.reading() as session:
        return [
            json.loads(row.body) for row in session.scalars(select(WebhookEvent).order_by(WebhookEvent.id))
        ]


def pay(db: Database, amount: str, **more: Any) -> int:
    with db.session() as session:
        return int(payments.add(session, BY, "acme", amount, "cash", received_at=AT, **more)["id"])


def test_an_invoice_from_issue_to_credit_note(charged: Workspace, bill: Callable[..., Record]) -> None:
    db = Database.of(charged)
    listen(db, charged)
    bill("2026-10")
    pay(db, "0.20")
    pay(db, "0.02")
    credit(db, NUMBER, "wrong", BY, AT)
    said = told(db)
    assert [(one["type"], one["data"].get("number"), one["data"]["status"]) for one in said] == [
        ("invoice.issued", NUMBER, "issued"),
        ("payment.completed", None, "completed"),
        ("payment.completed", None, "completed"),
        ("invoice.paid", NUMBER, "paid"),
        ("invoice.credited", "CRN-2026-000001", "issued"),
    ]
    assert len({one["id"] for one in said}) == 5
    assert said[0]["data"] == {
        "customer": "acme",
        "period": "2026-10",
        "number": NUMBER,
        "kind": "invoice",
        "status": "issued",
        "currency": "EUR",
        "net": "0.19",
        "tax": "0.03",
        "total": "0.22",
        "corrects": None,
        "issued_at": "2026-12-01T00:00:00Z",
    }
    assert said[4]["data"]["corrects"] == NUMBER


def test_a_payment_is_told_once_it_counts_and_once_it_no_longer_does(charged: Workspace) -> None:
    db = Database.of(charged)
    listen(db, charged)
    number = pay(db, "5", status="pending")
    assert told(db) == []
    for status in ("completed", "completed", "cancelled"):
        with db.session() as session:
            payments.change(session, BY, number, status)
    assert [one["type"] for one in told(db)] == ["payment.completed", "payment.cancelled"]
    assert told(db)[0]["data"] == {
        "customer": "acme",
        "id": 1,
        "amount": "5",
        "currency": "EUR",
        "method": "cash",
        "status": "completed",
        "reference": "",
        "received_at": "2026-12-02T00:00:00Z",
    }


def test_each_endpoint_is_told_what_it_wants_and_nothing_once_it_is_off(charged: Workspace) -> None:
    db = Database.of(charged)
    pay(db, "1")
    assert told(db) == []
    listen(db, charged, "payment.completed")
    listen(db, charged, "invoice.paid")
    listen(db, charged)
    pay(db, "1")
    with db.session() as session:
        endpoints.off(session, 3, BY, AT)
    pay(db, "1")
    with db.reading() as session:
        rows = session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()
    assert [(row.event_id, row.endpoint_id, row.state) for row in rows] == [
        (1, 1, "waiting"),
        (1, 3, "given_up"),
        (2, 1, "waiting"),
    ]


def test_what_is_rolled_back_is_not_told(charged: Workspace) -> None:
    db = Database.of(charged)
    listen(db, charged)

    def lost() -> None:
        with db.session() as session:
            payments.add(session, BY, "acme", "1", "cash", received_at=AT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        lost()
    assert told(db) == []
