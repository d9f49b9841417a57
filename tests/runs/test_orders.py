"""Invoices that the server was asked to make."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.online import InvoiceRun
from tollbook.periods import parse_period
from tollbook.runs import orders
from tollbook.workspace import Workspace

BY = Actor(7, "ada")
AT = datetime(2026, 12, 2, tzinfo=UTC)
PERIOD = parse_period("2026-10")


@pytest.fixture
def db(charged: Workspace) -> Database:
    return Database.of(charged)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose invoices were made, in place of making them."""
    seen: list[str] = []

    def make(bill: Any) -> dict[str, Any]:
        seen.append(bill.customer)
        if bill.customer == "broken":
            raise KeyboardInterrupt
        assert bill.by == BY
        return {"customer": bill.customer, "status": "nothing"}

    monkeypatch.setattr(orders, "make", make)
    return seen


def put(db: Database, *customers: str) -> int:
    with db.session() as session:
        return orders.put(session, PERIOD, customers or None, BY, AT).id


def row(db: Database, number: int) -> InvoiceRun:
    with db.reading() as session:
        return session.get_one(InvoiceRun, number)


def test_each_customer_is_made_once_and_told(charged: Workspace, db: Database, asked: list[str]) -> None:
    number = put(db, "acme", "quiet", "acme")
    assert orders.waiting(db, AT)
    assert orders.work(charged, lambda: AT) == 1
    assert asked == ["acme", "quiet"]
    told = row(db, number)
    assert (told.state, told.total, told.ended_at, told.attempts) == ("done", 2, AT, 1)
    assert [each["customer"] for each in told.results["rows"]] == ["acme", "quiet"]
    assert not orders.waiting(db, AT)
    assert orders.work(charged, lambda: AT) == 0


def test_without_names_it_is_all_whom_calls_name(charged: Workspace, db: Database, asked: list[str]) -> None:
    number = put(db)
    orders.work(charged, lambda: AT)
    assert asked == ["acme"]
    assert row(db, number).total == 1


def test_a_process_that_ends_leaves_the_rest_to_another(
    charged: Workspace, db: Database, asked: list[str]
) -> None:
    number = put(db, "acme", "broken", "quiet")
    for attempt in range(1, 4):
        at = AT + attempt * orders.HELD
        with pytest.raises(KeyboardInterrupt):
            orders.work(charged, lambda at=at: at)  # type: ignore[misc]
        assert not orders.waiting(db, at + orders.HELD - timedelta(seconds=1))
        assert orders.waiting(db, at + orders.HELD)
    assert asked == ["acme", "broken", "broken", "broken"]
    assert orders.work(charged, lambda: AT + 9 * orders.HELD) == 0
    assert (row(db, number).state, row(db, number).why) == ("failed", "3 processes that made it were ended")


def test_what_goes_wrong_is_told_and_the_next_run_goes_on(
    charged: Workspace, db: Database, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = put(db)
    two = put(db, "acme")

    def damaged(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(orders, "customers_of", damaged)
    assert orders.work(charged, lambda: AT) == 2
    assert (row(db, one).state, row(db, one).why) == ("failed", "the disk is full")
    assert (row(db, two).state, asked) == ("done", ["acme"])
