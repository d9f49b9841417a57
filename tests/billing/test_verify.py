"""An invoice computed again is equal, or what changed is told with its amount."""

from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import update

from tollbook.account.database import Database
from tollbook.account.models import Customer, Invoice
from tollbook.billing.record import Record
from tollbook.billing.verify import verify
from tollbook.lake.store import Lake
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

Called = Callable[..., None]
Bill = Callable[..., Record]
UK = "442071838750"


def test_an_invoice_of_unchanged_data_is_equal(charged: Workspace, bill: Bill) -> None:
    number = bill("2026-10").number or ""
    told = verify(Lake(charged), Database.of(charged), number)
    assert told["changes"] == []
    assert (told["record"], told["as_made"], told["now"], told["changes"]) == ("equal", "equal", "equal", [])


def test_a_late_call_changes_it_now_and_not_as_it_was_made(
    charged: Workspace, called: Called, bill: Bill
) -> None:
    number = bill("2026-10").number or ""
    called(("2026-10-07T10:00", UK, 60))
    told = verify(Lake(charged), Database.of(charged), number)
    assert (told["record"], told["as_made"], told["now"]) == ("equal", "equal", "changed")
    changes = {change["what"]: change.get("difference") for change in told["changes"]}
    assert changes["exact_charge"] == Decimal("0.010")
    assert changes["line UK 0.01: calls"] == changes["calls"] == 1
    assert changes["total"] == Decimal("0.01")


def test_an_invoice_with_adjustments_is_equal_too(charged: Workspace, called: Called, bill: Bill) -> None:
    bill("2026-10")
    called(("2026-10-07T10:00", UK, 60))
    number = bill("2026-11").number or ""
    told = verify(Lake(charged), Database.of(charged), number)
    assert (told["as_made"], told["now"]) == ("equal", "equal")
    called(("2026-10-08T10:00", UK, 60))
    changed = verify(Lake(charged), Database.of(charged), number)
    assert (changed["as_made"], changed["now"]) == ("equal", "changed")
    assert [(c["what"], c["difference"]) for c in changed["changes"]] == [
        ("adjustment of INV-2026-000001", Decimal("0.010"))
    ]


def test_a_record_that_somebody_changed_is_told(charged: Workspace, bill: Bill) -> None:
    record, db = bill("2026-10"), Database.of(charged)
    forged = record.model_copy(update={"total": Decimal("0.20")})
    with db.session() as session:
        session.execute(update(Invoice).values(record=forged.text))
    told = verify(Lake(charged), db, record.number or "")
    assert told["record"] == told["as_made"] == "changed"
    assert {(c["in"], c["what"], c["difference"]) for c in told["changes"]} >= {
        ("record", "total", Decimal("0.02")),
        ("as_made", "total", Decimal("0.02")),
    }


def test_versions_that_are_no_longer_kept_are_told(charged: Workspace, called: Called, bill: Bill) -> None:
    number = bill("2026-10").number or ""
    lake = Lake(charged)
    before = set(lake.path(CALLS).rglob("*.parquet"))
    with lake.writing() as step:
        days = lake.days(CALLS)
        step.replace_days(CALLS, days, step.scan(CALLS))
    for path in before:
        path.unlink()
    told = verify(lake, Database.of(charged), number)
    assert (told["as_made"], told["now"]) == ("gone", "equal")


def rules(db: Database, text: str) -> None:
    with db.session() as session:
        session.get_one(Customer, "acme").number_rules = text


def test_other_number_rules_leave_what_was_invoiced_before_equal(
    charged: Workspace, called: Called, bill: Bill
) -> None:
    db, lake = Database.of(charged), Lake(charged)
    first = bill("2026-10")
    rules(db, "0>44")
    called(("2026-11-03T10:00", "07700900123", 60), ("2026-11-03T11:00", "442071838750", 60))
    second = bill("2026-11")
    assert (first.source.number_rules, second.source.number_rules) == ("", "0>44")
    assert [line.rate_per_min for line in second.lines] == [Decimal("0.010"), Decimal("0.028")]
    rules(db, "44>9 0>9")
    for number in (first.number, second.number):
        told = verify(lake, db, number or "")
        assert (told["record"], told["as_made"], told["now"], told["changes"]) == (*["equal"] * 3, [])


def test_a_record_without_number_rules_is_verified_by_those_of_today_or_none(
    charged: Workspace, bill: Bill
) -> None:
    record, db = bill("2026-10"), Database.of(charged)
    old = record.model_copy(update={"source": record.source.model_copy(update={"number_rules": None})})
    with db.session() as session:
        session.execute(update(Invoice).values(record=old.text))
    rules(db, "447>9")
    assert verify(Lake(charged), db, record.number or "")["changes"] == []
