"""A customer's account at one instant."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tollbook import language
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.billing import payments
from tollbook.billing.balance import balance
from tollbook.billing.record import Record
from tollbook.billing.statements import Account, account_of, csv_of, what_of
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace

BY = Actor(None, "test")


def day(number: int) -> datetime:
    return datetime(2026, 12, number, tzinfo=UTC)


@pytest.fixture
def account(charged: Workspace, bill: Callable[..., Record]) -> Callable[..., Account]:
    """Two invoices, 0.20 and 0.02, of which 0.05 is paid; a payment that has not arrived."""
    bill("2026-10-05", day(1))
    bill("2026-10-06", day(10))
    db = Database.of(charged)
    with db.session() as session:
        payments.add(session, BY, "acme", "0.05", "cash", received_at=day(2), reference="r")
        payments.add(session, BY, "acme", "9.00", "card", received_at=day(11), status="pending")

    def read(at: int = 20, start: int = 0, end: int = 0) -> Account:
        with Database.of(charged).reading() as session:
            span = (day(start) if start else None, day(end) if end else None)
            return account_of(Lake(charged), session, "acme", day(at), *span)

    return read


def test_what_is_open_and_overdue_are_sums_of_the_invoices(account: Callable[..., Account]) -> None:
    told = account()
    assert [(one.period, one.open) for one in told.open] == [
        ("2026-10-05", Decimal("0.15")),
        ("2026-10-06", Decimal("0.02")),
    ]
    assert (told.due, told.overdue) == (Decimal("0.17"), Decimal("0.15"))


def test_the_balance_is_the_library_s(account: Callable[..., Account], charged: Workspace) -> None:
    with Database.of(charged).reading() as session:
        assert account().balance == balance(Lake(charged), session, "acme")


def test_payments_are_those_of_the_span_counted_or_not(account: Callable[..., Account]) -> None:
    assert [row["status"] for row in account().payments] == ["pending", "completed"]
    assert [row["status"] for row in account(start=2, end=11).payments] == ["completed"]
    assert [row["what"] for row in account(start=2, end=11).rows] == [
        "balance before", "payment (cash)", "invoice", "balance",
    ]  # fmt: skip


def test_a_row_is_told_in_the_language_in_use(account: Callable[..., Account]) -> None:
    with language.speaking("de"):
        words = [what_of(row) for row in account().rows]
    assert words == ["Saldovortrag", "Rechnung", "Zahlung, Bar", "Rechnung", "Saldo"]


def test_the_csv_is_exact(account: Callable[..., Account]) -> None:
    head, *lines = csv_of(account().rows).splitlines()
    assert head == "at,what,reference,charged,paid,balance,currency"
    assert lines[2] == "2026-12-02T00:00:00Z,payment (cash),r,0,0.05,-0.15,EUR"


def test_an_unknown_customer_is_named(charged: Workspace) -> None:
    with Database.of(charged).reading() as session, pytest.raises(UsageError, match="did you mean 'acme'"):
        account_of(Lake(charged), session, "acne", day(1))
