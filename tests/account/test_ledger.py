"""What the tables of the ledger refuse."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from tollbook.account.database import Database
from tollbook.account.ledger import Base, Due, Payment, Schedule
from tollbook.account.models import Customer

AT = datetime(2026, 11, 1, tzinfo=UTC)


def payment(**told: str) -> Payment:
    return Payment(**{
        "customer_id": "acme", "amount": Decimal(1), "currency": "EUR", "method": "cash", "status": "completed", **told,
    })  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        [payment(method="cheque")],
        [payment(status="lost")],
        [payment(event="e1"), payment(event="e1")],
        [Schedule(customer_id="acme", view="live", since=AT)],
        [Schedule(customer_id="acme", view="daily", since=AT, settle_hours=-1)],
        [Schedule(customer_id="nobody", view="daily", since=AT)],
        [Due(customer_id="acme", period_name="2026-10", period_end=AT, settles_at=AT) for _ in range(2)],
        [Due(customer_id="acme", period_name="2026-10", period_end=AT, settles_at=AT, state="lost")],
    ],
)
def test_what_can_not_be_is_refused_by_the_database(database: Database, rows: list[Base]) -> None:
    with database.session() as session:
        session.add(Customer(id="acme", name="ACME"))
    with pytest.raises(IntegrityError), database.session() as session:
        session.add_all(rows)
