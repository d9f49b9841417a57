"""Completed payments pay the oldest open invoices; a state follows from what has been paid."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.billing import payments
from tollbook.billing.allocation import paid_of, settle_up, used_of
from tollbook.billing.credits import credit
from tollbook.billing.invoices import invoices
from tollbook.billing.record import Record
from tollbook.money import plain
from tollbook.workspace import Workspace

pytestmark = pytest.mark.usefixtures("each_database")

BY = Actor(None, "test")
AT = datetime(2026, 12, 2, tzinfo=UTC)
Bill = Callable[..., Record]


def pay(db: Database, amount: str, invoice: str = "", status: str = "completed") -> int:
    with db.session() as session:
        row = payments.add(
            session, BY, "acme", amount, "cash", received_at=AT, invoice=invoice, status=status
        )
    return int(row["id"])


def states(db: Database) -> dict[str, tuple[str, str]]:
    return {
        row["number"]: (row["status"], plain(row["paid"])) for row in invoices(db) if row["kind"] == "invoice"
    }


@pytest.fixture
def two(charged: Workspace, bill: Bill) -> Database:
    """Invoices 1 of 0.20 (0.168 and 15 % tax) and 2 of 0.02 (0.020 and tax)."""
    assert (bill("2026-10-05").total, bill("2026-10-06").total) == (Decimal("0.20"), Decimal("0.02"))
    return Database.of(charged)


ONE, TWO = "INV-2026-000001", "INV-2026-000002"


def test_the_oldest_is_paid_first_and_a_part_is_a_part(two: Database) -> None:
    pay(two, "0.15")
    assert states(two) == {ONE: ("part_paid", "0.15"), TWO: ("issued", "0")}
    pay(two, "0.06")
    assert states(two) == {ONE: ("paid", "0.2"), TWO: ("part_paid", "0.01")}


def test_a_named_invoice_is_paid_before_older_ones(two: Database) -> None:
    pay(two, "0.05", TWO)
    assert states(two) == {ONE: ("part_paid", "0.03"), TWO: ("paid", "0.02")}


def test_only_completed_payments_count_and_cancelling_opens_what_was_paid(two: Database) -> None:
    number = pay(two, "0.22", status="pending")
    assert {state for state, _ in states(two).values()} == {"issued"}
    for status, expected in (("completed", "paid"), ("cancelled", "issued")):
        with two.session() as session:
            payments.change(session, BY, number, status)
        assert {state for state, _ in states(two).values()} == {expected}


def test_what_is_left_pays_the_next_invoice_when_it_is_issued(charged: Workspace, bill: Bill) -> None:
    db = Database.of(charged)
    number = pay(db, "0.21")
    bill("2026-10-05")
    bill("2026-10-06")
    assert states(db) == {ONE: ("paid", "0.2"), TWO: ("part_paid", "0.01")}
    with db.reading() as session:
        assert used_of(session, [number]) == {number: Decimal("0.21")}
        assert sum(paid_of(session).values()) == Decimal("0.21")


def test_what_paid_a_credited_invoice_is_free_for_others(two: Database) -> None:
    pay(two, "0.20")
    credit(two, ONE, "x", BY, AT)
    assert states(two) == {ONE: ("credited", "0"), TWO: ("paid", "0.02")}


def test_settling_up_again_changes_nothing(two: Database) -> None:
    pay(two, "0.15")
    before = states(two)
    with two.session() as session:
        settle_up(session, "acme")
    assert states(two) == before
