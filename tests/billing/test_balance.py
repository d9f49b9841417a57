"""Balance = payments - issued charges - usage not yet invoiced."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.billing import payments
from tollbook.billing.balance import balance, balances, statement
from tollbook.billing.credits import credit
from tollbook.billing.record import Record
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace

BY = Actor(None, "test")
Bill = Callable[..., Record]


def day(number: int) -> datetime:
    return datetime(2026, 12, number, tzinfo=UTC)


def pay(workspace: Workspace, amount: str, at: datetime, status: str = "completed") -> None:
    with Database.of(workspace).session() as session:
        payments.add(session, BY, "acme", amount, "cash", received_at=at, status=status, reference="r")


def told(workspace: Workspace) -> dict[str, Any]:
    with Database.of(workspace).reading() as session:
        return balance(Lake(workspace), session, "acme")


def test_usage_counts_until_it_is_invoiced_and_its_invoice_with_tax_then(
    charged: Workspace, bill: Bill
) -> None:
    pay(charged, "10.00", day(1))
    pay(charged, "99.00", day(1), "pending")
    usage = 3 * Decimal("0.056") + 2 * Decimal("0.010")
    before = told(charged)
    assert (before["payments"], before["invoiced"], before["uninvoiced"]) == (10, 0, usage)
    assert before["balance"] == 10 - usage
    bill("2026-10-05")
    after = told(charged)
    assert (after["invoiced"], after["uninvoiced"]) == (Decimal("0.20"), 2 * Decimal("0.010"))
    assert after["balance"] == 10 - Decimal("0.20") - Decimal("0.020")


def test_late_calls_are_usage_until_they_are_billed(
    charged: Workspace, bill: Bill, called: Callable[..., None]
) -> None:
    bill("2026-10")
    called(("2026-10-07T10:00", "442071838750", 60))
    assert told(charged)["uninvoiced"] == Decimal("0.010")
    bill("2026-11")
    assert told(charged)["uninvoiced"] == 0


def test_a_credited_invoice_is_owed_no_longer_and_its_calls_are_usage_again(
    charged: Workspace, bill: Bill
) -> None:
    credit(Database.of(charged), bill("2026-10").number or "", "x", BY, day(2))
    after = told(charged)
    assert (after["invoiced"], after["uninvoiced"]) == (0, Decimal("0.188"))


@pytest.mark.parametrize(
    ("limit", "paid", "exceeded"),
    [("0", "0.18", True), ("0", "0.19", False), ("5", "0.01", False), ("-1", "1.00", True), ("-1", "1.19", False)],
)  # fmt: skip
def test_limit_is_prepaid_credit_or_reserve(
    charged: Workspace, limit: str, paid: str, exceeded: object
) -> None:
    db = Database.of(charged)
    with db.session() as session:
        session.get_one(Customer, "acme").debit_limit = Decimal(limit)
    pay(charged, paid, day(1))
    after = told(charged)
    assert after["available"] == Decimal(paid) - Decimal("0.188") + Decimal(limit)
    assert after["exceeded"] is exceeded


def test_statement_has_a_balance_after_each_entry(charged: Workspace, bill: Bill) -> None:
    bill("2026-10", day(1))
    pay(charged, "0.20", day(2))
    credit(Database.of(charged), "INV-2026-000001", "x", BY, day(3))
    with Database.of(charged).reading() as session:
        rows = statement(session, "acme")
        late = statement(session, "acme", day(2), day(3))
        nothing = statement(session, "quiet")
        with pytest.raises(UsageError, match="no customer 'acne', did you mean 'acme'"):
            statement(session, "acne")
    assert [(row["what"], row["reference"], str(row["charged"]), str(row["paid"]), str(row["balance"])) for row in rows] == [
        ("balance before", "", "0", "0", "0"),
        ("invoice", "INV-2026-000001", "0.22", "0", "-0.22"),
        ("payment (cash)", "r", "0", "0.2", "-0.02"),
        ("credit note", "CRN-2026-000001", "-0.22", "0", "0.20"),
        ("balance", "", "0", "0", "0.20"),
    ]  # fmt: skip
    assert [(row["what"], str(row["balance"])) for row in late] == [
        ("balance before", "-0.22"), ("payment (cash)", "-0.02"), ("balance", "-0.02"),
    ]  # fmt: skip
    assert [row["balance"] for row in nothing] == [0, 0]


def test_the_balances_of_all_are_those_of_each(charged: Workspace, bill: Bill) -> None:
    bill("2026-10-05")
    pay(charged, "10.00", day(1))
    with Database.of(charged).reading() as session:
        lake = Lake(charged)
        each = [balance(lake, session, name) for name in ("acme", "quiet")]
        assert balances(lake, session) == each
    assert (each[0]["payments"], each[1]["balance"]) == (10, 0)
