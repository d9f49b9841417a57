"""Notes of a difference: numbers of their own, once each, counted once in balance, payments, statement and checks."""

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.billing import payments
from tollbook.billing.balance import balance, statement
from tollbook.billing.credits import credit, note_of
from tollbook.billing.differences import Again, draft
from tollbook.billing.invoices import invoices
from tollbook.billing.listed import listed
from tollbook.billing.notes import differences, issue, issue_note, notes_of
from tollbook.billing.parts import Part
from tollbook.billing.record import Record
from tollbook.billing.verify import verify
from tollbook.errors import TollbookError, UsageError
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace

pytestmark = pytest.mark.usefixtures("each_database")

BY = Actor(None, "test")
AT = datetime(2026, 12, 2, tzinfo=UTC)
AGAIN = Again("acme", "INV-2026-000001")
Bill = Callable[..., Record]
Rerated = Callable[..., object]
Noted = Callable[..., list[Record]]


def states(db: Database) -> dict[str, tuple[str, Decimal]]:
    return {row["number"]: (row["status"], row["paid"]) for row in invoices(db)}


def paid(db: Database, amount: str) -> None:
    with db.session() as session:
        payments.add(session, BY, "acme", amount, "cash", received_at=AT)


def test_it_is_issued_under_a_number_of_its_series_and_audited(
    charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted
) -> None:
    first = bill("2026-10")
    rerated("0.010", "0.030")
    (debit,) = noted()
    rerated("0.010", "0.020")
    (less,) = noted()
    assert (debit.number, less.number) == ("DBN-2026-000001", "CRN-2026-000001")
    db = Database.of(charged)
    assert [row["number"] for row in notes_of(db, first.number or "")] == [debit.number, less.number]
    assert differences(db, ["acme"]) == [("acme", "2026-10", debit.number), ("acme", "2026-10", less.number)]
    with db.reading() as session:
        told = [(event["action"], event["resource"]) for event in events(session, None, None)]
    assert told[-2:] == [("issue", "debit note DBN-2026-000001"), ("issue", "credit note CRN-2026-000001")]


def test_the_balance_counts_the_difference_once(
    charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted
) -> None:
    bill("2026-10")  # 0.22
    db, lake = Database.of(charged), Lake(charged)

    def parts() -> tuple[Decimal, Decimal, Decimal]:
        with db.reading() as session:
            told = balance(lake, session, "acme")
        return told["invoiced"], told["uninvoiced"], told["balance"]

    assert parts() == (Decimal("0.22"), 0, Decimal("-0.22"))
    rerated("0.012", "0.020")
    assert parts() == (Decimal("0.22"), Decimal("-0.044"), Decimal("-0.176"))  # used less than was invoiced
    noted()
    assert parts() == (Decimal("0.22") - Decimal("0.06"), 0, Decimal("-0.16"))
    with db.reading() as session:
        rows = [(row["what"], row["reference"], row["charged"]) for row in statement(session, "acme")][1:-1]
    assert rows == [
        ("invoice", "INV-2026-000001", Decimal("0.22")),
        ("credit note", "CRN-2026-000001", Decimal("-0.06")),
    ]


def test_what_is_credited_of_an_invoice_need_not_be_paid(
    charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted
) -> None:
    bill("2026-10")
    rerated("0.012", "0.020")
    noted()
    db = Database.of(charged)
    paid(db, "0.16")
    assert states(db)["INV-2026-000001"] == ("paid", Decimal("0.16"))
    assert states(db)["CRN-2026-000001"] == ("issued", 0)


def test_what_was_paid_too_much_pays_something_else(
    charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted, called: Callable[..., None]
) -> None:
    bill("2026-10")
    db = Database.of(charged)
    paid(db, "0.22")
    rerated("0.012", "0.020")
    noted()
    assert states(db)["INV-2026-000001"] == ("paid", Decimal("0.16"))
    called(("2026-11-03T10:00", "447700900123", 120))
    assert bill("2026-11").total == Decimal("0.05")  # 2 x 0.020, with 15 % of it
    assert states(db)["INV-2026-000002"] == ("paid", Decimal("0.05"))


def test_an_invoice_with_notes_of_differences_has_been_taken_back_by_none_of_them(
    charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted
) -> None:
    number, db = bill("2026-10").number or "", Database.of(charged)
    rerated("0.012", "0.020")
    noted()
    rerated("0.010", "0.100")
    noted()
    with db.reading() as session:
        assert note_of(session, number) is None


def test_what_is_listed_as_open_is_what_the_payments_leave(
    charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted
) -> None:
    bill("2026-10")
    rerated("0.012", "0.020")  # from 0.22 to 0.16
    noted()
    db = Database.of(charged)
    paid(db, "0.06")
    with db.reading() as session:
        (own,) = [one for one in listed(session, AT) if one.kind == "invoice"]
    assert (own.open, own.paid) == (Decimal("0.10"), Decimal("0.06"))
    with db.session() as session:
        told = payments.mark_paid(session, BY, own.number or "", "cash", received_at=AT)
    assert told["amount"] == Decimal("0.10")
    with pytest.raises(UsageError, match="Nothing is open"), db.session() as session:
        payments.mark_paid(session, BY, "CRN-2026-000001", "cash", received_at=AT)


def test_what_a_note_takes_off_and_its_opposite_asks_for_is_open_once(
    charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted
) -> None:
    bill("2026-10")  # 0.22
    rerated("0.012", "0.020")
    (less,) = noted()  # 0.06
    db = Database.of(charged)
    credit(db, less.number or "", "wrong", BY, AT)
    with db.reading() as session:
        left = {one.number: one.open for one in listed(session, AT) if one.kind != "credit_note"}
    assert left == {"INV-2026-000001": Decimal("0.16"), "DBN-2026-000001": Decimal("0.06")}
    paid(db, "0.22")
    assert {number: state for number, (state, _) in states(db).items() if number != less.number} == {
        "INV-2026-000001": "paid",
        "DBN-2026-000001": "paid",
    }


def test_a_debit_note_is_paid_like_an_invoice(
    charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted
) -> None:
    bill("2026-10")
    rerated("0.010", "0.100")  # 6 x 0.072 = 0.432 more, net 0.43, total 0.49
    (note,) = noted()
    assert note.total == Decimal("0.49")
    db = Database.of(charged)
    paid(db, "0.32")
    assert states(db) == {
        "INV-2026-000001": ("paid", Decimal("0.22")),
        "DBN-2026-000001": ("part_paid", Decimal("0.10")),
    }
    with db.session() as session:
        payments.add(session, BY, "acme", "0.39", "cash", received_at=AT, invoice="DBN-2026-000001")
    assert states(db)["DBN-2026-000001"] == ("paid", Decimal("0.49"))


@pytest.mark.parametrize("mobile", ["0.020", "0.100"])
def test_a_note_is_taken_back_by_its_opposite_and_then_the_invoice_is_credited(
    charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted, mobile: str
) -> None:
    first = bill("2026-10")
    rerated("0.010", mobile)
    (note,) = noted()
    db = Database.of(charged)
    with pytest.raises(TollbookError, match=f"{note.number} adjusts {first.number}: credit that first"):
        credit(db, first.number or "", "x", BY, AT)
    back = credit(db, note.number or "", "a mistake", BY, AT)
    assert back.kind != note.kind
    assert (back.total, back.corrects) == (note.total, note.reference)
    with db.reading() as session:
        told = balance(Lake(charged), session, "acme")
    assert told["invoiced"] == first.total
    assert told["uninvoiced"] == note.adjusted[0].exact
    assert states(db)[first.number or ""][0] == "issued"
    with pytest.raises(UsageError, match="takes another back: it stands"):
        credit(db, back.number or "", "x", BY, AT)
    (again,) = noted()  # what is charged otherwise is charged otherwise still
    credit(db, again.number or "", "x", BY, AT)
    credit(db, first.number or "", "x", BY, AT)
    assert bill("2026-10").exact_charge == first.exact_charge + note.adjusted[0].exact
    assert verify(Lake(charged), db, back.number or "")["record"] == "equal"


def test_it_and_its_invoice_verify(charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted) -> None:
    first = bill("2026-10")
    rerated("0.012", "0.020")
    db, lake = Database.of(charged), Lake(charged)
    before = verify(lake, db, first.number or "")
    assert (before["as_made"], before["now"], before["open"]) == ("equal", "changed", Decimal("-0.044"))
    (note,) = noted()
    told = verify(lake, db, note.number or "")
    assert (told["record"], told["as_made"], told["now"], told["changes"]) == (*["equal"] * 3, [])
    after = verify(lake, db, first.number or "")
    assert (after["record"], after["as_made"], after["now"]) == ("equal", "equal", "changed")
    assert (after["corrected_by"], after["open"]) == (["CRN-2026-000001"], 0)
    rerated("0.010", "0.020")  # later ones are no part of it
    assert verify(lake, db, note.number or "")["now"] == "equal"


def test_a_note_of_an_invoice_that_is_credited_meanwhile_takes_no_number(
    charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted, tmp_path: Path
) -> None:
    bill("2026-10")
    rerated("0.010", "0.100")
    db, lake = Database.of(charged), Lake(charged)
    told = draft(lake, db, AGAIN)
    assert told
    staged = tmp_path / "staged"

    def prepare(_: Record) -> Path:
        staged.mkdir()
        credit(db, "INV-2026-000001", "x", BY, AT)
        return staged

    assert issue_note(db, told, AT, prepare, lambda: draft(lake, db, AGAIN), BY) is None
    assert not staged.exists()
    assert not any(number.startswith("DBN") for number in states(db))
    bill("2026-10")
    rerated("0.010", "0.200")
    assert [note.number for note in noted()] == ["DBN-2026-000001"]


def test_at_once_it_is_issued_once(charged: Workspace, bill: Bill, rerated: Rerated, tmp_path: Path) -> None:
    bill("2026-10")
    rerated("0.010", "0.100")
    lake = Lake(charged)

    def one(number: int) -> str | None:
        db = Database.of(charged)
        told = draft(lake, db, AGAIN)
        if told is None:
            return None
        tries = iter(range(100))

        def prepare(_: Record) -> Path:
            staged = tmp_path / f"{number}-{next(tries)}"
            staged.mkdir()
            return staged

        done = issue_note(db, told, AT, prepare, lambda: draft(lake, db, AGAIN), BY)
        db.close()
        return done[0].number if done else None

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(one, range(4)))
    assert sorted(filter(None, made)) == ["DBN-2026-000001"]
    with Database.of(charged).reading() as session:
        assert balance(lake, session, "acme")["uninvoiced"] == 0


def test_only_a_note_of_a_difference_is_issued_so(charged: Workspace, bill: Bill) -> None:
    with pytest.raises(TollbookError, match="names what it corrects"):
        issue(Database.of(charged), bill("2026-10"), BY)


SEEDS = range(100) if "TOLLBOOK_FUZZ" in os.environ else [2]  # of those tried the one with most in it


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_in_between_all_that_was_charged_is_billed_once(
    charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted, called: Callable[..., None], seed: int
) -> None:
    """Late calls, new decks, notes, notes taken back and next invoices, in any order."""
    pick = random.Random(seed)
    db, lake, months = Database.of(charged), Lake(charged), iter(range(1, 13))
    invoiced, standing = [bill("2026-10").period.start], list[Record]()

    def late_call() -> None:
        at = pick.choice(invoiced).replace(day=pick.randint(1, 28))
        called((f"{at:%Y-%m-%d}T10:00", pick.choice(("442071838750", "447700900123")), pick.randint(1, 200)))

    def new_deck() -> None:
        rerated(*(f"0.0{pick.randint(1, 99):02}" for _ in range(2)))

    def notes() -> None:
        standing.extend(noted())

    def take_back() -> None:
        if standing:
            credit(db, standing.pop().number or "", "x", BY, AT)

    def next_invoice() -> None:
        month = f"2027-{next(months):02}"
        called((f"{month}-03T10:00", "447700900123", 6000))
        invoiced.append(bill(month).period.start)

    steps = [late_call, new_deck, new_deck, notes, take_back, next_invoice]
    for step in [*(pick.choice(steps) for _ in range(12)), notes, next_invoice]:
        step()
    with db.reading() as session:
        assert balance(lake, session, "acme")["uninvoiced"] == 0
    assert noted() == []
    for row in invoices(db):
        told = verify(lake, db, row["number"])
        assert (told["record"], told["as_made"], told["open"] or 0) == ("equal", "equal", 0)


def test_no_more_is_credited_than_parts_have_left_and_the_next_invoice_takes_it_off_neither(
    charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted, called: Callable[..., None]
) -> None:
    number, db, lake = bill("2026-10").number or "", Database.of(charged), Lake(charged)  # net 0.19
    credit(db, number, "goodwill", BY, AT, [Part(amount=Decimal("0.15"))])
    rerated("0.005", "0.014")  # half: 0.01 and 0.08 less, and 0.04 is left
    with pytest.raises(TollbookError, match=r"0\.09 EUR .* of INV-2026-000001, of which 0\.04 is left"):
        noted()
    called(("2026-11-03T10:00", "447700900123", 120))
    assert bill("2026-11").adjusted == ()
    assert verify(lake, db, number)["open"] == Decimal("-0.094")
    assert credit(db, number, "anew", BY, AT).net == Decimal("0.04")
    assert bill("2026-10").exact_charge == Decimal("0.094")
    assert noted() == []
    with db.reading() as session:
        assert balance(lake, session, "acme")["uninvoiced"] == 0


def test_a_note_may_take_back_what_another_has_added(
    charged: Workspace, bill: Bill, rerated: Rerated, noted: Noted
) -> None:
    number = bill("2026-10").number  # net 0.19
    rerated("0.020", "0.056")
    rerated_once = noted()
    rerated("0", "0")
    assert [(note.kind, note.net) for note in (*rerated_once, *noted())] == [
        ("debit_note", Decimal("0.19")),
        ("credit_note", Decimal("0.38")),
    ]
    assert verify(Lake(charged), Database.of(charged), number or "")["open"] == 0
