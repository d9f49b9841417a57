"""A credit note names what it corrects, has a number of its own series, and frees the period."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.billing.credits import credit, note_of
from tollbook.billing.invoices import invoice, invoices, issued, numbers_in_force
from tollbook.billing.record import Record
from tollbook.errors import TollbookError, UsageError
from tollbook.periods import parse_period
from tollbook.workspace import Workspace

pytestmark = pytest.mark.usefixtures("each_database")

BY = Actor(None, "test")
AT = datetime(2026, 12, 2, tzinfo=UTC)
Bill = Callable[..., Record]


def test_it_has_the_invoices_figures_a_number_of_its_own_and_names_the_invoice(
    charged: Workspace, bill: Bill
) -> None:
    first, db = bill("2026-10"), Database.of(charged)
    note = credit(db, first.number or "", "wrong address", BY, AT)
    assert (note.number, note.kind, note.reason) == ("CRN-2026-000001", "credit_note", "wrong address")
    assert note.corrects
    assert (note.corrects.number, note.corrects.issued_at) == (first.number, first.issued_at)
    assert (note.lines, note.total) == (first.lines, Decimal("0.22"))
    assert invoice(db, "CRN-2026-000001") == note
    assert {row["number"]: (row["kind"], row["status"]) for row in invoices(db)} == {
        "INV-2026-000001": ("invoice", "credited"),
        "CRN-2026-000001": ("credit_note", "issued"),
    }
    with db.reading() as session:
        (event,) = events(session, None, None)
    assert (event["action"], event["resource"]) == ("credit", "invoice INV-2026-000001")


def test_the_record_of_the_invoice_never_changes(charged: Workspace, bill: Bill) -> None:
    first, db = bill("2026-10"), Database.of(charged)
    credit(db, first.number or "", "x", BY, AT)
    assert invoice(db, first.number or "") == first


def test_the_period_can_be_invoiced_again_and_keeps_no_number_meanwhile(
    charged: Workspace, bill: Bill
) -> None:
    first, db = bill("2026-10"), Database.of(charged)
    assert numbers_in_force(db) == {("acme", "2026-10"): first.number}
    credit(db, first.number or "", "x", BY, AT)
    assert numbers_in_force(db) == {}
    assert issued(db, "acme", parse_period("2026-10")) is None
    assert bill("2026-10").number == "INV-2026-000002"


def test_an_invoice_is_credited_once_and_a_credit_note_never(charged: Workspace, bill: Bill) -> None:
    first, db = bill("2026-10"), Database.of(charged)
    credit(db, first.number or "", "x", BY, AT)
    with pytest.raises(TollbookError, match="INV-2026-000001 has been credited by CRN-2026-000001"):
        credit(db, first.number or "", "x", BY, AT)
    with pytest.raises(UsageError, match="is a credit note that takes another back"):
        credit(db, "CRN-2026-000001", "x", BY, AT)
    with pytest.raises(UsageError, match="say why"):
        credit(db, first.number or "", " ", BY, AT)
    with pytest.raises(UsageError, match=r"reason: .* holds control characters"):
        credit(db, first.number or "", "wrong\x0brate", BY, AT)
    with pytest.raises(UsageError, match="no invoice 'INV-9'"):
        credit(db, "INV-9", "x", BY, AT)


def test_one_that_another_adjusts_is_credited_after_that_one(
    charged: Workspace, bill: Bill, called: Callable[..., None]
) -> None:
    first, db = bill("2026-10"), Database.of(charged)
    called(("2026-10-07T10:00", "442071838750", 60), ("2026-11-03T10:00", "442071838750", 60))
    second = bill("2026-11")
    with pytest.raises(TollbookError, match=f"{second.number} adjusts {first.number}: credit that first"):
        credit(db, first.number or "", "x", BY, AT)
    credit(db, second.number or "", "x", BY, AT)
    assert bill("2026-11").adjustment == Decimal("0.010")  # what was taken back is billed again
    credit(db, "INV-2026-000003", "x", BY, AT)
    credit(db, first.number or "", "x", BY, AT)
    assert bill("2026-10").exact_charge == first.exact_charge + Decimal("0.010")


def test_the_note_of_an_invoice_is_found(charged: Workspace, bill: Bill) -> None:
    number, db = bill("2026-10").number or "", Database.of(charged)
    with db.reading() as session:
        assert note_of(session, number) is None
    note = credit(db, number, "x", BY, AT).number
    with db.reading() as session:
        assert note_of(session, number) == note
