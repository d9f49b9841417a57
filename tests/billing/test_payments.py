"""Payments as they are booked, listed and changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.billing import payments
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
        (event,) = events(session, None, None)
    assert (event["action"], event["resource"], event["after"]["reference"]) == ("add", "payment 1", "bank 7")


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
