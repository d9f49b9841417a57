"""Refunds: an entry of its own for what of a payment went back, never more than is left of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.billing import payments
from tollbook.billing.balance import balance, statement
from tollbook.billing.invoices import invoices
from tollbook.billing.record import Record
from tollbook.billing.refunds import listing, refund
from tollbook.billing.statements import what_of
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace

BY = Actor(None, "test")
AT = datetime(2026, 12, 2, tzinfo=UTC)
NUMBER = "INV-2026-000001"


def paid(workspace: Workspace, amount: str = "1.00", **more: Any) -> int:
    with Database.of(workspace).session() as session:
        row = payments.add(session, BY, "acme", amount, "card", **{"received_at": AT, **more})
        return int(row["id"])


def back(workspace: Workspace, number: int, amount: str = "", **more: Any) -> dict[str, Any]:
    with Database.of(workspace).session() as session:
        return refund(session, BY, number, amount, **{"at": AT + timedelta(days=1), **more})


def state(workspace: Workspace) -> tuple[str, Decimal]:
    (row,) = invoices(Database.of(workspace))
    return row["status"], row["paid"]


@pytest.mark.usefixtures("each_database")
def test_what_pays_nothing_goes_back_first_and_then_the_invoice_is_open_again(
    charged: Workspace, bill: Callable[..., Record]
) -> None:
    bill("2026-10")  # 0.22
    number = paid(charged)
    row = back(charged, number, "0.78", reference="statement 9")
    assert (row["left"], row["refunded"], row["amount"]) == (0, Decimal("0.78"), 1)
    assert [(one["amount"], one["method"], one["reference"]) for one in row["refunds"]] == [
        (Decimal("0.78"), "card", "statement 9")
    ]
    assert state(charged) == ("paid", Decimal("0.22"))
    row = back(charged, number, "0.02", method="cash")
    assert row["invoices"] == [{"invoice": NUMBER, "amount": Decimal("0.20")}]
    assert state(charged) == ("part_paid", Decimal("0.20"))
    with pytest.raises(UsageError, match=r"Nothing is left of payment 1: 0\.2 EUR of it pays invoices"):
        back(charged, number)
    row = back(charged, number, "0.20")
    assert (row["refunded"], row["invoices"], row["status"]) == (1, [], "completed")
    assert state(charged) == ("issued", 0)
    with Database.of(charged).reading() as session:
        told = [event["resource"] for event in events(session, None, None)]
    assert told[-4:] == ["payment 1", *(f"refund {n} of payment 1" for n in (1, 2, 3))]


def test_another_payment_pays_what_is_open_again(charged: Workspace, bill: Callable[..., Record]) -> None:
    bill("2026-10")
    number = paid(charged, "0.22")
    paid(charged, "0.10")
    back(charged, number, "0.12")
    assert state(charged) == ("part_paid", Decimal("0.20"))  # 0.10 of each


@pytest.mark.usefixtures("each_database")
def test_balance_and_statement_tell_of_it(charged: Workspace, bill: Callable[..., Record]) -> None:
    bill("2026-10")
    number = paid(charged)
    back(charged, number, "0.30", reference="re_1")
    with Database.of(charged).reading() as session:
        told = balance(Lake(charged), session, "acme")
        rows = statement(session, "acme")[1:-1]
        assert [row["payment"] for row in listing(session, ["acme"])] == [number]
        assert listing(session, ["quiet"]) == []
    assert (told["payments"], told["refunded"]) == (Decimal("0.70"), Decimal("0.30"))
    assert told["balance"] == told["payments"] - told["invoiced"] - told["uninvoiced"]
    assert [(row["what"], row["reference"], row["paid"], row["balance"]) for row in rows] == [
        ("invoice", NUMBER, 0, Decimal("-0.22")),
        ("payment (card)", "", 1, Decimal("0.78")),
        ("refund of payment 1 (card)", "re_1", Decimal("-0.30"), Decimal("0.48")),
    ]
    assert what_of(rows[-1]) == "Refund of payment 1, Card"


@pytest.mark.parametrize(
    ("amount", "more", "words"),
    [
        ("1.01", {}, "1.01 is more than the 1 EUR of payment 1 that has not gone back"),
        ("0", {}, "amount: '0' is not above zero"),
        ("0.001", {}, "more than the 2 decimals of EUR"),
        ("1", {"method": "cheque"}, "method: 'cheque' is none of"),
        ("1", {"reference": "a\x0bb"}, "reference: "),
    ],
)
def test_what_cannot_go_back_is_told(
    charged: Workspace, amount: str, more: dict[str, Any], words: str
) -> None:
    number = paid(charged)
    with pytest.raises(UsageError, match=words):
        back(charged, number, amount, **more)
    with Database.of(charged).reading() as session:
        assert listing(session) == []


def test_only_what_has_come_goes_back_and_then_it_cannot_be_cancelled(charged: Workspace) -> None:
    number = paid(charged, status="pending")
    with pytest.raises(UsageError, match="Payment 1 is Pending"):
        back(charged, number)
    with Database.of(charged).session() as session:
        payments.change(session, BY, number, "completed")
    back(charged, number, "0.40")
    with (
        pytest.raises(UsageError, match=r"0.4 EUR of payment 1 went back: it stays"),
        Database.of(charged).session() as session,
    ):
        payments.change(session, BY, number, "cancelled")
    back(charged, number)
    with pytest.raises(UsageError, match="Nothing is left of payment 1"):
        back(charged, number)
    with pytest.raises(UsageError, match="no payment 9"):
        back(charged, 9)


def test_without_an_amount_what_pays_no_invoice_goes_back(
    charged: Workspace, bill: Callable[..., Record]
) -> None:
    bill("2026-10")  # 0.22
    number = paid(charged)
    row = back(charged, number)
    assert (row["refunded"], row["left"], state(charged)) == (Decimal("0.78"), 0, ("paid", Decimal("0.22")))


def test_the_name_of_a_refund_is_that_of_no_other(charged: Workspace) -> None:
    one, other = paid(charged), paid(charged)
    back(charged, one, "0.40", event="portal:0123456789abcdef")
    for number, amount in ((one, "0.41"), (other, "0.40")):
        with pytest.raises(UsageError, match=r"booked already: 0\.4 of payment 1\."):
            back(charged, number, amount, event="portal:0123456789abcdef")
    with Database.of(charged).reading() as session:
        assert len(listing(session)) == 1


def test_what_is_told_twice_is_booked_once(charged: Workspace) -> None:
    number = paid(charged)
    rows = [back(charged, number, "0.40", event="portal:0123456789abcdef") for _ in range(2)]
    assert rows[0] == rows[1]
    assert rows[0]["refunded"] == Decimal("0.40")
