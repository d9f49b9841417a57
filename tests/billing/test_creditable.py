"""Of an invoice no more is credited than was billed of its period, by itself and by others."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.billing.creditable import allows, creditable, standing
from tollbook.billing.credits import credit
from tollbook.billing.invoices import customer_named, issue, numbered
from tollbook.billing.parts import Part
from tollbook.billing.record import Record
from tollbook.billing.settle import asked, settle
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.periods import parse_period
from tollbook.workspace import Workspace

BY = Actor(None, "test")
AT = datetime(2026, 12, 2, tzinfo=UTC)
NUMBER = "INV-2026-000001"
NOVEMBER = ("2026-11-03T10:00", "447700900123", 120)
Bill = Callable[..., Record]
Called = Callable[..., None]
Rerated = Callable[..., object]


def left(db: Database) -> Decimal:
    with db.reading() as session:
        return creditable(session, numbered(session, NUMBER))


def test_it_is_the_net_less_notes_and_with_what_others_adjust(
    charged: Workspace, bill: Bill, called: Called, rerated: Rerated, noted: Callable[..., list[Record]]
) -> None:
    bill("2026-10")
    db = Database.of(charged)
    assert left(db) == Decimal("0.19")
    part = credit(db, NUMBER, "x", BY, AT, [Part(amount=Decimal("0.03"))])
    assert left(db) == Decimal("0.16")
    called(("2026-10-07T10:00", "442071838750", 60), NOVEMBER)
    bill("2026-11")  # one late call at 0.010
    assert left(db) == Decimal("0.17")
    rerated("0.010", "0.020")
    noted()  # 3 calls of two minutes, 0.008 less each: 0.048
    assert left(db) == Decimal("0.12")
    credit(db, part.number or "", "a mistake", BY, AT)
    assert left(db) == Decimal("0.15")
    with db.reading() as session:
        own = numbered(session, NUMBER)
        assert [note.net for note in standing(session, own)] == [Decimal("0.05")]
        assert [allows(session, own, Decimal(net)) for net in ("1", "-0.15", "-0.16")] == [True, True, False]


def test_a_part_is_no_more_than_the_next_invoice_has_left(
    charged: Workspace, bill: Bill, called: Called, rerated: Rerated
) -> None:
    bill("2026-10")  # net 0.19
    called(NOVEMBER)
    rerated("0.005", "0.014")
    assert sum(line.net for line in bill("2026-11").lines if line.adjusts) == Decimal("-0.09")
    db = Database.of(charged)
    with pytest.raises(UsageError, match=r"0\.11 EUR without VAT .* of which 0\.10 EUR is left"):
        credit(db, NUMBER, "goodwill", BY, AT, [Part(amount=Decimal("0.11"))])
    assert credit(db, NUMBER, "goodwill", BY, AT, [Part(amount=Decimal("0.10"))]).net == Decimal("0.10")


def test_an_invoice_that_would_take_off_what_was_credited_meanwhile_is_settled_again(
    charged: Workspace, bill: Bill, called: Called, rerated: Rerated
) -> None:
    bill("2026-10")
    called(NOVEMBER)
    rerated("0.005", "0.014")
    db, lake = Database.of(charged), Lake(charged)
    draft = settle(lake, asked(lake, db, customer_named(db, "acme"), parse_period("2026-11"), 24))
    assert draft
    assert draft.adjusted
    credit(db, NUMBER, "goodwill", BY, AT, [Part(amount=Decimal("0.11"))])
    assert not issue(db, draft.issued("INV-2026-000002", AT))
    assert bill("2026-11").adjusted == ()
