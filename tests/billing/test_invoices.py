"""Drafts, numbers without gaps, and periods that never overlap."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tollbook.account.database import Database
from tollbook.billing.decks import decks_of
from tollbook.billing.invoices import (
    customer_named,
    invoice,
    invoices,
    issue,
    issued,
    save_draft,
)
from tollbook.billing.numbers import next_number
from tollbook.billing.record import Record
from tollbook.billing.settle import Asked, settle
from tollbook.errors import TollbookError, UsageError
from tollbook.lake.store import Lake
from tollbook.periods import parse_period
from tollbook.workspace import Workspace

pytestmark = pytest.mark.usefixtures("each_database")

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def draft(workspace: Workspace, period: str) -> Record:
    db = Database.of(workspace)
    asked = Asked(customer_named(db, "acme"), decks_of(db, "customer", "acme"), parse_period(period), 24)
    made = settle(Lake(workspace), asked)
    assert made is not None
    return made


def test_numbers_count_from_one_in_each_year_and_are_not_taken_by_looking(charged: Workspace) -> None:
    db = Database.of(charged)
    assert [next_number(db, AT), next_number(db, AT)] == ["INV-2026-000001"] * 2
    assert issue(db, draft(charged, "2026-10-05").issued("INV-2026-000001", AT))
    assert next_number(db, AT) == "INV-2026-000002"
    assert next_number(db, AT.replace(year=2027)) == "INV-2027-000001"


def test_issued_invoice_is_found_by_its_period_and_by_its_number(charged: Workspace) -> None:
    db = Database.of(charged)
    record = draft(charged, "2026-10").issued("INV-2026-000001", AT)
    assert issue(db, record)
    assert issued(db, "acme", parse_period("2026-10")) == record
    assert invoice(db, "INV-2026-000001") == record
    assert [(row["number"], row["customer"], row["status"]) for row in invoices(db)] == [
        ("INV-2026-000001", "acme", "issued")
    ]


def test_number_that_another_run_took_is_not_issued_twice(charged: Workspace) -> None:
    db = Database.of(charged)
    assert issue(db, draft(charged, "2026-10-05").issued("INV-2026-000001", AT))
    late = draft(charged, "2026-10-06").issued("INV-2026-000001", AT)
    assert not issue(db, late)
    assert not issue(db, draft(charged, "2026-10-06").issued("INV-2026-000003", AT))
    assert issued(db, "acme", parse_period("2026-10-06")) is None


def test_runs_at_once_get_a_number_each_and_leave_no_gap(charged: Workspace) -> None:
    records = [draft(charged, period) for period in ("2026-10-05", "2026-10-06")]

    def until_issued(record: Record) -> None:
        db = Database.of(charged)
        while not issue(db, record.issued(next_number(db, AT), AT)):
            pass

    with ThreadPoolExecutor() as runs:
        list(runs.map(until_issued, records))
    numbers = sorted(row["number"] for row in invoices(Database.of(charged)))
    assert numbers == ["INV-2026-000001", "INV-2026-000002"]


def test_failed_transaction_takes_no_number(charged: Workspace) -> None:
    db = Database.of(charged)
    assert issue(db, draft(charged, "2026-10").issued("INV-2026-000001", AT))
    with pytest.raises(TollbookError, match="has an invoice for 2026-10 by now"):
        issue(db, draft(charged, "2026-10").issued("INV-2026-000002", AT))
    assert next_number(db, AT) == "INV-2026-000002"


@pytest.mark.parametrize(("first", "second"), [("2026-10-05", "2026-W41"), ("2026-10", "2026-10-06")])
def test_overlapping_period_is_refused_and_names_the_other_invoice(
    charged: Workspace, first: str, second: str
) -> None:
    db = Database.of(charged)
    assert issue(db, draft(charged, first).issued("INV-2026-000001", AT))
    with pytest.raises(TollbookError, match=f"INV-2026-000001 of 'acme' for {first} covers part of {second}"):
        issued(db, "acme", parse_period(second))
    with pytest.raises(TollbookError, match="INV-2026-000001"):
        save_draft(db, draft(charged, second))


def test_draft_is_replaced_and_has_no_number(charged: Workspace) -> None:
    db = Database.of(charged)
    for _ in range(2):
        save_draft(db, draft(charged, "2026-10"))
    assert [(row["number"], row["status"]) for row in invoices(db)] == [(None, "draft")]
    assert issued(db, "acme", parse_period("2026-10")) is None
    assert issue(db, draft(charged, "2026-10").issued("INV-2026-000001", AT))
    assert [(row["number"], row["status"]) for row in invoices(db)] == [("INV-2026-000001", "issued")]


def test_record_without_a_number_cannot_be_issued(charged: Workspace) -> None:
    with pytest.raises(TollbookError, match="under a number"):
        issue(Database.of(charged), draft(charged, "2026-10"))


def test_unknown_invoice_and_customer_are_told_with_the_nearest(charged: Workspace) -> None:
    db = Database.of(charged)
    assert issue(db, draft(charged, "2026-10").issued("INV-2026-000001", AT))
    with pytest.raises(UsageError, match="no invoice 'INV-2026-00001', did you mean 'INV-2026-000001'"):
        invoice(db, "INV-2026-00001")
    with pytest.raises(TollbookError, match="no customer 'acne', did you mean 'acme'"):
        customer_named(db, "acne")
