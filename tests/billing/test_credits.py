"""A credit note names what it corrects, has a number of its own series, and frees the period."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.billing import payments
from tollbook.billing.balance import balance
from tollbook.billing.credits import credit, note_of, taken_off
from tollbook.billing.invoices import invoice, invoices, issued, numbers_in_force
from tollbook.billing.listed import listed
from tollbook.billing.notes import notes_of
from tollbook.billing.parts import Part
from tollbook.billing.record import Record
from tollbook.billing.verify import verify
from tollbook.errors import TollbookError, UsageError
from tollbook.lake.store import Lake
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
        *_, event = events(session, None, None)
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


def open_of(db: Database) -> dict[str | None, tuple[Decimal, Decimal, str]]:
    """What is open of each, what is credited of it, and what it is called."""
    with db.reading() as session:
        return {one.number: (one.open, one.credited, one.told) for one in listed(session, AT)}


def test_a_part_takes_its_amount_off_and_the_invoice_stays_in_force(charged: Workspace, bill: Bill) -> None:
    first, db = bill("2026-10"), Database.of(charged)  # UK 0.02 and UK mobile 0.17, 15 % of 0.19 is 0.03
    note = credit(db, first.number or "", "wrong rate", BY, AT, [Part(1)])
    assert (note.number, note.net, note.tax) == ("CRN-2026-000001", Decimal("0.02"), Decimal("0.00"))
    assert open_of(db)[first.number] == (Decimal("0.20"), Decimal("0.02"), "Part-credited")
    assert numbers_in_force(db) == {("acme", "2026-10"): first.number}
    with db.reading() as session:
        told = balance(Lake(charged), session, "acme")
        assert note_of(session, first.number or "") is None
        assert taken_off(session, [1]) == {1: Decimal("0.02")}
    assert (told["invoiced"], told["uninvoiced"]) == (Decimal("0.20"), 0)  # what was used was billed
    with db.session() as session:
        payments.add(session, BY, "acme", "0.20", "cash", received_at=AT)
    assert open_of(db)[first.number] == (0, Decimal("0.02"), "Paid, part-credited")
    for number in (first.number, note.number):
        told = verify(Lake(charged), db, number or "")
        assert (told["record"], told["as_made"], told["now"], told["changes"]) == (*["equal"] * 3, [])


def test_what_was_paid_before_a_part_was_credited_is_left(charged: Workspace, bill: Bill) -> None:
    first, db = bill("2026-10"), Database.of(charged)
    with db.session() as session:
        payments.add(session, BY, "acme", "0.22", "cash", received_at=AT)
    credit(db, first.number or "", "too dear", BY, AT, [Part(2, Decimal("0.07"))])  # and 0.01 VAT
    with db.reading() as session:
        (row,) = payments.listing(session)
    assert (row["left"], row["invoices"][0]["amount"]) == (Decimal("0.08"), Decimal("0.14"))


def test_once_nothing_is_left_of_it_an_invoice_is_taken_back(charged: Workspace, bill: Bill) -> None:
    first, db = bill("2026-10"), Database.of(charged)
    number = first.number or ""
    one = credit(db, number, "a", BY, AT, [Part(1), Part(2, Decimal("0.07"))])
    with pytest.raises(UsageError, match=r"0.11 EUR without VAT cannot be credited of .*, of which 0.10 EUR"):
        credit(db, number, "b", BY, AT, [Part(amount=Decimal("0.11"))])
    two = credit(db, number, "b", BY, AT, [Part(amount=Decimal("0.10"))])
    assert one.net + two.net == first.net
    assert one.total + two.total == first.total
    assert {row["number"]: row["status"] for row in invoices(db)}[number] == "credited"
    with pytest.raises(TollbookError, match=f"{number} has been credited by {two.number}"):
        credit(db, number, "c", BY, AT, [Part(1)])
    assert numbers_in_force(db) == {}
    with db.reading() as session:
        told = balance(Lake(charged), session, "acme")
        assert note_of(session, number) == two.number
    assert (told["invoiced"], told["uninvoiced"]) == (0, first.exact_charge)
    assert verify(Lake(charged), db, two.number or "")["record"] == "equal"
    assert bill("2026-10").total == first.total


def test_without_parts_it_is_all_that_they_have_left(charged: Workspace, bill: Bill) -> None:
    first, db = bill("2026-10"), Database.of(charged)
    one = credit(db, first.number or "", "a", BY, AT, [Part(1)])
    rest = credit(db, first.number or "", "b", BY, AT)
    assert [line.destination for line in rest.lines] == ["UK mobile"]
    assert one.total + rest.total == first.total
    assert [note["number"] for note in notes_of(db, first.number or "")] == [one.number, rest.number]
    with pytest.raises(UsageError, match="takes another back: it stands"):
        credit(db, one.number or "", "c", BY, AT)


def test_a_part_is_taken_back_by_a_debit_note(charged: Workspace, bill: Bill) -> None:
    first, db = bill("2026-10"), Database.of(charged)
    part = credit(db, first.number or "", "a", BY, AT, [Part(2)])  # 0.17 and 0.03 VAT
    back = credit(db, part.number or "", "a mistake", BY, AT)
    assert (back.kind, back.total, back.corrects) == ("debit_note", part.total, part.reference)
    told = open_of(db)
    assert told[first.number][0] + told[back.number][0] == first.total
    assert verify(Lake(charged), db, back.number or "")["record"] == "equal"
    with pytest.raises(UsageError, match="Only an invoice is credited in part"):
        credit(
            db, credit(db, first.number or "", "x", BY, AT, [Part(1)]).number or "", "x", BY, AT, [Part(1)]
        )


def test_who_has_not_seen_what_was_credited_meanwhile_looks_again(charged: Workspace, bill: Bill) -> None:
    first, db = bill("2026-10"), Database.of(charged)
    credit(db, first.number or "", "a", BY, AT, [Part(1)], seen=Decimal(0))
    with pytest.raises(TollbookError, match="has been credited in part meanwhile"):
        credit(db, first.number or "", "a", BY, AT, [Part(amount=Decimal("0.02"))], seen=Decimal(0))


def test_what_another_invoice_adjusts_is_credited_in_part_but_not_in_whole(
    charged: Workspace, bill: Bill, called: Callable[..., None]
) -> None:
    first, db = bill("2026-10"), Database.of(charged)
    called(("2026-10-07T10:00", "442071838750", 60), ("2026-11-03T10:00", "442071838750", 60))
    second = bill("2026-11")
    credit(db, first.number or "", "x", BY, AT, [Part(1)])
    with pytest.raises(TollbookError, match=f"{second.number} adjusts {first.number}: credit that first"):
        credit(db, first.number or "", "x", BY, AT, [Part(2)])
