"""Payments as they are booked, listed and changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.account.ledger import PAYMENT_METHODS, PAYMENT_STATUSES
from tollbook.account.models import Invoice
from tollbook.billing import payments
from tollbook.billing.credits import credit
from tollbook.billing.record import Record
from tollbook.errors import UsageError
from tollbook.workspace import Workspace

BY = Actor(None, "test")
AT = datetime(2026, 12, 2, tzinfo=UTC)


def add(workspace: Workspace, amount: str = "1.00", method: str = "card", **more: Any) -> dict[str, Any]:
    with Database.of(workspace).session() as session:
        told = {"customer": "acme", "received_at": AT, **more}
        return payments.add(session, BY, told.pop("customer"), amount, method, **told)


def test_a_payment_tells_which_invoices_it_pays_and_is_audited(
    charged: Workspace, bill: Callable[..., Record]
) -> None:
    bill("2026-10")
    row = add(charged, reference="bank 7")
    assert row["invoices"] == [{"invoice": "INV-2026-000001", "amount": Decimal("0.22")}]
    assert (row["left"], row["status"], row["currency"]) == (Decimal("0.78"), "completed", "EUR")
    with Database.of(charged).reading() as session:
        assert payments.listing(session) == payments.listing(session, "acme") == [row]
        assert payments.listing(session, "quiet") == []
        *_, event = events(session, None, None)
    assert (event["action"], event["resource"], event["after"]["reference"]) == ("add", "payment 1", "bank 7")


def test_an_event_that_is_known_with_another_amount_or_customer_is_refused(charged: Workspace) -> None:
    add(charged, event="portal:1")
    for other in ({"amount": "2.00"}, {"customer": "quiet"}):
        with pytest.raises(UsageError, match="This payment is booked already: 1 of acme"):
            add(charged, event="portal:1", **other)


def test_a_notification_is_booked_once_however_often_it_comes(charged: Workspace) -> None:
    rows = [add(charged, event="paypal 77", method="paypal") for _ in range(3)]
    assert rows[0] == rows[1] == rows[2]
    with Database.of(charged).reading() as session:
        assert len(payments.listing(session)) == 1


@pytest.mark.parametrize(
    ("amount", "more", "words"),
    [
        ("0", {}, "amount: '0' is not above zero"),
        ("-5", {}, "amount: '-5' is not above zero"),
        ("1.005", {}, "more than the 2 decimals of EUR"),
        ("ten", {}, "amount: 'ten' is not an amount"),
        ("1", {"method": "cheque"}, "method: 'cheque' is none of bank_transfer, card, paypal, cash"),
        ("1", {"status": "complete"}, "did you mean 'completed'"),
        ("1", {"customer": "acne"}, "no customer 'acne', did you mean 'acme'"),
        ("1", {"invoice": "INV-1"}, "'acme' has no invoice 'INV-1'"),
    ],
)
def test_what_can_not_be_booked_is_told(
    charged: Workspace, amount: str, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        add(charged, amount, **more)
    with Database.of(charged).reading() as session:
        assert payments.listing(session) == []


def test_a_cancelled_payment_stays_so(charged: Workspace) -> None:
    number = add(charged, status="pending")["id"]
    with Database.of(charged).session() as session:
        assert payments.change(session, BY, number, "cancelled")["left"] == 0
        with pytest.raises(UsageError, match="payment 1 was cancelled: book a new one"):
            payments.change(session, BY, number, "completed")
        with pytest.raises(UsageError, match="no payment 9"):
            payments.change(session, BY, 9, "completed")


def test_a_payment_pays_another_invoice_when_somebody_says_so(
    charged: Workspace, bill: Callable[..., Record]
) -> None:
    first, second = bill("2026-10-05"), bill("2026-10-06")
    number = add(charged, "0.02")["id"]
    with Database.of(charged).session() as session:
        row = payments.allocate(session, BY, number, second.number or "")
        assert row["invoices"] == [{"invoice": second.number, "amount": Decimal("0.02")}]
        rows = session.execute(select(Invoice.number, Invoice.status))
        states = {row.number: row.status for row in rows}
        assert states == {first.number: "issued", second.number: "paid"}
        again = payments.allocate(session, BY, number, first.number or "")
        assert again["invoices"] == [{"invoice": first.number, "amount": Decimal("0.02")}]
        actions = [event["action"] for event in events(session, None, None)]
        assert actions[-2:] == ["allocate", "allocate"]


@pytest.mark.parametrize(
    ("status", "invoice", "words"),
    [
        ("pending", "INV-2026-000001", "payment 1 is pending"),
        ("completed", "INV-9", "'acme' has no invoice 'INV-9'"),
    ],
)
def test_what_pays_nothing_is_told(
    charged: Workspace, bill: Callable[..., Record], status: str, invoice: str, words: str
) -> None:
    bill("2026-10")
    add(charged, status=status)
    with Database.of(charged).session() as session:
        with pytest.raises(UsageError, match=words):
            payments.allocate(session, BY, 1, invoice)
        with pytest.raises(UsageError, match="no payment 9"):
            payments.allocate(session, BY, 9, invoice)


def test_marking_as_paid_books_what_is_open_of_that_invoice_alone(
    charged: Workspace, bill: Callable[..., Record]
) -> None:
    first, second = bill("2026-10-05").number or "", bill("2026-10-06").number or ""
    add(charged, "0.05")
    db = Database.of(charged)
    with db.session() as session:
        row = payments.mark_paid(session, BY, second, "cash", reference="till 3", received_at=AT)
    assert (row["amount"], row["invoices"]) == (
        Decimal("0.02"),
        [{"invoice": second, "amount": Decimal("0.02")}],
    )
    with db.session() as session:
        assert payments.mark_paid(session, BY, first, "card", received_at=AT)["amount"] == Decimal("0.15")
        for number in (first, second):
            with pytest.raises(UsageError, match=f"Nothing is open of {number}"):
                payments.mark_paid(session, BY, number, "card", received_at=AT)
        paid = payments.of_invoice(session, first)
    assert [(one["amount"], one["method"]) for one in paid] == [
        (Decimal("0.05"), "card"),
        (Decimal("0.15"), "card"),
    ]


def test_a_credited_invoice_is_not_marked_as_paid(charged: Workspace, bill: Callable[..., Record]) -> None:
    number, db = bill("2026-10").number or "", Database.of(charged)
    note = credit(db, number, "x", BY, AT).number or ""
    with db.session() as session:
        for one in (number, note):
            with pytest.raises(UsageError, match="Nothing is open"):
                payments.mark_paid(session, BY, one, "card", received_at=AT)
        with pytest.raises(UsageError, match="no invoice 'INV-9'"):
            payments.mark_paid(session, BY, "INV-9", "card", received_at=AT)


def test_every_method_and_status_has_a_label() -> None:
    assert (tuple(payments.METHODS), tuple(payments.STATUSES)) == (PAYMENT_METHODS, PAYMENT_STATUSES)
