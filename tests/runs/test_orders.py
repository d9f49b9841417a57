"""Invoices that the server was asked to make."""

from datetime import UTC, datetime, timedelta
from functools import partial
from operator import add
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


def work(charged: Workspace, at: datetime = AT) -> int:
    """How many steps there are to make."""
    steps = 0
    while orders.step(charged, lambda: at):
        steps += 1
    return steps


def test_each_customer_is_made_once_and_told(charged: Workspace, db: Database, asked: list[str]) -> None:
    number = put(db, "acme", "quiet", "acme")
    assert orders.waiting(db, AT)
    assert orders.step(charged, lambda: AT)
    told = row(db, number)
    assert (told.state, told.total, told.ended_at, asked) == ("running", 2, None, ["acme"])
    assert orders.waiting(db, AT)
    assert work(charged) == 1
    told = row(db, number)
    assert (told.state, told.ended_at, asked) == ("done", AT, ["acme", "quiet"])
    assert [each["customer"] for each in told.results["rows"]] == ["acme", "quiet"]
    assert not orders.waiting(db, AT)


def test_without_names_it_is_all_whom_calls_name(charged: Workspace, db: Database, asked: list[str]) -> None:
    number = put(db)
    assert work(charged) == 1
    assert asked == ["acme"]
    assert row(db, number).total == 1


def test_one_at_which_processes_end_is_left_alone_and_the_rest_is_made(
    charged: Workspace, db: Database, asked: list[str]
) -> None:
    number = put(db, "acme", "broken", "quiet")
    assert orders.step(charged, lambda: AT)
    for attempt in range(1, 4):
        at = AT + attempt * orders.HELD
        with pytest.raises(KeyboardInterrupt):
            orders.step(charged, lambda at=at: at)  # type: ignore[misc]
        assert not orders.waiting(db, at + orders.HELD - timedelta(seconds=1))
        assert orders.waiting(db, at + orders.HELD)
    assert work(charged, AT + 9 * orders.HELD) == 2
    assert asked == ["acme", "broken", "broken", "broken", "quiet"]
    told = row(db, number)
    assert [(each["customer"], each["status"]) for each in told.results["rows"]] == [
        ("acme", "nothing"),
        ("broken", "refused"),
        ("quiet", "nothing"),
    ]
    assert told.results["rows"][1]["why"] == "3 processes that made it were ended"
    assert told.state == "done"


def test_who_comes_back_late_changes_nothing_of_what_others_have_made(
    charged: Workspace, db: Database, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = put(db, "acme", "quiet", "other")
    usual = orders.make

    def slow(bill: Any) -> dict[str, Any]:
        """While it makes the first one, others take the run: they make that one too, and the next."""
        monkeypatch.setattr(orders, "make", usual)
        for nth in (1, 2):
            assert orders.step(charged, partial(add, AT, nth * orders.HELD))
        assert orders._claim(db, AT + 3 * orders.HELD)
        return usual(bill)  # type: ignore[return-value]

    monkeypatch.setattr(orders, "make", slow)
    assert orders.step(charged, lambda: AT)
    told = row(db, number)
    assert [each["customer"] for each in told.results["rows"]] == ["acme", "quiet"]
    assert (told.results["todo"], told.state) == (["other"], "running")


def test_how_often_a_run_was_taken_is_kept(charged: Workspace, db: Database, asked: list[str]) -> None:
    number = put(db, "acme", "quiet", "other", "more")
    assert work(charged) == 4  # more than may be tried of one
    told = row(db, number)
    assert (told.state, told.attempts, told.results["todo"]) == ("done", 4, [])
    assert {each["status"] for each in told.results["rows"]} == {"nothing"}


def test_what_goes_wrong_is_told_and_the_next_run_goes_on(
    charged: Workspace, db: Database, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = put(db)
    two = put(db, "acme")

    def damaged(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(orders, "customers_of", damaged)
    assert work(charged) == 2
    assert (row(db, one).state, row(db, one).why) == ("failed", "the disk is full")
    assert (row(db, two).state, asked) == ("done", ["acme"])
