"""Balances at instants gone by."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from tollbook.account.alerts.models import Alert
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.alerts.balances import balances_at
from tollbook.alerts.sources import sources
from tollbook.billing import payments
from tollbook.billing.balance import balances
from tollbook.billing.credits import credit
from tollbook.lake.store import Lake
from tollbook.params import Invoice
from tollbook.periods import parse_period
from tollbook.runs.invoices import Bill, make_invoice
from tollbook.tables import INSTANT

BY = Actor(None, "test")
MONDAY = datetime(2026, 10, 5, 9, tzinfo=UTC)
CALLS = 3 * Decimal("0.056")


def left(workspace, *at: datetime, by: str = "") -> list[Decimal]:
    """The balance of acme at each of these, or of all customers at the last."""
    rule = Alert(
        area="balance", by=by, customer="" if by else "acme", carrier="", destination="", sample_min=60
    )
    with Database.of(workspace).reading() as session:
        found = sources(Lake(workspace), session)
        assert found is not None
        return balances_at(found, rule, pl.Series("at", at, INSTANT)).sort("at", "subject")["value"].to_list()


def test_calls_count_from_their_quarter_of_an_hour_and_payments_from_when_they_came(charged) -> None:
    noon = MONDAY + timedelta(hours=3)
    with Database.of(charged).session() as session:
        payments.add(session, BY, "acme", "5", "cash", received_at=noon)
    told = left(charged, MONDAY - timedelta(minutes=15), MONDAY, noon - timedelta(minutes=1), noon)
    assert told == [0, -CALLS, -CALLS, 5 - CALLS]


def test_a_payment_that_is_not_completed_does_not_count(charged) -> None:
    with Database.of(charged).session() as session:
        payments.add(session, BY, "acme", "5", "cash", status="pending", received_at=MONDAY)
    assert left(charged, now()) == [-CALLS - 2 * Decimal("0.010")]


@pytest.mark.parametrize("is_credited", [False, True])
def test_the_last_one_is_the_balance_that_everybody_is_told(charged, is_credited) -> None:
    made = make_invoice(
        Bill(charged, "acme", parse_period("2026-10-05"), MONDAY + timedelta(days=9), Invoice())
    )
    db = Database.of(charged)
    before, later = MONDAY + timedelta(days=8), MONDAY + timedelta(days=10)
    if is_credited:
        credit(db, made["number"], "wrong", BY, later)
    with db.reading() as session:
        told = {row["customer"]: row["balance"] for row in balances(Lake(charged), session)}
    at = later + timedelta(days=1)
    assert left(charged, at, by="customer") == [told["acme"], told["quiet"]]
    # Until the invoice the charge alone is owed, from then on its tax too, until the note.
    owed, tax = CALLS + 2 * Decimal("0.010"), Decimal("0.03")
    rounded = Decimal("0.17") - CALLS
    assert left(charged, before, later - timedelta(hours=1)) == [-owed, -owed - tax - rounded]
    assert left(charged, at) == [-owed if is_credited else -owed - tax - rounded]
