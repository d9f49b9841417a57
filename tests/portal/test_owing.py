"""What each customer owes, who owes longest first."""

from datetime import UTC, datetime
from decimal import Decimal

from billing.conftest import bill  # noqa: F401 - a fixture
from tollbook.account.database import Database
from tollbook.billing.balance import balance
from tollbook.lake.store import Lake
from tollbook.portal.owing import owing


def test_a_row_a_customer_with_the_balance_of_the_library(charged, bill) -> None:  # noqa: F811
    bill("2026-10-05", datetime(2026, 12, 1, tzinfo=UTC))
    with Database.of(charged).reading() as session:
        rows = owing(Lake(charged), session, datetime(2026, 12, 30, tzinfo=UTC))
        told = [balance(Lake(charged), session, row.balance["customer"]) for row in rows]
    assert [(row.name, row.open, row.overdue) for row in rows] == [
        ("ACME Ltd", Decimal("0.20"), Decimal("0.20")),
        ("Quiet", Decimal(0), Decimal(0)),
    ]
    assert [row.balance for row in rows] == told
