"""Balances at instants gone by."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from billing.conftest import AS_OF
from tollbook.account.alerts.models import Alert
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.alerts.balances import balances_at
from tollbook.alerts.sources import sources
from tollbook.billing import payments, refunds
from tollbook.billing.balance import balances
from tollbook.billing.credits import credit
from tollbook.billing.parts import Part
from tollbook.lake.store import Lake
from tollbook.tables import INSTANT

pytestmark = pytest.mark.usefixtures("each_database")

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


def everybody(workspace) -> list[Decimal]:
    """What `tollbook balance` tells of each."""
    with Database.of(workspace).reading() as session:
        return [row["balance"] for row in balances(Lake(workspace), session)]


@pytest.mark.parametrize("is_credited", [False, True])
def test_the_last_one_is_the_balance_that_everybody_is_told(charged, bill, is_credited) -> None:
    issued, credited = MONDAY + timedelta(days=9), MONDAY + timedelta(days=10)
    number = bill("2026-10-05", issued).number
    if is_credited:
        credit(Database.of(charged), number, "wrong", BY, credited)
    last = credited + timedelta(days=1)
    assert left(charged, last, by="customer") == everybody(charged)
    # Until the invoice the charge alone is owed, from then on its tax and rounding too, until the note.
    owed, more = CALLS + 2 * Decimal("0.010"), Decimal("0.17") - CALLS + Decimal("0.03")
    assert left(charged, issued - timedelta(hours=1), issued) == [-owed, -owed - more]
    assert left(charged, last) == [-owed if is_credited else -owed - more]


def test_notes_of_differences_are_in_it_too(charged, bill, rerated, noted) -> None:
    bill("2026-10-05")
    rerated("0.020", "0.100")
    assert noted()
    assert left(charged, AS_OF + timedelta(days=9), by="customer") == everybody(charged)


def test_what_went_back_of_a_payment_is_left_no_longer(charged) -> None:
    noon = MONDAY + timedelta(hours=3)
    with Database.of(charged).session() as session:
        number = payments.add(session, BY, "acme", "5", "cash", received_at=noon)["id"]
        refunds.refund(session, BY, number, "2", at=noon + timedelta(hours=1))
    assert left(charged, noon, noon + timedelta(hours=1)) == [5 - CALLS, 3 - CALLS]
    assert left(charged, AS_OF, by="customer") == everybody(charged)


def test_an_invoice_credited_in_parts_is_usage_again_from_its_last_note(charged, bill) -> None:
    issued, part, rest = (MONDAY + timedelta(days=days) for days in (9, 10, 11))
    number, db = bill("2026-10-05", issued).number, Database.of(charged)  # 0.17 + 15 % = 0.20
    credit(db, number, "goodwill", BY, part, [Part(amount=Decimal("0.10"))])  # 0.10 + 0.02
    credit(db, number, "wrong", BY, rest)
    tuesday = 2 * Decimal("0.010")
    assert left(charged, part, rest) == [-tuesday - Decimal("0.20") + Decimal("0.12"), -tuesday - CALLS]
    assert left(charged, rest, by="customer") == everybody(charged)
