"""Invoices as a list has them: open, due, overdue."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import select

from tollbook import language
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.models import Invoice as Stored
from tollbook.billing import payments
from tollbook.billing.credits import credit
from tollbook.billing.listed import STATES, Listed, listed, listed_one, open_of
from tollbook.billing.record import Record
from tollbook.values import INVOICE_STATES
from tollbook.workspace import Workspace

BY = Actor(None, "test")
Bill = Callable[..., Record]
ISSUED = datetime(2026, 12, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return datetime(2026, 12, number, tzinfo=UTC)


def rows(workspace: Workspace, at: datetime, customers: list[str] | None = None) -> list[Listed]:
    with Database.of(workspace).reading() as session:
        return listed(session, at, customers)


def test_states_have_a_label_each() -> None:
    assert tuple(STATES) == INVOICE_STATES


def test_an_invoice_is_due_as_its_record_says_and_overdue_the_day_after(
    charged: Workspace, bill: Bill
) -> None:
    bill("2026-10", ISSUED)
    with Database.of(charged).session() as session:
        session.get_one(Customer, "acme").due_days = 99  # since then
    (one,) = rows(charged, day(15))
    assert (one.due_on, one.total, one.open, one.overdue_days) == (
        date(2026, 12, 15),
        Decimal("0.22"),
        one.total,
        0,
    )
    assert (one.states, one.told, one.tone) == ({"issued"}, "Issued", None)
    (late,) = rows(charged, day(18))
    assert (late.overdue_days, late.states, late.told, late.tone) == (
        3,
        {"issued", "overdue"},
        "Overdue",
        "wrong",
    )


def test_what_is_paid_is_open_no_longer(charged: Workspace, bill: Bill) -> None:
    bill("2026-10", ISSUED)
    db = Database.of(charged)
    with db.session() as session:
        payments.add(session, BY, "acme", "0.20", "cash", received_at=day(2))
    (part,) = rows(charged, day(18))
    assert (part.paid, part.open, part.told) == (Decimal("0.20"), Decimal("0.02"), "Part-paid, overdue")
    with db.session() as session:
        payments.add(session, BY, "acme", "0.02", "cash", received_at=day(2))
    (paid,) = rows(charged, day(18))
    assert (paid.open, paid.overdue_days, paid.told, paid.tone) == (0, 0, "Paid", "good")


def test_a_credit_note_stands_below_zero_and_neither_is_open(charged: Workspace, bill: Bill) -> None:
    number = bill("2026-10", ISSUED).number or ""
    note = credit(Database.of(charged), number, "x", BY, day(2)).number
    found = {one.number: one for one in rows(charged, day(30))}
    assert (found[number].told, found[number].open, found[number].overdue_days) == ("Credited", 0, 0)
    told = found[note]
    assert (told.total, told.open, told.due_on, told.corrects) == (Decimal("-0.22"), 0, None, number)
    assert sum(one.total for one in found.values()) == 0


def test_a_list_of_some_customers_has_no_drafts(charged: Workspace, bill: Bill) -> None:
    bill("2026-10", ISSUED)
    with Database.of(charged).session() as session:
        told = session.scalars(select(Stored)).one()
        columns = {c.name: getattr(told, c.name) for c in Stored.__table__.columns if c.name != "id"}
        draft = {"number": None, "issued_at": None, "status": "draft", "period_name": "2026-11"}
        session.add(Stored(**{**columns, **draft}))
    assert [one.status for one in rows(charged, day(2))] == ["draft", "issued"]
    assert [one.status for one in rows(charged, day(2), ["acme"])] == ["issued"]
    assert rows(charged, day(2), ["quiet"]) == []


def test_the_longest_due_is_first_of_what_is_open(charged: Workspace, bill: Bill) -> None:
    bill("2026-10-06", day(3))
    bill("2026-10-05", day(4))
    assert [one.period for one in open_of(rows(charged, day(5)))] == ["2026-10-06", "2026-10-05"]


def test_one_is_found_by_its_number(charged: Workspace, bill: Bill) -> None:
    number = bill("2026-10", ISSUED).number or ""
    with Database.of(charged).reading() as session:
        found = listed_one(session, number, day(2))
        assert found is not None
        assert (found.number, found.name) == (number, "ACME Ltd")
        assert listed_one(session, "INV-1", day(2)) is None


def test_a_state_is_told_in_the_language_in_use(charged: Workspace, bill: Bill) -> None:
    bill("2026-10", ISSUED)
    (one,) = rows(charged, day(2))
    with language.speaking("de"):
        assert one.told == "Ausgestellt"


def test_postgresql_reads_the_days_out_of_the_record_too(database: Database) -> None:
    with database.session() as session:
        session.add(Customer(id="acme", name="ACME", currency="EUR"))
        session.flush()
        amounts = dict.fromkeys(("net", "tax", "total", "exact_charge", "rounding"), Decimal(1))
        period = {"period_name": "2026-10", "period_start": day(1), "period_end": day(2)}
        known = {"number": "INV-1", "status": "issued", "issued_at": ISSUED, "currency": "EUR"}
        session.add(Stored(customer_id="acme", record='{"due_days": 30}', **amounts, **period, **known))
    with database.reading() as session:
        assert [one.due_on for one in listed(session, day(2))] == [date(2026, 12, 31)]
