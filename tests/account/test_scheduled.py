"""The row of a customer's schedule."""

from datetime import UTC, datetime

import pytest

from tollbook.account import scheduled
from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.account.ledger import Schedule
from tollbook.account.models import Customer

BY = Actor(None, "test")
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def acme(database: Database) -> Database:
    with database.session() as session:
        session.add(Customer(id="acme", name="ACME"))
    return database


def stored(db: Database) -> tuple[str, datetime, int | None] | None:
    with db.reading() as session:
        row = session.get(Schedule, "acme")
        return row and (row.view, row.since, row.settle_hours)


def test_another_view_leaves_since_when_and_what_is_waited_for(acme: Database) -> None:
    with acme.session() as session:
        scheduled.put(session, BY, "acme", "daily", OCTOBER, 48)
        scheduled.put_view(session, BY, "acme", "monthly")
    assert stored(acme) == ("monthly", OCTOBER, 48)


def test_none_ends_it_and_every_change_is_in_the_audit_once(acme: Database) -> None:
    for view in ("weekly", "weekly", "", ""):
        with acme.session() as session:
            scheduled.put_view(session, BY, "acme", view)
    assert stored(acme) is None
    with acme.reading() as session:
        told = [(event["action"], event["resource"]) for event in events(session, None, None)]
    assert told == [("add", "schedule acme"), ("remove", "schedule acme")]
