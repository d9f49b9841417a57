"""Invoices that are overdue."""

from datetime import UTC, datetime, timedelta

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import shared
from tollbook.billing import payments
from tollbook.billing.invoices import customer_named, issue
from tollbook.billing.numbers import next_number
from tollbook.billing.settle import asked, settle
from tollbook.lake.store import Lake
from tollbook.outstanding.dues import overdue
from tollbook.periods import parse_period

pytestmark = pytest.mark.usefixtures("each_database")

BY = Actor(None, "test")
ISSUED = datetime(2026, 12, 1, tzinfo=UTC)
LATE = ISSUED + timedelta(days=15)
"""Acme has 14 days to pay."""


@pytest.fixture
def db(charged):
    """The invoice of acme for October, 0.22 EUR."""
    made = shared(charged)
    lake, period = Lake(charged), parse_period("2026-10")
    record = settle(lake, asked(lake, made, customer_named(made, "acme"), period, 24))
    assert record
    assert issue(made, record.issued(next_number(made, ISSUED), ISSUED))
    return made


def told(db, at, customers=None):
    return [item.words for item in overdue(db, at, customers)]


def test_they_are_counted_and_summed_from_the_day_after_the_last_one_to_pay(db):
    assert told(db, ISSUED + timedelta(days=14)) == []
    (item,) = overdue(db, LATE, None)
    assert (item.words, item.page, item.query) == (
        "1 invoice is overdue: €0.22",
        "invoices",
        {"state": "overdue"},
    )


def test_a_customer_has_its_own_alone(db):
    assert told(db, LATE, ["acme"]) == ["1 of your invoices is overdue: €0.22"]
    assert told(db, LATE, ["quiet"]) == []


def test_what_was_paid_of_it_is_no_longer_due(db):
    with db.session() as session:
        payments.add(session, BY, "acme", "0.20", "bank_transfer", received_at=ISSUED)
    assert told(db, LATE) == ["1 invoice is overdue: €0.02"]
